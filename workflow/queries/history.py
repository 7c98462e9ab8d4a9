"""A case's history in words: who did what when, and what they said."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Final, Literal, LiteralString, cast, get_args, get_origin

from psycopg import Connection
from psycopg.rows import class_row
from pydantic.fields import FieldInfo

from policies import form as policy_form
from policies.fields import NoSuchFieldError
from workflow.definition import Definition
from workflow.facts import SYSTEM, TIMER
from workflow.forms import Form
from workflow.queries import words

Rows = Connection[tuple[object, ...]]

#: What these say is carried from one case to another, for no reader.
_MACHINES: Final = frozenset({SYSTEM, TIMER})
#: Options whose values are people: shown by name.
PEOPLE_OPTIONS: Final = frozenset({
    "people", "people_of_this_case", "asa_officers", "attendees", "members",
    "assessors_of_this_award",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said in a form: what was asked, and the words."""

    asked: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry of the history; `said` is empty where nothing was said."""

    seq: int
    at: datetime
    who: str
    for_whom: str
    role: str
    trigger: str
    did: str
    said: tuple[Said, ...]
    from_state: str | None
    to_state: str
    revision: int
    actor: str


@dataclass(frozen=True, slots=True)
class _Entry:
    seq: int
    at: datetime
    actor: str
    who: str
    for_whom: str
    role: str
    trigger: str
    from_state: str | None
    to_state: str
    form: dict[str, object]
    revision: int


_ENTRIES: Final[LiteralString] = """
SELECT e.seq, e.at, e.actor, coalesce(p.name, '') AS who, coalesce(b.name, '') AS for_whom, e.role,
       e.trigger, e.from_state, e.to_state, e.form, e.revision
  FROM entry e LEFT JOIN person p ON p.id = e.actor LEFT JOIN person b ON b.id = e.on_behalf_of
 WHERE e.case_id = %(case)s ORDER BY e.seq"""


def history(
    connection: Rows, definition: Definition, case: str, *, untold: Collection[str] = ()
) -> tuple[Line, ...]:
    """The history of a case, oldest first; what was said under `untold` triggers is left out."""
    with connection.cursor(row_factory=class_row(_Entry)) as cursor:
        entries = cursor.execute(_ENTRIES, {"case": case}).fetchall()
    forms = {row.trigger: row.form for row in definition.rows}
    names = _names(
        connection, [p for e in entries for p in _people_in(forms.get(e.trigger), e.form)]
    )
    return tuple(
        Line(
            seq=e.seq, at=e.at, who=e.who or words.role(e.actor), for_whom=e.for_whom,
            role=words.role(e.role), trigger=e.trigger,
            did=words.did(definition.machine, e.trigger),
            said=tuple(said(forms.get(e.trigger), e.form, names)) if _told(e, untold) else (),
            from_state=e.from_state, to_state=e.to_state, revision=e.revision, actor=e.actor,
        )
        for e in entries
    )  # fmt: skip


def _told(entry: _Entry, untold: Collection[str]) -> bool:
    return entry.actor not in _MACHINES and entry.trigger not in untold


def said(
    form: type[Form] | None, given: Mapping[str, object], names: Mapping[str, str]
) -> Iterator[Said]:
    """What a form says, field by field; ids of people become names, closed choices become words."""
    for name, info in (form.model_fields if form else {}).items():
        value = given.get(name)
        if _hidden(info) or value in (None, "", [], {}):
            continue
        if text := _Telling(info, names).words(value):
            yield Said(info.title or words.plain(name), text)


@dataclass(frozen=True, slots=True)
class _Telling:
    """How the values of one field are told."""

    info: FieldInfo
    names: Mapping[str, str]

    def words(self, value: object) -> str:
        """A value as words; a list one after the other."""
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(value, Mapping):
            return ", ".join(dict.fromkeys(map(field_name, value)))
        if isinstance(value, list):
            return "; ".join(
                _parts(one) if isinstance(one, Mapping) else self.words(one) for one in value
            )
        if options_of(self.info) in PEOPLE_OPTIONS:
            return self.names.get(str(value), str(value))
        if self.info.annotation is date:
            return _day(str(value))
        return words.plain(str(value)) if is_closed(self.info.annotation) else str(value)


def _day(text: str) -> str:
    """A day as it is kept, in words."""
    day = date.fromisoformat(text)
    return f"{day:%a} {day.day} {day:%b %Y}"


def _parts(value: Mapping[str, object]) -> str:
    """An item of a list: its words after its field or name."""
    rest = [str(part) for name, part in value.items() if name != "field" and part]
    about = field_name(str(value["field"])) if "field" in value else ""
    return ": ".join(filter(None, (about, ", ".join(rest))))


def field_name(path: str) -> str:
    """How a proposal's field is asked for; the path itself where it is no such field."""
    try:
        return policy_form.load().help_for(path).ask.rstrip("?")
    except (KeyError, NoSuchFieldError):
        return path


def is_closed(annotation: object) -> bool:
    """Whether a field takes one of a closed list of values."""
    if get_origin(annotation) is Literal:
        return True
    if isinstance(annotation, type):
        return issubclass(annotation, Enum)
    return any(is_closed(inner) for inner in get_args(annotation) if inner is not type(None))


def options_of(info: FieldInfo) -> str | None:
    """The name of a field's dynamic choice list, if it has one."""
    extra = info.json_schema_extra
    found = extra.get("options") if isinstance(extra, dict) else None
    return str(found) if found else None


def _hidden(info: FieldInfo) -> bool:
    extra = info.json_schema_extra
    return isinstance(extra, dict) and extra.get("widget") == "hidden"


def _people_in(form: type[Form] | None, given: Mapping[str, object]) -> Iterator[str]:
    for name, info in (form.model_fields if form else {}).items():
        if options_of(info) in PEOPLE_OPTIONS:
            value = given.get(name)
            yield from (str(one) for one in (value if isinstance(value, list) else [value]) if one)


def _names(connection: Rows, people: list[str]) -> dict[str, str]:
    if not people:
        return {}
    statement = "SELECT id, name FROM person WHERE id = ANY(%s)"
    return dict(cast("list[tuple[str, str]]", connection.execute(statement, (people,)).fetchall()))
