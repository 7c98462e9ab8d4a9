"""The rules of a credential: what must be on record before it is put in force."""

from workflow.credential.facts import CredentialFacts
from workflow.rules import Answer, Reason, rule

PRACTICE = "practice"


@rule("MC-12", "Roles, ASA")
def proposal_issued(facts: CredentialFacts) -> Answer:
    """ASA has approved and issued the proposal it comes from."""
    if facts.proposal_state == "issued" and facts.kind == "new":
        return None
    return f"{facts.proposal} is not an issued proposal for a new credential."


@rule("PR-in-force-once", PRACTICE)
def not_in_force(facts: CredentialFacts) -> Answer:
    """A proposal puts one credential in force."""
    return f"{facts.proposal} is in force already as {facts.in_force}." if facts.in_force else None


@rule("MC-7d", "Definitions, Micro-credential")
def of_a_known_form(facts: CredentialFacts) -> Answer:
    """It is a digital badge or a micro-certificate."""
    if facts.type in {"digital_badge", "micro_certificate"}:
        return None
    return "It is neither a digital badge nor a micro-certificate."


@rule("MC-2", "Statement 2")
def rigor_agreed(facts: CredentialFacts) -> Answer:
    """ASA's level of rigor is on record."""
    return None if facts.rigor else "ASA has not put the level of rigor on record."


@rule("MC-13", "Roles, ASA")
def coded(facts: CredentialFacts) -> Answer:
    """The registrar's code is on record."""
    return None if facts.code else "The registrar's code is not on record."


@rule("MC-8a", "Definitions, Micro-certificate")
def constituents_in_force(facts: CredentialFacts) -> Answer:
    """Each constituent of a micro-certificate is a credential in force."""
    return tuple(
        Reason("MC-8a", "Definitions, Micro-certificate",
               f"{case} is not a credential in force.", "constituents")
        for case, state in facts.constituents.items()
        if state != "active"
    )  # fmt: skip
