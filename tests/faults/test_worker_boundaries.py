"""F2 for workers: killed at every statement boundary, what they carry out is carried out once.

A worker's work is several commits: a claim, what is done, the finish. A death leaves a lease; when
it ends another worker takes the row up again, and in the end the database holds what it holds when
nobody dies, apart from how often was tried.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

import pytest

from credentials.keys import Signer
from tests.factory import ASA_OFFICER, LEARNER
from tests.faults.awards import AwardStage
from tests.faults.ground import Ground, Trial, ground
from tests.faults.killing import watched
from tests.faults.proposals import DECLINED
from tests.faults.scenes import Stage
from tests.workflow.award_play import BASE, COMPETENCIES, ISSUER, OUTCOMES, SIGNER, sign
from tests.workflow.play import NEW_COURSE, chair
from workflow.assembler import assemble
from workflow.engine import Engine
from workflow.follow import follow
from workflow.issuing import sign_award
from workflow.sweep import sweep_deadlines

#: Hundreds of children are killed one after another: a loaded machine needs its time.
pytestmark = pytest.mark.timeout(900)

HANDLERS = {"sign": sign, "assemble": assemble}
#: Another worker comes, and the next finds that nothing is left.
ROUNDS = 2


def worked(laid: Ground, at: datetime, work: Callable[[Engine], object]) -> int:
    """Kill a worker at each boundary of its work, and let another end it; how many there were."""

    def again(engine: Engine) -> None:
        for _ in range(ROUNDS):
            laid.leases_end()
            work(engine)

    laid.put_back()
    known = laid.violations(at)
    trial = Trial(
        laid, at, lambda engine, boundaries: work(watched(engine, laid.url, boundaries)), again,
        at_once=False,
    )  # fmt: skip
    names = trial.killed_everywhere()
    assert laid.violations(at) <= known
    return len(names)


def follows(laid: Ground, at: datetime) -> int:
    return worked(laid, at, lambda engine: follow(engine, handlers=HANDLERS))


def test_what_one_case_caused_in_others_happens_once(database_url: str) -> None:
    changes = [{"field": "title", "asks": "Say it shorter."}]

    def play(stage: Stage) -> None:
        stage.do("route_to_committee", ASA_OFFICER, stage.consulted(**NEW_COURSE))
        items = stage.items(stage.routed())
        for body in ("ugc", "ucc"):
            stage.do("return_item", chair(body), items[body], changes=changes)

    with ground(database_url, play) as (laid, _):
        assert follows(laid, laid.engine.clock.now()) > 40
        found = laid.link.execute("SELECT state FROM follow_on ORDER BY state").fetchall()
    states = [state for (state,) in found]
    # Of two bodies that return it, the second comes too late: its word is moot, once.
    assert states.count("moot") == 1
    assert set(states) == {"done", "moot"}


def test_a_deadline_does_what_it_does_once(database_url: str) -> None:
    """After 40 days people were written to, and two clocks have fired."""

    def play(stage: Stage) -> None:
        stage.submitted()
        stage.do("decline", ASA_OFFICER, stage.submitted(), **DECLINED)
        stage.voting(stage.items(stage.routed())["ugc"], "ugc")

    with ground(database_url, play) as (laid, _):
        at = laid.engine.clock.now() + timedelta(days=40)
        assert worked(laid, at, sweep_deadlines) > 30
        left = laid.link.execute(
            "SELECT count(*) FROM deadline WHERE state = 'armed' AND fires_at <= %s", (at,)
        ).fetchone()
    assert left == (0,)


def test_a_clock_that_may_not_fire_is_refused_once_and_told(database_url: str) -> None:
    def play(stage: Stage) -> None:
        items = stage.items(stage.routed())
        for body in ("ugc", "ucc"):
            item = stage.voting(items[body], body)
            stage.vote(item, body, "yyyyyyyyy")
            stage.do("close_vote", chair(body), item)
            stage.follow()

    with ground(database_url, play) as (laid, _):
        worked(laid, laid.engine.clock.now() + timedelta(days=120), sweep_deadlines)
        told = laid.link.execute(
            "SELECT count(*), count(DISTINCT recipient) FROM notification "
            "WHERE kind = 'agenda_item.clock_refused'"
        ).fetchone()
        assert told is not None
    assert told[0] == told[1] != 0


# ------------------------------------------------------------------- issuing


@dataclass
class CountingSigner:
    """A signer that says how often it was asked."""

    signer: Signer
    asked: int = 0

    @property
    def key_id(self) -> str:
        return self.signer.key_id

    @property
    def public_key(self) -> bytes:
        return self.signer.public_key

    def sign(self, data: bytes) -> bytes:
        self.asked += 1
        return self.signer.sign(data)


def approved(stage: Stage) -> None:
    awards = AwardStage(stage)
    case, _ = awards.judged()
    awards.verify(case)


def test_no_award_is_half_issued_and_none_is_signed_twice(database_url: str) -> None:
    with ground(database_url, approved) as (laid, _):
        row = laid.link.execute("SELECT id FROM cases WHERE state = 'approved_to_issue'").fetchone()
        case = str(cast("tuple[object]", row)[0])
        kept: list[bool] = []

        def issue(engine: Engine, signer: Signer = SIGNER) -> object:
            return sign_award(engine, case, issuer=ISSUER, signer=signer, base_url=BASE)

        def again(engine: Engine) -> None:
            """Another worker, two hours later: what it would sign anew would have other bytes."""
            before, signer = stored(laid), CountingSigner(SIGNER)
            later = laid.engine_at(engine.clock.now() + timedelta(hours=2)).clock
            issue(replace(engine, clock=later), signer)
            assert signer.asked == (0 if before else 1)
            assert not before or stored(laid) == before
            (issued,) = laid.link.execute(
                "SELECT state FROM cases WHERE id = %s", (case,)
            ).fetchall()
            assert issued == ("issued",)
            kept.append(bool(before))
            laid.put_back()
            issue(engine)

        trial = Trial(
            laid, laid.engine.clock.now(),
            lambda engine, boundaries: issue(watched(engine, laid.url, boundaries)), again,
            at_once=False,
        )  # fmt: skip
        names = trial.killed_everywhere()
    assert len(names) == len(kept) == 3 * 5 + 2
    assert kept == sorted(kept)
    assert 0 < sum(kept) < len(kept)


def stored(laid: Ground) -> list[tuple[object, ...]]:
    return laid.link.execute("SELECT credential_id, sha256, body FROM signed_credential").fetchall()


def stacked(stage: Stage) -> None:
    """One part of a certificate is issued and the other is verified."""
    awards = AwardStage(stage)
    first, second = awards.badge("Charts"), awards.badge("Sources")
    awards.certificate(first, second, slos=[OUTCOMES[0]], competencies=COMPETENCIES[:1])
    awards.issued(first)
    awards.verify(awards.to_verify(second))


def signed_too(stage: Stage) -> None:
    stacked(stage)
    follow(stage.engine, handlers={"sign": sign}, cause=stage.last)


def certificates(laid: Ground) -> list[tuple[object, ...]]:
    return laid.link.execute(
        "SELECT c.state FROM award a JOIN cases c ON c.id = a.case_id "
        "JOIN credential k ON k.case_id = a.credential "
        "WHERE a.learner = %s AND k.type = 'micro_certificate'", (LEARNER,),
    ).fetchall()  # fmt: skip


def test_a_complete_stack_opens_its_certificate_once(database_url: str) -> None:
    with ground(database_url, signed_too) as (laid, _):
        assert follows(laid, laid.engine.clock.now()) > 20
        assert certificates(laid) == [("reflection",)]


@pytest.mark.long
def test_from_the_verification_to_the_certificate_each_step_happens_once(
    database_url: str,
) -> None:
    """Sign, issue, assemble, claim and open: all that a worker does after an officer's click."""
    with ground(database_url, stacked) as (laid, _):
        assert follows(laid, laid.engine.clock.now()) > 40
        assert certificates(laid) == [("reflection",)]
