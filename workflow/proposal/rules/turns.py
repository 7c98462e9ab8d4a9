"""Returns and their answers, and ASA's review."""

from policies.fields import NoSuchFieldError, generic
from workflow.proposal.facts import Origin, ProposalFacts, Way
from workflow.proposal.rules.route import WAY_SAYS, all_carried
from workflow.rules import Answer, Choice, Reason, rule

PRACTICE = "practice"

ORIGIN = Choice(
    "PR-return", PRACTICE, Origin, lambda facts: facts.origin,
    {
        Origin.NOWHERE: "It was not returned.",
        Origin.CONSULTATION: "It was returned from the consultation and goes back there.",
        Origin.REVIEW: "It was returned from ASA review and goes back there.",
        Origin.COMMITTEE: "It was returned by a committee and goes back there.",
    },
)  # fmt: skip


@rule("PR-return", PRACTICE, otherwise="Its routing has changed, so it is consulted again.")
def rerouted(facts: ProposalFacts) -> Answer:
    """Basis or routing answers have changed: no consultation was held on them as they are."""
    if facts.last("consultation") and not facts.last("consultation", routing=facts.routing_key):
        return None
    return "Its routing has not changed."


@rule("PR-changes", PRACTICE)
def every_change_answered(facts: ProposalFacts) -> Answer:
    """Every required change is answered: fixed, or contested with a reason."""
    return tuple(
        Reason("PR-changes", PRACTICE, f"Change {c.number} has no answer: {c.asks}", c.field)
        for c in facts.asked
        if c.answer == "open"
    )


@rule("PR-changes", PRACTICE, judges_form=True)
def change_is_open(facts: ProposalFacts) -> Answer:
    """The change that is answered was asked for in this return."""
    numbers = {c.number for c in facts.asked if c.answer != "dropped"}
    if facts.form.number in numbers:  # type: ignore[union-attr]
        return None
    known = ", ".join(map(str, sorted(numbers)))
    return (Reason("PR-changes", PRACTICE, f"Choose one of the changes {known}.", "number"),)


@rule("PR-changes", PRACTICE, judges_form=True)
def contested_with_a_reason(facts: ProposalFacts) -> Answer:
    """Whoever contests a change says why."""
    form = facts.form
    if form.answer == "fixed" or form.reply:  # type: ignore[union-attr]
        return None
    return (Reason("PR-changes", PRACTICE, "Say why you contest this change.", "reply"),)


@rule("PR-return", PRACTICE, judges_form=True)
def anchored_to_fields(facts: ProposalFacts) -> Answer:
    """Each required change is anchored to a field of the text."""
    found = []
    for n, change in enumerate(facts.form.changes):  # type: ignore[union-attr]
        try:
            generic(change.field)
        except NoSuchFieldError:
            text = f"Change {n + 1}: choose a field of the text."
            found.append(Reason("PR-return", PRACTICE, text, f"changes.{n}.field"))
    return tuple(found)


@rule("PR-extend", PRACTICE)
def not_extended(facts: ProposalFacts) -> Answer:
    """The time to revise is extended once at most."""
    return "The time was extended once already." if facts.extended else None


@rule("MC-7c", "Definitions, Micro-credential")
def every_criterion_met(facts: ProposalFacts) -> Answer:
    """ASA has scored every criterion on this very text, and each meets at least."""
    review = facts.last("review", content=facts.version_hash)
    if review is None:
        return "ASA's criteria are not scored on this version yet."
    low = [name for name, score in review.said.items() if score == "not_yet"]
    words = ", ".join(name.replace("_", " ") for name in low)
    return f"Not yet met: {words}." if low else None


@rule("PR-hash", PRACTICE)
def nothing_changed_since_frozen(facts: ProposalFacts) -> Answer:
    """The text is the version that was frozen."""
    return None if facts.draft_hash == facts.version_hash else "The text differs from its version."


@rule("MC-10b", "Roles, Units 3")
def route_duties_met(facts: ProposalFacts) -> Answer:
    """What the route asks for is done: the consultation, and every required body's action."""
    if facts.way in {Way.OPEN, Way.DETERMINE}:
        return WAY_SAYS[facts.way]
    return all_carried.ask(facts)


@rule("MC-8a", "Definitions, Micro-certificate")
def constituents_in_force(facts: ProposalFacts) -> Answer:
    """Each constituent of a micro-certificate is a credential in force."""
    return tuple(
        Reason("MC-8a", "Definitions, Micro-certificate",
               f"{case} is not a credential in force.", "constituents")
        for case, state in facts.constituents.items()
        if state != "active"
    )  # fmt: skip


@rule("PR-segregation", PRACTICE)
def recommended_by_another(facts: ProposalFacts) -> Answer:
    """Another person has recommended the decline."""
    found = facts.last("recommendation", content=facts.version_hash)
    if found is None:
        return "No officer has recommended to decline it."
    if found.person in facts.actor.persons:
        return "You recommended this yourself; another person decides."
    return None
