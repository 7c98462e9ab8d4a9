"""One scene of each kind of transition: what the short run kills."""

from tests.factory import ASA_OFFICER, COMMITTEES, PROPOSER, UNIT, UNIT_HEAD
from tests.faults.awards import AwardStage
from tests.faults.proposals import DECLINED
from tests.faults.scenes import Stage
from tests.policies.documents import badge_data
from tests.workflow.play import NEW_COURSE


def scenes(stage: Stage) -> None:
    """Opens; stays; moves; causes others; replaces a row; by a clock; by another case; draws."""
    content = badge_data() | {"unit": UNIT, "title": "A first idea"}
    stage.scene("open", PROPOSER, to="draft", note="opens", unit=UNIT, content=content)
    stage.scene("keep", PROPOSER, stage.draft(), note="stays")
    case = stage.draft()
    stage.do("endorse", UNIT_HEAD, case)
    stage.scene("submit", PROPOSER, case, to="asa_consultation", note="moves")
    case = stage.submitted()
    stage.do("decline", ASA_OFFICER, case, **DECLINED)
    stage.due(case, "close_appeal_window", to="declined_final", note="by a clock")
    case = stage.consulted(**NEW_COURSE)
    stage.scene("route_to_committee", ASA_OFFICER, case, to="curriculum_committee",
                note="causes others")  # fmt: skip
    item = stage.voting(stage.items(stage.routed())["ugc"], "ugc")
    stage.vote(item, "ugc", "yyyyyyyyn")
    stage.scene("cast_vote", COMMITTEES["ugc"][8], item, note="replaces a row",
                choice="yes", document_hash=stage.document_hash(item))  # fmt: skip
    case = stage.consulted(**NEW_COURSE)
    stage.do("route_to_committee", ASA_OFFICER, case)
    stage.caused(case, "open_item", to="queued")
    awards = AwardStage(stage)
    award, _ = awards.judged()
    awards.scene("verify", ASA_OFFICER, award, to="approved_to_issue", note="draws",
                 identity_method="directory")  # fmt: skip
