"""The award, as a table to read beside policy 380.104: one row a transition.

It pins the credential's version and the policy's edition when it is claimed. A clause names the
place in the policy; "practice" is the office's own custom, where the policy is silent.
"""

from collections.abc import Callable

from workflow.award import clocks, forms, rows
from workflow.award import rules as r
from workflow.award.facts import AwardFacts, Round
from workflow.award.roles import (
    ASSESSOR,
    CLAIMANT,
    LEAD_ASSESSOR,
    LEARNER,
    OPERATOR,
    STACKER,
    UNIT_HEAD,
    VERIFIER,
    only_nine_months,
)
from workflow.checks import checked
from workflow.clocks import Clock, DueDate
from workflow.clocks import of as clock_of
from workflow.definition import SAME, Definition, Row, State, days_of
from workflow.effects import Settle, Tell
from workflow.forms import NoInput, Note
from workflow.moved import recounted
from workflow.roles import ASA_DIRECTOR, ASA_OFFICER, REGISTRAR, SYSTEM_ROLE, TIMER_ROLE, Role

PRACTICE = "practice"
BADGE, CERTIFICATE = "Definitions, Digital Badge", "Definitions, Micro-certificate"
CENTRAL, REGISTRAR_KEEPS = "Statement, opening 3", "Roles, ASA"
ASSESSED, REFLECTIVE = "Statement 1", "Statement 5"


def _clock(
    place: str,
    *tells: Role,
    due: DueDate | None = None,
    off_contract: Callable[..., bool] | None = None,
) -> Clock:
    """The office's clock of a state (policies/clocks.yaml)."""
    return clock_of("award", place, *tells, due=due, off_contract=off_contract)


# fmt: off
CLAIMED = State("claimed", "claimed", LEARNER, step="Claimed", announce=False,
    clock=_clock("claimed", due=clocks.claim_due))
ASSESSMENT = State("under_assessment", "being assessed", ASSESSOR, step="Assessment", announce=False,
    clock=_clock("under_assessment", LEAD_ASSESSOR, UNIT_HEAD, off_contract=only_nine_months))
NOT_YET = State("not_yet", "waiting for another try", LEARNER, announce=False,
    clock=_clock("not_yet"))
REFLECTION = State("reflection", "waiting for the reflection", LEARNER, step="Reflection", announce=False,
    clock=_clock("reflection", due=clocks.reflection_due))
REFLECTION_REVIEW = State("reflection_review", "with the reflection being read", ASSESSOR,
    clock=_clock("reflection_review", LEAD_ASSESSOR, UNIT_HEAD, off_contract=only_nine_months))
# Verified in batches from the queue, so the queue is not mailed award by award.
VERIFICATION = State("asa_verification", "with ASA for verification", VERIFIER, step="Verification", announce=False,
    clock=_clock("asa_verification", ASA_DIRECTOR))
TO_ISSUE = State("approved_to_issue", "being issued", SYSTEM_ROLE, announce=False,
    clock=_clock("approved_to_issue", OPERATOR, due=clocks.issuing_due))
ISSUED = State("issued", "issued", REGISTRAR, step="Issued", announce=False,
    clock=_clock("issued", ASA_OFFICER),
    stays="It is valid until it is reviewed, replaced or expires, which have their own rows.")
LAPSED = State("lapsed", "lapsed", ends=True)
WITHDRAWN = State("withdrawn", "withdrawn", ends=True)

SCORED = r.not_the_learner & r.every_one_scored

ROWS = (
    # ---- "Micro-certificates can be offered to undergraduate and graduate students, as well as to non-enrolled learners."
    Row("claim", (), CLAIMED, (LEARNER, ASA_OFFICER, SYSTEM_ROLE), CERTIFICATE, "Claim",
        r.learner_known & r.credential_active & r.no_open_award & r.stack_complete_for_system, forms.Claim,
        (rows.CLAIM, Tell("claimed", (CLAIMANT,), saying=rows.claimed),
         Tell("outcomes_left", (STACKER,), "act", saying=rows.still_owed), rows.OPEN_OWN_STACK),
        f"Version and policy are fixed for you; you have {clocks.WINDOW.months} months.", pins_edition=True),
    Row("open_certificate", CLAIMED, REFLECTION, SYSTEM_ROLE, CERTIFICATE, "Open the micro-certificate",
        r.is_certificate & r.stack_complete & r.outcomes_met, NoInput,
        (Tell("stack_complete", (LEARNER,), "act", saying=rows.due),),
        "The learner writes the culminating reflection to receive it."),

    # ---- "signal that a learner has demonstrated the specified knowledge, skills, and abilities at an appropriate level of rigor"
    Row("submit_evidence", (CLAIMED, NOT_YET), ASSESSMENT, LEARNER, ASSESSED, "Submit evidence",
        r.credential_active & r.something_left & r.outcomes_known & r.not_met_already & r.integrity_stated,
        forms.SubmitEvidence,
        (rows.EVIDENCE, Tell("evidence_received", (LEARNER,), saying=rows.due), Tell("to_assess", (ASSESSOR,), "act", saying=rows.due)),
        f"An assessor has {days_of(ASSESSMENT)} business days. What is met stays met."),
    Row("score_slo", ASSESSMENT, SAME, ASSESSOR, ASSESSED, "Score an outcome",
        r.not_the_learner & r.evidence_waits & r.level_on_rubric & r.threshold_judged, forms.ScoreOutcome,
        (rows.SCORE,), "The learner reads your feedback when you finish the round.", content=True),
    Row("finish_round", ASSESSMENT, REFLECTION, ASSESSOR, BADGE, "Finish the round",
        SCORED & r.ROUND.is_(Round.REFLECT), Note, (Tell("one_step_left", (LEARNER,), "act", saying=rows.due),),
        "Every outcome is met. The learner is asked for the reflection."),
    Row("finish_round", ASSESSMENT, VERIFICATION, ASSESSOR, BADGE, "Finish the round",
        SCORED & r.ROUND.is_(Round.VERIFY), Note, effect="Every outcome is met. ASA verifies it."),
    Row("finish_round", ASSESSMENT, CLAIMED, ASSESSOR, BADGE, "Finish the round",
        SCORED & r.ROUND.is_(Round.MORE), Note, (Tell("progress", (LEARNER,), saying=rows.progress),),
        "The learner reads what is met and goes on with the rest."),
    Row("finish_round", ASSESSMENT, NOT_YET, ASSESSOR, BADGE, "Finish the round",
        SCORED & r.ROUND.is_(Round.NOT_YET), Note, (Tell("not_yet", (LEARNER,), "act", saying=rows.next_steps),),
        f"The learner reads the next step for each outcome and has {days_of(NOT_YET)} business days. What is met stays met."),
    Row("return_to_claimed", NOT_YET, CLAIMED, TIMER_ROLE, PRACTICE, "Go on without a date for this try",
        r.clock_passed, NoInput, (Tell("try_over", (LEARNER,), saying=rows.progress),),
        "Nothing is lost: the learner can try until the completion window ends."),

    # ---- "a culminating reflective experience that requires the learner to reflect on the micro-credential pathway and ..."
    Row("submit_reflection", REFLECTION, REFLECTION_REVIEW, LEARNER, REFLECTIVE, "Submit your reflection",
        r.outcomes_met & r.three_prompts, forms.SubmitReflection, (rows.REFLECTION,),
        f"An assessor reads it within {days_of(REFLECTION_REVIEW)} business days."),
    Row("accept_reflection", REFLECTION_REVIEW, VERIFICATION, ASSESSOR, REFLECTIVE, "Accept the reflection",
        r.not_the_learner & r.rubric_met, forms.AcceptReflection, (rows.ACCEPTED,), "ASA verifies the award."),
    Row("return_reflection", REFLECTION_REVIEW, REFLECTION, ASSESSOR, REFLECTIVE, "Return the reflection",
        r.not_the_learner, forms.ReturnReflection,
        (rows.RETURNED, Tell("reflection_returned", (LEARNER,), "act", saying=rows.feedback)),
        f"The learner reads your feedback and has {clocks.REFLECT.days} business days."),

    # ---- "Micro-credentials will be awarded centrally to ensure quality assurance." "Once the competencies are met, the badge can be issued."
    Row("verify", VERIFICATION, TO_ISSUE, VERIFIER, CENTRAL, "Verify and issue",
        r.not_the_learner & r.not_an_assessor & r.edition_pinned & r.outcomes_met & r.stack_complete
        & r.reflection_accepted & r.identity_matched, forms.Verify, (rows.RESERVE, rows.SIGN),
        "Its number is reserved and the university signs it within minutes."),
    Row("send_back", VERIFICATION, ASSESSMENT, VERIFIER, CENTRAL, "Send back to the assessors",
        r.not_the_learner & r.outcomes_scored, forms.SendBack,
        (rows.SCORE_AGAIN, Tell("sent_back", (ASSESSOR,), "act", saying=rows.defect)),
        "The assessors mend what you name. The learner is not written to."),
    Row("issue", TO_ISSUE, ISSUED, SYSTEM_ROLE, CENTRAL, "Issue",
        r.bytes_stored, NoInput, (Tell("issued", (LEARNER,)), rows.ASSEMBLE),
        "The learner receives it, and the registrar is asked for the record."),

    # ---- "ASA collaborates with the Office of the Registrar for student micro-credential records to be maintained."
    Row("record_confirmed", ISSUED, SAME, REGISTRAR, REGISTRAR_KEEPS, "Confirm the record",
        r.not_confirmed & r.right_register, forms.ConfirmRecord, (rows.RECORD, Settle("issued")),
        "The record number is shown on the award."),

    Row("correct_record", ISSUED, SAME, REGISTRAR, REGISTRAR_KEEPS, "Correct the record",
        r.confirmed_before & r.another_number, forms.CorrectRecord, (rows.CORRECTED,),
        "The number is replaced; the old one and your reason stay in the history."),

    # ---- practice: the learner decides who sees it
    Row("publish", ISSUED, SAME, LEARNER, PRACTICE, "Publish your award",
        r.shown_another_way, forms.Publish, (rows.SHOWN,),
        "Anyone with its link reads the page and its signed file, with your name where you say so."),
    Row("unpublish", ISSUED, SAME, LEARNER, PRACTICE, "Take its page down",
        r.shown_at_all, NoInput, (rows.HIDDEN,),
        "Within a minute its page says that there is no such award. You can publish it again at any time."),

    # ---- time, and ends
    recounted(CLAIMED, ASSESSMENT, NOT_YET, REFLECTION, REFLECTION_REVIEW, VERIFICATION, TO_ISSUE, ISSUED),
    Row("extend", (CLAIMED, NOT_YET, REFLECTION), SAME, ASA_OFFICER, PRACTICE, "Give more time",
        r.not_the_learner, forms.Extend, (Tell("extended", (LEARNER,), saying=rows.extended),),
        "The date moves and the learner is told.", clock=rows.more_days),
    Row("withdraw", (CLAIMED, ASSESSMENT, NOT_YET, REFLECTION, REFLECTION_REVIEW), WITHDRAWN, LEARNER, PRACTICE,
        "Withdraw your claim", form=Note, then=(rows.ENDED, rows.ERASED, Tell("withdrawn", (LEARNER,))),
        effect="It ends here, and your evidence is deleted. You can claim again at any time."),
    Row("lapse", (CLAIMED, REFLECTION), LAPSED, TIMER_ROLE, PRACTICE, "Let the claim lapse",
        r.clock_passed & r.warned_twice, NoInput, (rows.ENDED, Tell("lapsed", (LEARNER,), saying=rows.progress)),
        "A new claim within 12 months keeps the outcomes that are met."),
)

AWARD = checked(Definition("award", version=1, prefix="AW", initial=CLAIMED, noun="award", facts=AwardFacts,
    states=(CLAIMED, ASSESSMENT, NOT_YET, REFLECTION, REFLECTION_REVIEW, VERIFICATION, TO_ISSUE, ISSUED, LAPSED, WITHDRAWN),
    rows=ROWS))
# fmt: on
