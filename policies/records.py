"""Records of micro-credentials as others describe them, read into drafts without inventing a word.

A file (YAML or JSON) is a list of records, or a mapping with such a list as `microcredentials`. Any
field may be missing. What a record says beyond our fields is kept as said; what it does not say
stays unsaid. A malformed file names line and field, and nothing of it is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from policies.choices import Answer, Audience, CompletionRule, CredentialType
from policies.document import ProposalDocument, read_document
from policies.nodes import Entries, Entry, Items, Node, NodeError, Scalar, read_nodes
from policies.words import LINE_LENGTH, PARAGRAPH_LENGTH, TITLE_LENGTH

MAX_RECORDS: Final = 1_000
MAX_ITEMS: Final = 30
MAX_UNKNOWN: Final = 30
LIST: Final = "microcredentials"

_TEXTS: Final = {
    "id": LINE_LENGTH,
    "title": TITLE_LENGTH,
    "institution": LINE_LENGTH,
    "unit": LINE_LENGTH,
    "type": LINE_LENGTH,
    "credit": LINE_LENGTH,
    "modality": LINE_LENGTH,
    "eligibility": PARAGRAPH_LENGTH,
    "reflection": PARAGRAPH_LENGTH,
    "source": 2_000,
}
_ONE_LINE: Final = frozenset(_TEXTS) - {"eligibility", "reflection"} | {"requires_all"}
_LINE_BREAKS: Final = re.compile("[\n\t\u2028\u2029]")
_LISTS: Final = ("audience", "competencies", "slos", "assessments", "alignment")


class RecordError(ValueError):
    """A file of records cannot be read: which file, line and field, and why."""

    def __init__(self, filename: str, line: int, *, field: str, message: str) -> None:
        where = f"{filename}, line {line}" + (f", {field}" if field else "")
        super().__init__(f"{where}: {message}")
        self.filename = filename
        self.line = line
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacking:
    """How a record says that it is stacked: as said, and what plainly names its constituents."""

    said: str = ""
    requires_all: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One micro-credential as someone else describes it; "" and () are not said.

    `others` holds, by name and as said, every field that is none of ours; `line` is where it
    begins.
    """

    line: int
    id: str = ""
    title: str = ""
    institution: str = ""
    unit: str = ""
    type: CredentialType | None = None
    credit: str = ""
    modality: str = ""
    eligibility: str = ""
    reflection: str = ""
    source: str = ""
    audience: tuple[str, ...] = ()
    competencies: tuple[str, ...] = ()
    slos: tuple[str, ...] = ()
    assessments: tuple[str, ...] = ()
    alignment: tuple[str, ...] = ()
    stack: Stacking = field(default_factory=Stacking)
    gaps: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()


def read_records(text: str | bytes, *, filename: str) -> list[Record]:
    """Read every record of a file, or raise RecordError and read none."""
    reader = _Reader(filename)
    try:
        root = read_nodes(text if isinstance(text, str) else text.decode("utf-8"))
    except NodeError as problem:
        raise reader.error(problem.line, "", problem.says) from problem
    except UnicodeDecodeError as problem:
        line = problem.object.count(b"\n", 0, problem.start) + 1
        raise reader.error(line, "", "This is not UTF-8 text.") from problem
    return reader.records(root)


class _Reader:
    """Turns nodes into records; every complaint names the file."""

    def __init__(self, filename: str) -> None:
        self._filename = filename

    def error(self, line: int, field: str, says: str) -> RecordError:
        return RecordError(self._filename, line, field=field, message=says)

    def records(self, root: Node) -> list[Record]:
        listed = self._list(root)
        if len(listed.items) > MAX_RECORDS:
            raise self.error(listed.line, LIST, f"At most {MAX_RECORDS} records fit in a file.")
        records = [self._record(item) for item in listed.items]
        first: dict[str, int] = {}
        for record in records:
            if record.id and first.setdefault(record.id, record.line) != record.line:
                says = f"The record in line {first[record.id]} has this id too."
                raise self.error(record.line, "id", says)
        return records

    def _list(self, root: Node) -> Items:
        if isinstance(root, Items):
            return root
        if isinstance(root, Entries):
            for entry in root.entries:
                if entry.name == LIST and isinstance(entry.value, Items):
                    return entry.value
        raise self.error(root.line, LIST, "Give a list of records here.")

    def _record(self, node: Node) -> Record:
        if not isinstance(node, Entries):
            raise self.error(node.line, LIST, "A record has fields with names.")
        texts: dict[str, str] = {}
        lists: dict[str, tuple[str, ...]] = {}
        kind: CredentialType | None = None
        stack, others = Stacking(), []
        for entry in node.entries:
            if entry.name == "type":
                kind = self._type(entry)
            elif entry.name in _TEXTS:
                texts[entry.name] = self._text(entry, entry.value, _TEXTS[entry.name])
            elif entry.name in _LISTS or entry.name == "gaps_380_104":
                lists[entry.name.removesuffix("_380_104")] = self._texts(entry)
            elif entry.name == "stack":
                stack = self._stack(entry)
            else:
                others.append((self._name(entry), self._as_said(entry, entry.value)))
        if len(others) > MAX_UNKNOWN:
            raise self.error(node.line, "", f"At most {MAX_UNKNOWN} fields of your own fit here.")
        told = tuple((name, said) for name, said in others if said)
        rest: Any = texts | lists  # by the names of Record's own fields
        return Record(line=node.line, type=kind, stack=stack, others=told, **rest)

    def _name(self, entry: Entry) -> str:
        name = entry.name.strip()
        if not name or len(name) > LINE_LENGTH or _LINE_BREAKS.search(name):
            raise self.error(entry.line, name[:40], "Give the field a short name.")
        return name

    def _type(self, entry: Entry) -> CredentialType | None:
        said = self._text(entry, entry.value, LINE_LENGTH)
        if said and said not in set(CredentialType):
            known = " or ".join(CredentialType)
            raise self.error(entry.value.line, entry.name, f"Write {known}.")
        return CredentialType(said) if said else None

    def _text(self, entry: Entry, node: Node, length: int) -> str:
        if isinstance(node, Scalar) and node.null:
            return ""
        if not isinstance(node, Scalar) or not node.text:
            raise self.error(node.line, entry.name, "Write text here, in quotes if in doubt.")
        said = node.value.strip()
        if len(said) > length:
            raise self.error(node.line, entry.name, f"At most {length:,} characters fit here.")
        if entry.name in _ONE_LINE and _LINE_BREAKS.search(said):
            raise self.error(node.line, entry.name, "Write this in one line.")
        return said

    def _texts(self, entry: Entry, length: int = PARAGRAPH_LENGTH) -> tuple[str, ...]:
        if isinstance(entry.value, Scalar) and entry.value.null:
            return ()
        if not isinstance(entry.value, Items):
            raise self.error(entry.value.line, entry.name, "Give a list of texts here.")
        if len(entry.value.items) > MAX_ITEMS:
            raise self.error(entry.line, entry.name, f"At most {MAX_ITEMS} entries fit here.")
        said = (self._text(entry, item, length) for item in entry.value.items)
        return tuple(one for one in said if one)

    def _stack(self, entry: Entry) -> Stacking:
        parts: tuple[str, ...] = ()
        if isinstance(entry.value, Entries):
            for inner in entry.value.entries:
                if inner.name == "requires_all":
                    parts = self._texts(inner, LINE_LENGTH)
        return Stacking(said=self._as_said(entry, entry.value), requires_all=parts)

    def _as_said(self, entry: Entry, node: Node) -> str:
        said = _said(node)
        if len(said) > PARAGRAPH_LENGTH:
            says = f"At most {PARAGRAPH_LENGTH:,} characters fit here."
            raise self.error(node.line, entry.name, says)
        return said


def _said(node: Node) -> str:
    if isinstance(node, Scalar):
        return "" if node.null else node.value.strip()
    if isinstance(node, Items):
        return "; ".join(filter(None, map(_said, node.items)))
    pairs = ((entry.name, _said(entry.value)) for entry in node.entries)
    return "; ".join(f"{name}: {said}" for name, said in pairs if said)


def to_document(record: Record, *, unit: str = "") -> ProposalDocument:
    """Return a draft that says what the record says, and no more.

    A value is taken over only where it plainly means the same here; everything else stands, as
    said, under `source`. `unit` is the id of the unit that proposes it, where the caller knows it.
    """
    audience = [one for one in Audience if one in record.audience]
    stacked = record.stack.requires_all
    return read_document({
        "title": record.title,
        "unit": unit,
        "type": record.type,
        "audience": audience,
        "eligibility": record.eligibility,
        "modality": record.modality,
        "credit_note": record.credit,
        "competencies": [{"statement": one} for one in record.competencies],
        "slos": [{"statement": one} for one in record.slos],
        "alignment": [{"statement": one} for one in record.alignment],
        "reflection": {"description": record.reflection},
        "pathway": {"position": record.stack.said},
        "routing": {"credit_intended": Answer.NO if record.credit == "non_credit" else None},
        "constituents": stacked,
        "completion": {"rule": CompletionRule.ALL if stacked else None},
        "source": {
            "url": record.source,
            "facts": [{"name": name, "said": said} for name, said in _facts(record)],
        },
    })  # fmt: skip


def _facts(record: Record) -> Iterator[tuple[str, str]]:
    """Yield what the record says and no field of a proposal holds."""
    if record.institution:
        yield "institution", record.institution
    if record.unit:
        yield "unit", record.unit
    if any(one not in set(Audience) for one in record.audience):
        yield "audience", "; ".join(record.audience)
    for said in record.assessments:
        yield "assessments", said
    yield from record.others
