"""The picture and the tables of a definition: all of it is there, in its place, and readable."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from workflow.clocks import Clock
from workflow.definition import SAME, Definition, Row, State
from workflow.diagram import WIDTH, description, svg
from workflow.facts import Facts
from workflow.registry import MACHINES
from workflow.roles import ASA_DIRECTOR, ASA_OFFICER, TIMER_ROLE
from workflow.rules import Rule
from workflow.table import (
    asked,
    clock_in_full,
    clock_in_words,
    lines,
    markdown,
    mermaid,
    rules_in_words,
    stays,
    table,
    ways,
)

SVG = "{http://www.w3.org/2000/svg}"
DEFINITIONS = [machine.definition for machine in MACHINES.values()]
every_machine = pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.machine)


def red(_: Facts) -> None:
    """It is red."""


def round_(_: Facts) -> None:
    """It is round."""


def big(_: Facts) -> None:
    """It is big."""


RED = Rule("R-1", "practice", "It is red.", red)
ROUND = Rule("R-2", "practice", "It is round.", round_)
BIG = Rule("R-3", "practice", "It is big.", big)

BEGUN = State("begun", "being <made>", ASA_OFFICER, step="Begun", clock=Clock(days=5, fires="stop"))
DONE = State("done", "done", ends=True, step="Done")
STOPPED = State("stopped", "stopped", ends=True)
SMALL = Definition(
    "thing", version=1, prefix="TH", initial=BEGUN, states=(BEGUN, DONE, STOPPED), noun="thing",
    facts=Facts,
    rows=(
        Row("begin", (), BEGUN, ASA_OFFICER, "practice", "Begin"),
        Row("note", BEGUN, SAME, ASA_OFFICER, "practice", "Note"),
        Row("finish", BEGUN, DONE, ASA_OFFICER, "practice", "Finish", RED & ~(ROUND | BIG)),
        Row("finish", BEGUN, DONE, ASA_DIRECTOR, "practice", "Finish", ~RED),
        Row("stop", BEGUN, STOPPED, TIMER_ROLE, "practice", "Stop"),
    ),
)  # fmt: skip


def drawn(definition: Definition, **how: str) -> ET.Element:
    return ET.fromstring(svg(definition, **how))  # noqa: S314 - our own text


def texts(picture: ET.Element) -> list[str]:
    return [one.text or "" for one in picture.iter(f"{SVG}text")]


# ------------------------------------------------------------------------------- the picture


@every_machine
def test_every_state_and_every_trigger_that_leaves_it_is_written(definition: Definition) -> None:
    written = texts(drawn(definition))
    for state in definition.states:
        assert state.says[:1].upper() + state.says[1:] in written
        for way in (one for one in ways(definition) if one.source == state.name):
            assert way.trigger in written
    together = " ".join(written)
    for state in definition.states:
        assert all(trigger in together for trigger in stays(definition, state))


@every_machine
def test_there_is_one_arrow_for_each_way(definition: Definition) -> None:
    arrows = [p for p in drawn(definition).iter(f"{SVG}path") if "Q" in p.attrib["d"]]
    assert len(arrows) == len(ways(definition))


@every_machine
def test_arrows_to_different_states_never_run_in_the_same_place(definition: Definition) -> None:
    stretches: dict[str, dict[float, list[float]]] = {}
    for path in drawn(definition).iter(f"{SVG}path"):
        found = re.match(r"M\d+ (\d+)H(\d+)Q.*V.*Q\d+ (\d+) ", path.attrib["d"])
        if found:
            start, lane, end = map(float, found.groups())
            ends = stretches.setdefault(str(lane), {}).setdefault(end, [])
            ends += [start, end]
    for targets in stretches.values():
        spans = sorted((min(points), max(points)) for points in targets.values())
        assert all(before[1] < after[0] for before, after in pairwise(spans))


@every_machine
def test_nothing_is_drawn_beyond_the_paper(definition: Definition) -> None:
    picture = drawn(definition)
    width, height = map(float, picture.attrib["viewBox"].split()[2:])
    assert width == WIDTH
    for box in picture.iter(f"{SVG}rect"):
        assert float(box.get("x", 0)) + float(box.attrib["width"]) <= width
        assert float(box.get("y", 0)) + float(box.attrib["height"]) <= height
    for path in picture.iter(f"{SVG}path"):
        across = [float(x) for x in re.findall(r"[MHQ](\d+)", path.attrib["d"])]
        assert max(across) <= width


def test_ends_have_a_double_frame_and_states_that_go_on_have_one() -> None:
    frames = [box for box in drawn(SMALL).iter(f"{SVG}rect") if box.get("rx") == "6"]
    assert len(frames) == 1 + 2 + 2


def test_what_a_clock_does_is_a_broken_line_and_what_a_person_does_is_not() -> None:
    arrows = [p for p in drawn(SMALL).iter(f"{SVG}path") if "Q" in p.attrib["d"]]
    assert [("stroke-dasharray" in one.attrib) for one in arrows] == [True, False]


def test_the_way_onward_is_heavier_than_the_others() -> None:
    arrows = [p for p in drawn(SMALL).iter(f"{SVG}path") if "Q" in p.attrib["d"]]
    assert [one.attrib["stroke"] for one in arrows] == ["var(--ink-2)", "var(--accent)"]


def test_the_present_state_is_marked_in_words_too() -> None:
    assert "now here" not in texts(drawn(SMALL))
    picture = drawn(SMALL, now="begun")
    assert texts(picture).count("now here") == 1
    assert picture.findtext(f"{SVG}title") == "The thing: states and ways. It is now being <made>."


def test_a_state_that_is_none_cannot_be_marked() -> None:
    with pytest.raises(KeyError):
        svg(SMALL, now="gone")


def test_inside_a_page_it_names_no_colour_and_no_style() -> None:
    text = svg(SMALL)
    assert not re.search(r"#[0-9a-fA-F]{3}|style", text)
    assert "<style>:root{--ink:#000}</style>" in svg(SMALL, style=":root{--ink:#000}")


def test_who_cannot_see_it_is_told_the_same() -> None:
    assert description(SMALL) == (
        "begun: finish to done, stop to stopped, note stays. done: an end. stopped: an end."
    )
    assert drawn(SMALL).findtext(f"{SVG}desc") == description(SMALL)
    credential = MACHINES["credential"].definition
    assert description(credential).startswith("active: propose_correction stays, ")


# --------------------------------------------------------------------------------- the table


def test_rules_are_told_by_name_and_lists_of_one_kind_are_flat() -> None:
    assert rules_in_words(RED & ROUND & BIG) == "`red`, `round_`, `big`"
    assert rules_in_words(RED & ~(ROUND | BIG | RED)) == "`red`, not (`round_` or `big` or `red`)"
    assert rules_in_words((RED & ROUND) | BIG) == "(`red`, `round_`) or `big`"


def test_a_case_of_a_closed_list_names_its_values() -> None:
    rows = {line.to: line.rules for line in lines(MACHINES["agenda_item"].definition)}
    assert rows["failed"] == "`may_close`, `result` is not_carried"


@every_machine
def test_every_row_is_told_once_and_every_rule_it_names_is_explained(
    definition: Definition,
) -> None:
    told = lines(definition)
    assert len(told) == len(definition.rows)
    known = {one.name for one in asked(definition)}
    assert {name for line in told for name in re.findall(r"`(\w+)`", line.rules)} == known
    text = markdown(definition)
    assert text.count("\n| `") == len(definition.states) + len(told) + len(asked(definition))


@every_machine
def test_no_two_rules_of_a_machine_go_by_one_name(definition: Definition) -> None:
    names = [one.name for one in asked(definition)]
    assert len(names) == len(set(names))


def test_what_a_row_does_to_the_clock_is_told() -> None:
    follows = {line.trigger: line.follows for line in lines(MACHINES["proposal"].definition)}
    assert follows["keep"] == ("the clock begins anew",)
    assert follows["ask_scope"][-1] == "the clock rests"
    assert follows["answer_scope"][-1] == "the clock goes on"
    assert follows["extend"][-1] == "the clock is lengthened"


def test_a_clock_is_told_in_full() -> None:
    clock = Clock(
        days=10, remind=(-3, 0), warn=(4,), tell={2: ASA_DIRECTOR}, fires="lapse", grace=30,
        nudge=(5, 7), acknowledge=2, remind_shares=(50,), remind_days=(-30,), warn_days=(9, 8),
        says="to decide",
    )  # fmt: skip
    assert clock_in_full(clock) == (
        "10 business days (to decide); reminders 3 before, on the day; "
        "asked after 5, 7 idle business days; asked 2 after the start to take it up; "
        "reminders at 50 % of it; reminders 30 days before; "
        "warnings 4 before it closes; warnings 9, 8 days before it closes; "
        "the ASA director is told 2 after; then both hear again every 5 business days; "
        "then `lapse` 30 business days later"
    )
    assert (clock_in_full(None), clock_in_words(None)) == ("", "")


def test_a_length_that_depends_says_on_what() -> None:
    review = MACHINES["proposal"].definition.state("asa_review")
    assert "10 business days (15 for more than five outcomes" in clock_in_full(review.clock)


def test_mermaid_has_every_state_way_beginning_and_end() -> None:
    assert mermaid(SMALL).splitlines() == [
        "stateDiagram-v2",
        "    begun : being <made>",
        "    done : done",
        "    stopped : stopped",
        "    [*] --> begun : begin",
        "    begun --> done : finish",
        "    begun --> stopped : stop",
        "    done --> [*]",
        "    stopped --> [*]",
    ]


def test_what_would_end_a_cell_does_not() -> None:
    assert table(("a",), [("x | y\nz",)]) == "| a |\n| --- |\n| x \\| y z |\n"
