"""What the text of a proposal must hold, and who stands behind it."""

from policies.checks import Unmet, unmet
from policies.document import DocumentError, read_document
from policies.edition import Stage
from policies.fields import NoSuchFieldError, fingerprint, with_field
from workflow.forms import unprintable
from workflow.proposal.facts import ProposalFacts
from workflow.rules import Answer, Reason, rule


def reasons_of(found: tuple[Unmet, ...]) -> tuple[Reason, ...]:
    """The policy's unmet checks as reasons, with the field and a good example."""
    return tuple(Reason(u.rule, u.clause, u.found, u.field, u.example) for u in found)


PRACTICE = "practice"
_REMOVED = "Somebody removed this since you opened the page."


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


@rule("PR-seen", PRACTICE, judges_form=True)
def fields_are_as_seen(facts: ProposalFacts) -> Answer:
    """Nobody else has changed these fields since they were looked at."""
    found = []
    for path, mark in facts.form.seen.items():  # type: ignore[union-attr]
        try:
            now = fingerprint(facts.document, path)
        except NoSuchFieldError:
            continue  # said by the rule on fields
        if now != mark:
            says = "Somebody changed this since you opened the page." if now else _REMOVED
            found.append(Reason("PR-seen", PRACTICE, says, path))
    return tuple(found)


@rule("PR-fields", PRACTICE, judges_form=True)
def content_can_be_kept(facts: ProposalFacts) -> Answer:
    """What a new proposal begins with is a proposal's content."""
    try:
        read_document(facts.form.content)  # type: ignore[union-attr]
    except DocumentError as problem:
        return tuple(
            Reason("PR-fields", PRACTICE, p.says, f"content.{p.field}") for p in problem.problems
        )
    return None


@rule("checks", "Roles, Units 1")
def concept_complete(facts: ProposalFacts) -> Answer:
    """The concept is complete: who, what for, for whom, on what it rests, and the routing."""
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
