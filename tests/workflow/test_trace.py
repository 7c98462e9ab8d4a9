"""A credential is traced back to everyone who decided, and told only to those who may see it."""

from typing import cast

import orjson
import pytest

from conferral.commands.log import faults_in
from tests import factory
from tests.workflow.award_play import SIGNER, Awards
from tests.workflow.play import Play
from workflow.log import Keeper
from workflow.queries.people import person
from workflow.queries.trace import Trace, trace


@pytest.fixture
def awards(play: Play) -> Awards:
    return Awards(play)


def logged(play: Play) -> None:
    assert Keeper("here/log").step(play.connect, signer=SIGNER, now=play.clock.now())


def traced(play: Play, named: str, viewer: str | None = None) -> Trace | None:
    with play.connect() as connection:
        who = person(connection, viewer, play.clock.now()) if viewer else None
        return trace(connection, named, viewer=who)


def lines(found: Trace | None, heading: str) -> dict[str, str]:
    assert found
    (link,) = [link for link in found.links if link.heading == heading]
    return dict(link.lines)


def test_each_link_from_the_file_to_the_policy_is_named(play: Play, awards: Awards) -> None:
    case = awards.issued(awards.badge())
    awards.recorded(case)
    logged(play)
    found = traced(play, case)
    award = lines(found, "The award")
    assert award["Learner"] == "Leo Learner"
    assert award["Outcome o1"].startswith("Met, level ")
    assert "My brief" not in str(found)
    assert "; evidence " in award["Outcome o1"]
    assert award["Reflection"] == "Accepted by Mina Testcase"
    assert award["Verified by"] == "Ida Example, identity matched by directory"
    assert award["Record"] == "2026-118"
    assert award["Policy"].startswith("380.104")
    assert len(lines(found, "The credential as approved")["Hash of its text"]) == 64
    proposal = lines(found, "The proposal behind it")
    assert "Unit head" in proposal
    assert proposal["Version 1"].count(", frozen by ") == 1


def test_a_committees_roll_is_told_by_name(play: Play, awards: Awards) -> None:
    proposal = play.routed(title="Routed")
    item = play.voting(play.items(proposal)["ugc"], "ugc")
    play.vote(item, "ugc", "yyn")
    case = awards.issued(awards.badge())
    awards.rows(
        "UPDATE agenda_item SET proposal = (SELECT proposal FROM credential LIMIT 1) RETURNING 1"
    )
    logged(play)
    found = traced(play, case)
    assert found
    body = next(link for link in found.links if link.case == item)
    votes = [said for _, said in body.lines]
    assert {"Yes", "No", "Did not vote"} <= {*votes}


def test_a_micro_certificate_names_its_parts(play: Play, awards: Awards) -> None:
    badge, other = awards.badge(), awards.badge("Data Ethics")
    certificate = awards.certificate(badge, other)
    part = awards.issued(badge)
    awards.issued(other)
    (case,) = awards.row("SELECT case_id FROM award WHERE credential = %s", certificate)
    awards.reflected(str(case))
    awards.verify(str(case))
    awards.follow()
    found = lines(traced(play, str(case)), "The award")
    assert found["Part Data Storytelling"].endswith(f"({part})")


def test_the_whole_is_proved_without_a_database(play: Play, awards: Awards) -> None:
    case = awards.issued(awards.badge())
    before = traced(play, case)
    assert before
    assert (before.checkpoint, before.entries) == ("", [])
    logged(play)
    found = traced(play, before.credential_id)
    assert found
    bundle = orjson.loads(orjson.dumps(found.as_data()))
    assert len(bundle["entries"]) > 15
    assert faults_in(bundle, (SIGNER.public_key,)) == []
    bundle["entries"][3]["entry"]["actor"] = "max-instance"
    assert len(faults_in(bundle, (SIGNER.public_key,))) == 1


@pytest.mark.parametrize(
    ("viewer", "whole"),
    [(factory.ASA_OFFICER, True), (factory.REGISTRAR, True), (factory.LEARNER, None),
     (factory.OTHER_LEARNER, None), (factory.UNIT_HEAD, None)],
)  # fmt: skip
def test_a_viewer_reads_what_they_may_see_elsewhere_and_of_the_rest_the_hashes(
    play: Play, awards: Awards, viewer: str, *, whole: bool | None
) -> None:
    case = awards.issued(awards.badge())
    logged(play)
    found = traced(play, case, viewer)
    if viewer in {factory.OTHER_LEARNER, factory.UNIT_HEAD}:
        assert found is None
        return
    assert found
    told = {link.case: link.told for link in found.links}
    hidden = [one for one in found.entries if "entry" not in one]
    if whole:
        assert all(told.values())
        assert not hidden
    else:
        assert told[case]
        assert {str(one["case_id"]) for one in hidden} == {k for k, v in told.items() if not v}
    bundle = cast("dict[str, object]", orjson.loads(orjson.dumps(found.as_data())))
    assert faults_in(bundle, (SIGNER.public_key,)) == []


def test_what_is_not_signed_has_no_trace(play: Play, awards: Awards) -> None:
    case = awards.to_verify(awards.badge())
    assert traced(play, case) is None
    assert traced(play, "urn:uuid:none") is None
