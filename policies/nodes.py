"""Reading YAML and JSON as nodes that know their line, before anything is believed.

Nothing is constructed from a file: no tags, no references, no deep nests, one document. JSON has a
reader of its own, for YAML reads some of its escapes and white space otherwise.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from typing import Final

import yaml

MAX_CHARACTERS: Final = 2_000_000
MAX_DEPTH: Final = 12

_UNREADABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NULL: Final = "tag:yaml.org,2002:null"
_STRING: Final = "tag:yaml.org,2002:str"
_PLAIN_TAGS: Final = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "null", "bool", "int", "float", "timestamp", "merge", "value", "seq", "map")
)


class NodeError(ValueError):
    """A text cannot be read: the line, counted from 1, and why."""

    def __init__(self, line: int, says: str) -> None:
        super().__init__(says)
        self.line = line
        self.says = says


@dataclass(frozen=True, slots=True)
class Scalar:
    """One plain value, as it was written; `text` says that it is no number and no date."""

    value: str
    line: int
    text: bool
    null: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple["Node", ...]
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A name and what stands under it."""

    name: str
    value: "Node"
    line: int


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping; no name is there twice."""

    entries: tuple[Entry, ...]
    line: int


Node = Scalar | Items | Entries


def read_nodes(text: str) -> Node:
    """Read one YAML or JSON document; NodeError names the line."""
    if len(text) > MAX_CHARACTERS:
        raise NodeError(1, f"The file is longer than {MAX_CHARACTERS:,} characters.")
    text = text.removeprefix("\ufeff")
    _refuse_unreadable(text, 1)
    return _Json(text).document() if text.lstrip()[:1] in {"{", "["} else _yaml(text)


def _refuse_unreadable(text: str, line: int) -> None:
    bad = _UNREADABLE.search(text)
    if bad:
        line += text.count("\n", 0, bad.start())
        raise NodeError(line, f"Take out the control character U+{ord(bad.group()):04X}.")


def _each_name_once(entries: list[Entry]) -> tuple[Entry, ...]:
    seen: dict[str, int] = {}
    for entry in entries:
        if entry.name in seen:
            says = f"{entry.name!r} stands here twice, first in line {seen[entry.name]}."
            raise NodeError(entry.line, says)
        seen[entry.name] = entry.line
    return tuple(entries)


# ---------------------------------------------------------------------------------------- YAML


def _yaml(text: str) -> Node:
    try:
        _refuse_dangerous(text)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise NodeError(line, f"This cannot be read: {problem.problem}.") from problem
    if root is None:
        raise NodeError(1, "The file is empty.")
    return _node(root)


def _refuse_dangerous(text: str) -> None:
    """Read the events first: nothing is nested by them, so no nest can hurt."""
    depth = documents = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = _line_of(event)
        if isinstance(event, yaml.AliasEvent):
            raise NodeError(line, f"Write it out; *{event.anchor} refers to another place.")
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        if documents > 1:
            raise NodeError(line, "A second document begins here; give one a file.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise NodeError(line, f"This is nested deeper than {MAX_DEPTH} levels.")


def _line_of(what: yaml.Event | yaml.Node) -> int:
    return what.start_mark.line + 1 if what.start_mark else 1


def _node(node: yaml.Node) -> Node:
    line = _line_of(node)
    if node.tag not in _PLAIN_TAGS:
        raise NodeError(line, f"Take out the tag {node.tag}.")
    if isinstance(node, yaml.ScalarNode):
        _refuse_unreadable(node.value, line)
        return Scalar(node.value, line, node.tag == _STRING, node.tag == _NULL)
    if isinstance(node, yaml.SequenceNode):
        return Items(tuple(_node(item) for item in node.value), line)
    return Entries(_each_name_once([_entry(*pair) for pair in node.value]), line)


def _entry(name: yaml.Node, value: yaml.Node) -> Entry:
    line = _line_of(name)
    if not isinstance(name, yaml.ScalarNode):
        raise NodeError(line, "A name is a word, not a list.")
    _refuse_unreadable(name.value, line)
    return Entry(name.value, _node(value), line)


# ---------------------------------------------------------------------------------------- JSON

_STRINGS: Final = JSONDecoder()
_SPACE: Final = re.compile(r"[ \t\n\r]*")
_PLAIN: Final = re.compile(
    r"(true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=[\s,\]}]|$)", re.ASCII
)


class _Json:
    """A cursor over a JSON text (RFC 8259)."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._counted = (0, 1)

    def document(self) -> Node:
        node = self._value(0)
        if self._next():
            raise self._error("Nothing may follow the end.")
        return node

    def _next(self) -> str:
        """Skip white space and return the character that follows, "" at the end."""
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at
        return self._text[self._at : self._at + 1]

    def _line(self) -> int:
        at, line = self._counted
        line += self._text.count("\n", at, self._at)
        self._counted = (self._at, line)
        return line

    def _error(self, says: str) -> NodeError:
        return NodeError(self._line(), f"This cannot be read: {says}")

    def _value(self, depth: int) -> Node:
        mark = self._next()
        if depth > MAX_DEPTH:
            raise NodeError(self._line(), f"This is nested deeper than {MAX_DEPTH} levels.")
        line = self._line()
        if mark == "{":
            entries = [self._entry(depth) for _ in self._members("}")]
            return Entries(_each_name_once(entries), line)
        if mark == "[":
            return Items(tuple(self._value(depth + 1) for _ in self._members("]")), line)
        if mark == '"':
            return Scalar(self._string(), line, text=True)
        return self._plain(line)

    def _members(self, end: str) -> Iterator[None]:
        """Stop the cursor before each member of a list or mapping, and behind its end."""
        self._at += 1
        if self._next() != end:
            yield
            while self._next() == ",":
                self._at += 1
                yield
        if self._next() != end:
            raise self._error(f'"," or "{end}" should stand here.')
        self._at += 1

    def _entry(self, depth: int) -> Entry:
        if self._next() != '"':
            raise self._error("a name in quotes should stand here.")
        line, name = self._line(), self._string()
        if self._next() != ":":
            raise self._error('":" should stand here.')
        self._at += 1
        return Entry(name, self._value(depth + 1), line)

    def _string(self) -> str:
        line = self._line()
        value: str
        try:
            value, self._at = _STRINGS.raw_decode(self._text, self._at)
        except JSONDecodeError as problem:
            raise NodeError(line, f"This cannot be read: {problem.msg}.") from problem
        _refuse_unreadable(value, line)
        return value

    def _plain(self, line: int) -> Scalar:
        found = _PLAIN.match(self._text, self._at)
        if found is None:
            raise self._error("a value should stand here.")
        self._at = found.end()
        return Scalar(found[1], line, text=False, null=found[1] == "null")
