"""From a typed input to a form that everyone can fill in, and back to plain data.

Names of fields are paths: `reason`, `changes.0.asks`, `evidence.o1`. Nothing is judged here beyond
the shape: what is missing or wrong is said by `perform`, which names the same paths.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Final, Literal, Union, cast, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from werkzeug.datastructures import MultiDict

from workflow.forms import Form
from workflow.queries.options import Choice
from workflow.queries.words import plain

#: Longer texts than this get a box of several lines.
LINE: Final = 300
#: More choices than this are a list to open, not buttons to read through.
BUTTONS: Final = 8

Kind = Literal[
    "line", "paragraph", "flag", "date", "number", "choice", "select", "choices", "lines", "list",
    "texts", "hidden",
]  # fmt: skip

Options = Callable[[str], tuple[Choice, ...]]
Values = Mapping[str, object]
Sent = MultiDict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question of a form: how it is asked, what is there, and what is wrong with it.

    `rows` are the items of a list, each a tuple of fields; `value` is text, or the chosen values.
    """

    name: str
    kind: Kind
    label: str
    hint: str = ""
    example: str = ""
    clause: str = ""
    required: bool = False
    value: str = ""
    chosen: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    rows: tuple[tuple["Field", ...], ...] = ()
    item: str = ""
    errors: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    #: Where in the document a row stands, for its remove button.
    places: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """What the label, the hint and a problem's link point to."""
        return "f-" + self.name.replace(".", "-")

    @property
    def described_by(self) -> str:
        """Ids of the hint, the errors and the advice, for aria-describedby."""
        said = {"hint": self.hint, "error": self.errors, "advice": self.advice}
        return " ".join(f"{self.id}-{word}" for word, there in said.items() if there)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to fix: the field it is about (""), and the sentence."""

    field: str
    says: str


def no_options(_: str) -> tuple[Choice, ...]:
    """No list is known."""
    return ()


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a field holds: its bare type, whether it may be absent, its longest text."""

    kind: Kind
    inner: type[BaseModel] | None = None
    values: tuple[str, ...] = ()


def fields_of(
    form: type[BaseModel], said: Values, *, options: Options = no_options, before: str = ""
) -> tuple[Field, ...]:
    """The questions of a form, holding what was said."""
    asker = _Asker(said, options, before)
    made = (asker.ask(name, info) for name, info in form.model_fields.items())
    return tuple(one for one in made if one is not None)


@dataclass(frozen=True, slots=True)
class _Asker:
    """Makes the questions of one form, or of one row of a list in it."""

    said: Values
    options: Options
    before: str

    def ask(self, name: str, info: FieldInfo) -> Field | None:
        """The question of a field; None where there is nothing to ask."""
        source = extra(info, "options")
        listed = self.options(source) if source else ()
        shape = shape_of(info, listed=bool(listed))
        asked = Field(
            name=self.before + name, kind=shape.kind, label=info.title or plain(name),
            hint=info.description or "", required=info.is_required(),
            choices=listed or tuple(Choice(one, plain(one)) for one in shape.values),
        )  # fmt: skip
        if shape.kind == "hidden" or len(shape.values) == 1:
            return self._carried(asked, info)
        return self._holding(asked, shape, self.said.get(name, _default(info)))

    def _carried(self, asked: Field, info: FieldInfo) -> Field | None:
        """A value the page carries along, such as a document's hash."""
        name = asked.name.removeprefix(self.before)
        if name not in self.said or not extra(info, "from"):
            return None
        return replace(asked, kind="hidden", value=str(self.said[name]))

    def _holding(self, asked: Field, shape: _Shape, value: object) -> Field:
        if shape.kind == "list" and shape.inner:
            asked = replace(asked, item=asked.label.removesuffix("s"))
            return replace(asked, rows=tuple(self._rows(shape.inner, asked.name, value)))
        if shape.kind == "texts":
            return replace(asked, rows=tuple(_texts(asked, value)))
        return replace(asked, value=_shown(value, shape.kind), chosen=_chosen(value))

    def _rows(
        self, inner: type[BaseModel], name: str, value: object
    ) -> Iterator[tuple[Field, ...]]:
        items = cast("Sequence[Values]", value) if isinstance(value, list | tuple) else ()
        for n, item in enumerate(items or ({},)):
            yield fields_of(inner, item, options=self.options, before=f"{name}.{n}.")


def _texts(asked: Field, value: object) -> Iterator[tuple[Field, ...]]:
    """One box for each choice: the evidence for each outcome."""
    given = value if isinstance(value, Mapping) else {}
    for choice in asked.choices:
        yield (
            Field(
                name=f"{asked.name}.{choice.value}", kind="paragraph", label=choice.label,
                hint=choice.says, value=str(given.get(choice.value, "")),
            ),
        )  # fmt: skip


def _shown(value: object, kind: Kind) -> str:
    if kind == "lines" and isinstance(value, list | tuple):
        return "\n".join(str(one) for one in value)
    if isinstance(value, Enum):
        return str(value.value)
    return "" if value is None or isinstance(value, list | tuple | dict) else str(value)


def _chosen(value: object) -> tuple[str, ...]:
    if isinstance(value, bool):
        return ("yes",) if value else ()
    many = value if isinstance(value, list | tuple) else (value,)
    return tuple(_shown(one, "line") for one in many if one not in (None, ""))


def _default(info: FieldInfo) -> object:
    return None if info.is_required() else info.get_default(call_default_factory=False)


def extra(info: FieldInfo, name: str) -> str:
    """What a field says of itself beside its type ("options", "widget", "from")."""
    found = info.json_schema_extra
    return str(found.get(name, "")) if isinstance(found, dict) else ""


# --------------------------------------------------------------------------- what a type holds


def shape_of(info: FieldInfo, *, listed: bool) -> _Shape:
    """How a field is asked for; `listed` when it has choices of its own."""
    if extra(info, "widget") == "hidden":
        return _Shape("hidden")
    bare, notes = _bare(info.annotation, list(info.metadata))
    origin = get_origin(bare)
    if origin in {tuple, list}:
        return _of_many(get_args(bare)[0], listed=listed)
    if origin is dict:
        return _Shape("texts")
    return _of_one(bare, notes, listed=listed)


def _of_many(inner: object, *, listed: bool) -> _Shape:
    bare, _ = _bare(inner, [])
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return _Shape("list", inner=bare)
    if values := _closed(bare):
        return _Shape("choices", values=values)
    return _Shape("choices" if listed else "lines")


def _of_one(bare: object, notes: list[object], *, listed: bool) -> _Shape:
    if values := _closed(bare):
        return _Shape("choice" if len(values) <= BUTTONS else "select", values=values)
    if listed:
        return _Shape("select")
    simple: dict[object, Kind] = {bool: "flag", date: "date", int: "number"}
    return _Shape(simple.get(bare) or ("paragraph" if _longest(notes) > LINE else "line"))


def _closed(bare: object) -> tuple[str, ...]:
    if get_origin(bare) is Literal:
        return tuple(str(one) for one in get_args(bare))
    if isinstance(bare, type) and issubclass(bare, Enum):
        return tuple(str(one.value) for one in bare)
    return ()


def _bare(annotation: object, notes: list[object]) -> tuple[object, list[object]]:
    """The type under Annotated and Optional, with every note on the way."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return _bare(inner, [*notes, *more])
    if get_origin(annotation) in {Union, UnionType}:
        kept = [one for one in get_args(annotation) if one is not NoneType]
        return _bare(kept[0], notes)
    return annotation, notes


def _longest(notes: Iterable[object]) -> int:
    found = (getattr(note, "max_length", None) for note in notes)
    return max((length for length in found if isinstance(length, int)), default=0)


# --------------------------------------------------------------------------- back to plain data


def read(form: type[BaseModel], sent: Sent, *, before: str = "") -> dict[str, object]:
    """What was sent, as plain data in the shape of the form; what is empty is left out."""
    said: dict[str, object] = {}
    for name, info in form.model_fields.items():
        shape = shape_of(info, listed=bool(extra(info, "options")))
        value = _read_one(before + name, shape, sent)
        if value not in (None, "", [], {}):
            said[name] = value
    return said


def _read_one(name: str, shape: _Shape, sent: Sent) -> object:
    match shape.kind:
        case "flag":
            return name in sent
        case "choices":
            return [one for text in sent.getlist(name) for one in text.splitlines() if one]
        case "lines":
            return [line.strip() for line in sent.get(name, "").splitlines() if line.strip()]
        case "texts":
            return _read_texts(name, sent)
        case "list":
            return _read_rows(name, cast("type[Form]", shape.inner), sent)
        case _:
            return sent.get(name, "").replace("\r\n", "\n").strip()


def _read_texts(name: str, sent: Sent) -> dict[str, str]:
    given = {
        key.removeprefix(f"{name}."): text
        for key, text in sent.items()
        if key.startswith(f"{name}.")
    }
    return {key: text.replace("\r\n", "\n").strip() for key, text in given.items() if text.strip()}


def _read_rows(name: str, inner: type[BaseModel], sent: Sent) -> list[dict[str, object]]:
    """Items that say something; the empty ones at the end are the page's own."""
    found = (read(inner, sent, before=f"{name}.{n}.") for n in row_numbers(name, sent))
    return [item for item in found if item]


def row_numbers(name: str, sent: Sent) -> list[int]:
    """Numbers of the rows that were sent of a list, in their order."""
    places = (
        key.removeprefix(f"{name}.").partition(".")[0] for key in sent if key.startswith(f"{name}.")
    )
    return sorted({int(n) for n in places if n.isascii() and n.isdigit() and len(n) < 4})  # noqa: PLR2004


def changed_rows(said: dict[str, object], *, add: str, remove: str) -> dict[str, object]:
    """What was said, with an empty row added to a list or one row taken out ("changes.1")."""
    if add:
        return {**said, add: [*cast("list[object]", said.get(add, [])), {}]}
    name, _, number = remove.rpartition(".")
    rows = list(cast("list[object]", said.get(name, [])))
    if number.isdigit() and int(number) < len(rows):
        del rows[int(number)]
    return {**said, name: rows}


def with_problems(asked: tuple[Field, ...], problems: Iterable[Problem]) -> tuple[Field, ...]:
    """The same questions, each with what is wrong with it."""
    wrong: dict[str, list[str]] = {}
    for problem in problems:
        wrong.setdefault(problem.field, []).append(problem.says)
    return tuple(_marked(one, wrong) for one in asked)


def _marked(asked: Field, wrong: Mapping[str, list[str]]) -> Field:
    return replace(
        asked,
        errors=tuple(wrong.get(asked.name, ())),
        rows=tuple(tuple(_marked(one, wrong) for one in row) for row in asked.rows),
    )


def names(asked: Iterable[Field]) -> set[str]:
    """Every field's name, those of rows included."""
    found: set[str] = set()
    for one in asked:
        found.add(one.name)
        for row in one.rows:
            found |= names(row)
    return found
