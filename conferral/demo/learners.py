"""The learners in the demo: evidence, scores, a second try, reflections, and ASA's verification."""

from typing import cast

from conferral.demo.proposals import ASSESSORS, OFFICER, REGISTRAR
from conferral.demo.stage import Stage

LEO, MIRA, OLA = "leo-learner", "mira-pupil", "ola-guest"
_GOOD, _LOW = "3, proficient", "2, developing"


def claim(stage: Stage, learner: str, credential: str) -> str:
    """A learner claims a credential; the award."""
    return stage.open("award", "claim", learner, credential=credential)


def show(stage: Stage, award: str, *, below: str | None = None) -> None:
    """Evidence for every outcome that is left, scored in one round; `below` gets another try."""
    learner = str(stage.ask("SELECT learner FROM award WHERE case_id = %s", award))
    left = _left(stage, award)
    evidence = {one: f"https://portfolio.example.edu/{award.lower()}/{one}" for one in left}
    stage.do("submit_evidence", learner, award, evidence=evidence, integrity=True)
    for one in left:
        low = one == below
        feedback = "Name a source for the second claim." if low else "Every claim has its source."
        stage.do("score_slo", ASSESSORS[0], award, outcome=one, level=_LOW if low else _GOOD,
                 met="no" if low else "yes", feedback=feedback)  # fmt: skip
    stage.do("finish_round", ASSESSORS[0], award)


def _left(stage: Stage, award: str) -> list[str]:
    found = stage.ask(
        """SELECT json_agg(slo ->> 'id')
             FROM award a JOIN credential_version v
               ON v.case_id = a.credential AND v.version = a.credential_version,
                  jsonb_array_elements(v.content -> 'slos') AS slo
            WHERE a.case_id = %s AND NOT EXISTS (SELECT FROM outcome_result r
                   WHERE r.case_id = a.case_id AND r.outcome = slo ->> 'id' AND r.state = 'met')""",
        award,
    )
    return cast("list[str]", found or [])


def reflect(stage: Stage, award: str) -> None:
    """The culminating reflection, and an assessor who accepts it."""
    learner = str(stage.ask("SELECT learner FROM award WHERE case_id = %s", award))
    stage.do(
        "submit_reflection", learner, award,
        pathway="The first part taught me to look, the second to weigh.",
        personal_growth="I doubted that I could question a headline; now I do.",
        professional_growth="I check where a number comes from before I repeat it.",
    )  # fmt: skip
    stage.do("accept_reflection", ASSESSORS[1], award, level="meets")


def verify(stage: Stage, award: str, *, enrolled: bool = True) -> None:
    """ASA matches the identity and verifies; the worker signs; the registrar confirms it."""
    identity: dict[str, object] = {"identity_method": "directory"}
    if not enrolled:
        identity = {"identity_method": "verified_mail", "attested_by": ASSESSORS[0]}
    stage.do("verify", OFFICER, award, **identity)
    stage.settle()
    kept_in = "student_system" if enrolled else "asa_register"
    stage.do("record_confirmed", REGISTRAR, award, record=f"R-{award}", kept_in=kept_in)


def certificate_of(stage: Stage, learner: str, credential: str) -> str:
    """The award of a micro-certificate that the assembler opened for a learner."""
    found = stage.ask(
        "SELECT case_id FROM award WHERE learner = %s AND credential = %s", learner, credential
    )
    return str(found)
