"""The scenes of a credential and an award: every row of both machines, from every state."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from tests.factory import (
    ADMIN,
    ASA_DIRECTOR,
    ASA_OFFICER,
    ASSESSOR,
    LEARNER,
    REGISTRAR,
    insert,
)
from tests.faults.scenes import Stage
from tests.workflow.award_play import ANSWERS, COMPETENCIES, FEEDBACK, OUTCOMES, Awards, sign
from workflow.assembler import assemble
from workflow.follow import follow

EVIDENCE = {"o1": "My brief: https://example.edu/brief", "o2": "My second brief."}


@dataclass
class AwardStage(Awards):
    """Awards whose learners are new people each time, so that claims do not meet."""

    play: Stage
    _learners: Iterator[int] = field(default_factory=count)
    _badge: str = ""

    def follow(self) -> int:
        handlers = {"sign": sign, "assemble": assemble}
        return follow(self.play.engine, handlers=handlers, cause=self.play.last)

    @property
    def in_common(self) -> str:
        """The badge that most claims are for."""
        self._badge = self._badge or self.badge("Data Storytelling in common")
        return self._badge

    def learner(self) -> str:
        """A learner nobody has met."""
        name = f"learner-{next(self._learners)}"
        with self.play.connect() as connection:
            insert(
                connection, "person", id=name, name=f"Learner {name}", email=f"{name}@example.edu"
            )
        return name

    def begun(self) -> tuple[str, str]:
        """A claim by a new learner: (case, learner)."""
        learner = self.learner()
        return self.claimed(self.in_common, learner), learner

    def scored(self, *levels: int) -> tuple[str, str]:
        """Evidence for as many outcomes as there are levels, each scored."""
        case, learner = self.begun()
        outcomes = [f"o{n}" for n in range(1, len(levels) + 1)]
        self.submit(case, *outcomes, learner=learner)
        for outcome, level in zip(outcomes, levels, strict=True):
            self.score(case, outcome, level)
        return case, learner

    def finished(self, *levels: int) -> tuple[str, str]:
        case, learner = self.scored(*levels)
        self.do("finish_round", ASSESSOR, case)
        return case, learner

    def read(self) -> tuple[str, str]:
        """A reflection that waits for its reader."""
        case, learner = self.finished(3, 3)
        self.do("submit_reflection", learner, case, **ANSWERS)
        return case, learner

    def judged(self) -> tuple[str, str]:
        """With ASA for verification."""
        case, learner = self.read()
        self.do("accept_reflection", ASSESSOR, case, level="meets")
        return case, learner

    def scene(self, trigger: str, actor: str, case: str | None, *, to: str = "same", note: str = "",
              **form: object) -> None:  # fmt: skip
        """Keep what a person could do now."""
        self.play.scene(trigger, actor, case, to=to, machine="award", note=note, **form)


def scenes(stage: Stage) -> None:
    """Every row of the credential and of the award."""
    awards = AwardStage(stage)
    _in_force(stage)
    for play in (_corrections, _claims, _rounds, _reflections, _issuing, _times, _ends):
        play(awards)
    stage.recounts("award")


def _in_force(stage: Stage) -> None:
    case = stage.issued()
    stage.caused(case, "put_in_force", to="active")


def _corrections(awards: AwardStage) -> None:
    """A title is set right by two people."""
    wrong = {"what": "Title", "reason": "It is misspelt."}
    case = awards.badge("Data Storyteling")
    awards.play.scene("propose_correction", ADMIN, case, value="Data Story Telling", **wrong)
    case = awards.badge("Data Pituring")
    awards.play.do("propose_correction", ADMIN, case, value="Data Picturing", **wrong)
    awards.play.scene("confirm_correction", ASA_DIRECTOR, case)
    awards.play.scene("drop_correction", ADMIN, case, reason="It was right.")


def _claims(awards: AwardStage) -> None:
    awards.scene("claim", awards.learner(), None, to="claimed", credential=awards.in_common)
    first, second = awards.badge("Charts"), awards.badge("Sources")
    certificate = awards.certificate(
        first, second, slos=[OUTCOMES[0]], competencies=COMPETENCIES[:1]
    )
    for badge in (first, second):
        awards.issued(badge)
    (opened,) = awards.row("SELECT case_id FROM award WHERE credential = %s", certificate)
    awards.do("withdraw", LEARNER, str(opened))
    case = awards.claimed(certificate)
    awards.play.caused(case, "open_certificate", to="reflection")


def _rounds(awards: AwardStage) -> None:
    case, learner = awards.begun()
    awards.scene("submit_evidence", learner, case, to="under_assessment", evidence=EVIDENCE,
                 integrity=True)  # fmt: skip
    case, learner = awards.finished(1, 3)
    awards.scene("submit_evidence", learner, case, to="under_assessment", note="again",
                 evidence={"o1": "Mended."}, integrity=True)  # fmt: skip
    case, learner = awards.begun()
    awards.submit(case, learner=learner)
    awards.scene("score_slo", ASSESSOR, case, outcome="o1", level="3", feedback=FEEDBACK)
    ends = {(3, 3): "reflection", (3,): "claimed", (1, 3): "not_yet"}
    for levels, to in ends.items():
        case, _ = awards.scored(*levels)
        awards.scene("finish_round", ASSESSOR, case, to=to)
    case, _ = awards.judged()
    awards.do("send_back", ASA_OFFICER, case, defect="Which source?", outcomes=["o1"])
    awards.score(case, "o1")
    awards.scene("finish_round", ASSESSOR, case, to="asa_verification")
    case, _ = awards.finished(1, 3)
    awards.play.due(case, "return_to_claimed", to="claimed")


def _reflections(awards: AwardStage) -> None:
    case, learner = awards.finished(3, 3)
    awards.scene("submit_reflection", learner, case, to="reflection_review", **ANSWERS)
    case, _ = awards.read()
    awards.scene("accept_reflection", ASSESSOR, case, to="asa_verification", level="meets")
    case, _ = awards.read()
    awards.scene("return_reflection", ASSESSOR, case, to="reflection", feedback="Name one moment.")


def _issuing(awards: AwardStage) -> None:
    case, _ = awards.judged()
    awards.scene("verify", ASA_OFFICER, case, to="approved_to_issue", identity_method="directory")
    case, _ = awards.judged()
    awards.scene("send_back", ASA_OFFICER, case, to="under_assessment", defect="Which source?",
                 outcomes=["o1"])  # fmt: skip
    case, _ = awards.judged()
    awards.verify(case)
    (credential_id,) = awards.row("SELECT credential_id FROM award WHERE case_id = %s", case)
    with awards.play.connect() as connection:
        insert(connection, "signed_credential", case_id=case, credential_id=credential_id)
    awards.scene("issue", "system", case, to="issued")
    case, learner = awards.judged()
    awards.verify(case)
    awards.follow()
    awards.scene("publish", learner, case, name_shown=True)
    awards.do("publish", learner, case)
    awards.scene("unpublish", learner, case)
    awards.scene("record_confirmed", REGISTRAR, case, record="2026-118",
                 kept_in="student_system")  # fmt: skip
    awards.do("record_confirmed", REGISTRAR, case, record="2026-118", kept_in="student_system")
    awards.scene("correct_record", REGISTRAR, case, record="2026-119", reason="A digit was wrong.")


def _times(awards: AwardStage) -> None:
    for case, _ in (awards.begun(), awards.finished(1, 3), awards.finished(3, 3)):
        awards.scene("extend", ASA_OFFICER, case, reason="work", business_days=20)
    for case, _ in (awards.begun(), awards.finished(3, 3)):
        awards.play.due(case, "lapse", to="lapsed")


def _ends(awards: AwardStage) -> None:
    waiting, learner = awards.begun()
    awards.submit(waiting, learner=learner)
    for case, who in (awards.begun(), (waiting, learner), awards.finished(1, 3),
                      awards.finished(3, 3), awards.read()):  # fmt: skip
        awards.scene("withdraw", who, case, to="withdrawn")
