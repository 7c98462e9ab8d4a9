"""For whoever operates the installation: the mail log, what stands still, long work."""

from collections.abc import Callable, Iterator
from uuid import UUID

import psycopg
import pytest

from tests.factory import ADMIN, ASA_OFFICER, PROPOSER
from tests.tasks import world
from tests.tasks.world import uuid
from tests.web.browser import Browser
from tests.web.conftest import context_of
from tests.workflow.play import Play
from web.app import create_app
from workflow.jobs import job
from workflow.processes import Living, beat

SignIn = Callable[[str], Browser]
Link = psycopg.Connection[tuple[object, ...]]
PLACES = ("/admin/mail", "/admin/delivery", "/admin/jobs", f"/admin/mail/{UUID(int=1)}")


@pytest.fixture
def link(play: Play, database_url: str) -> Iterator[Link]:
    del play  # only that the people are there
    with psycopg.connect(database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def dead(link: Link) -> UUID:
    """A mail that was given up after one attempt, beside one that waits."""
    world.lay_case(link)
    one = world.lay_mail(link, "one")
    link.execute("UPDATE envelope SET state = 'dead', outcome = '550 no such user'")
    link.execute("UPDATE notification SET state = 'dead'")
    link.execute(
        "INSERT INTO attempt (envelope, fence, at, result, answer, took_ms) "
        "VALUES (%s, 1, '2026-11-24 14:00+00', 'dead', '550 no such user', 37)",
        (one,),
    )
    world.lay_mail(link, "two", to=ASA_OFFICER)
    return one


def test_for_everybody_else_there_is_nothing_here(sign_in: SignIn) -> None:
    for person in (PROPOSER, ASA_OFFICER):
        browser = sign_in(person)
        for place in PLACES:
            assert browser.client.get(place).status_code == 404
        assert browser.send("/work", to="/admin/delivery/replay", kind="mail").status_code == 404


def test_on_an_empty_system_each_page_says_so(sign_in: SignIn) -> None:
    ada = sign_in(ADMIN)
    assert "No mail has been written yet" in ada.read("/admin/mail")
    assert "Nobody carries anything out" in ada.read("/admin/delivery")
    assert "No long work has been begun yet" in ada.read("/admin/jobs")


@pytest.mark.usefixtures("dead")
def test_the_log_is_searched_by_person_case_state_and_day(sign_in: SignIn) -> None:
    ada = sign_in(ADMIN)
    every = ada.read("/admin/mail")
    assert "Rowan Sample" in every
    assert "Ida Example" in every
    for asked, there in (
        ("person=rowan", True), ("person=rowan.sample@EXAMPLE.edu", True), ("person=ida", False),
        ("case=mc-1", True), ("case=MC-2", False), ("state=dead", True), ("state=sent", False),
        ("day=2026-11-24", True), ("day=2026-11-25", False), ("kind=proposal.re", True),
        ("kind=award", False), ("day=soon", True), ("person=%00", True),
    ):  # fmt: skip
        page = ada.read(f"/admin/mail?{asked}")
        assert ("550 no such user" in page) == there, asked
    assert "No mail fits" in ada.read("/admin/mail?case=MC-2")


def test_page_after_page_the_log_is_read_to_its_end(sign_in: SignIn, link: Link) -> None:
    world.lay_case(link)
    for n in range(51):
        world.lay_mail(link, f"{n}")
    ada = sign_in(ADMIN)
    ada.read("/admin/mail")
    assert ada.page
    (more,) = [one for one in ada.page.links if "after=" in one]
    first = {one for one in ada.page.links if one.startswith("/admin/mail/")}
    ada.read(more)
    assert ada.page
    rest = {one for one in ada.page.links if one.startswith("/admin/mail/")}
    assert (len(first), len(rest), first & rest) == (50, 1, set())
    assert "Every mail" in ada.read("/admin/mail?after=nonsense")


def test_a_mail_shows_each_attempt_and_is_written_anew_only_when_asked(
    play: Play, dead: UUID
) -> None:
    app = create_app(context_of(play, written=lambda mail: f"Good morning, {mail}"))
    ada = Browser(app.test_client())
    ada.client.post("/sign-in", data={"person": ADMIN})
    page = ada.read(f"/admin/mail/{dead}")
    for words in ("1 attempt", "Refused for good", "550 no such user", "37", "Write it anew"):
        assert words in page
    assert "Good morning" not in page
    assert f"Good morning, {dead}" in ada.read(f"/admin/mail/{dead}?text")
    assert "No attempt yet" in ada.read(f"/admin/mail/{uuid('two')}")


def test_what_cannot_be_written_any_more_is_said(sign_in: SignIn, dead: UUID) -> None:
    assert "cannot be written any more" in sign_in(ADMIN).read(f"/admin/mail/{dead}?text")


def test_a_dead_mail_is_taken_up_and_another_given_up_with_a_reason(
    sign_in: SignIn, dead: UUID
) -> None:
    ada = sign_in(ADMIN)
    here = "/admin/delivery"
    assert "Mail to Rowan Sample, proposal: received" in ada.read(here)
    answer = ada.send(here, to=f"{here}/discard", kind="mail", id=str(dead), reason="")
    assert answer.status_code == 422
    assert "Say why it is given up" in answer.text
    assert "It stands in the register" in ada.goes(
        ada.send(here, to=f"{here}/replay", kind="mail", id=str(dead))
    )
    assert "Given up" not in ada.read(here)
    gone = ada.send(here, to=f"{here}/replay", kind="mail", id=str(dead))
    assert "Nothing that was given up fits this." in gone.text
    assert ada.send(here, to=f"{here}/replay", id="no row").status_code == 400


def test_an_address_that_mail_came_back_from_is_let_go_again(sign_in: SignIn, link: Link) -> None:
    link.execute("INSERT INTO undeliverable VALUES ('rowan.sample@example.edu', %s, now(), '550')",
                 (PROPOSER,))  # fmt: skip
    ada = sign_in(ADMIN)
    here = "/admin/delivery"
    assert "Rowan Sample" in ada.read(here)
    ada.goes(
        ada.send(here, to=f"{here}/lift", address="rowan.sample@example.edu", reason="Mended.")
    )
    assert "Rowan Sample" not in ada.read(here)


def test_who_works_and_which_server_does_not_answer_is_seen(sign_in: SignIn, link: Link) -> None:
    beat(link, Living(id=UUID(int=1), kind="worker", host="alpha", pid=7, does="mail"))
    beat(link, Living(id=UUID(int=2), kind="relay", host="beta", pid=8, does="whatever is due"))
    link.execute("UPDATE running_process SET seen_at = now() - interval '1 h' WHERE kind = 'relay'")
    ada = sign_in(ADMIN)
    page = ada.read("/admin/delivery")
    assert "Nothing stands still" in page
    assert "alpha, 7 Worker" in page
    assert "Relay fell silent" in page
    for setting, says in ((False, "does not answer"), (True, "a setting has to be mended")):
        link.execute("DELETE FROM mail_server")
        link.execute(
            "INSERT INTO mail_server VALUES ('mail:25', 5, now(), now(), %s, '535 no')", (setting,)
        )
        page = ada.read("/admin/delivery")
        assert "The mail server takes nothing" in page
        assert says in page


def test_long_work_shows_how_far_it_has_come_and_looks_again_by_itself(
    play: Play, sign_in: SignIn
) -> None:
    ada = sign_in(ADMIN)
    with job(play.engine, "agenda", says="Agenda of UGC", by=ADMIN, total=4) as on:
        on.did()
        on.failed("AG-2 has no document.")
        answer = ada.client.get("/admin/jobs")
        assert answer.headers["Refresh"] == "3"
        page = ada.read("/admin/jobs")
        for words in ("1 long work runs", "Agenda of UGC", "1 of 4", "AG-2 has no document."):
            assert words in page
    assert "Refresh" not in ada.client.get("/admin/jobs").headers
