"""The content of a proposal in a walk: seven answers that make a difference, and their fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

EXISTS = [{"kind": "course", "reference": "IDS 3301", "exists": "existing"}]
NEW = [{"kind": "course", "reference": "IDS 3301", "exists": "new"}]
#: What a basis is: (basis, would_require_committee, stack, credit_scope, credit_intended).
BASES: Mapping[str, tuple[object, str | None, str | None, str | None, str | None]] = {
    "existing": (EXISTS, None, "none", "outside_both", "no"),
    "new": (NEW, "yes", "none", "outside_both", "yes"),
    "unsure": (NEW, "unsure", "none", "outside_both", "yes"),
    "stacked": (EXISTS, None, "award", "outside_both", "no"),
    "scope_unsure": (EXISTS, None, "award", "unsure", "no"),
    "unanswered": (EXISTS, None, None, "outside_both", "no"),
    "certificate": (EXISTS, None, "award", "in_340_350", "no"),
    "certificate_of_nothing": (EXISTS, None, "award", "in_340_350", "no"),
}  # fmt: skip
#: What the table says of each, and who is asked where it says nothing.
ANSWERS = {
    "existing": "asa_only", "new": "committee", "unsure": "determine", "stacked": "determine",
    "scope_unsure": "determine", "unanswered": "open", "certificate": "asa_only",
    "certificate_of_nothing": "asa_only",
}  # fmt: skip
CONCURRENCE = {"unsure", "stacked"}


#: Credentials that a micro-certificate collects; there are two.
SUITE = ("CR-1", "CR-2")


@dataclass(frozen=True)
class Text:
    """The content, as far as it makes a difference."""

    title: str = "Walked"
    basis: str = "existing"
    purpose: bool = True
    pathway: bool = True
    rigor: bool = True
    named: bool = True
    description: int = 0

    @property
    def concept(self) -> bool:
        return self.purpose and self.basis != "unanswered"

    @property
    def designed(self) -> bool:
        return self.concept and self.pathway and self.rigor

    @property
    def routing(self) -> str:
        """What a consultation and a determination stand on."""
        return self.basis.removesuffix("_of_nothing")

    @property
    def curriculum(self) -> tuple[str, bool]:
        """What a committee votes on."""
        return self.routing, self.named

    @property
    def type(self) -> str:
        return "micro_certificate" if self.basis.startswith("cert") else "digital_badge"

    def fields(self, before: "Text | None" = None) -> dict[str, object]:
        """The fields in which it differs."""
        fields = {
            "title": self.title, "purpose.rationale": "It is asked for." if self.purpose else None,
            "pathway.position": "First of three." if self.pathway else None,
            "rigor.rationale": "Beyond recall." if self.rigor else None,
            "curriculum_items": ITEMS if self.named else None,
            "description": f"Version {self.description}.", **self.of_basis(),
        }  # fmt: skip
        if before is None:
            return fields
        was = before.fields()
        return {path: value for path, value in fields.items() if was[path] != value}

    def of_basis(self) -> dict[str, object]:
        """The fields that go with its basis."""
        basis, required, stack, scope, credit = BASES[self.basis]
        suite = self.type == "micro_certificate"
        parts = ["CR-99", "CR-98"] if self.basis.endswith("nothing") else list(SUITE)
        return {
            "basis": basis, "type": self.type,
            "routing": {"would_require_committee": required, "stack": stack,
                        "credit_scope": scope, "credit_intended": credit},
            "theme": "Public data" if suite else None, "constituents": parts if suite else None,
            "completion": {"rule": "all"} if suite else None,
            "organisation": {"pattern": "Both", "goal": "Move on."} if suite else None,
        }  # fmt: skip


ITEMS = [{"reference": "IDS 3301", "title": "Ways of Knowing", "text": "Three credits."}]


def with_fields(said: dict[str, object], fields: Mapping[str, object]) -> dict[str, object]:
    """A document with some fields, given by path, said otherwise."""
    for path, value in fields.items():
        group, _, name = path.partition(".")
        said[group] = (
            {**cast("dict[str, object]", said.get(group, {})), name: value} if name else value
        )
    return said
