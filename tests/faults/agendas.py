"""The scenes of an agenda item: every row of its machine, from every state it leaves."""

from datetime import UTC, datetime

from tests.factory import COMMITTEES, PROVOST
from tests.faults.proposals import CHANGES, mail_all, vote_through
from tests.faults.scenes import Stage
from tests.workflow.play import NEW_COURSE, chair
from workflow.perform import Command, perform

MEMBER = COMMITTEES["ugc"][3]
MEETING_DAY = datetime(2026, 12, 18, 15, tzinfo=UTC)


def scenes(stage: Stage) -> None:
    """Every row of the agenda item."""
    for play in (_begun, _scheduled, _votes, _recusals, _closes, _returns, _signed, _cancelled):
        play(stage)
    stage.recounts("agenda_item")


def _item(stage: Stage) -> str:
    return stage.items(stage.routed())["ugc"]


def _open(stage: Stage, votes: str = "") -> str:
    item = stage.voting(_item(stage), "ugc")
    stage.vote(item, "ugc", votes)
    return item


def _begun(stage: Stage) -> None:
    case = stage.consulted(**NEW_COURSE)
    stage.do("route_to_committee", "ida-example", case)
    stage.caused(case, "open_item", to="queued")
    stage.scene("place_on_agenda", chair("ugc"), _item(stage), to="scheduled",
                meeting_on="2026-12-18", section="consent")  # fmt: skip


def _scheduled(stage: Stage) -> None:
    item = _item(stage)
    stage.do("place_on_agenda", chair("ugc"), item, meeting_on="2026-12-18", section="consent")
    stage.scene("pull_from_consent", MEMBER, item, reason="A word on it.")
    stage.scene("waive_notice", chair("ugc"), stage.placed(_item(stage), "ugc"),
                in_favor=6, voting=9)  # fmt: skip
    stage.scene("open_vote", chair("ugc"), stage.placed(_item(stage), "ugc"), to="open",
                mode="e_ballot", note="by e-ballot")  # fmt: skip
    item = stage.placed(_item(stage), "ugc")
    before, stage.clock.at = stage.clock.at, MEETING_DAY
    stage.scene("open_vote", chair("ugc"), item, to="open", mode="meeting",
                present=list(COMMITTEES["ugc"][:6]), note="in a meeting")  # fmt: skip
    stage.clock.at = before
    stage.due(stage.placed(_item(stage), "ugc"), "meeting_passed", to="queued")


def _votes(stage: Stage) -> None:
    item = _open(stage)
    stage.scene("cast_vote", MEMBER, item, choice="yes", document_hash=stage.document_hash(item))
    item = _open(stage, "yyyn")
    stage.scene("cast_vote", MEMBER, item, choice="yes", note="changed",
                document_hash=stage.document_hash(item))  # fmt: skip


def _recusals(stage: Stage) -> None:
    said = {"member": MEMBER, "reason": "Co-author."}
    stage.scene("recuse", MEMBER, stage.placed(_item(stage), "ugc"), **said)
    stage.scene("recuse", chair("ugc"), _open(stage, "yyy"), **said)


def _closes(stage: Stage) -> None:
    stage.scene("close_vote", chair("ugc"), _open(stage, "yyyyynnaa"), to="carried")
    stage.scene("close_vote", chair("ugc"), _open(stage, "nnnnnyyaa"), to="failed")
    stage.due(_open(stage, "yy"), "close_vote", to="queued")
    stage.due(_open(stage, "yyyyy"), "close_vote", to="carried", note="by the clock")
    item = _before_the_senate(stage)
    stage.scene("close_vote", chair("ucc"), item, to="senate_notice")
    item = _before_the_senate(stage)
    stage.do("close_vote", chair("ucc"), item)
    with stage.connect() as connection:
        mail_all(connection, item)
    stage.due(item, "no_objection", to="carried")


def _before_the_senate(stage: Stage) -> str:
    """The university's committee has voted on it; the vote is still open."""
    items = stage.items(stage.routed())
    vote_through(stage, items["ugc"], "ugc")
    item = stage.voting(items["ucc"], "ucc")
    stage.vote(item, "ucc", "yyyyyyyyy")
    return item


def _returns(stage: Stage) -> None:
    for item in (_item(stage), stage.placed(_item(stage), "ugc"), _open(stage, "yn")):
        stage.scene("return_item", chair("ugc"), item, to="returned_item", changes=CHANGES)


def _signed(stage: Stage) -> None:
    """The item of a body that signs, opened as a chain that has one would open it."""
    case = stage.routed()
    with stage.connect() as connection:
        row = connection.execute(
            "SELECT document, document_hash FROM agenda_item WHERE proposal = %s", (case,)
        ).fetchone()
    document, digest = row  # type: ignore[misc]
    item = perform(stage.engine, Command(
        trigger="open_item", actor="system", key=f"signer of {case}", machine="agenda_item",
        form={"proposal": case, "body": "provost", "position": 0, "document": document,
              "document_hash": digest},
    )).case  # fmt: skip
    stage.scene("sign_off", PROVOST, item, to="carried")


def _cancelled(stage: Stage) -> None:
    notice = _before_the_senate(stage)
    stage.do("close_vote", chair("ucc"), notice)
    for item in (_item(stage), stage.placed(_item(stage), "ugc"), _open(stage, "yn"), notice):
        stage.scene("cancel", "system", item, to="cancelled", reason="Withdrawn: MC-1")
