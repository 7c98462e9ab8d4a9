"""Reports of mail that came back, as servers write them; and bytes that nobody would write."""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.dsn import LARGEST, Report, read

MAIL = UUID("5f0c2f3e-8f0a-5d0a-9d3e-0123456789ab")
FIELDS = """\
Final-Recipient: rfc822; Leo@Example.edu
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <leo@example.edu>: Recipient address rejected: User unknown"""


def postfix(fields: str = FIELDS, *, more: str = "", to: str = "conferral@example.edu") -> bytes:
    """A report as Postfix writes it, with these fields of the recipient."""
    return f"""\
Return-Path: <>
Delivered-To: {to}
Message-ID: <20261124.1@mx.example.edu>
From: MAILER-DAEMON@mx.example.edu (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system. I'm sorry: 550 <someone.else@example.edu> no such user
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.edu

{fields}
{more}
--b
Content-Type: message/rfc822

Message-ID: <{MAIL}@example.edu>
To: leo@example.edu

Good morning
--b--
""".replace("\n", "\r\n").encode()


def one(report: Report) -> tuple[str, str, str]:
    assert report.kind == "bounce"
    (found,) = report.returned
    return found.address, found.kind, found.status


def test_a_report_says_whose_mail_came_back_for_good_and_which_mail_it_was() -> None:
    report = read(postfix())
    assert one(report) == ("leo@example.edu", "hard", "5.1.1")
    assert report.returned[0].says.startswith("550 5.1.1")
    assert report.report == "<20261124.1@mx.example.edu>"
    assert report.mail == MAIL


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("5.1.1", "hard"), ("5.1.10", "hard"), ("5.2.1", "hard"), ("5.0.0", "hard"),
        ("4.4.7", "soft"), ("5.2.2", "soft"), ("5.2.3", "soft"), ("5.7.1", "soft"),
        ("5.3.4", "soft"), ("4.2.2", "soft"),
    ],
)  # fmt: skip
def test_only_a_bad_address_is_for_good(status: str, kind: str) -> None:
    """A full mailbox, a mail too large, a server that dislikes us: the address may be right."""
    assert one(read(postfix(FIELDS.replace("5.1.1\n", f"{status}\n"))))[1:] == (kind, status)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_what_did_not_fail_is_no_bounce(action: str) -> None:
    report = read(postfix(FIELDS.replace("failed", action)))
    assert report.returned == ()
    assert report.kind == "automatic"


def test_the_address_as_it_was_written_counts_where_it_was_forwarded() -> None:
    fields = "Original-Recipient: rfc822;leo@example.edu\n" + FIELDS.replace("Leo@", "leo.new@")
    assert one(read(postfix(fields)))[0] == "leo@example.edu"


def test_a_report_on_two_is_two_and_a_repeated_one_is_one() -> None:
    more = "\n" + FIELDS.replace("Leo", "Mira") + "\n\n" + FIELDS
    assert [found.address for found in read(postfix(more=more)).returned] == [
        "leo@example.edu", "mira@example.edu",
    ]  # fmt: skip


def test_the_address_it_came_to_names_the_mail_before_anything_in_it() -> None:
    other = UUID(int=7)
    assert read(postfix(to=f"bounces+{other.hex}@example.edu")).mail == other


def test_a_report_without_a_name_is_named_by_its_bytes() -> None:
    content = postfix().replace(b"Message-ID: <20261124.1@mx.example.edu>\r\n", b"")
    assert read(content).report == read(content).report
    assert read(content).report.startswith("sha256:")
    assert read(content + b" ").report != read(content).report


QMAIL = b"""\
From: MAILER-DAEMON@mx.example.edu
Subject: failure notice
Message-ID: <q@mx>

Hi. This is the qmail-send program.

<leo@example.edu>:
192.0.2.1 does not like recipient.
Remote host said: 550 No such user here

--- Below this line is a copy of the message.

To: rowan@example.edu
"""
EXIM = b"""\
X-Failed-Recipients: leo@example.edu
From: Mail Delivery System <Mailer-Daemon@mx.example.edu>
Subject: Mail delivery failed: returning message to sender

A message that you sent could not be delivered to one or more of its recipients.
  leo@example.edu
    Unrouteable address
"""
EXCHANGE = b"""\
From: postmaster@example.edu
Subject: Undeliverable: Your turn

Your message to leo@example.edu couldn't be delivered: 5.1.10 RESOLVER, recipient not found
"""
FULL = QMAIL.replace(b"550 No such user here", b"452 mailbox full")


@pytest.mark.parametrize(
    ("content", "kind"), [(QMAIL, "hard"), (EXIM, "hard"), (EXCHANGE, "hard"), (FULL, "soft")]
)
def test_the_common_reports_in_plain_words_are_read(content: bytes, kind: str) -> None:
    assert one(read(content))[:2] == ("leo@example.edu", kind)


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated; x=y", "Precedence: bulk",
     "X-Autoreply: yes"],
)  # fmt: skip
def test_an_out_of_office_answer_is_an_answer_of_a_machine(header: str) -> None:
    content = f"From: leo@example.edu\n{header}\nSubject: Out of office\n\nBack on 550 Monday.\n"
    assert read(content.encode()).kind == "automatic"


def test_what_a_person_writes_is_neither() -> None:
    content = b"From: leo@example.edu\nSubject: Mail delivery failed?\n\n<a@b.edu> 550 no such user"
    assert read(content) == Report(kind="other", report=read(content).report)


def test_an_enormous_report_is_read_as_far_as_it_counts() -> None:
    assert one(read(postfix() + b"x" * (3 * LARGEST)))[0] == "leo@example.edu"
    assert read(b"Subject: x\n\n" + b"y" * (3 * LARGEST)).kind == "other"


PIECES = st.sampled_from([
    b"Content-Type: multipart/report; boundary=b\r\n", b"--b\r\n", b"--b--\r\n", b"\r\n\r\n",
    b"Content-Type: message/delivery-status\r\n\r\n", b"Action: failed\r\n", b"Status: 5.1.1\r\n",
    b"Final-Recipient: rfc822; leo@example.edu\r\n", b"Final-Recipient: =?utf-8?q?=FF?=\r\n",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Type: text/plain; charset=nowhere\r\n\r\n",
    b"From: mailer-daemon\r\n", b"Subject: failure notice\r\n", b"<leo@example.edu> 550 no\r\n",
    b"Content-Type: message/rfc822\r\n\r\n", b"Message-ID: <\xff\x00@x>\r\n", b"\xed\xa0\x80",
])  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES | st.binary(max_size=60), max_size=40))
def test_nothing_that_is_sent_to_us_breaks_the_reader(pieces: list[bytes]) -> None:
    report = read(b"".join(pieces))
    assert (report.kind == "bounce") == bool(report.returned)
    for found in report.returned:
        assert found.address == found.address.lower()
        assert found.address.count("@") >= 1
        assert found.says.isprintable()
        assert len(found.says) <= 2000
    assert report.report.isprintable()


@given(st.integers(1, 3000))
def test_parts_within_parts_end_somewhere(depth: int) -> None:
    content = b"Content-Type: message/rfc822\r\n\r\n" * depth
    assert read(content).kind == "other"
