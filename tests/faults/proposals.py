"""The scenes of a proposal: every row of its machine, from every state it leaves."""

from datetime import UTC, datetime

from psycopg import Connection

from tests.factory import (
    ADMIN,
    ASA_DIRECTOR,
    ASA_OFFICER,
    ASSESSOR,
    COMMITTEES,
    OTHER_ASA_OFFICER,
    PROPOSER,
    REGISTRAR,
    SENATE_OFFICE,
    UNIT,
    UNIT_HEAD,
)
from tests.faults.scenes import Stage
from tests.policies.documents import badge_data
from tests.workflow.play import JUDGED, NEW_COURSE, chair

UNSURE = {
    "basis": [{"kind": "course", "reference": "IDS 3301", "exists": "new"}],
    "routing": {"would_require_committee": "unsure", "stack": "none",
                "credit_scope": "outside_both", "credit_intended": "yes"},
}  # fmt: skip
SILENCE_OVER = datetime(2027, 3, 24, 14, tzinfo=UTC)
CHANGES = [{"field": "title", "asks": "Say it shorter."}]
CONSULTED = {
    "held_on": "2026-11-24", "notes": "Talked it through.", "outcome": "Agreed.",
    "rigor": "intermediate", "rigor_rationale": "Beyond recall.", "award_type": "digital_badge",
}  # fmt: skip
DECLINED = {"code": "no_need_shown", "rationale": "Nobody asks for it."}


def scenes(stage: Stage) -> None:
    """Every row of the proposal."""
    for play in (_drafts, _consultations, _returns, _committees, _designs, _reviews, _approved,
                 _declines, _ends, _desk, _corrections):  # fmt: skip
        play(stage)
    stage.recounts("proposal")


def edited(stage: Stage, case: str) -> str:
    stage.do("edit", PROPOSER, case, fields={"description": "Said otherwise."})
    return case


def returned(stage: Stage, case: str) -> str:
    """Returned by ASA with one change, which is answered."""
    stage.do("return_for_revision", ASA_OFFICER, case, changes=CHANGES)
    stage.do("answer_change", PROPOSER, case, number=1, answer="fixed")
    return case


def carried(stage: Stage, case: str) -> str:
    """Both bodies have carried it, and it is being designed."""
    items = stage.items(case)
    for body in ("ugc", "ucc"):
        vote_through(stage, items[body], body)
    before, stage.clock.at = stage.clock.at, SILENCE_OVER
    unopposed(stage, items["ucc"])
    stage.follow()
    stage.clock.at = before
    return case


def vote_through(stage: Stage, item: str, body: str) -> None:
    stage.voting(item, body)
    stage.vote(item, body, "yyyyyyyyy")
    stage.do("close_vote", chair(body), item)
    stage.follow()


def unopposed(stage: Stage, item: str) -> None:
    """The Senate's notice has run out without an objection."""
    with stage.connect() as connection:
        mail_all(connection, item)
    stage.do("no_objection", "timer", item)


def mail_all(connection: Connection[tuple[object, ...]], case: str) -> None:
    """Every mail of a case has been sent, each by one attempt."""
    connection.execute(
        """
        WITH mail AS (
          INSERT INTO envelope (id, recipient, thread, importance, created_at, due_at, state,
                                sent_at, attempts, fence)
          SELECT id, recipient, case_id, importance, created_at, due_at, 'sent', now(), 1, 1
            FROM notification WHERE case_id = %s AND state = 'pending' RETURNING id),
        told AS (
          UPDATE notification n SET state = 'sent', sent_at = now(), envelope = mail.id
            FROM mail WHERE n.id = mail.id)
        INSERT INTO attempt (envelope, fence, at, result, answer)
        SELECT id, 1, now(), 'sent', '250 OK' FROM mail""", (case,),
    )  # fmt: skip


def _drafts(stage: Stage) -> None:
    content = badge_data() | {"unit": UNIT, "title": "A first idea"}
    stage.scene("open", PROPOSER, to="draft", unit=UNIT, content=content)
    stage.scene("edit", PROPOSER, stage.draft(), fields={"description": "Another text."})
    stage.scene("keep", PROPOSER, stage.draft())
    stage.scene("ask_endorsement", PROPOSER, stage.draft())
    case = stage.draft()
    stage.do("ask_endorsement", PROPOSER, case)
    stage.scene("endorse", UNIT_HEAD, case)
    case = stage.draft()
    stage.do("endorse", UNIT_HEAD, case)
    stage.scene("submit", PROPOSER, case, to="asa_consultation")


def _consultations(stage: Stage) -> None:
    stage.scene("assign_reviewer", ASA_OFFICER, stage.submitted(), reviewer=OTHER_ASA_OFFICER)
    asked = {"office": "senate_office", "question": "Is it a new course?"}
    stage.scene("ask_scope", ASA_OFFICER, stage.submitted(**UNSURE), **asked)
    case = stage.submitted(**UNSURE)
    stage.do("ask_scope", ASA_OFFICER, case, **asked)
    answered = {"committee_required": "yes", "answer": "It is."}
    stage.scene("answer_scope", SENATE_OFFICE, case, **answered)
    stage.scene("record_consultation", ASA_OFFICER, stage.submitted(), **CONSULTED)
    stage.scene("record_determination", ASA_OFFICER, stage.submitted(**UNSURE),
                committee_required="yes", reason="It is a new course.")  # fmt: skip
    for case in (stage.submitted(), stage.in_review()):
        stage.scene("return_for_revision", ASA_OFFICER, case, to="returned", changes=CHANGES)
    stage.scene("clear_to_design", ASA_OFFICER, stage.consulted(), to="design")


def _returns(stage: Stage) -> None:
    case = stage.submitted()
    stage.do("return_for_revision", ASA_OFFICER, case, changes=CHANGES)
    stage.scene("answer_change", PROPOSER, case, number=1, answer="contested", reply="It is short.")
    stage.scene("edit", PROPOSER, returned(stage, stage.submitted()), fields={"title": "Shorter"})
    stage.scene("extend", PROPOSER, returned(stage, stage.submitted()))
    case = edited(stage, returned(stage, stage.submitted()))
    stage.scene("resubmit", PROPOSER, case, to="asa_consultation")
    stage.scene("resubmit", PROPOSER, returned(stage, stage.in_review()), to="asa_review")
    case = stage.routed()
    stage.do("return_item", chair("ugc"), stage.items(case)["ugc"], changes=CHANGES)
    stage.follow()
    stage.do("answer_change", PROPOSER, case, number=1, answer="fixed")
    stage.scene("resubmit", PROPOSER, case, to="curriculum_committee")


def _committees(stage: Stage) -> None:
    stage.scene("route_to_committee", ASA_OFFICER, stage.consulted(**NEW_COURSE),
                to="curriculum_committee")  # fmt: skip
    case = stage.routed()
    items = stage.items(case)
    vote_through(stage, items["ugc"], "ugc")
    stage.voting(items["ucc"], "ucc")
    stage.vote(items["ucc"], "ucc", "yyyyyyyyy")
    stage.do("close_vote", chair("ucc"), items["ucc"])
    before, stage.clock.at = stage.clock.at, SILENCE_OVER
    unopposed(stage, items["ucc"])
    stage.caused(items["ucc"], "committee_carried", to="design")
    stage.clock.at = before
    case = stage.routed()
    item = stage.items(case)["ugc"]
    stage.do("return_item", chair("ugc"), item, changes=CHANGES)
    stage.caused(item, "committee_returned", to="returned")
    case = stage.routed()
    item = stage.voting(stage.items(case)["ugc"], "ugc")
    stage.vote(item, "ugc", "n" * len(COMMITTEES["ugc"]))
    stage.do("close_vote", chair("ugc"), item)
    stage.caused(item, "committee_failed", to="declined")


def _designs(stage: Stage) -> None:
    stage.scene("edit", PROPOSER, stage.designing(), fields={"description": "Another text."})
    stage.scene("ask_endorsement", PROPOSER, edited(stage, stage.designing()))
    stage.scene("endorse", UNIT_HEAD, edited(stage, stage.designing()))
    case = edited(stage, stage.designing())
    stage.do("endorse", UNIT_HEAD, case)
    stage.scene("mark_design_complete", PROPOSER, case, to="asa_review")


def _reviews(stage: Stage) -> None:
    scores = dict.fromkeys(JUDGED, "meets")
    stage.scene("assign_reviewer", ASA_OFFICER, stage.in_review(), reviewer=OTHER_ASA_OFFICER)
    stage.scene("score_review", ASA_OFFICER, stage.in_review(), **scores)
    case = stage.in_review()
    stage.do("score_review", ASA_OFFICER, case, **scores)
    stage.scene("approve", ASA_OFFICER, case, to="approved")


def _approved(stage: Stage) -> None:
    stage.scene("record_code", REGISTRAR, stage.approved(), code="B-101")
    stage.scene("set_roster", UNIT_HEAD, stage.approved(), assessors=[ASSESSOR])
    stage.scene("publish_design", ASA_OFFICER, stage.approved(), alt="Three rings.")
    case = stage.approved()
    stage.prepared(case)
    stage.scene("issue", ASA_OFFICER, case, to="issued", effective_on="2026-11-24")


def _reviewed_after_a_carry(stage: Stage) -> str:
    case = carried(stage, stage.routed())
    stage.complete_design(case)
    return case


def _declines(stage: Stage) -> None:
    stage.scene("decline", ASA_OFFICER, stage.submitted(), to="declined", **DECLINED)
    stage.scene("decline", ASA_OFFICER, stage.in_review(), to="declined", **DECLINED)
    case = _reviewed_after_a_carry(stage)
    stage.scene("recommend_decline", ASA_OFFICER, case, reason="The need is gone.")
    case = _reviewed_after_a_carry(stage)
    stage.do("recommend_decline", ASA_OFFICER, case, reason="The need is gone.")
    stage.scene("decline", ASA_DIRECTOR, case, to="declined", note="by the director", **DECLINED)
    case = stage.submitted()
    stage.do("decline", ASA_OFFICER, case, **DECLINED)
    stage.due(case, "close_appeal_window", to="declined_final")


def _ends(stage: Stage) -> None:
    for case in (
        stage.draft(), stage.submitted(), returned(stage, stage.submitted()), stage.routed(),
        stage.designing(), stage.in_review(), stage.approved(),
    ):  # fmt: skip
        stage.scene("withdraw", PROPOSER, case, to="withdrawn")
    stage.due(stage.draft(), "expire", to="expired")
    stage.due(returned(stage, stage.submitted()), "expire", to="expired")


def _desk(stage: Stage) -> None:
    """Taken, given back, nudged, commented on, wherever that may be."""
    for begun in (stage.submitted, stage.in_review):
        stage.scene("take", ASA_OFFICER, begun())
        case = begun()
        stage.do("take", ASA_OFFICER, case)
        stage.scene("give_back", ASA_OFFICER, case)
    for begun in (stage.submitted, stage.routed, stage.in_review, stage.approved):
        stage.scene("nudge", PROPOSER, begun(), note="Term begins soon.")
    said = {"words": "Why so short? @ida-example", "field": "title", "mentions": [UNIT_HEAD]}
    declined = stage.submitted()
    stage.do("decline", ASA_OFFICER, declined, **DECLINED)
    back = returned(stage, stage.submitted())
    for case in (stage.draft(), stage.submitted(), back, stage.routed(), stage.designing(),
                 stage.in_review(), stage.approved(), declined):  # fmt: skip
        stage.scene("comment", ASA_DIRECTOR, case, **said)


def _corrections(stage: Stage) -> None:
    """The record is set right by two people, wherever that may be."""
    wrong = {"what": "Date of the consultation", "value": "2026-11-02", "reason": "See the notes."}
    for begun in (stage.routed, stage.designing, stage.in_review, stage.approved):
        stage.scene("propose_correction", ADMIN, begun(), **wrong)
        case = begun()
        stage.do("propose_correction", ADMIN, case, **wrong)
        stage.scene("confirm_correction", ASA_DIRECTOR, case)
        stage.scene("drop_correction", ADMIN, case, reason="It was right.")
