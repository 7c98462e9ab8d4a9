"""A proposal's content as questions, part by part, and what was sent back as changed fields.

Drawn from `policies.form` and the document alone: a new field of the document is a new question.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from hashlib import sha256
from typing import Final

from policies import fields, form
from policies.checks import Unmet
from policies.document import Part, ProposalDocument
from policies.edition import Edition
from policies.form import FormPart
from web.forms import Field, Kind, Options, Sent
from workflow.queries.options import Choice
from workflow.queries.text import ITEMS, label

#: How each widget of the form's data is drawn here; groups are drawn field by field.
_KINDS: Final[Mapping[str, Kind]] = {
    "line": "line", "paragraph": "paragraph", "choice": "choice", "choices": "choices",
    "flag": "flag", "date": "date", "number": "number", "unit": "select", "refs": "choices",
    "lines": "lines", "list": "list",
}  # fmt: skip
#: What an import noted is read, not written.
_NOT_ASKED: Final = frozenset({"source"})
_GONE: Final = "No longer in the list."


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document being written, the edition it is judged by, and the person's own lists."""

    document: ProposalDocument
    edition: Edition
    options: Options

    def questions(self, part: FormPart) -> tuple[Field, ...]:
        """The questions of one part, holding what is said."""
        return tuple(
            one for name in part.fields if name not in _NOT_ASKED for one in self._ask(name)
        )

    def _ask(self, path: str) -> Iterator[Field]:
        help_for = form.load().help_for(path)
        if help_for.widget == "group":
            for name in _inside(path):
                yield from self._ask(f"{path}.{name}")
            return
        asked = Field(
            name=path, kind=_KINDS[help_for.widget], label=label(self.document, path),
            hint=help_for.hint, example=help_for.example, clause=self._clause(help_for.rule),
            choices=self._choices(path, help_for.widget),
        )  # fmt: skip
        if asked.kind == "list":
            yield self._list(asked)
        else:
            yield _with_what_is_gone(_holding(asked, fields.get(self.document, path)))

    def _list(self, asked: Field) -> Field:
        items = _ids(self.document, asked.name)
        places = tuple(f"{asked.name}.{item}" for item in items)
        rows = tuple(
            tuple(one for name in _inside(asked.name) for one in self._ask(f"{place}.{name}"))
            for place in places
        )
        return replace(asked, rows=rows, places=places, item=ITEMS[fields.generic(asked.name)])

    def _choices(self, path: str, widget: str) -> tuple[Choice, ...]:
        if widget == "unit":
            return self.options("my_units")
        if path == "constituents":
            return self.options("credentials_in_force")
        if widget == "refs":
            known = enumerate(self.document.competencies, 1)
            return tuple(Choice(one.id, f"Competency {n}", one.statement) for n, one in known)
        return tuple(Choice(c.value, c.label, c.says) for c in form.load().choices_for(path))

    def _clause(self, rule: str) -> str:
        return f"{rule}, {self.edition.place(rule)}: {self.edition.rule(rule).asks}" if rule else ""


def _inside(path: str) -> tuple[str, ...]:
    """Names of the fields directly in a group, or in an item of a list."""
    before = fields.generic(path) + "."
    found = (
        one.removeprefix(before) for one in fields.all_generic_paths() if one.startswith(before)
    )
    return tuple(name for name in found if "." not in name)


def _ids(document: ProposalDocument, path: str) -> list[str]:
    items = fields.get(document, path)
    return [str(getattr(item, "id", "")) for item in items] if isinstance(items, tuple) else []


def _holding(asked: Field, value: object) -> Field:
    if isinstance(value, tuple):
        texts = tuple(_text(one) for one in value)
        return replace(asked, value="\n".join(texts), chosen=texts)
    if isinstance(value, bool):
        return replace(asked, chosen=("yes",) if value else ())
    text = _text(value)
    return replace(asked, value=text, chosen=(text,) if text else ())


def _with_what_is_gone(asked: Field) -> Field:
    """A value no longer in its list stays to be seen, and is not lost by saving the rest."""
    if asked.kind not in {"choices", "select"}:
        return asked
    known = {choice.value for choice in asked.choices}
    gone = tuple(Choice(one, one, _GONE) for one in asked.chosen if one not in known)
    return replace(asked, choices=(*asked.choices, *gone))


def text(value: object) -> str:
    """A value as somebody reads it in one line."""
    return ", ".join(map(_text, value)) if isinstance(value, tuple) else _text(value)


def _text(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    return "" if value is None or isinstance(value, Part) else str(value)


# --------------------------------------------------------------------------- what was sent back

#: Before the name of a field: the mark of its value as the page showed it.
WAS: Final = "was."


@dataclass(frozen=True, slots=True)
class Changes:
    """What a writer said otherwise than the page had shown it.

    `fields` by path, None where one was emptied; `overtaken` are those among them that somebody
    else has changed since; `orphans` what was typed, by path, in items that are gone.
    """

    fields: Mapping[str, object]
    overtaken: frozenset[str]
    orphans: Mapping[str, str]


def marks(asked: Iterable[Field]) -> tuple[tuple[str, str], ...]:
    """What a page carries along: (name, mark) of each value as it is shown."""
    return tuple((WAS + one.name, _mark(_before(one))) for one in _leaves(asked))


def changed(asked: Iterable[Field], sent: Sent) -> Changes:
    """The fields that were sent otherwise than the page had shown them.

    What was not sent is not touched: a box of ticks says that it was shown by `shown`.
    """
    found: dict[str, object] = {}
    overtaken: set[str] = set()
    shown, leaves = set(sent.getlist("shown")), tuple(_leaves(asked))
    for one in leaves:
        if one.name not in sent and one.name not in shown:
            continue
        value, now = _sent(one, sent), _mark(_before(one))
        was = sent.get(WAS + one.name, now)
        if _mark(value) not in {was, now}:
            found[one.name] = None if value in ("", [], False) else value
            overtaken |= {one.name} if was != now else set()
    return Changes(found, frozenset(overtaken), _orphans(leaves, sent))


def _orphans(leaves: Iterable[Field], sent: Sent) -> dict[str, str]:
    """What was typed anew in items that somebody has removed meanwhile."""
    known = {one.name for one in leaves}
    gone = {name.removeprefix(WAS) for name in sent if name.startswith(WAS)} - known
    typed = {name: "\n".join(sent.getlist(name)).strip() for name in gone}
    return {name: text for name, text in typed.items() if text and _mark(text) != sent[WAS + name]}


def _mark(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _leaves(asked: Iterable[Field]) -> Iterator[Field]:
    for one in asked:
        if one.kind == "list":
            for row in one.rows:
                yield from _leaves(row)
        else:
            yield one


def _sent(one: Field, sent: Sent) -> object:
    match one.kind:
        case "flag":
            return one.name in sent
        case "choices":
            return [value for value in sent.getlist(one.name) if value]
        case "lines":
            return [line.strip() for line in sent[one.name].splitlines() if line.strip()]
        case "number":
            text = sent[one.name].strip()
            return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text  # noqa: PLR2004
        case _:
            return sent[one.name].replace("\r\n", "\n").strip()


def _before(one: Field) -> object:
    match one.kind:
        case "flag":
            return bool(one.chosen)
        case "choices" | "lines":
            return list(one.chosen)
        case "number":
            return int(one.value) if one.value else ""
        case _:
            return one.value


def holding_sent(asked: Iterable[Field], sent: Sent) -> tuple[Field, ...]:
    """The same questions with what was sent in them, so that nothing typed is lost."""
    return tuple(_resent(one, sent) for one in asked)


def _resent(one: Field, sent: Sent) -> Field:
    if one.kind == "list":
        return replace(one, rows=tuple(holding_sent(row, sent) for row in one.rows))
    if one.name not in sent and one.name not in sent.getlist("shown"):
        return one
    value = _sent(one, sent)
    if isinstance(value, list):
        return replace(one, value="\n".join(value), chosen=tuple(value))
    if isinstance(value, bool):
        return replace(one, chosen=("yes",) if value else ())
    return replace(one, value=str(value), chosen=(str(value),) if value else ())


def added(
    document: ProposalDocument, changes: Mapping[str, object], path: str
) -> dict[str, object]:
    """The changes with one empty item more in a list; LookupError for what is no list."""
    for place, value in changes.items():
        document = fields.with_field(document, place, value)
    items = fields.get(document, path)
    if not isinstance(items, tuple) or fields.generic(path) not in ITEMS:
        raise LookupError(path)
    before = set(_ids(document, path))
    longer = fields.with_field(document, path, [*(_plain(one) for one in items), {}])
    (new,) = set(_ids(longer, path)) - before
    return {**changes, f"{path}.{new}": {}}


def without(
    document: ProposalDocument, changes: Mapping[str, object], item: str
) -> dict[str, object]:
    """The changes with one item of a list taken out; LookupError for what is no item there."""
    path, _, item_id = item.rpartition(".")
    if fields.generic(path) not in ITEMS or item_id not in _ids(document, path):
        raise LookupError(item)
    kept = {name: value for name, value in changes.items() if not name.startswith(f"{item}.")}
    return {**kept, item: None}


def _plain(item: object) -> object:
    return item.model_dump(mode="json", exclude_defaults=True) if isinstance(item, Part) else item


def with_missing(asked: tuple[Field, ...], missing: Iterable[Unmet]) -> tuple[Field, ...]:
    """The questions, each with what the policy still misses in it, as advice."""
    known = [one.name for one in _all(asked)]
    said: dict[str, list[str]] = {}
    for one in missing:
        if place := _nearest(one.field, known):
            said.setdefault(place, []).append(one.found)
    return tuple(_advised(one, said) for one in asked)


def _all(asked: Iterable[Field]) -> Iterator[Field]:
    for one in asked:
        yield one
        for row in one.rows:
            yield from _all(row)


def _nearest(path: str, known: list[str]) -> str:
    """The question a path belongs to: itself, the first inside it, or the one it is inside."""
    if path in known:
        return path
    inside = (name for name in known if name.startswith(f"{path}."))
    around = (name for name in reversed(known) if path.startswith(f"{name}."))
    return next(inside, "") or next(around, "")


def _advised(one: Field, said: Mapping[str, list[str]]) -> Field:
    rows = tuple(tuple(_advised(inner, said) for inner in row) for row in one.rows)
    return replace(one, advice=tuple(said.get(one.name, ())), rows=rows)
