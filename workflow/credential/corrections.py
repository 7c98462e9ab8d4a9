"""What of a credential in force can be set right by two people: its title, its code."""

from collections.abc import Iterator
from operator import attrgetter
from typing import cast

from workflow.changes import Change, Update
from workflow.correction import Correctable, unfit_code
from workflow.credential.facts import CredentialFacts
from workflow.effects import Action
from workflow.titles import title_key


def _unfit_title(_: CredentialFacts, value: str) -> str:
    return "" if title_key(value) else "A title has letters or digits."


def _title(act: Action, value: str) -> Iterator[Change]:
    """Its proposal holds the title: the right one from now on, so that nobody else takes it."""
    facts = cast("CredentialFacts", act.facts)
    yield Update("credential", {"case_id": act.case}, {"title": value})
    yield Update("proposal", {"case_id": facts.proposal}, {"title_key": title_key(value)})


def _code(act: Action, value: str) -> Iterator[Change]:
    yield Update("credential", {"case_id": act.case}, {"code": value})


THINGS = (
    Correctable("Title", attrgetter("title"), _unfit_title, _title),
    Correctable("Registrar’s code", attrgetter("code"), unfit_code, _code),
)
