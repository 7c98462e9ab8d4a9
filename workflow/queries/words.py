"""Words for what the definitions name: roles, things to do, and what was done.

Keyed by the names of the definitions. What is missing here falls back to the name itself, so that a
new row is readable at once; a test asks for its sentence.
"""

from typing import Final

from policies import committees
from policies.data import DataError

#: A role as it stands on a chip.
ROLES: Final = {
    "admin": "Administrator",
    "appeal_officer": "Appeal officer",
    "asa_director": "ASA director",
    "asa_liaison": "ASA liaison",
    "asa_officer": "ASA officer",
    "assessor": "Assessor",
    "avp": "Assistant vice president",
    "colleague": "Colleague",
    "committee_alternate": "Committee alternate",
    "committee_chair": "Committee chair",
    "committee_member": "Committee member",
    "committee_vice_chair": "Committee vice-chair",
    "corrector": "Whoever proposed the correction",
    "learner": "Learner",
    "lead_assessor": "Lead assessor",
    "member": "Member",
    "proposer": "Proposer",
    "registrar": "Registrar",
    "reviewer": "ASA officer",
    "senate_office": "Senate office",
    "signer": "Signer",
    "system": "Conferral",
    "timer": "A clock",
    "unit_head": "Unit head",
}

#: What a work item asks for, verb first. `{title}` is the subject, `{learner}` whose award it is.
ASKS: Final = {
    ("proposal", "draft"): "Finish your draft of {title}",
    ("proposal", "endorse"): "Endorse {title}",
    ("proposal", "asa_consultation"): "Consult on {title}",
    ("proposal", "scope_question"): "Answer the question of scope on {title}",
    ("proposal", "returned"): "Answer the changes in {title}",
    ("proposal", "curriculum_committee"): "Bring {title} onto an agenda",
    ("proposal", "design"): "Finish the design of {title}",
    ("proposal", "asa_review"): "Review {title}",
    ("proposal", "correction"): "Confirm a correction of {title}",
    ("credential", "correction"): "Confirm a correction of {title}",
    ("proposal", "decide_decline"): "Decide whether to decline {title}",
    ("proposal", "approved"): "Put {title} in force",
    ("proposal", "code"): "Record the code of {title}",
    ("proposal", "roster"): "Name the assessors of {title}",
    ("proposal", "badge_design"): "Publish the badge of {title}",
    ("proposal", "declined"): "Read why {title} was not approved",
    ("agenda_item", "queued"): "Place {title} on an agenda",
    ("agenda_item", "scheduled"): "Open the vote on {title}",
    ("agenda_item", "open"): "Vote on {title}",
    ("agenda_item", "quorum"): "Find a quorum for {title}: too many are recused",
    ("agenda_item", "senate_notice"): "Watch the Senate notice of {title}",
    ("meeting", "planned"): "Publish the agenda of {title}",
    ("meeting", "rsvp"): "Say whether you come: {title}",
    ("meeting", "published"): "Hold the meeting: {title}",
    ("meeting", "held"): "Approve the minutes of {title}",
    ("award", "claimed"): "Submit your evidence for {title}",
    ("award", "under_assessment"): "Score the evidence of {learner} for {title}",
    ("award", "not_yet"): "Try again for {title}",
    ("award", "reflection"): "Write your reflection on {title}",
    ("award", "reflection_review"): "Read the reflection of {learner} on {title}",
    ("award", "asa_verification"): "Verify the award of {title} to {learner}",
    ("award", "approved_to_issue"): "Issue {title} to {learner}",
    ("award", "issued"): "Confirm the record of {title} for {learner}",
}

#: What someone did, after their name.
DID: Final = {
    ("proposal", "open"): "started it.",
    ("proposal", "edit"): "changed the text.",
    ("proposal", "keep"): "kept the draft.",
    ("proposal", "ask_endorsement"): "asked for the endorsement.",
    ("proposal", "endorse"): "endorsed it.",
    ("proposal", "submit"): "submitted it to ASA.",
    ("proposal", "assign_reviewer"): "said who takes it.",
    ("proposal", "ask_scope"): "asked a question of scope.",
    ("proposal", "answer_scope"): "answered the question of scope.",
    ("proposal", "record_consultation"): "recorded the consultation.",
    ("proposal", "record_determination"): "recorded the determination.",
    ("proposal", "return_for_revision"): "returned it for revision.",
    ("proposal", "answer_change"): "answered a required change.",
    ("proposal", "extend"): "took 20 business days more.",
    ("proposal", "resubmit"): "resubmitted it.",
    ("proposal", "route_to_committee"): "sent it to the curriculum committee.",
    ("proposal", "clear_to_design"): "cleared it to design.",
    ("proposal", "committee_carried"): "noted that every body has carried it.",
    ("proposal", "committee_returned"): "noted that a body returned it.",
    ("proposal", "committee_failed"): "noted that a vote failed.",
    ("proposal", "mark_design_complete"): "marked the design complete.",
    ("proposal", "score_review"): "scored the criteria.",
    ("proposal", "approve"): "approved it.",
    ("proposal", "recommend_decline"): "recommended to decline it.",
    ("proposal", "decline"): "declined it.",
    ("proposal", "close_appeal_window"): "closed the appeal window.",
    ("proposal", "record_code"): "recorded the code.",
    ("proposal", "set_roster"): "named the assessors.",
    ("proposal", "publish_design"): "published the badge’s design.",
    ("proposal", "issue"): "put it in force.",
    ("proposal", "take"): "took it.",
    ("proposal", "give_back"): "gave it back.",
    ("proposal", "nudge"): "nudged whoever has it.",
    ("proposal", "comment"): "commented.",
    ("proposal", "propose_correction"): "proposed a correction.",
    ("proposal", "confirm_correction"): "confirmed a correction.",
    ("proposal", "drop_correction"): "dropped a correction.",
    ("proposal", "withdraw"): "withdrew it.",
    ("proposal", "expire"): "let it close, because nothing was done on it.",
    ("proposal", "recount"): "moved its dates to the new calendar.",
    ("agenda_item", "open_item"): "opened the item.",
    ("agenda_item", "place_on_agenda"): "placed it on an agenda.",
    ("agenda_item", "pull_from_consent"): "took it off the consent agenda.",
    ("agenda_item", "waive_notice"): "waived the notice.",
    ("agenda_item", "open_vote"): "opened the vote.",
    ("agenda_item", "cast_vote"): "voted.",
    ("agenda_item", "recuse"): "recorded a recusal.",
    ("agenda_item", "close_vote"): "closed the vote.",
    ("agenda_item", "meeting_passed"): "noted that the meeting passed without a vote.",
    ("agenda_item", "meeting_cancelled"): "took it off an agenda: the meeting is not held.",
    ("agenda_item", "return_item"): "returned it with required changes.",
    ("agenda_item", "no_objection"): "closed the Senate notice without objection.",
    ("agenda_item", "sign_off"): "signed it off.",
    ("agenda_item", "cancel"): "cancelled the item.",
    ("meeting", "plan"): "planned it.",
    ("meeting", "set_order"): "set the order of the agenda.",
    ("meeting", "publish_agenda"): "published the agenda.",
    ("meeting", "rsvp"): "said whether they come.",
    ("meeting", "take_roll"): "took the roll.",
    ("meeting", "close_meeting"): "closed the meeting.",
    ("meeting", "approve_minutes"): "approved the minutes.",
    ("meeting", "cancel_meeting"): "cancelled it.",
    ("meeting", "drop_meeting"): "noted that its day passed without an agenda.",
    ("meeting", "recount"): "moved its dates to the new calendar.",
    ("agenda_item", "recount"): "moved its dates to the new calendar.",
    ("credential", "put_in_force"): "put it in force.",
    ("credential", "propose_correction"): "proposed a correction.",
    ("credential", "confirm_correction"): "confirmed a correction.",
    ("credential", "drop_correction"): "dropped a correction.",
    ("award", "claim"): "claimed it.",
    ("award", "submit_evidence"): "submitted evidence.",
    ("award", "score_slo"): "scored an outcome.",
    ("award", "finish_round"): "finished the assessment.",
    ("award", "return_to_claimed"): "reopened the claim.",
    ("award", "submit_reflection"): "submitted the reflection.",
    ("award", "accept_reflection"): "accepted the reflection.",
    ("award", "return_reflection"): "returned the reflection with feedback.",
    ("award", "verify"): "verified the award.",
    ("award", "send_back"): "sent it back to the assessor.",
    ("award", "issue"): "issued the award.",
    ("award", "record_confirmed"): "confirmed the record.",
    ("award", "correct_record"): "corrected the record.",
    ("award", "publish"): "published it.",
    ("award", "unpublish"): "took its page down.",
    ("award", "open_certificate"): "opened the micro-certificate.",
    ("award", "extend"): "gave more time.",
    ("award", "withdraw"): "withdrew the claim.",
    ("award", "lapse"): "closed the claim, because its time was over.",
    ("award", "recount"): "moved its dates to the new calendar.",
}

#: What happens when a clock runs out and nobody has acted.
FIRES: Final = {
    "expire": "It closes. Nothing is lost: it can be copied to a new one.",
    "close_appeal_window": "The decision is final.",
    "close_vote": "The vote closes, and the tally decides.",
    "meeting_passed": "It waits for the next meeting.",
    "no_objection": "It is carried.",
    "return_to_claimed": "You can still try until the claim ends.",
    "lapse": "The claim lapses. A new one within 12 months keeps what is met.",
}

#: What was signed, as the first cell of its line.
SIGN_OFFS: Final = {
    "endorsement": "Unit head",
    "consultation": "Consultation",
    "scope_question": "Question of scope",
    "scope_answer": "Answer on scope",
    "determination": "Determination",
    "review": "ASA criteria",
    "recommendation": "Recommendation",
    "code": "Registrar’s code",
    "design": "Badge design",
}


def role(name: str) -> str:
    """A role as it stands on a chip.

    >>> role("asa_officer")
    'ASA officer'
    """
    return ROLES.get(name) or plain(name)


def asks(machine: str, kind: str, *, title: str, learner: str = "") -> str:
    """What a work item asks for, as its heading."""
    sentence = ASKS.get((machine, kind)) or f"{plain(kind)}: {{title}}"
    return sentence.format(title=title or "an untitled proposal", learner=learner)


def did(machine: str, trigger: str) -> str:
    """What someone did, after their name."""
    return DID.get((machine, trigger)) or f"did: {plain(trigger).lower()}."


def plain(name: str) -> str:
    """A name of the code as words.

    >>> plain("not_yet")
    'Not yet'
    """
    return name.replace("_", " ").capitalize()


def body(scope: str) -> str:
    """A committee by its name; "" for what is no committee."""
    try:
        return committees.load().body(scope).name
    except DataError:
        return ""
