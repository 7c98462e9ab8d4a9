"""What one is written, chosen in two clicks: it counts at once, and can be undone."""

from collections.abc import Callable

import pytest

from policies.mail import Wishes
from tasks.render import compose
from tasks.samples import sample
from tests.factory import ASA_OFFICER, PROPOSER
from tests.tasks.world import lay_notice
from tests.unchanged import content, differences
from tests.web.browser import Browser
from tests.workflow.play import Play
from workflow.envelopes import sort_all
from workflow.notices import kinds
from workflow.register import Subject, trail
from workflow.wishes import choose, wishes_of

SignIn = Callable[[str], Browser]
PAGE = "/preferences"
CHOSEN = {"act_at_once": "now", "know_at_once": "morning", "fyi": "never"}


def wishes(play: Play, person: str = PROPOSER) -> Wishes:
    with play.connect() as connection:
        return wishes_of(connection, person)


def states(play: Play) -> list[object]:
    with play.connect() as connection:
        found = connection.execute(
            "SELECT state, envelope IS NULL FROM notification WHERE kind = 'x'"
        )
        return found.fetchall()  # type: ignore[return-value]


def test_a_choice_counts_at_once_is_told_and_can_be_undone(play: Play, sign_in: SignIn) -> None:
    rowan = sign_in(PROPOSER)
    assert "What we write to you, and when" in rowan.read(PAGE)
    after = rowan.goes(rowan.send(PAGE, **CHOSEN))
    assert "News: never." in after
    assert wishes(play) == Wishes(know_at_once=False, fyi=False)
    assert wishes(play, ASA_OFFICER) == Wishes()
    assert rowan.page
    undone = rowan.goes(rowan.send(PAGE, act_at_once="now", know_at_once="now", fyi="morning"))
    assert "News: with the morning's mail." in undone.replace("&#39;", "'")
    assert wishes(play) == Wishes()
    with play.connect() as connection:
        lines = trail(connection, Subject("mail", PROPOSER))
    assert [line.facts["fyi"] for line in lines] == [False, True]


@pytest.mark.parametrize("said", [{}, {**CHOSEN, "fyi": "x"}, {**CHOSEN, "act_at_once": "never"}])
def test_what_is_no_choice_changes_nothing(
    play: Play, sign_in: SignIn, said: dict[str, str]
) -> None:
    rowan = sign_in(PROPOSER)
    rowan.read(PAGE)
    assert rowan.send(PAGE, **said).status_code == 303
    assert wishes(play) == Wishes()
    assert "Saved" not in rowan.read(f"{PAGE}?was=now.now")


def test_news_that_waits_is_taken_out_at_once_and_comes_back_when_it_is_undone(play: Play) -> None:
    case = play.draft()
    with play.connect() as connection:
        lay_notice(connection, "x", case_id=case, seq=1, kind="x", importance="fyi",
                   created_at=play.clock.at, due_at=play.clock.at)  # fmt: skip
    sort_all(play.engine)
    assert states(play) == [("pending", False)]
    choose(play.engine, PROPOSER, Wishes(fyi=False))
    assert states(play) == [("muted", True)]
    with play.connect() as connection:
        left = connection.execute(
            "SELECT count(*) FROM envelope e WHERE NOT EXISTS "
            "(SELECT FROM notification n WHERE n.envelope = e.id)"
        ).fetchone()
    assert left == (0,)
    choose(play.engine, PROPOSER, Wishes())
    assert states(play) == [("pending", True)]
    sort_all(play.engine)
    assert states(play) == [("pending", False)]


def test_what_is_moved_to_the_morning_leaves_news_as_it_was(play: Play) -> None:
    choose(play.engine, PROPOSER, Wishes(act_at_once=False))
    assert wishes(play) == Wishes(act_at_once=False)


def test_whatever_a_mail_leads_to_decides_nothing_however_often_it_is_followed(
    play: Play, sign_in: SignIn, database_url: str
) -> None:
    case = play.submitted()
    ida = sign_in(ASA_OFFICER)
    ida.read("/work")
    definition = play.engine.machines["proposal"].definition
    mails = [sample(kind, definition, play.engine.calendar, now=play.clock.at)
             for kind in sorted(kinds(definition))]  # fmt: skip
    links = set()
    for mail in mails:
        page = compose(mail, lambda _: definition, play.engine.calendar, base_url="")
        links |= {page.preferences, *(part.link for part in page.parts)}
    assert links == {PAGE, "/cases/MC-241"}
    before = content(database_url)
    for _ in range(20):
        for link in (PAGE, f"{PAGE}?was=morning.morning.never", f"/cases/{case}"):
            for method in ("GET", "HEAD", "OPTIONS"):
                assert ida.client.open(link, method=method).status_code == 200
    assert not list(differences(before, content(database_url)))


def test_the_same_choice_again_is_no_change(play: Play) -> None:
    choose(play.engine, PROPOSER, Wishes())
    with play.connect() as connection:
        assert trail(connection, Subject("mail", PROPOSER)) == ()


def test_nobody_chooses_for_somebody_who_is_not_there(play: Play) -> None:
    with pytest.raises(LookupError):
        choose(play.engine, "nobody", Wishes())
