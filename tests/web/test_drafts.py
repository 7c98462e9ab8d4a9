"""Writing a proposal: what is typed is kept, what cannot be kept is named where it was typed."""

from collections.abc import Callable

import pytest

from policies import form
from tests import factory
from tests.factory import PROPOSER
from tests.unchanged import unchanged
from tests.web.browser import Browser, Page
from tests.web.test_journey import SignIn
from tests.workflow.play import Play

Draft = Callable[..., str]
PARTS = [part.id for part in form.load().parts]


@pytest.fixture
def rowan(sign_in: SignIn) -> Browser:
    return sign_in(PROPOSER)


def stored(play: Play, case: str) -> dict[str, object]:
    with play.connect() as connection:
        row = connection.execute(
            "SELECT draft FROM proposal WHERE case_id = %s", (case,)
        ).fetchone()
    assert row
    return dict(row[0])  # type: ignore[call-overload]


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_sent_as_it_was_shown_changes_nothing(
    rowan: Browser, play: Play, database_url: str, part: str
) -> None:
    """Every value survives the way to the page and back; an untouched form is no edit."""
    case = play.draft(
        type="micro_certificate", constituents=["CR-1"], theme="Data", partners=["One", "Two"],
        completion={"rule": "n_of_m", "n": 2}, basis=[{"kind": "course", "reference": "IDS 3301"}],
        pathway={"position": "First.\n\nOf three."}, notes='<b>&amp; "quoted"</b>\n  indented',
    )  # fmt: skip
    with unchanged(database_url):
        assert rowan.send(f"/proposals/{case}/edit/{part}").status_code == 303


def test_each_kind_of_field_is_kept_as_it_was_said(rowan: Browser, play: Play) -> None:
    case = play.do("open", PROPOSER, unit=factory.UNIT).case
    edit = f"/proposals/{case}/edit"
    rowan.send(f"{edit}/purpose", type="micro_certificate", audience=["graduate", "undergraduate"])
    rowan.send(f"{edit}/value", partners="County Library\r\n\r\n Museum ", add="alignment")
    rowan.send(f"{edit}/value", alignment__a1__dated="2026-09-01", alignment__a1__kind="industry")
    rowan.send(f"{edit}/basis", completion__rule="n_of_m", completion__n="2")
    rowan.send(f"{edit}/check", overlap_seen="yes", notes="One\r\ntwo")
    assert stored(play, case) == {
        "type": "micro_certificate", "audience": ["graduate", "undergraduate"],
        "partners": ["County Library", "Museum"],
        "alignment": [{"id": "a1", "dated": "2026-09-01", "kind": "industry"}],
        "completion": {"rule": "n_of_m", "n": 2}, "overlap_seen": True, "notes": "One\ntwo",
    }  # fmt: skip
    rowan.send(f"{edit}/purpose", audience=[])
    rowan.send(f"{edit}/value", partners=" ", remove="alignment.a1")
    rowan.send(f"{edit}/check", overlap_seen=[], notes="")
    assert stored(play, case) == {
        "type": "micro_certificate", "completion": {"rule": "n_of_m", "n": 2},
    }  # fmt: skip


def test_items_in_items_grow_and_shrink_with_what_was_typed_beside_them(
    rowan: Browser, play: Play
) -> None:
    case = play.do("open", PROPOSER, unit=factory.UNIT).case
    path = f"/proposals/{case}/edit/outcomes"
    rowan.send(path, add="competencies", competency_statement="Tells honest stories.")
    rowan.send(path, add="slos", competencies__c1__statement="Turns data into a story.")
    answer = rowan.send(path, add="slos.o1.rubric", slos__o1__competencies=["c1"])
    assert answer.location.endswith("#list-slos-o1-rubric")
    rowan.get(path)
    assert "list-slos-o1-rubric" in rowan.page.ids  # type: ignore[union-attr]
    rowan.send(path, slos__o1__rubric__l1__level="1, begins", add="slos.o1.rubric")
    rowan.send(path, remove="slos.o1.rubric.l1", slos__o1__statement="Explains the change.")
    assert stored(play, case) == {
        "competency_statement": "Tells honest stories.",
        "competencies": [{"id": "c1", "statement": "Turns data into a story."}],
        "slos": [{"id": "o1", "competencies": ["c1"], "statement": "Explains the change.",
                  "rubric": [{"id": "l2"}]}],
    }  # fmt: skip


def test_what_cannot_be_kept_is_named_and_everything_typed_stays(
    rowan: Browser, play: Play, database_url: str
) -> None:
    case = play.draft()
    with unchanged(database_url):
        answer = rowan.send(
            f"/proposals/{case}/edit/outcomes", slos__o1__threshold_level="three",
            slos__o1__statement="Typed with care.", slos__o1__assessment__attendance_only="yes",
            slos__o1__competencies=[], rigor__level="advanced", pos__p1__metric="x" * 301,
        )  # fmt: skip
    assert answer.status_code == 422
    page = Page(answer)
    assert "2 things to fix on this page" in page.text
    assert "Write a whole number." in page.text
    assert "At most 300 characters fit here." in page.text
    assert {"#f-slos-o1-threshold_level", "#f-pos-p1-metric"} <= set(page.links)
    assert page.fields["slos.o1.threshold_level"] == "three"
    assert page.fields["slos.o1.statement"] == "Typed with care."
    assert page.fields["slos.o1.assessment.attendance_only"] == "yes"
    assert page.fields.getlist("slos.o1.competencies") == []
    assert page.fields["rigor.level"] == "advanced"


def test_a_list_that_is_full_takes_no_more(rowan: Browser, play: Play, database_url: str) -> None:
    case = play.draft(competencies=[{"statement": f"Ability {n}."} for n in range(30)])
    with unchanged(database_url):
        answer = rowan.send(f"/proposals/{case}/edit/outcomes", add="competencies")
        assert answer.status_code == 422
        assert "At most 30 entries fit here." in Page(answer).text


def test_two_windows_on_one_draft_each_keep_their_own_fields(rowan: Browser, play: Play) -> None:
    case = play.draft()
    path = f"/proposals/{case}/edit/title"
    rowan.get(path)
    play.do("edit", PROPOSER, case, fields={"title": "Said elsewhere"})
    assert rowan.post(path, description="Typed here.").status_code == 303
    assert (stored(play, case)["title"], stored(play, case)["description"]) == (
        "Said elsewhere", "Typed here.",
    )  # fmt: skip


def test_who_is_overtaken_in_a_field_sees_both_texts_and_decides(
    rowan: Browser, play: Play, database_url: str
) -> None:
    case = play.draft()
    path = f"/proposals/{case}/edit/title"
    rowan.get(path)
    play.do("edit", PROPOSER, case, fields={"title": "Said elsewhere"})
    with unchanged(database_url):
        answer = rowan.post(path, title="Typed here", description="And this.")
    assert answer.status_code == 409
    assert "Somebody changed this since you opened the page. It says now: “Said elsewhere”." in (
        Page(answer).text
    )
    assert rowan.page.fields["title"] == "Typed here"  # type: ignore[union-attr]
    assert rowan.post(path).status_code == 303, "sent again, after a look, it is kept"
    assert (stored(play, case)["title"], stored(play, case)["description"]) == (
        "Typed here", "And this.",
    )  # fmt: skip


def test_what_was_typed_in_an_item_that_is_gone_is_told_back(rowan: Browser, play: Play) -> None:
    case = play.draft()
    path = f"/proposals/{case}/edit/outcomes"
    rowan.get(path)
    play.do("edit", PROPOSER, case, fields={"pos.p1": None})
    answer = rowan.post(path, pos__p1__metric="Finishers of two years")
    assert answer.status_code == 409
    assert "Somebody removed what this belonged to. You typed: “Finishers of two years”." in (
        Page(answer).text
    )


def test_a_field_is_saved_as_one_leaves_it_and_the_answer_says_what_is_missing(
    rowan: Browser, play: Play
) -> None:
    case = play.do("open", PROPOSER, unit=factory.UNIT).case
    path = f"/proposals/{case}/edit/title"
    rowan.get(path)
    before = rowan.page.fields["was.title"]  # type: ignore[union-attr]
    answer = rowan.post(path, title="Data Storytelling", autosave="1")
    page = Page(answer)
    assert (answer.status_code, "Saved today at" in page.text) == (200, True)
    assert "missing in this part" in page.text
    assert page.fields["was.title"] != before, "the next save knows what is saved"
    assert stored(play, case)["title"] == "Data Storytelling"
    answer = rowan.send(path, title="x" * 9000, autosave="1")
    assert (answer.status_code, "characters fit here" in Page(answer).text) == (422, True)


def test_what_was_removed_can_be_put_back_by_whoever_removed_it(rowan: Browser, play: Play) -> None:
    case = play.draft()
    before = stored(play, case)["pos"]
    path = f"/proposals/{case}/edit/outcomes"
    left = rowan.send(path, remove="pos.p1")
    assert "pos" not in stored(play, case)
    text = rowan.goes(left)
    assert "Removed. Put it back" in text
    sealed = left.location.partition("undo=")[2].partition("#")[0]
    rowan.get(path)
    assert rowan.post(path, undo=f"{sealed}x").status_code == 400
    assert rowan.post(path, undo=sealed).status_code == 303
    assert stored(play, case)["pos"] == before


def test_the_list_of_parts_says_how_each_stands(rowan: Browser, play: Play) -> None:
    case = play.do(
        "open", PROPOSER, unit=factory.UNIT,
        content={"title": "Data Storytelling", "competencies": [{"statement": "Explains."}]},
    ).case  # fmt: skip
    text = rowan.read(f"/proposals/{case}/edit")
    assert "0 of 8 parts are done" in text
    assert "Title, unit and contact 3 to fix" in text
    assert "Competencies and outcomes 1 to fix" in text
    assert "Purpose and audience 4 things to write" in text
    assert "Reflection Optional so far" in text
    full = play.draft(title="Complete")
    assert "Nothing is missing for the next step" in rowan.read(f"/proposals/{full}/edit")


def test_what_is_missing_stands_at_its_question_once_a_part_is_begun(
    rowan: Browser, play: Play
) -> None:
    case = play.do("open", PROPOSER, unit=factory.UNIT, content={"audience": ["graduate"]}).case
    begun = rowan.read(f"/proposals/{case}/edit/purpose")
    assert "It does not say why it is needed." in begun
    untouched = rowan.read(f"/proposals/{case}/edit/routing")
    assert "It does not say" not in untouched


def test_the_editor_belongs_to_proposals_that_can_be_edited(rowan: Browser, play: Play) -> None:
    case = play.submitted()
    for path in (f"/proposals/{case}/edit", f"/proposals/{case}/edit/title"):
        assert rowan.get(path).location == f"/cases/{case}"
    item = play.items(play.routed(title="Another"))["ugc"]
    assert rowan.get(f"/proposals/{item}/edit").status_code == 404
    draft = play.draft(title="A third")
    assert rowan.get(f"/proposals/{draft}/edit/nowhere").status_code == 404
    assert rowan.get(f"/cases/{draft}/act/edit").location == f"/proposals/{draft}/edit"
    assert rowan.get(f"/cases/{draft}/act?trigger=keep").location == f"/cases/{draft}/act/keep"
    assert rowan.get(f"/cases/{draft}/act?trigger=none").location == f"/cases/{draft}"
