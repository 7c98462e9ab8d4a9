"""The rows that putting a credential in force writes."""

from collections.abc import Iterator
from typing import cast

from workflow.changes import Change, Insert
from workflow.credential.facts import CredentialFacts
from workflow.credential.forms import PutInForce
from workflow.effects import Action, Keep


def _put_in_force(act: Action) -> Iterator[Change]:
    facts, form = cast("CredentialFacts", act.facts), cast("PutInForce", act.facts.form)
    yield Insert("credential", {
        "case_id": act.case, "proposal": facts.proposal, "type": facts.type, "title": facts.title,
        "unit": facts.unit, "code": facts.code, "version": facts.version,
    })  # fmt: skip
    yield Insert("credential_version", {
        "case_id": act.case, "version": facts.version, "proposal": facts.proposal,
        "proposal_version": facts.proposal_version, "content": facts.content,
        "content_hash": facts.content_hash, "rigor": facts.rigor,
        "effective_on": form.effective_on,
    })  # fmt: skip
    for credential in facts.constituents:
        yield Insert("constituent", {
            "certificate": act.case, "version": facts.version, "credential": credential,
            "required": facts.all_required,
        })  # fmt: skip


PUT_IN_FORCE = Keep("put version 1 in force", _put_in_force)
