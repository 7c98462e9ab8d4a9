"""What the facts of every matter of a committee share: the body, and who has a seat in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from policies import committees
from policies.committees import Body, BodyKind
from workflow.facts import Facts


@dataclass(frozen=True, kw_only=True)
class BodyFacts(Facts):
    """A matter of one body of the committees."""

    body_id: str
    #: The charter of the body where one is in force, as JSON; the data file speaks without one.
    charter: str | None = None

    @cached_property
    def body(self) -> Body:
        """The body with its voting rules."""
        if self.charter:
            return committees.body_of(self.charter)
        return committees.load().body(self.body_id)

    @property
    def votes_here(self) -> bool:
        """Whether this body meets and votes; a sign-off body has one signer."""
        return self.body.kind is BodyKind.VOTING

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Everyone with a voting seat now, each once; whoever is a deputy of the chair has none."""
        seats = {"committee_member", "committee_chair"}
        seated = (a.person for a in self.people if a.role in seats and a.on_behalf_of is None)
        return tuple(dict.fromkeys(seated))

    @cached_property
    def alternates(self) -> Mapping[str, str]:
        """Who is appointed to stand in for whom: alternate -> member; no member is an alternate."""
        return {
            a.person: a.stands_for for a in self.people
            if a.role == "committee_alternate" and a.stands_for in self.members
            and a.person not in self.members
        }  # fmt: skip
