"""A case's history in words: who did what when, and what they said."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final, Literal, LiteralString, cast, get_args, get_origin

from psycopg import Connection
from psycopg.rows import class_row
from pydantic.fields import FieldInfo

from policies import form as policy_form
from policies.fields import NoSuchFieldError
from workflow.definition import Definition
from workflow.forms import Form
from workflow.queries import words

Rows = Connection[tuple[object, ...]]

#: Options whose values are people: shown by name.
PEOPLE_OPTIONS: Final = frozenset({"people", "asa_officers", "members", "assessors_of_this_award"})


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
    """The whole history of a case, oldest first; what was said under an `untold` trigger is left out."""
    with connection.cursor(row_factory=class_row(_Entry)) as cursor:
        entries = cursor.execute(_ENTRIES, {"case": case}).fetchall()
    forms = {row.trigger: row.form for row in definition.rows}
    names = _names(
        connection, [p for e in entries for p in _people_in(forms.get(e.trigger), e.form)]
    )
    return tuple(
        Line(
            seq=e.seq, at=e.at, who=e.who or words.role(e.actor), for_whom=e.for_whom,
            role=words.role(e.role), trigger=e.trigger, did=words.did(definition.machine, e.trigger),
            said=() if e.trigger in untold else tuple(said(forms.get(e.trigger), e.form, names)),
            from_state=e.from_state, to_state=e.to_state, revision=e.revision, actor=e.actor,
        )
        for e in entries
    )  # fmt: skip


def said(
    form: type[Form] | None, given: Mapping[str, object], names: Mapping[str, str]
) -> Iterator[Said]:
    """What a form says, field by field; ids of people become names, closed choices become words."""
    for name, info in (form.model_fields if form else {}).items():
        value = given.get(name)
        if value in (None, "", [], {}) or (options_of(info) is None and _hidden(info)):
            continue
        if text := _text(name, info, value, names):
            yield Said(info.title or words.plain(name), text)


def _text(name: str, info: FieldInfo, value: object, names: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Mapping):
        return (
            ", ".join(dict.fromkeys(field_name(path) for path in value)) if name == "fields" else ""
        )
    if isinstance(value, list):
        return "; ".join(_text(name, info, one, names) if not isinstance(one, Mapping) else _parts(one)
                         for one in value)  # fmt: skip
    if options_of(info) in PEOPLE_OPTIONS:
        return names.get(str(value), str(value))
    return words.plain(str(value)) if is_closed(info.annotation) else str(value)


def _parts(value: Mapping[str, object]) -> str:
    """An item of a list: its words after its field or name."""
    first, *rest = [str(part) for part in value.values() if part not in (None, "")] or [""]
    return f"{field_name(first)}: {' · '.join(rest)}" if rest else first


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
