"""The rules of an agenda item; where the policy is silent they are the office's practice."""

from collections.abc import Collection

from policies.committees import ChairVotes
from workflow.agenda_item.cycles import agenda_cut_off
from workflow.agenda_item.facts import AgendaFacts, Result, Seated
from workflow.agenda_item.roles import CHAIR
from workflow.agenda_item.seating import seating
from workflow.ballot import may_close_early, quorum_needed
from workflow.facts import SYSTEM, TIMER
from workflow.rules import Answer, Choice, Reason, rule

PRACTICE = "practice"
SENATE = "Roles, Units 3"


@rule("PR-order", PRACTICE)
def earlier_bodies_carried(facts: AgendaFacts) -> Answer:
    """Every earlier body has carried it."""
    if not facts.waiting_for:
        return None
    return f"An earlier body has not acted yet: {', '.join(facts.waiting_for)}."


@rule("PR-cutoff", PRACTICE, judges_form=True)
def meeting_ahead(facts: AgendaFacts) -> Answer:
    """The meeting is ahead."""
    if facts.form.meeting_on > facts.calendar.day_of(facts.now):  # type: ignore[union-attr]
        return None
    text = "Choose a meeting that is still ahead."
    return (Reason("PR-cutoff", PRACTICE, text, "meeting_on"),)


@rule("PR-cutoff", PRACTICE, judges_form=True)
def before_the_cut_off(facts: AgendaFacts) -> Answer:
    """It was there before the agenda's cut-off, or the lateness is waived with a reason."""
    form = facts.form
    cut_off = agenda_cut_off(facts.calendar, form.meeting_on)  # type: ignore[union-attr]
    if facts.case.opened_at <= cut_off or form.late_waiver:  # type: ignore[union-attr]
        return None
    text = (
        f"The cut-off for this meeting was {facts.calendar.day_of(cut_off):%a %-d %b}. "
        "Choose a later one, or say who waived it and why."
    )
    return (Reason("PR-cutoff", PRACTICE, text, "meeting_on"),)


@rule("PR-cutoff", PRACTICE, judges_form=True)
def on_a_meeting_day(facts: AgendaFacts) -> Answer:
    """It is a day on which the committee meets, and its agenda is not public yet."""
    day, planned = facts.form.meeting_on, facts.meetings  # type: ignore[union-attr]
    if not planned:
        return None
    if day not in planned:
        ahead = sorted(one for one in planned if one > facts.calendar.day_of(facts.now))
        days = ", ".join(f"{one:%a %-d %b %Y}" for one in ahead) or "no planned day"
        text = f"The committee does not meet on that day; it meets on {days}."
        return (Reason("PR-cutoff", PRACTICE, text, "meeting_on"),)
    if planned[day] and not facts.form.late_waiver:  # type: ignore[union-attr]
        text = (
            "The agenda of that meeting is public and frozen. Choose a later one, or say who "
            "let it come late and why; its own notice then begins today."
        )
        return (Reason("PR-cutoff", PRACTICE, text, "meeting_on"),)
    return None


@rule("PR-consent", PRACTICE)
def on_consent(facts: AgendaFacts) -> Answer:
    """It stands in the consent section."""
    return None if facts.section == "consent" else "It stands for discussion already."


@rule("PR-notice", PRACTICE)
def noticed(facts: AgendaFacts) -> Answer:
    """The agenda was public at least 7 days before the meeting, or the notice was waived."""
    if facts.notice_waived or facts.meeting_on is None:
        return None
    if facts.noticed_at is None:
        return "The agenda of its meeting is not public yet." if facts.meeting else None
    days = (facts.meeting_on - facts.calendar.day_of(facts.noticed_at)).days
    if days >= 7:  # noqa: PLR2004 - the seven days of the sentence
        return None
    return f"The agenda was public {days} days before, not 7. The committee can waive the notice."


@rule("PR-notice", PRACTICE)
def notice_not_waived(facts: AgendaFacts) -> Answer:
    """The notice was not waived before."""
    return "The notice is waived already." if facts.notice_waived else None


@rule("PR-notice", PRACTICE, judges_form=True)
def two_thirds(facts: AgendaFacts) -> Answer:
    """Two thirds of those voting waived the notice."""
    form = facts.form
    if form.in_favor > form.voting:  # type: ignore[union-attr]
        text = "There cannot be more votes to waive than votes cast."
        return (Reason("PR-notice", PRACTICE, text, "in_favor"),)
    if 3 * form.in_favor >= 2 * form.voting:  # type: ignore[union-attr]
        return None
    text = "Waiving the notice needs two thirds of the votes cast."
    return (Reason("PR-notice", PRACTICE, text, "in_favor"),)


@rule("PR-quorum", PRACTICE, judges_form=True)
def enough_to_vote(facts: AgendaFacts) -> Answer:
    """A quorum of members who are not recused is present, or can take part in an e-ballot."""
    form = facts.form
    strangers = set(form.present) - {*facts.members, *facts.alternates}  # type: ignore[union-attr]
    if strangers:
        text = f"Not a member of this committee: {', '.join(sorted(strangers))}."
        return (Reason("PR-quorum", PRACTICE, text, "present"),)
    said = frozenset(form.present or facts.roll)  # type: ignore[union-attr]
    present = said if form.mode == "meeting" else None  # type: ignore[union-attr]
    eligible = voting(facts, seating(facts, there=present))
    there = eligible if present is None else eligible & present
    needed = quorum_of(facts, eligible=len(eligible))
    if len(there) >= needed:
        return None
    text = f"{len(there)} members who are not recused take part; a quorum is {needed}."
    return (Reason("PR-quorum", PRACTICE, text, "present"),)


@rule("PR-ballot", PRACTICE, judges_form=True)
def on_its_day(facts: AgendaFacts) -> Answer:
    """A vote in a meeting opens on the day of the meeting."""
    form, today = facts.form, facts.calendar.day_of(facts.now)
    if form.mode == "e_ballot" or facts.meeting_on == today:  # type: ignore[union-attr]
        return None
    day = f"{facts.meeting_on:%a %-d %b %Y}"
    text = f"The meeting is on {day}. Open the vote there, or vote by e-ballot."
    return (Reason("PR-ballot", PRACTICE, text, "mode"),)


@rule("PR-proxy", PRACTICE)
def on_the_roster(facts: AgendaFacts) -> Answer:
    """Whoever votes is on the roster as it was frozen when voting opened."""
    ballot = facts.ballot
    if facts.actor.person not in ballot.electorate:
        return "Only members who were on the roster when voting opened can vote."
    if ballot.present is not None and facts.actor.person not in ballot.present:
        return "Only members noted as present can vote in a meeting."
    return None


@rule("PR-recusal", PRACTICE)
def not_recused(facts: AgendaFacts) -> Answer:
    """Whoever is recused does not vote; the proposer always is."""
    reason = facts.recused.get(facts.actor.person)
    return f"You are recused: {reason}" if reason else None


@rule("PR-hash", PRACTICE, judges_form=True)
def names_the_document(facts: AgendaFacts) -> Answer:
    """A vote names the document that was pinned when voting opened."""
    if facts.form.document_hash == facts.document_hash:  # type: ignore[union-attr]
        return None
    text = "The document is another one than you read. Open it again before you vote."
    return (Reason("PR-hash", PRACTICE, text, "document_hash"),)


@rule("PR-recusal", PRACTICE, judges_form=True)
def recusal_possible(facts: AgendaFacts) -> Answer:
    """Members recuse themselves; whoever chairs may recuse any member, with a reason."""
    form = facts.form
    if form.member not in {*facts.members, *facts.alternates}:  # type: ignore[union-attr]
        return (Reason("PR-recusal", PRACTICE, "Choose a member of this committee.", "member"),)
    if form.member in facts.recused:  # type: ignore[union-attr]
        return (Reason("PR-recusal", PRACTICE, "This member is recused already.", "member"),)
    speaks_for_all = facts.actor.person == SYSTEM or CHAIR.held_by(facts) is not None
    if form.member != facts.actor.person and not speaks_for_all:  # type: ignore[union-attr]
        text = "You can recuse yourself; only the chair can recuse another member."
        return (Reason("PR-recusal", PRACTICE, text, "member"),)
    return None


@rule("PR-ballot", PRACTICE)
def may_close(facts: AgendaFacts) -> Answer:
    """The chair closes once everyone who may vote has voted; otherwise the clock closes in time."""
    over = facts.closes_at is not None and facts.closes_at <= facts.now
    if over:
        return None
    if facts.actor.person == TIMER:
        return "The time to vote is not over."
    if may_close_early(facts.ballot):
        return None
    return "Not everyone who may vote has voted, and the time is not over."


RESULT = Choice(
    "PR-carry", PRACTICE, Result, lambda facts: facts.result,
    {
        Result.CARRIED: "It is carried, and this body is final.",
        Result.CARRIED_TO_SENATE: "It is carried, and this body reports to the Senate.",
        Result.NOT_CARRIED: "A quorum voted and it is not carried.",
        Result.NO_QUORUM: "There is no quorum.",
    },
)  # fmt: skip


@rule("PR-expiry", PRACTICE)
def clock_passed(facts: AgendaFacts) -> Answer:
    """The state's clock has run out."""
    if facts.fires_at is not None and facts.fires_at <= facts.now:
        return None
    return "The time is not over."


@rule("PR-objection", PRACTICE)
def bulletin_mailed(facts: AgendaFacts) -> Answer:
    """The Senate's bulletin was mailed: nobody's silence counts before they could read it."""
    return None if facts.bulletin_mailed else "The bulletin was not mailed yet."


@rule("MC-12", "Roles, ASA")
def signer_is_not_the_proposer(facts: AgendaFacts) -> Answer:
    """Nobody signs off their own proposal."""
    if facts.proposer in facts.actor.persons:
        return "You propose this, so another person signs."
    return None


def voting(facts: AgendaFacts, seats: Collection[Seated]) -> set[str]:
    """Those a quorum is a share of: not the recused, nor a chair who votes only in a tie."""
    ties_only = facts.rules.chair_votes is ChairVotes.TIE_ONLY
    return {s.person for s in seats if not s.recused and not (ties_only and s.chair)}


def quorum_of(facts: AgendaFacts, *, eligible: int) -> int:
    """The number that makes a quorum of this body, of so many who are not recused."""
    return quorum_needed(facts.rules, eligible=eligible, seats=len(facts.members))


def too_few(facts: AgendaFacts) -> str:
    """Why no quorum can come about even if everybody comes, in a sentence; "" where one can."""
    seats = seating(facts, there=None)
    eligible = len(voting(facts, seats))
    needed = quorum_of(facts, eligible=eligible)
    if eligible >= needed:
        return ""
    recused = sum(seat.recused for seat in seats)
    able = f"{eligible} of {len(facts.members)} can vote"
    return f"{recused} are recused, {able}, a quorum is {needed}."
