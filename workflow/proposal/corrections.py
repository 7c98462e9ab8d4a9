"""What of a proposal's record two people can set right: the consultation's date, the code."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import cast

from workflow.changes import Change, Insert
from workflow.correction import Correctable, unfit_code
from workflow.effects import Action
from workflow.proposal.facts import ProposalFacts


def _unfit_day(facts: ProposalFacts, value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return "Write the date as year, month and day: 2026-11-24."
    return "That day is still to come." if day > facts.today else ""


def _recorded(kind: str, name: str) -> Callable[[ProposalFacts], str]:
    """How a field of the last sign-off of a kind is read."""

    def recorded(facts: ProposalFacts) -> str:
        found = facts.last(kind)
        return str(found.said[name]) if found else ""

    return recorded


def _signed_anew(kind: str, name: str) -> Callable[[Action, str], Iterator[Change]]:
    """The last sign-off of a kind once more, on the text it was given on, with one value mended."""

    def put(act: Action, value: str) -> Iterator[Change]:
        found = cast("ProposalFacts", act.facts).last(kind)
        if found is None:
            raise TypeError("what is mended was signed")
        yield Insert("sign_off", {
            "case_id": act.case, "seq": act.seq, "kind": kind, "person": act.actor,
            "role": act.acted_as, "on_behalf_of": act.facts.actor.on_behalf_of,
            "version": found.version, "content_hash": found.content_hash,
            "said": {**found.said, name: value}, "at": act.now,
        })  # fmt: skip

    return put


THINGS = (
    Correctable("Date of the consultation", _recorded("consultation", "held_on"), _unfit_day,
                _signed_anew("consultation", "held_on")),
    Correctable("Registrar’s code", _recorded("code", "code"), unfit_code,
                _signed_anew("code", "code")),
)  # fmt: skip
