"""The rules of a proposal: each a question with its clause, answered with nothing or with what is missing."""

from policies.checks import Stage, Unmet, unmet
from policies.document import DocumentError
from policies.fields import NoSuchFieldError, generic, with_field
from workflow.forms import unprintable
from workflow.proposal.facts import Origin, ProposalFacts, Way
from workflow.rules import Answer, Choice, Reason, rule

PRACTICE = "practice"


def reasons_of(found: tuple[Unmet, ...]) -> tuple[Reason, ...]:
    """The policy's unmet checks as reasons, with the field and a good example."""
    return tuple(Reason(u.rule, u.clause, u.found, u.field, u.example) for u in found)


# ---------------------------------------------------------------- who, and separation of duties


@rule("MC-15", "Scope")
def member_of_the_unit(facts: ProposalFacts) -> Answer:
    """Whoever proposes is a member of the proposing unit."""
    mine = {a.scope for a in facts.actor.appointments if a.role in {"member", "unit_head"}}
    if facts.unit in mine:
        return None
    return f"Only members of {facts.unit_name} can open a proposal for it."


@rule("MC-12", "Roles, ASA")
def not_the_proposer(facts: ProposalFacts) -> Answer:
    """Nobody decides on their own proposal, nor does a delegate of the proposer."""
    if facts.proposer in facts.actor.persons:
        return "You propose this, so another person decides."
    return None


@rule("PR-reviewer", PRACTICE)
def not_of_the_unit(facts: ProposalFacts) -> Answer:
    """Whoever decides for ASA is not in the proposing unit."""
    if facts.actor.persons & facts.insiders:
        return f"You belong to {facts.unit_name}, which proposes this; another officer decides."
    return None


@rule("PR-reviewer", PRACTICE, judges_form=True)
def reviewer_is_free(facts: ProposalFacts) -> Answer:
    """The reviewer is an ASA officer, not the proposer, and not in the proposing unit."""
    reviewer = facts.form.reviewer  # type: ignore[union-attr]
    if reviewer not in {a.person for a in facts.people if a.role == "asa_officer"}:
        return (Reason("PR-reviewer", PRACTICE, "Choose an ASA officer.", "reviewer"),)
    if reviewer == facts.proposer or reviewer in facts.insiders:
        text = "Choose an officer who neither proposes this nor belongs to its unit."
        return (Reason("PR-reviewer", PRACTICE, text, "reviewer"),)
    return None


# ---------------------------------------------------------------- the content


@rule("PR-fields", PRACTICE, judges_form=True)
def fields_can_be_kept(facts: ProposalFacts) -> Answer:
    """Each field is one that a proposal has, and its new value can be kept."""
    document, found = facts.document, []
    for path, value in facts.form.fields.items():  # type: ignore[union-attr]
        try:
            document = with_field(document, path, value)
        except NoSuchFieldError:
            shown = path if unprintable(path) is None else "That"
            found.append(Reason("PR-fields", PRACTICE, f"{shown} is no field of a proposal.", path))
        except DocumentError as problem:
            found += [Reason("PR-fields", PRACTICE, p.says, p.field) for p in problem.problems]
    return tuple(found)


@rule("PR-fields", PRACTICE, judges_form=True)
def content_can_be_kept(facts: ProposalFacts) -> Answer:
    """What a new proposal begins with is a proposal's content."""
    from policies.document import read_document  # noqa: PLC0415 - only where a draft begins with content

    try:
        read_document(facts.form.content)  # type: ignore[union-attr]
    except DocumentError as problem:
        return tuple(
            Reason("PR-fields", PRACTICE, p.says, f"content.{p.field}") for p in problem.problems
        )
    return None


@rule("checks", "Roles, Units 1")
def concept_complete(facts: ProposalFacts) -> Answer:
    """The concept is complete: who, what for, for whom, on what it rests, and the routing answers."""
    return reasons_of(unmet(facts.document, stage=Stage.CONCEPT, edition=facts.policy))


@rule("checks", "Statement 1")
def design_complete(facts: ProposalFacts) -> Answer:
    """Every design check of the policy is met."""
    return reasons_of(unmet(facts.document, stage=Stage.DESIGN, edition=facts.policy))


@rule("checks", "Roles, Units 1")
def step_complete(facts: ProposalFacts) -> Answer:
    """The checks of this step are met, so that the unit head reads a finished text."""
    stage = Stage.CONCEPT if facts.case.state == "draft" else Stage.DESIGN
    return reasons_of(unmet(facts.document, stage=stage, edition=facts.policy))


@rule("MC-U1", "Statement, opening 1")
def unit_is_its_own(facts: ProposalFacts) -> Answer:
    """The unit the text names is the unit that proposes."""
    if facts.document.unit in {"", facts.unit}:
        return None
    text = f"The text names another unit than {facts.unit_name}, for which it was opened."
    return (Reason("MC-U1", "Statement, opening 1", text, "unit"),)


@rule("PR-title-free", PRACTICE)
def title_free(facts: ProposalFacts) -> Answer:
    """No other credential or open proposal has this title."""
    if not facts.title_taken:
        return None
    text = "Another proposal or credential has this title. Choose one that tells them apart."
    return (Reason("PR-title-free", PRACTICE, text, "title"),)


@rule("PR-class", PRACTICE)
def kind_is_new(facts: ProposalFacts) -> Answer:
    """It proposes a new credential."""
    return None if facts.kind == "new" else "This way is for new credentials."


@rule("PR-endorse", PRACTICE)
def endorsed(facts: ProposalFacts) -> Answer:
    """The unit head has endorsed this very text."""
    if facts.last("endorsement", content=facts.draft_hash):
        return None
    if facts.last("endorsement"):
        return "The text has changed since the unit head endorsed it. Ask for a new endorsement."
    return "The unit head has not endorsed it yet. Ask for the endorsement first."


@rule("PR-endorse", PRACTICE)
def not_yet_endorsed(facts: ProposalFacts) -> Answer:
    """This very text has not been endorsed before."""
    if facts.last("endorsement", content=facts.draft_hash):
        return "This text is endorsed already."
    return None


# ---------------------------------------------------------------- consultation and routing

WAY_SAYS = {
    Way.OPEN: "The routing questions are not all answered.",
    Way.COMMITTEE: "The routing table sends it to the curriculum committee.",
    Way.ASA_ONLY: "The routing table leaves it with ASA; no committee has to act.",
    Way.DETERMINE: "The routing table asks for a determination first. Record it.",
    Way.REQUIRED: "It was determined that the curriculum committee must act.",
    Way.NOT_REQUIRED: "It was determined that no committee has to act.",
}
WAY = Choice(
    "MC-11", "Roles, Units 3", Way, lambda facts: facts.way, WAY_SAYS,
)  # fmt: skip
to_committee = WAY.is_(Way.COMMITTEE, Way.REQUIRED)
past_committee = WAY.is_(Way.ASA_ONLY, Way.NOT_REQUIRED)
undetermined = WAY.is_(Way.DETERMINE)


@rule("MC-U3", "Statement, opening 2")
def consulted(facts: ProposalFacts) -> Answer:
    """A consultation with ASA is on record for this basis and routing."""
    if facts.last("consultation", routing=facts.routing_key):
        return None
    if facts.last("consultation"):
        return "The routing has changed since the consultation. Record what was agreed on it."
    return "The consultation with ASA is not on record yet."


@rule("MC-2", "Statement 2")
def rigor_proposed(facts: ProposalFacts) -> Answer:
    """The unit proposes a level of rigor with a rationale; ASA agrees on one."""
    if facts.document.rigor.level and facts.document.rigor.rationale:
        return None
    text = "The unit has not proposed a level of rigor with a rationale. Return it for that."
    return (Reason("MC-2", "Statement 2", text, "rigor"),)


@rule("MC-U3", "Statement, opening 2", judges_form=True)
def held_already(facts: ProposalFacts) -> Answer:
    """A consultation is recorded after it was held."""
    if facts.form.held_on > facts.now.date():  # type: ignore[union-attr]
        text = "Give a date that has passed: a consultation is recorded after it was held."
        return (Reason("MC-U3", "Statement, opening 2", text, "held_on"),)
    return None


@rule("MC-7d", "Definitions, Micro-credential", judges_form=True)
def award_type_matches(facts: ProposalFacts) -> Answer:
    """It is awarded as what the unit proposes: a digital badge or a micro-certificate."""
    if facts.form.award_type == facts.document.type:  # type: ignore[union-attr]
        return None
    text = "The text proposes the other type. Return it so that the unit changes the text first."
    return (Reason("MC-7d", "Definitions, Micro-credential", text, "award_type"),)


@rule("MC-8b", "Definitions, Micro-certificate", judges_form=True)
def organisation_noted(facts: ProposalFacts) -> Answer:
    """For a micro-certificate, ASA notes how it is organized."""
    form = facts.form
    if form.award_type == "digital_badge" or form.organisation_note:  # type: ignore[union-attr]
        return None
    text = "Note how the micro-certificate is organized and what it is for."
    return (Reason("MC-8b", "Definitions, Micro-certificate", text, "organisation_note"),)


def _scope_open(facts: ProposalFacts) -> bool:
    asked, answered = facts.last("scope_question"), facts.last("scope_answer")
    return asked is not None and (answered is None or answered.seq < asked.seq)


@rule("PR-scope-question", PRACTICE, otherwise="A question of scope is out already.")
def scope_asked(facts: ProposalFacts) -> Answer:
    """A question of scope is out."""
    return None if _scope_open(facts) else "No question of scope is out."


@rule("PR-scope-question", PRACTICE)
def asked_of_you(facts: ProposalFacts) -> Answer:
    """The office that was asked answers."""
    asked = facts.last("scope_question")
    roles = {a.role for a in facts.actor.appointments}
    if asked is None or asked.said["office"] in roles:
        return None
    return "The question went to the other office."


@rule("MC-11", "Roles, Units 3", judges_form=True)
def senate_concurs(facts: ProposalFacts) -> Answer:
    """'Not required' on rows R2 and R4 has the Senate office's concurrence."""
    if facts.form.committee_required == "yes" or facts.row is None or not facts.row.concurrence:  # type: ignore[union-attr]
        return None
    for signed in facts.signed:
        agrees = signed.said.get("committee_required") == "no"
        if (
            signed.kind == "scope_answer"
            and signed.role == "senate_office"
            and agrees
            and signed.said.get("routing") == facts.routing_key
        ):
            return None
    text = (
        f"On row {facts.row.row} of the routing table “not required” needs the Senate office to agree. "
        "Ask it first."
    )
    return (Reason("MC-11", "Roles, Units 3", text, "committee_required"),)


@rule("MC-10a", "Roles, Units 3")
def curriculum_named(facts: ProposalFacts) -> Answer:
    """The course, program or experience the committee is to judge is named, with its text."""
    if facts.document.curriculum_items:
        return None
    text = "Name the course, program or experience the committee is to judge, with its text."
    return (Reason("MC-10a", "Roles, Units 3", text, "curriculum_items"),)


@rule("PR-order", PRACTICE)
def a_body_must_act(facts: ProposalFacts) -> Answer:
    """A required body has not carried the text as it stands."""
    if facts.missing_bodies:
        return None
    return "Every required body has carried it as it stands. Clear it to design."


@rule("MC-10b", "Roles, Units 3")
def all_carried(facts: ProposalFacts) -> Answer:
    """Every required body has carried the text as it stands, and its action date is on record."""
    missing = facts.missing_bodies
    if not missing:
        return None
    names = ", ".join(body.name for body in missing)
    return f"Still to act: {names}."


@rule("PR-carry", PRACTICE, otherwise="A committee has carried it, so the ASA director decides.")
def a_committee_carried(facts: ProposalFacts) -> Answer:
    """A committee has carried an item of it."""
    if any(item.state == "carried" for item in facts.items):
        return None
    return "No committee has carried it, so an ASA officer decides."


@rule("PR-expiry", PRACTICE)
def no_item_carried(facts: ProposalFacts) -> Answer:
    """No committee has carried an item of it, so it may expire."""
    if any(item.state == "carried" for item in facts.items):
        return "A committee has carried an item of it, so it does not expire."
    return None


@rule("PR-return", PRACTICE)
def an_item_was_returned(facts: ProposalFacts) -> Answer:
    """A body returned its item."""
    if any(item.state == "returned_item" for item in facts.items):
        return None
    return "No body has returned it."


@rule("PR-carry", PRACTICE)
def an_item_failed(facts: ProposalFacts) -> Answer:
    """A body voted and did not carry its item."""
    return None if any(i.state == "failed" for i in facts.items) else "No vote on it has failed."


@rule("PR-withdraw", PRACTICE)
def no_vote_open(facts: ProposalFacts) -> Answer:
    """No committee is voting on it."""
    if any(item.state == "open" for item in facts.items):
        return "A committee is voting on it. Withdraw it after the vote closes."
    return None


# ---------------------------------------------------------------- returns and review

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
    """Basis or routing answers have changed since the version that was returned."""
    last = facts.last("consultation")
    if last is not None and last.said.get("routing") != facts.routing_key:
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


# ---------------------------------------------------------------- approved, issued, timers


@rule("PR-code", PRACTICE)
def code_recorded(facts: ProposalFacts) -> Answer:
    """The registrar has recorded a code."""
    return None if facts.last("code") else "The registrar's code is not recorded yet."


@rule("PR-roster", PRACTICE)
def roster_set(facts: ProposalFacts) -> Answer:
    """At least one assessor is on the roster."""
    if any(a.role == "assessor" and a.scope == facts.case.id for a in facts.people):
        return None
    return "No assessor is on the roster yet."


@rule("PR-roster", PRACTICE, judges_form=True)
def assessors_listed_once(facts: ProposalFacts) -> Answer:
    """Nobody is put on the roster twice."""
    named = facts.form.assessors  # type: ignore[union-attr]
    there = {a.person for a in facts.people if a.role == "assessor" and a.scope == facts.case.id}
    twice = [p for n, p in enumerate(named) if p in there or p in named[:n]]
    if not twice:
        return None
    text = f"Already on the roster: {', '.join(twice)}."
    return (Reason("PR-roster", PRACTICE, text, "assessors"),)


@rule("PR-image", PRACTICE)
def design_published(facts: ProposalFacts) -> Answer:
    """The badge's design is published with a text alternative."""
    return None if facts.last("design") else "The badge's design is not published yet."


@rule("PR-effective", PRACTICE, judges_form=True)
def effective(facts: ProposalFacts) -> Answer:
    """The effective date is reached, and is not before what a committee carried takes effect."""
    day, today = facts.form.effective_on, facts.now.date()  # type: ignore[union-attr]
    first = facts.effective_from
    if first and day < first:
        text = f"What it rests on takes effect on {first:%a %-d %b %Y}; choose that day or a later one."
        return (Reason("PR-effective", PRACTICE, text, "effective_on"),)
    if day > today:
        text = "This day has not come. Issue it on that day or later."
        return (Reason("PR-effective", PRACTICE, text, "effective_on"),)
    return None


@rule("PR-effective", PRACTICE)
def term_reached(facts: ProposalFacts) -> Answer:
    """The term in which what it rests on takes effect has begun."""
    first = facts.effective_from
    if first and facts.now.date() < first:
        return f"What it rests on takes effect on {first:%a %-d %b %Y}."
    return None


@rule("PR-expiry", PRACTICE)
def clock_passed(facts: ProposalFacts) -> Answer:
    """The state's clock has run out."""
    if facts.fires_at is not None and facts.fires_at <= facts.now:
        return None
    return "The time is not over."


@rule("PR-expiry", PRACTICE)
def warned_twice(facts: ProposalFacts) -> Answer:
    """The proposer was warned at least twice."""
    return None if facts.warned >= 2 else "The proposer has not been warned twice."  # noqa: PLR2004
