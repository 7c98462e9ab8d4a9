"""How large a change of a document is: decided by the fields it touches, from `revisions.yaml`.

The class is a proposal from the difference; ASA can raise it, and lowers it only with a reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import ClassVar, Final

from pydantic import ConfigDict

from policies.data import read
from policies.document import ProposalDocument
from policies.fields import changed_paths, generic

FILE: Final = "revisions.yaml"


class RevisionClass(StrEnum):
    """How large a change is, smallest first."""

    NONE = "none"
    EDITORIAL = "editorial"
    MINOR = "minor"
    SUBSTANTIVE = "substantive"


_SMALLEST_FIRST: Final = tuple(RevisionClass)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisions:
    """Which fields make which class of change, as generic paths."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    editorial: frozenset[str]
    minor: frozenset[str]
    substantive: frozenset[str]

    def __post_init__(self) -> None:
        """Refuse a field in two classes, and a path that is no generic path of a proposal."""
        named = [*self.editorial, *self.minor, *self.substantive]
        for path in named:
            if generic(path) != path or named.count(path) > 1:
                raise ValueError(f"{path}: stands in two classes, or names an item")

    def class_of(self, path: str) -> RevisionClass:
        """Return the class of a change at one path, by its own line or the nearest one above."""
        for place in _upwards(generic(path)):
            if place in self.editorial:
                return RevisionClass.EDITORIAL
            if place in self.minor:
                return RevisionClass.MINOR
            if place in self.substantive:
                return RevisionClass.SUBSTANTIVE
        return RevisionClass.SUBSTANTIVE


def _upwards(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition(".")[0]


@cache
def load(file: str = FILE) -> Revisions:
    """Return the classes of a data file."""
    return read(Revisions, file)


def revision_class(before: ProposalDocument, after: ProposalDocument) -> RevisionClass:
    """Return the class of the largest change between two documents, NONE where nothing changed."""
    classes = (load().class_of(path) for path in changed_paths(before, after))
    return max(classes, key=_SMALLEST_FIRST.index, default=RevisionClass.NONE)
