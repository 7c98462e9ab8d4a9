"""An address that takes no mail is let alone until somebody says why mail will arrive again."""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from tests.factory import ADMIN
from tests.tasks import world
from tests.tasks.world import uuid
from tests.workflow.play import Play
from workflow.bounces import Returned, Taken, lift, stopped, stopped_address, take_in
from workflow.perform import InvalidError, NotFoundError
from workflow.register import newest

Link = psycopg.Connection[tuple[object, ...]]
ADDRESS = "rowan.sample@example.edu"
GONE = Returned(address=ADDRESS, kind="hard", status="5.1.1", says="550 no such user")
FULL = Returned(address=ADDRESS, kind="soft", status="4.2.2", says="452 mailbox full")
OTHER = Returned(address="ida.example@example.edu", kind="hard", status="5.1.1", says="550 no")


@pytest.fixture
def link(play: Play, database_url: str) -> Iterator[Link]:
    del play  # only that the people are there
    with psycopg.connect(database_url, autocommit=True) as connection:
        world.lay_case(connection)
        world.lay_mail(connection, "one")
        connection.execute("UPDATE person SET email = 'Rowan.Sample@example.edu' "
                           "WHERE id = 'rowan-sample'")  # fmt: skip
        yield connection


def take(
    play: Play, returned: Returned, *, report: str = "<r@mx>", mail: UUID | None = None
) -> Taken:
    return take_in(play.engine, returned, report=report, mail=mail or uuid("one"))


def test_a_mail_of_ours_that_came_back_stops_its_address_once_and_says_so(
    play: Play, link: Link
) -> None:
    assert take(play, GONE) == "stopped"
    assert take(play, GONE) == "known"
    assert take(play, GONE, report="<second@mx>") == "noted"
    (one,) = stopped(link)
    assert (one.address, one.name, one.why) == (ADDRESS, "Rowan Sample", "550 no such user")
    assert stopped_address(link, "ROWAN.sample@example.edu") == "550 no such user"
    assert [line.says for line in newest(link)] == [
        "Nothing is sent to Rowan Sample any more: mail came back."
    ]


def test_what_was_bad_for_a_moment_is_only_noted(play: Play, link: Link) -> None:
    assert take(play, FULL) == "noted"
    assert stopped(link) == ()


def test_nobody_silences_somebody_else_with_a_report(play: Play, link: Link) -> None:
    """A report on no mail of ours, or on one that went to another address, stops nothing."""
    assert take_in(play.engine, GONE, report="<a@mx>", mail=None) == "noted"
    assert take(play, GONE, report="<b@mx>", mail=UUID(int=5)) == "noted"
    assert take(play, OTHER, report="<c@mx>") == "noted"
    assert stopped(link) == ()
    assert link.execute("SELECT count(*) FROM bounce").fetchone() == (3,)


def test_it_is_lifted_with_a_reason(play: Play, link: Link) -> None:
    take(play, GONE)
    with pytest.raises(InvalidError, match="why"):
        lift(play.engine, ADDRESS, actor=ADMIN, reason="")
    lift(play.engine, ADDRESS.upper(), actor=ADMIN, reason="They have it again.")
    assert stopped_address(link, ADDRESS) is None
    assert newest(link)[0].says == "Mail goes to rowan-sample again: They have it again."
    with pytest.raises(NotFoundError, match="held back"):
        lift(play.engine, ADDRESS, actor=ADMIN, reason="Again.")
