"""Who a credential's rows name beside the offices."""

from workflow.credential.facts import CredentialFacts
from workflow.roles import Role


def _unit_path(facts: CredentialFacts) -> tuple[str, ...]:
    return facts.unit_path


UNIT_HEAD = Role("unit_head", "the unit head", scopes=_unit_path)
