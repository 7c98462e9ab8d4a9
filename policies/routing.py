"""Where a proposal goes: the routing table as data, read as a question with three answers.

The table (`routes/<policy>.yaml`) has rows over five inputs; exactly one row fits each possible
input, which is checked when the file is read. Another policy brings its own table of these columns.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cache
from itertools import product
from typing import ClassVar, Final

from pydantic import ConfigDict

from policies.choices import Answer, CredentialType, CreditScope, Existence, Stack
from policies.data import DataError, read
from policies.document import ProposalDocument

FILE: Final = "routes/380.104.yaml"
_CLOSED: Final = ConfigDict(extra="forbid")


class RouteAnswer(StrEnum):
    """Who must say yes before the design."""

    COMMITTEE = "COMMITTEE"
    ASA_ONLY = "ASA_ONLY"
    DETERMINE = "DETERMINE"


class BasisState(StrEnum):
    """What a proposal rests on, taken together."""

    EXISTING = "existing"
    NEW = "new"
    MIXED = "mixed"


#: What the columns look at: the missing part, the stack, the credit scope, the credit intended.
Answers = tuple[Answer | None, Stack | None, CreditScope | None, Answer | None]


class UnsettledError(LookupError):
    """The answers given so far leave more than one row possible."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(f"The route is open until these are answered: {', '.join(missing)}.")
        self.missing = missing


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteInputs:
    """The five answers that decide the route; None is an answer not given."""

    basis: BasisState | None = None
    would_require_committee: Answer | None = None
    stack: Stack | None = None
    credit_scope: CreditScope | None = None
    credit_intended: Answer | None = None

    @property
    def missing_part(self) -> Answer | None:
        """Whether what is missing needs the committee; nothing is missing where all exists."""
        if self.basis is None:
            return None
        return Answer.NO if self.basis is BasisState.EXISTING else self.would_require_committee

    @property
    def answers(self) -> Answers:
        """What the columns of the table look at, in their order."""
        return (self.missing_part, self.stack, self.credit_scope, self.credit_intended)

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the answers not given; the committee question rests where all exists."""
        unasked = {"would_require_committee"} if self.basis is BasisState.EXISTING else set()
        open_ones = (one.name for one in fields(self) if getattr(self, one.name) is None)
        return tuple(name for name in open_ones if name not in unasked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A row of the table: its answer, the clause it rests on, and what follows from it.

    `default` holds where a determination never comes; `asks` is the office that knows ("" for
    none); `concurrence` says that "not required" needs the Senate office to agree.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    id: str
    answer: RouteAnswer
    clause: str
    rule: str
    note: str
    missing_part: tuple[Answer, ...] = tuple(Answer)
    stack: tuple[Stack, ...] = tuple(Stack)
    credit_scope: tuple[CreditScope, ...] = tuple(CreditScope)
    credit_intended: tuple[Answer, ...] = tuple(Answer)
    default: RouteAnswer | None = None
    asks: str = ""
    concurrence: bool = False
    obligation: str = ""

    @property
    def row(self) -> str:
        """The row's id, as people cite it: "R1"."""
        return self.id

    def misfits(self, inputs: RouteInputs) -> tuple[str, ...]:
        """Return the columns whose answer is given and is not this row's."""
        return tuple(column for column in COLUMNS if self._misfits(inputs, column))

    def _misfits(self, inputs: RouteInputs, column: str) -> bool:
        given = getattr(inputs, column)
        return given is not None and given not in getattr(self, column)


#: What a row looks at; the first is read from two answers.
COLUMNS: Final = ("missing_part", "stack", "credit_scope", "credit_intended")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Why one row fits, does not fit, or still waits for an answer."""

    row: str
    fits: bool
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingTable:
    """The rows of one policy, and the words for its answers."""

    __pydantic_config__: ClassVar[ConfigDict] = _CLOSED

    policy: str
    rows: tuple[Route, ...]
    words: Mapping[str, Mapping[str, str]]
    #: Answers seen before and their row; there are at most 4 x 4 x 5 x 4 of them.
    _settled: dict[Answers, Route] = field(default_factory=dict, init=False, repr=False)

    def possible(self, inputs: RouteInputs) -> tuple[Route, ...]:
        """Return the rows that the answers given do not rule out."""
        return tuple(row for row in self.rows if not row.misfits(inputs))

    def route(self, inputs: RouteInputs) -> Route:
        """Return the one row that fits; UnsettledError names the answers that are missing."""
        answers = inputs.answers
        row = self._settled.get(answers)
        if row is None:
            rows = self.possible(inputs)
            if len(rows) != 1:
                raise UnsettledError(inputs.missing)
            row = self._settled[answers] = rows[0]
        return row

    def explain(self, inputs: RouteInputs) -> tuple[Reading, ...]:
        """Say of each row, in a sentence, why it fits or not."""
        possible = self.possible(inputs)
        return tuple(self._reading(row, inputs, settled=possible == (row,)) for row in self.rows)

    def _reading(self, row: Route, inputs: RouteInputs, *, settled: bool) -> Reading:
        misfits = row.misfits(inputs)
        if misfits:
            reasons = "; ".join(self._contrast(row, inputs, column) for column in misfits)
            return Reading(row=row.id, fits=False, says=f"Row {row.id} does not fit: {reasons}.")
        if settled:
            return Reading(row=row.id, fits=True, says=f"Row {row.id} fits: {self._seen(inputs)}.")
        return Reading(
            row=row.id, fits=False, says=f"Row {row.id} is possible until all is answered."
        )

    def _contrast(self, row: Route, inputs: RouteInputs, column: str) -> str:
        wanted = " or ".join(self.words[column][value] for value in getattr(row, column))
        here = self.words[column][getattr(inputs, column)]
        return f"it is for proposals where {wanted}, and here {here}"

    def _seen(self, inputs: RouteInputs) -> str:
        given = ((column, getattr(inputs, column)) for column in COLUMNS)
        return ", ".join(self.words[column][value] for column, value in given if value is not None)


@cache
def load(file: str = FILE) -> RoutingTable:
    """Return the table of a data file; DataError shows an input that no row or two rows fit."""
    table = read(RoutingTable, file)
    for inputs in all_inputs():
        rows = [row.id for row in table.possible(inputs)]
        if len(rows) != 1:
            raise DataError(f"{file}: rows: {rows or 'none'} fit {inputs}; exactly one must")
    for column in COLUMNS:
        _check_words(table, column, file)
    return table


def _check_words(table: RoutingTable, column: str, file: str) -> None:
    values = {value for row in table.rows for value in getattr(row, column)}
    unsaid = values - set(table.words.get(column, ()))
    if unsaid:
        raise DataError(f"{file}: words.{column}: no words for {', '.join(sorted(unsaid))}")


def all_inputs() -> Iterator[RouteInputs]:
    """Yield each of the 324 complete inputs once."""
    for basis, need, stack, scope, credit in product(
        BasisState, Answer, Stack, CreditScope, Answer
    ):
        yield RouteInputs(
            basis=basis,
            would_require_committee=need,
            stack=stack,
            credit_scope=scope,
            credit_intended=credit,
        )


def route(inputs: RouteInputs) -> Route:
    """Return the row that fits these answers; UnsettledError names what is missing."""
    return load().route(inputs)


def explain(inputs: RouteInputs) -> tuple[Reading, ...]:
    """Say of each row, in a sentence, why it fits or not."""
    return load().explain(inputs)


def inputs_of(document: ProposalDocument) -> RouteInputs:
    """Read the five answers from a document.

    A micro-certificate always counts as stacked into an award: it is designed to be (reading A4).
    """
    asked = document.routing
    certificate = document.type is CredentialType.MICRO_CERTIFICATE
    return RouteInputs(
        basis=basis_of(document),
        would_require_committee=asked.would_require_committee,
        stack=Stack.AWARD if certificate else asked.stack,
        credit_scope=asked.credit_scope,
        credit_intended=asked.credit_intended,
    )


def basis_of(document: ProposalDocument) -> BasisState | None:
    """Take all entries of the basis together; None while one of them does not say."""
    states = {entry.exists for entry in document.basis}
    if not states or None in states:
        return None
    if len(states) > 1:
        return BasisState.MIXED
    return BasisState.EXISTING if Existence.EXISTING in states else BasisState.NEW


def routing_changed(before: ProposalDocument, after: ProposalDocument) -> bool:
    """Say whether a committee's decision is stale: its basis or a routing answer is another."""
    return before.basis != after.basis or inputs_of(before) != inputs_of(after)
