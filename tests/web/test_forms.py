"""Typed input as a form, and back: what a person fills in is what the typed form reads."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field
from werkzeug.datastructures import MultiDict

from web import forms
from web.forms import Problem, changed_rows, extra, fields_of, names, read, with_problems
from workflow.forms import Form, Line, Paragraph, Words
from workflow.queries.options import Choice
from workflow.registry import MACHINES


class Color(StrEnum):
    RED = "red"
    DEEP_BLUE = "deep_blue"


class Item(Form):
    field: Line = Field(title="Field")
    asks: Paragraph = Field(title="What")


class Everything(Form):
    """One field of every kind a form can ask for."""

    line: Line = Field(title="Line", description="A hint.")
    text: Words = Field(default="", title="Text")
    sure: bool = Field(default=False, title="Sure")
    day: date | None = Field(default=None, title="Day")
    count: Annotated[int, Field(ge=1)] | None = Field(default=None, title="Count")
    color: Color = Field(title="Color")
    word: Literal["yes", "no"] = Field(default="yes", title="Word")
    only: Literal["new"] = Field(default="new", title="Only")
    people: tuple[Line, ...] = Field(
        default=(), title="People", json_schema_extra={"options": "people"}
    )
    tags: tuple[Line, ...] = Field(default=(), title="Tags")
    colors: tuple[Color, ...] = Field(default=(), title="Colors")
    items: tuple[Item, ...] = Field(default=(), title="Items")
    proof: dict[Line, Paragraph] = Field(
        default_factory=dict, title="Proof", json_schema_extra={"options": "outcomes"}
    )
    seen: str = Field(
        default="", title="Seen", json_schema_extra={"widget": "hidden", "from": "seen"}
    )


LISTS = {
    "people": (Choice("rowan", "Rowan Sample"), Choice("noor", "Noor Specimen")),
    "outcomes": (Choice("o1", "Outcome 1", "Explains."), Choice("o2", "Outcome 2", "Builds.")),
}


def drawn(**said: object) -> dict[str, forms.Field]:
    fields = fields_of(Everything, {"seen": "abc", **said}, options=lambda name: LISTS[name])
    return {field.name: field for field in fields}


def test_each_type_has_the_question_people_expect() -> None:
    kinds = {name: field.kind for name, field in drawn().items()}
    assert kinds == {
        "line": "line", "text": "paragraph", "sure": "flag", "day": "date", "count": "number",
        "color": "choice", "word": "choice", "people": "choices", "tags": "lines",
        "colors": "choices", "items": "list", "proof": "texts", "seen": "hidden",
    }  # fmt: skip
    assert drawn()["seen"].value == "abc"
    assert [choice.label for choice in drawn()["color"].choices] == ["Red", "Deep blue"]
    assert drawn()["line"].required
    assert not drawn()["text"].required
    assert drawn()["line"].described_by == "f-line-hint"


def test_a_list_begins_with_one_empty_row_and_keeps_what_was_said() -> None:
    assert [[one.name for one in row] for row in drawn()["items"].rows] == [
        ["items.0.field", "items.0.asks"]
    ]
    two = drawn(items=[{"field": "title", "asks": "Why?"}, {"asks": "How?"}])["items"]
    assert [[one.value for one in row] for row in two.rows] == [["title", "Why?"], ["", "How?"]]


said_texts = st.text(
    st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="\x85\u2028\u2029"),
    min_size=1, max_size=30,
).map(str.strip).filter(bool)  # fmt: skip
whole = st.fixed_dictionaries(
    {"line": said_texts, "color": st.sampled_from(["red", "deep_blue"]), "sure": st.booleans()},
    optional={
        "text": said_texts,
        "day": st.dates().map(date.isoformat),
        "count": st.integers(1, 9999).map(str),
        "word": st.sampled_from(["yes", "no"]),
        "people": st.lists(st.sampled_from(["rowan", "noor"]), min_size=1, unique=True),
        "tags": st.lists(said_texts, min_size=1, max_size=4),
        "items": st.lists(
            st.fixed_dictionaries({"field": said_texts, "asks": said_texts}),
            min_size=1,
            max_size=12,
        ),
        "proof": st.dictionaries(st.sampled_from(["o1", "o2"]), said_texts, min_size=1),
    },
)


def sent_of(fields: dict[str, forms.Field]) -> MultiDict[str, str]:
    """What a browser sends for a form that is filled in so."""
    sent: MultiDict[str, str] = MultiDict()
    for field in fields.values():
        for name, value in _values(field):
            sent.add(name, value)
    return sent


def _values(field: forms.Field) -> list[tuple[str, str]]:
    if field.rows:
        return [pair for row in field.rows for one in row for pair in _values(one)]
    if field.kind in {"choice", "choices", "flag", "select"}:
        return [(field.name, value) for value in field.chosen]
    return [(field.name, field.value)]


@settings(max_examples=200, deadline=None)
@given(whole)
def test_what_is_drawn_and_sent_back_reads_the_same(said: dict[str, object]) -> None:
    back = read(Everything, sent_of(drawn(**said)))
    assert {k: v for k, v in back.items() if k not in {"seen", "word"} or k in said} == said
    Everything.model_validate(back)


def test_empty_answers_are_left_out_so_that_the_typed_form_names_what_is_missing() -> None:
    sent: MultiDict[str, str] = MultiDict(
        [("line", "  "), ("items.0.asks", " "), ("tags", "\r\n"), ("proof.o1", "")]
    )
    assert read(Everything, sent) == {"sure": False}


def test_line_ends_of_a_browser_become_plain() -> None:
    sent: MultiDict[str, str] = MultiDict([("text", "one\r\ntwo"), ("proof.o1", "a\r\nb")])
    assert read(Everything, sent) == {"text": "one\ntwo", "proof": {"o1": "a\nb"}, "sure": False}


def test_rows_are_read_in_their_order_and_nonsense_numbers_are_not_rows() -> None:
    sent: MultiDict[str, str] = MultiDict(
        [("items.10.asks", "ten"), ("items.2.asks", "two"), ("items.x.asks", "no"),
         ("items.99999.asks", "no"), ("items.٣.asks", "no")]
    )  # fmt: skip
    assert [item["asks"] for item in read(Everything, sent)["items"]] == ["two", "ten"]  # type: ignore[attr-defined]


def test_rows_are_added_and_taken_out_without_script() -> None:
    said: dict[str, object] = {"items": [{"asks": "one"}, {"asks": "two"}]}
    longer = changed_rows(said, add="items", remove="")
    assert longer["items"] == [{"asks": "one"}, {"asks": "two"}, {}]
    assert changed_rows(said, add="", remove="items.0")["items"] == [{"asks": "two"}]
    assert changed_rows(said, add="", remove="items.7")["items"] == said["items"]


def test_a_problem_stands_at_its_field_also_in_a_row() -> None:
    fields = with_problems(
        tuple(drawn().values()), [Problem("items.0.asks", "Say what."), Problem("line", "Needed.")]
    )
    by_name = {field.name: field for field in fields}
    assert by_name["line"].errors == ("Needed.",)
    assert by_name["items"].rows[0][1].errors == ("Say what.",)
    assert "items.0.asks" in names(fields)


def test_every_action_people_take_can_be_drawn() -> None:
    """A form nobody can fill in would hide an action that the definition gives."""
    for machine in MACHINES.values():
        for row in machine.definition.rows:
            if {role.name for role in row.roles} <= {"system", "timer"} or row.trigger == "edit":
                continue
            fields = fields_of(row.form, {}, options=lambda _: (Choice("a", "A"),))
            asked = {field.name for field in fields}
            needed = {name for name, info in row.form.model_fields.items() if info.is_required()}
            fields_there = row.form.model_fields.items()
            carried = {name for name, info in fields_there if extra(info, "from")}
            assert needed - carried <= asked, (machine.definition.machine, row.trigger)
            assert all(field.label for field in fields)
