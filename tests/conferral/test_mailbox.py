"""The mail sink: what it takes can be read, in order, and copies are seen as copies."""

import smtplib
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from conferral.servers.mailbox import mailbox


def mail(number: int) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = "conferral@university.example"
    message["To"] = "Ida Example <ida@university.example>"
    message["Subject"] = "Ida Example, your review is due — Tue 8 Dec"
    message["Message-ID"] = f"<{number}@university.example>"
    message.set_content("Due in 3 business days: your review.\n.\nA dot alone ends nothing.\n")
    return message


def send(url: str, *messages: EmailMessage) -> None:
    parts = urlsplit(url)
    with smtplib.SMTP(parts.hostname or "", parts.port or 0, timeout=10) as client:
        for message in messages:
            client.send_message(message)


def test_each_mail_becomes_a_file_that_reads_as_it_was_sent(tmp_path: Path) -> None:
    with mailbox(tmp_path / "mail") as url:
        send(url, mail(1))
    (file,) = (tmp_path / "mail").iterdir()
    read = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert read["Subject"] == mail(1)["Subject"]
    assert read["Delivered-To"] == "ida@university.example"
    assert read["Return-Path"] == "<conferral@university.example>"
    assert read.get_content().splitlines() == mail(1).get_content().splitlines()


def test_names_keep_the_order_and_show_a_second_copy_also_after_a_restart(tmp_path: Path) -> None:
    with mailbox(tmp_path) as url:
        send(url, mail(1), mail(2))
    with mailbox(tmp_path) as url:
        send(url, mail(1))
    names = sorted(file.name for file in tmp_path.iterdir())
    assert [name[:6] for name in names] == ["000001", "000002", "000003"]
    first, second, copy = (name.split("-")[1] for name in names)
    assert first == copy != second


def test_it_stops_while_a_client_is_still_there(tmp_path: Path) -> None:
    with mailbox(tmp_path) as url:
        parts = urlsplit(url)
        client = smtplib.SMTP(parts.hostname or "", parts.port or 0, timeout=10)
    client.close()
