"""Which micro-credentials are like a proposal: its proposer reads them before submitting, and ASA.

Alike is a matter of words: those of title and competencies that two texts share, by meaning-bearing
words alone. It tells where to look and decides nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from psycopg import Connection

#: Words that say nothing of what a credential is about.
_EMPTY = frozenset(
    ("and", "badge", "certificate", "credential", "digital", "for", "from", "fundamental", "how",
     "iii", "introduction", "level", "micro", "skill", "the", "their", "they", "use", "used",
     "using", "what", "with", "work")
)  # fmt: skip
_SHORTEST = 3
#: At least this many words shared, and this part of the smaller text's words.
_WORDS, _SHARE = 2, 0.3
_MOST = 10


@dataclass(frozen=True, slots=True)
class Alike:
    """One micro-credential that is like the proposal, and the words they share."""

    case: str
    title: str
    unit: str
    state: str
    shared: tuple[str, ...]


def words(texts: Iterable[str]) -> frozenset[str]:
    """The meaning-bearing words of some texts, folded; a plural counts as its singular.

    >>> sorted(words(["Budgets for Small Teams", "Plans a budget"]))
    ['budget', 'plan', 'small', 'team']
    """
    folded = unicodedata.normalize("NFKC", " ".join(texts)).casefold()
    found = (word.removesuffix("s") for word in re.findall(r"[^\W\d_]+", folded))
    return frozenset(word for word in found if len(word) >= _SHORTEST and word not in _EMPTY)


def alike(own: frozenset[str], other: frozenset[str]) -> tuple[str, ...]:
    """The words two texts share, where they are enough to be worth a look; else ()."""
    shared = own & other
    smaller = min(len(own), len(other))
    enough = len(shared) >= _WORDS and len(shared) >= _SHARE * smaller
    return tuple(sorted(shared)) if enough else ()


_OTHERS = """
SELECT p.case_id, p.title, u.name, c.state, p.draft
  FROM proposal p JOIN cases c ON c.id = p.case_id JOIN unit u ON u.id = p.unit
 WHERE p.holds_title AND p.case_id <> %s"""


def overlap(connection: Connection[tuple[object, ...]], case: str) -> tuple[Alike, ...]:
    """Micro-credentials in force or proposed that are like this proposal, the most alike first.

    At most ten. Drafts of others are not among them: they are not submitted to anyone yet.
    """
    row = connection.execute("SELECT draft FROM proposal WHERE case_id = %s", (case,)).fetchone()
    own = _words_of(row[0]) if row else frozenset()
    found = []
    for other, title, unit, state, draft in connection.execute(_OTHERS, (case,)).fetchall():
        shared = alike(own, _words_of(draft))
        if shared:
            found.append(Alike(str(other), str(title), str(unit), str(state), shared))
    return tuple(sorted(found, key=lambda one: (-len(one.shared), one.case)))[:_MOST]


def _words_of(draft: object) -> frozenset[str]:
    said = cast("Mapping[str, object]", draft)
    stated = cast("Iterable[Mapping[str, str]]", said.get("competencies") or ())
    return words([str(said.get("title", "")), *(one.get("statement", "") for one in stated)])
