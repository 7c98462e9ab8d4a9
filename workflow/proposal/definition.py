"""The proposal, as a table to read beside policy 380.104: one row a transition.

A clause names the place in the policy; "practice" is the office's own custom, where the policy is silent.
"""

from collections.abc import Callable
from datetime import datetime

from policies import clocks
from workflow.checks import checked
from workflow.clocks import Calendar, Clock, DueDate
from workflow.clocks import of as clock_of
from workflow.correction import correcting, none_proposed
from workflow.definition import PAUSE, RESTART, RESUME, SAME, Definition, Row, State, days_of
from workflow.effects import Ask, Settle, Tell
from workflow.forms import NoInput, Note, Reason
from workflow.moved import recounted
from workflow.proposal import corrections, desk, forms, rows
from workflow.proposal import rules as r
from workflow.proposal.facts import Origin, ProposalFacts
from workflow.proposal.roles import (
    AVP,
    CHAIR,
    COLLEAGUE,
    MEMBER,
    PROPOSER,
    REVIEWER,
    TAKER,
    UNIT_HEAD,
)
from workflow.roles import (
    ASA_DIRECTOR,
    ASA_OFFICER,
    REGISTRAR,
    SENATE_OFFICE,
    SYSTEM_ROLE,
    TIMER_ROLE,
    Role,
)

PRACTICE = "practice"
UNITS_1, UNITS_2, UNITS_3 = "Roles, Units 1", "Roles, Units 2", "Roles, Units 3"
ASA = "Roles, ASA"


#: A proposal with more outcomes than this is large.
MANY_OUTCOMES = 5


def _size(facts: ProposalFacts) -> str:
    """More than five outcomes or a micro-certificate are "large"."""
    document = facts.document
    many = len(document.slos) > MANY_OUTCOMES or document.type == "micro_certificate"
    return "large" if many else ""


def _in_force_by(facts: ProposalFacts, calendar: Calendar) -> datetime:
    """Some business days, or the first day it may be in force, where that is later.

    What a committee carried often waits months for its term; nobody is late meanwhile.
    """
    soon = calendar.add_business_days(facts.now, clocks.clock("proposal", "approved").days)
    first = facts.effective_from
    if first is None:
        return soon
    return max(soon, calendar.end_of(calendar.nth_business_day(first, 0)))


def _clock(
    place: str, *tells: Role, case: Callable[..., str] | None = None, due: DueDate | None = None
) -> Clock:
    """The office's clock of a state, or of what is asked of somebody (policies/clocks.yaml)."""
    return clock_of("proposal", place, *tells, case=case, due=due)


# fmt: off
DRAFT = State("draft", "being drafted", PROPOSER, step="Draft", announce=False,
    clock=_clock("draft"))
CONSULTATION = State("asa_consultation", "in consultation with ASA", REVIEWER, step="Consultation",
    clock=_clock("asa_consultation", ASA_DIRECTOR))
RETURNED = State("returned", "returned to the proposer", PROPOSER, announce=False,
    clock=_clock("returned"))
COMMITTEE = State("curriculum_committee", "with the curriculum committee", CHAIR, step="Committee", announce=False,
    clock=_clock("curriculum_committee", SENATE_OFFICE))
DESIGN = State("design", "being designed", PROPOSER, step="Design",
    clock=_clock("design", ASA_OFFICER))
REVIEW = State("asa_review", "in ASA review", REVIEWER, step="ASA review",
    clock=_clock("asa_review", ASA_DIRECTOR, case=_size))
APPROVED = State("approved", "approved", ASA_OFFICER, step="Approved", announce=False,
    clock=_clock("approved", ASA_DIRECTOR, due=_in_force_by))
DECLINED = State("declined", "not approved", PROPOSER, announce=False,
    clock=_clock("declined"))
ISSUED = State("issued", "issued", ends=True, step="Issued")
DECLINED_FINAL = State("declined_final", "not approved, closed", ends=True)
WITHDRAWN = State("withdrawn", "withdrawn", ends=True)
EXPIRED = State("expired", "expired", ends=True)

#: What the proposer of a returned proposal may add once.
MORE_DAYS = clocks.clock("proposal", "returned").length("extended")

ACTIVE = (DRAFT, CONSULTATION, RETURNED, COMMITTEE, DESIGN, REVIEW, APPROVED)

ROWS = (
    # ---- Roles, Units 1: "will work with Academic and Student Affairs (ASA) to facilitate the application, ..."
    Row("open", (), DRAFT, MEMBER, "Statement, opening 1", "Start a proposal",
        r.member_of_the_unit & r.content_can_be_kept, forms.Open, (rows.OPEN,),
        "A draft begins. Only your unit and ASA see it."),
    Row("edit", (DRAFT, DESIGN), SAME, PROPOSER, UNITS_1, "Save changes",
        r.fields_can_be_kept & r.fields_are_as_seen, forms.Edit, (rows.EDIT,),
        "The text is kept. An endorsement of the old text no longer counts.", content=True, clock=RESTART),
    # Its 20 business days are no idle clock: whoever edits has the date they had.
    Row("edit", RETURNED, SAME, PROPOSER, UNITS_1, "Save changes",
        r.fields_can_be_kept & r.fields_are_as_seen, forms.Edit, (rows.EDIT,),
        "The text is kept. An endorsement of the old text no longer counts.", content=True),
    Row("keep", DRAFT, SAME, PROPOSER, PRACTICE, "Keep the draft",
        form=NoInput, effect="The idle clock starts anew.", clock=RESTART),
    Row("ask_endorsement", (DRAFT, DESIGN), SAME, PROPOSER, PRACTICE, "Ask for the endorsement",
        r.step_complete & r.not_yet_endorsed, Note,
        (Ask("endorse", UNIT_HEAD, _clock("endorse", ASA_OFFICER)),),
        f"The unit head is asked and has {_clock('endorse', ASA_OFFICER).days} business days."),
    Row("endorse", (DRAFT, DESIGN), SAME, UNIT_HEAD, PRACTICE, "Endorse",
        r.step_complete & r.not_yet_endorsed, Note,
        (rows.signed("endorsement"), Settle("endorse"), Tell("endorsed", (PROPOSER,))),
        "You stand behind this very text. A later edit voids it visibly."),
    Row("submit", DRAFT, CONSULTATION, PROPOSER, UNITS_1, "Submit to ASA",
        r.kind_is_new & r.concept_complete & r.unit_is_its_own & r.title_free & r.endorsed, forms.Submit,
        (rows.FREEZE, rows.HOLD_TITLE, Tell("received", (PROPOSER,)), Tell("submitted", (UNIT_HEAD,), "fyi")),
        f"ASA has it then and answers within {days_of(CONSULTATION)} business days.", pins_edition=True),

    # ---- Statement 2: "In consultation with Academic and Student Affairs, the appropriate level of rigor ..."
    Row("take", (CONSULTATION, REVIEW), SAME, ASA_OFFICER, PRACTICE, "Take it",
        r.not_the_proposer & r.not_of_the_unit & r.free_to_take, NoInput,
        (desk.TAKE, Tell("assigned", (PROPOSER,), "fyi")),
        "You have it from now on; it leaves the other officers' lists and keeps its date."),
    Row("give_back", (CONSULTATION, REVIEW), SAME, (TAKER, ASA_DIRECTOR), PRACTICE, "Give it back",
        ~r.free_to_take, NoInput, (desk.GIVE_BACK,), "It waits for the officers again and keeps its date."),
    Row("assign_reviewer", (CONSULTATION, REVIEW), SAME, ASA_OFFICER, PRACTICE, "Say who takes it",
        r.reviewer_is_free, forms.AssignReviewer,
        (rows.ASSIGN, Tell("assigned", (PROPOSER,), "fyi")),
        "The officer has it from now on; the proposer sees who."),
    Row("ask_scope", CONSULTATION, SAME, ASA_OFFICER, UNITS_3, "Ask a question of scope",
        r.undetermined & ~r.scope_asked, forms.AskScope, (rows.signed("scope_question"), rows.ASK_SCOPE),
        f"The office has {rows.SCOPE_CLOCK.days} business days; your own clock rests meanwhile.", clock=PAUSE),
    Row("answer_scope", CONSULTATION, SAME, (REGISTRAR, SENATE_OFFICE), UNITS_3, "Answer the question of scope",
        r.scope_asked & r.asked_of_you, forms.AnswerScope,
        (rows.signed("scope_answer"), Settle("scope_question"), Tell("scope_answered", (REVIEWER,), "act")),
        "ASA's clock runs on. Your answer is kept as a precedent.", clock=RESUME),
    Row("record_consultation", CONSULTATION, SAME, ASA_OFFICER, "Statement, opening 2", "Record the consultation",
        r.not_the_proposer & r.rigor_proposed & r.held_already & r.award_type_matches & r.organisation_noted,
        forms.Consultation, (rows.signed("consultation"),),
        "Date, notes, outcome and the agreed rigor stand on record."),
    Row("record_determination", CONSULTATION, SAME, ASA_OFFICER, UNITS_3, "Record the determination",
        r.undetermined & r.not_the_proposer & r.not_of_the_unit & r.senate_concurs, forms.Determination,
        (rows.signed("determination"), Tell("determined", (PROPOSER,))),
        "The route is fixed for this basis; the proposer is told why."),
    Row("return_for_revision", (CONSULTATION, REVIEW), RETURNED, ASA_OFFICER, UNITS_1, "Return for revision",
        r.not_the_proposer & r.anchored_to_fields, forms.ReturnForRevision,
        (rows.REQUIRE, Tell("returned", (PROPOSER,), "act")),
        f"The proposer has {days_of(RETURNED)} business days to answer each change."),

    # ---- returned: every change fixed, or contested with a reason
    Row("answer_change", RETURNED, SAME, PROPOSER, PRACTICE, "Answer a change",
        r.change_is_open & r.contested_with_a_reason, forms.AnswerChange, (rows.ANSWER,),
        "The reviewer reads your answer beside the change."),
    Row("extend", RETURNED, SAME, PROPOSER, PRACTICE, f"Take {MORE_DAYS} business days more",
        r.not_extended, NoInput, (rows.EXTENDED,), "You can do this once.", clock=lambda _: MORE_DAYS),
    Row("resubmit", RETURNED, CONSULTATION, PROPOSER, PRACTICE, "Resubmit to consultation",
        r.every_change_answered & r.title_free & (r.ORIGIN.is_(Origin.CONSULTATION) | r.rerouted), Note,
        (rows.FREEZE, Tell("resubmitted", (REVIEWER,), "act")), "ASA reads your answers beside the changes.", quiet=True),
    Row("resubmit", RETURNED, REVIEW, PROPOSER, PRACTICE, "Resubmit to ASA review",
        r.every_change_answered & r.title_free & r.ORIGIN.is_(Origin.REVIEW) & ~r.rerouted, Note,
        (rows.FREEZE, Tell("resubmitted", (REVIEWER,), "act")), "ASA reads your answers beside the changes.", quiet=True),
    Row("resubmit", RETURNED, COMMITTEE, PROPOSER, PRACTICE, "Resubmit to the committee",
        r.every_change_answered & r.title_free & r.ORIGIN.is_(Origin.COMMITTEE) & ~r.rerouted, Note,
        (rows.FREEZE, rows.OPEN_ITEMS, Tell("resubmitted", (REVIEWER,), "know")),
        "The body that returned it gets a new item, linked to the old one."),

    # ---- Roles, Units 3: "... must still follow that approval process before the micro-credential can be designed"
    Row("route_to_committee", CONSULTATION, COMMITTEE, ASA_OFFICER, UNITS_3, "Send to the curriculum committee",
        r.not_the_proposer & r.consulted & r.to_committee & r.curriculum_named & r.a_body_must_act, Note,
        (rows.OPEN_ITEMS, Tell("routed", (PROPOSER,))),
        "Each required body gets an item, in order. The proposer sees the dates."),
    # ---- Roles, Units 2: "aligned to an existing program, course, or experience will be developed by the unit in consultation"
    Row("clear_to_design", CONSULTATION, DESIGN, ASA_OFFICER, UNITS_2, "Clear to design",
        r.not_the_proposer & r.consulted & r.kind_is_new & (r.past_committee | (r.to_committee & r.all_carried)), Note,
        effect="The unit designs it in full."),
    Row("committee_carried", COMMITTEE, DESIGN, SYSTEM_ROLE, UNITS_3, "Every body has carried it",
        r.all_carried, forms.ItemOutcome, (Tell("carried", (PROPOSER, REVIEWER)),),
        "The unit designs it in full."),
    Row("committee_returned", COMMITTEE, RETURNED, SYSTEM_ROLE, PRACTICE, "A body returned it",
        r.an_item_was_returned, forms.ItemReturned,
        (rows.REQUIRE_FOR_BODY, rows.CANCEL_ITEMS, Tell("returned", (PROPOSER,), "act")),
        "The proposer answers the body's changes."),
    Row("committee_failed", COMMITTEE, DECLINED, SYSTEM_ROLE, UNITS_3, "A vote failed",
        r.an_item_failed, forms.ItemOutcome, (rows.CANCEL_ITEMS, Tell("declined", (PROPOSER, UNIT_HEAD))),
        "Tally and reasons are mailed."),

    # ---- Statement 1 to 6, in full
    Row("mark_design_complete", DESIGN, REVIEW, PROPOSER, "Statement 1", "Mark the design complete",
        r.design_complete & r.title_free & r.endorsed, Note, (rows.FREEZE, Tell("design_received", (PROPOSER,))),
        "The version is frozen and ASA reviews it."),
    Row("score_review", REVIEW, SAME, ASA_OFFICER, "Definitions, Micro-credential", "Score the criteria",
        r.not_the_proposer, forms.Review, (rows.signed("review"),),
        "The scores stand on record for this version."),
    Row("approve", REVIEW, APPROVED, (ASA_OFFICER, AVP), ASA, "Approve",
        r.not_the_proposer & r.not_of_the_unit & r.every_criterion_met & r.every_change_answered
        & r.design_complete & r.route_duties_met & r.consulted & r.constituents_in_force, Note,
        (Ask("code", REGISTRAR, _clock("code", ASA_OFFICER)), Ask("roster", UNIT_HEAD, _clock("roster", ASA_OFFICER)),
         Ask("badge_design", REVIEWER, _clock("badge_design", ASA_DIRECTOR)), Tell("approved", (PROPOSER, UNIT_HEAD, ASA_OFFICER))),
        "Registrar, unit head and ASA are asked for code, roster and badge design."),
    Row("recommend_decline", REVIEW, SAME, ASA_OFFICER, PRACTICE, "Recommend to decline",
        r.not_the_proposer & r.a_committee_carried, Reason,
        (rows.signed("recommendation"), Ask("decide_decline", ASA_DIRECTOR, _clock("decide_decline", ASA_OFFICER))),
        "The ASA director decides, because a committee has carried it."),
    Row("decline", CONSULTATION, DECLINED, ASA_OFFICER, ASA, "Decline",
        r.not_the_proposer, forms.Decline, (Tell("declined", (PROPOSER, UNIT_HEAD)),),
        f"The proposer reads your reasons and has {days_of(DECLINED)} business days to appeal."),
    Row("decline", REVIEW, DECLINED, ASA_OFFICER, ASA, "Decline",
        r.not_the_proposer & ~r.a_committee_carried, forms.Decline, (Tell("declined", (PROPOSER, UNIT_HEAD)),),
        f"The proposer reads your reasons and has {days_of(DECLINED)} business days to appeal."),
    Row("decline", REVIEW, DECLINED, ASA_DIRECTOR, ASA, "Decline",
        r.not_the_proposer & r.a_committee_carried & r.recommended_by_another, forms.Decline,
        (Tell("declined", (PROPOSER, UNIT_HEAD)),),
        f"The proposer reads your reasons and has {days_of(DECLINED)} business days to appeal."),
    Row("close_appeal_window", DECLINED, DECLINED_FINAL, TIMER_ROLE, PRACTICE, "Close the appeal window",
        r.clock_passed, NoInput, (rows.FREE_TITLE,), "The decision is final."),

    # ---- Roles, ASA: "planning, approval and awarding"; "collaborates with the Office of the Registrar"
    Row("record_code", APPROVED, SAME, REGISTRAR, ASA, "Record the code",
        form=forms.RecordCode, then=(rows.signed("code"), Settle("code")), effect="The code goes on every award."),
    Row("set_roster", APPROVED, SAME, UNIT_HEAD, UNITS_2, "Name the assessors",
        r.assessors_listed_once, forms.Roster, (rows.ROSTER, Settle("roster")),
        "They may score evidence once claims open."),
    Row("publish_design", APPROVED, SAME, ASA_OFFICER, ASA, "Publish the badge's design",
        form=forms.Design, then=(rows.signed("design"), Settle("badge_design")),
        effect="The badge is drawn from its name, unit and level."),
    Row("issue", APPROVED, ISSUED, ASA_OFFICER, "Statement, opening 3", "Put it in force",
        r.kind_is_new & r.design_published & r.code_recorded & r.roster_set & r.constituents_in_force
        & r.term_reached & r.effective & none_proposed, forms.Issue,
        (rows.PUT_IN_FORCE, Tell("issued", (PROPOSER, UNIT_HEAD))),
        "It stands in the catalogue and learners can claim it."),

    # ---- practice: what is said about it; nothing of it decides
    Row("nudge", (CONSULTATION, COMMITTEE, REVIEW, APPROVED), SAME, PROPOSER, PRACTICE, "Nudge whoever has it",
        r.nudged_seldom, Note, (desk.NUDGE,),
        "They get a mail from you that says since when it waits. You can do this once in 5 business days."),
    Row("comment", (*ACTIVE, DECLINED), SAME, COLLEAGUE, PRACTICE, "Comment",
        r.on_a_field & r.of_those_who_may_read, forms.Comment, (desk.COMMENT,),
        "It stands on the page for all who may read the proposal."),
    *correcting((COMMITTEE, DESIGN, REVIEW, APPROVED), corrections.THINGS, clock=_clock("correction", ASA_DIRECTOR),
        told=(PROPOSER, REVIEWER), when=r.not_the_proposer),
    recounted(*ACTIVE, DECLINED),

    # ---- ends
    Row("withdraw", ACTIVE, WITHDRAWN, PROPOSER, PRACTICE, "Withdraw",
        r.no_vote_open, Note, (rows.CANCEL_ITEMS, rows.FREE_TITLE, rows.TELL_THOSE_WHO_WAIT),
        "It ends here. You can copy it to a new one at any time."),
    Row("expire", (DRAFT, RETURNED), EXPIRED, TIMER_ROLE, PRACTICE, "Let it close",
        r.clock_passed & r.warned_twice & r.no_item_carried, NoInput, (rows.FREE_TITLE, Tell("expired", (PROPOSER,))),
        "Nothing is lost: it can be copied to a new one."),
)

PROPOSAL = checked(Definition("proposal", version=1, prefix="MC", initial=DRAFT, noun="proposal", facts=ProposalFacts,
    states=(*ACTIVE, DECLINED, ISSUED, DECLINED_FINAL, WITHDRAWN, EXPIRED), rows=ROWS))
# fmt: on
