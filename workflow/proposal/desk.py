"""Whose desk a proposal lies on, and what is said about it: taken, given back, nudged, commented.

None of it changes where the proposal stands or who may decide what.
"""

import re
from collections.abc import Iterator
from typing import cast

from workflow.changes import Change, Update
from workflow.effects import Action, Keep, notify
from workflow.proposal import forms
from workflow.proposal.facts import ProposalFacts, readers
from workflow.proposal.roles import LIAISON

#: What stands for a party of the case in a comment.
_PARTIES = ("proposer", "reviewer")


def _facts(act: Action) -> ProposalFacts:
    return cast("ProposalFacts", act.facts)


def _take(act: Action) -> Iterator[Change]:
    yield Update("proposal", {"case_id": act.case}, {"reviewer": act.actor})
    yield Update("work_item", _turn(act), {"person": act.actor})


def _give_back(act: Action) -> Iterator[Change]:
    """Back to the liaison or the officers, with its date as it was."""
    asked = LIAISON.asked(act.facts)
    yield Update("proposal", {"case_id": act.case}, {"reviewer": None})
    back = {"person": None, "role": asked.role, "scope": asked.scope}
    yield Update("work_item", _turn(act), back)
    had = [_facts(act).reviewer or "", *asked.people]
    others = [person for person in had if person != act.actor]
    yield from notify(act, "given_back", others, importance="act")


def _turn(act: Action) -> dict[str, object]:
    return {"case_id": act.case, "state": "open", "kind": act.facts.case.state}


def _nudge(act: Action) -> Iterator[Change]:
    turn = act.definition.state(act.to).turn
    people = turn.asked(act.facts).people if turn else ()
    yield from notify(act, "nudged", people, importance="act")


def mentioned(facts: ProposalFacts, form: "forms.Comment") -> tuple[str, ...]:
    """Whom a comment names: chosen from a list, or written as @id, @name, @proposer, @reviewer."""
    words = form.words.casefold()
    parties = dict(zip(_PARTIES, (facts.proposer, facts.reviewer), strict=True))
    names = [(word, person) for word, person in parties.items() if person]
    names += [(word, a.person) for a in facts.people for word in (a.person, a.name) if word]
    known = readers(facts)
    written = [person for word, person in names if person in known and _names(words, word)]
    return tuple(dict.fromkeys((*form.mentions, *written)))


def _names(words: str, word: str) -> bool:
    return re.search(rf"(?<!\w)@{re.escape(word.casefold())}(?![\w-])", words) is not None


def _comment(act: Action) -> Iterator[Change]:
    facts = _facts(act)
    named = [p for p in mentioned(facts, cast("forms.Comment", facts.form)) if p != act.actor]
    yield from notify(act, "mentioned", named, importance="act")
    told = {facts.proposer, facts.reviewer or facts.proposer} - {act.actor, *named}
    yield from notify(act, "commented", sorted(told), importance="fyi")


TAKE = Keep("hand it to whoever takes it", _take)
GIVE_BACK = Keep("hand it back to those it waited for; tell them: given_back", _give_back)
NUDGE = Keep("tell whoever has it: nudged", _nudge)
COMMENT = Keep("tell those it names: mentioned; proposer and reviewer: commented", _comment)
