"""What happened at a meeting, gathered from the histories of the meeting and of its items.

An item may stand before several meetings of one committee, and be voted on again where there was no
quorum; what it went through is told apart by the day for which it was placed. Values and pure
functions: `workflow.queries.happened` reads them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of an item's history."""

    trigger: str
    actor: str
    at: datetime
    form: Mapping[str, object]
    to_state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """One member or alternate: what they had answered, and how they came ("" is not at all)."""

    name: str
    rsvp: str
    came: str
    #: The member whose seat an alternate filled.
    stands_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voted:
    """One seat of a vote; `choice` is "" where nothing was said, `reason` that of a recusal."""

    name: str
    chair: bool
    recused: bool
    reason: str
    choice: str
    present: bool = True
    stands_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voting:
    """One vote: how and when it was held, what it came to, the roll by name."""

    mode: str
    opened_at: datetime
    closed_at: datetime | None
    sentence: str
    carried: bool
    roll: tuple[Voted, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A change that a return asks for, with the field it is about in words."""

    field: str
    asks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One item of a meeting, and what became of it there."""

    item: str
    proposal: str
    proposal_title: str
    title: str
    unit: str
    section: str
    document_hash: str
    text: tuple[tuple[str, str], ...]
    #: Why it came late, who pulled it from consent and why, how the notice was waived.
    late: str = ""
    pulled_by: str = ""
    pulled_why: str = ""
    waived: tuple[int, int] | None = None
    recused_before: tuple[tuple[str, str], ...] = ()
    votings: tuple[Voting, ...] = ()
    returned_by: str = ""
    message: str = ""
    changes: tuple[Asked, ...] = ()
    cancelled: bool = False
    #: Until when an objection can be made, where the body reports to the Senate.
    objections_until: datetime | None = None
    carried_on: date | None = None

    @property
    def carried(self) -> bool:
        """Whether the last vote of this meeting carried it."""
        return bool(self.votings) and self.votings[-1].carried


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A meeting and everything that happened there."""

    case: str
    body_name: str
    reports_to_senate: bool
    state: str
    held_on: date
    starts_at: datetime
    place: str
    published_at: datetime | None
    #: Whoever took the roll presided.
    presided: str
    quorum: int
    members: int
    attended: tuple[Attended, ...]
    matters: tuple[Matter, ...]
    remarks: str
    approved_by: str
    approved_at: datetime | None

    @property
    def present(self) -> int:
        """How many came."""
        return sum(bool(one.came) for one in self.attended)


def at_meeting(history: Sequence[Happening], day: date) -> Iterator[tuple[int, Happening]]:
    """What an item went through while it was placed for a day, with the round of the vote.

    `history` is the whole item's, the first entry first.
    """
    placed_for, number = "", 0
    for one in history:
        if one.trigger == "place_on_agenda":
            placed_for = str(one.form["meeting_on"])
        number += one.trigger == "open_vote"
        if placed_for == day.isoformat():
            yield number, one
        if one.to_state == "queued":
            placed_for = ""


def asked_changes(form: Mapping[str, object]) -> tuple[Asked, ...]:
    """The changes that a return asks for, each with its field as the form names it."""
    changes = cast("Sequence[Mapping[str, str]]", form.get("changes") or ())
    return tuple(Asked(change["field"], change["asks"]) for change in changes)
