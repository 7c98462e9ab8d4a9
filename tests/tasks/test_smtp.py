"""What a mail server can do to us, and what we make of it."""

from datetime import timedelta

import pytest

from tasks.smtp import Answer, Envelope, send
from tests.tasks.post import closed_port, scripted, sink

MAIL = Envelope("conferral@example.edu", "leo@example.edu", b"Subject: x\r\n\r\n.dot\r\nend\r\n")
SECONDS = timedelta(seconds=5)
SHORT = timedelta(seconds=0.5)


def test_a_mail_arrives_byte_by_byte_dots_and_all() -> None:
    with sink() as post:
        answer = send(post.url, MAIL, total=SECONDS)
        assert answer == Answer("sent", "250 OK")
        assert post.taken == [MAIL.content]


@pytest.mark.parametrize(
    ("said", "result"),
    [("421 too busy", "retry"), ("451 greylisted", "retry"), ("550 no such user", "dead")],
)
def test_a_refusal_of_the_recipient_is_told_apart_by_its_code(said: str, result: str) -> None:
    with sink() as post:
        post.at_rcpt = lambda _: said
        assert send(post.url, MAIL, total=SECONDS) == Answer(result, said)  # type: ignore[arg-type]
        assert post.taken == []


@pytest.mark.parametrize(
    ("said", "result"), [("452 disk full", "retry"), ("554 looks like spam", "dead")]
)
def test_a_refusal_of_the_mail_is_told_apart_by_its_code(said: str, result: str) -> None:
    with sink() as post:
        post.at_data = lambda: said
        assert send(post.url, MAIL, total=SECONDS) == Answer(result, said)  # type: ignore[arg-type]


def test_a_refusal_of_ourselves_is_no_reason_to_give_up_the_mail() -> None:
    with scripted(b"554 we do not talk to you\r\n") as url:
        assert send(url, MAIL, total=SECONDS) == Answer("retry", "554 we do not talk to you")


def test_nobody_there_is_tried_again() -> None:
    answer = send(closed_port(), MAIL, total=SECONDS)
    assert answer.result == "retry"
    assert "refused" in answer.text


def test_silence_before_the_mail_is_no_copy_and_is_tried_again() -> None:
    with scripted(b"220 hello\r\n") as url:
        assert send(url, MAIL, total=SHORT) == Answer("retry", "No answer in time")


def test_silence_after_the_mail_may_be_a_copy() -> None:
    said = (b"220 hello\r\n", b"250 hello\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n")
    with scripted(*said) as url:
        assert send(url, MAIL, total=SHORT) == Answer("unknown", "No answer in time")


def test_a_server_that_takes_the_mail_and_hangs_up_may_have_kept_it() -> None:
    with sink() as post:
        post.at_data = lambda: "drop"
        assert send(post.url, MAIL, total=SECONDS).result == "unknown"
        assert len(post.taken) == 1


def test_a_server_that_drips_is_cut_off_when_the_total_time_is_over() -> None:
    with scripted(b"220-a\r\n") as url:  # a greeting that never ends
        assert send(url, MAIL, total=SHORT).result == "retry"
    with sink() as post:
        post.wait = 30
        assert send(post.url, MAIL, total=SHORT) == Answer("unknown", "No answer in time")
