"""Issuing happens once: killed anywhere and run again, the same bytes and one entry."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import orjson
import psycopg
import pytest

from credentials.build import build
from credentials.did import VerificationKey
from credentials.errors import NotBuildable
from credentials.verify import Answer, verify
from policies.document import ProposalDocument, read_document
from tests.factory import LEARNER
from tests.policies.documents import badge_data
from tests.workflow.award_play import BASE, COMPETENCIES, ISSUER, OUTCOMES, SIGNER, Awards
from tests.workflow.play import Play
from workflow.award.signing import HeldPart, ToSign, achievement_facts, award_facts
from workflow.engine import Connect
from workflow.issuing import sign_award, sign_record, status_bits, status_lists
from workflow.perform import Done, NotAllowedError, NotFoundError
from workflow.queries.shown import public_view


class KilledError(BaseException):
    """What a worker meets that is killed."""


@pytest.fixture
def awards(play: Play) -> Awards:
    return Awards(play)


def approved(awards: Awards) -> str:
    """An award that is approved to be issued, and not signed yet."""
    case = awards.to_verify(awards.badge())
    awards.verify(case)
    return case


def signed(awards: Awards, case: str) -> Done:
    return sign_award(awards.play.engine, case, issuer=ISSUER, signer=SIGNER, base_url=BASE)


def stored(awards: Awards, case: str) -> list[tuple[object, ...]]:
    return awards.rows(
        "SELECT credential_id, sha256, body FROM signed_credential WHERE case_id = %s", case
    )


def dying(connect: Connect, *, after: int) -> Connect:
    """Connections of a worker that is killed before it takes the next one."""
    taken = iter(range(after))

    @contextmanager
    def lent() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        if next(taken, None) is None:
            raise KilledError
        with connect() as connection:
            yield connection

    return lent


def test_what_is_issued_verifies_and_says_nothing_that_names_the_learner(awards: Awards) -> None:
    case = approved(awards)
    signed(awards, case)
    ((credential_id, digest, body),) = stored(awards, case)
    assert isinstance(body, bytes)
    assert digest == sha256(body).hexdigest()
    document = orjson.loads(body)
    assert document["id"] == credential_id
    assert document["issuer"]["id"] == ISSUER.id
    for word in (b"leo", b"Leo", b"example.edu/brief"):
        assert word not in body
    levels = [result.get("value") for result in document["credentialSubject"]["result"]]
    assert levels == ["3, proficient", "Met", None]


def test_the_stored_bytes_are_judged_valid_by_a_reader(awards: Awards) -> None:
    case = approved(awards)
    signed(awards, case)
    ((_, _, body),) = stored(awards, case)
    key = VerificationKey(SIGNER.key_id, ISSUER.id, SIGNER.public_key)
    verdict = verify(
        orjson.loads(bytes(body)),  # type: ignore[call-overload]
        resolve_key=lambda _: key, now=awards.play.clock.now(),
    )  # fmt: skip
    assert verdict.answer is Answer.VALID


@pytest.mark.parametrize("connections", range(4))
def test_killed_anywhere_and_run_again_it_is_signed_and_issued_once(
    awards: Awards, connections: int
) -> None:
    case = approved(awards)
    engine = awards.play.engine
    killed = replace(engine, connect=dying(engine.connect, after=connections))
    with suppress(KilledError):
        sign_award(killed, case, issuer=ISSUER, signer=SIGNER, base_url=BASE)
    kept = stored(awards, case)
    awards.play.clock.advance(hours=2)
    assert signed(awards, case).state == "issued"
    assert len(stored(awards, case)) == 1
    assert not kept or stored(awards, case) == kept
    assert awards.row(
        "SELECT count(*) FROM entry WHERE case_id = %s AND trigger = 'issue'", case
    ) == (1,)


def approved_certificate(awards: Awards) -> str:
    """A micro-certificate of two badges that is approved to be issued, and not signed yet."""
    first, second = awards.badge("Charts"), awards.badge("Sources")
    certificate = awards.certificate(
        first, second, slos=OUTCOMES[:1], competencies=COMPETENCIES[:1]
    )
    awards.issued(first)
    awards.issued(second)
    ((case,),) = awards.rows("SELECT case_id FROM award WHERE credential = %s", certificate)
    awards.reflected(str(case))
    awards.verify(str(case))
    return str(case)


def records(awards: Awards) -> list[tuple[object, ...]]:
    return awards.rows("SELECT case_id, sha256, body FROM learner_record")


def test_a_certificate_is_kept_with_its_badges_as_one_signed_file(awards: Awards) -> None:
    case = approved_certificate(awards)
    signed(awards, case)
    ((of, digest, body),) = records(awards)
    assert (of, digest) == (case, sha256(bytes(body)).hexdigest())  # type: ignore[call-overload]
    record = orjson.loads(bytes(body))  # type: ignore[call-overload]
    held = record["credentialSubject"]["verifiableCredential"]
    kept = awards.rows("SELECT body FROM signed_credential ORDER BY signed_at DESC, credential_id")
    assert sorted(one["id"] for one in held) == sorted(orjson.loads(b)["id"] for (b,) in kept)  # type: ignore[arg-type]
    key = VerificationKey(SIGNER.key_id, ISSUER.id, SIGNER.public_key)
    assert verify(record, resolve_key=lambda _: key, now=awards.play.clock.now()).valid


@pytest.mark.parametrize("connections", range(6))
def test_killed_anywhere_a_certificate_has_one_record_and_is_issued_once(
    awards: Awards, connections: int
) -> None:
    case = approved_certificate(awards)
    engine = awards.play.engine
    killed = replace(engine, connect=dying(engine.connect, after=connections))
    with suppress(KilledError):
        sign_award(killed, case, issuer=ISSUER, signer=SIGNER, base_url=BASE)
    kept = records(awards)
    awards.play.clock.advance(hours=2)
    assert signed(awards, case).state == "issued"
    assert len(records(awards)) == len(stored(awards, case)) == 1
    assert not kept or records(awards) == kept
    assert not sign_record(engine, case, issuer=ISSUER, signer=SIGNER)


def test_a_badge_has_no_record(awards: Awards) -> None:
    case = approved(awards)
    signed(awards, case)
    assert not sign_record(awards.play.engine, case, issuer=ISSUER, signer=SIGNER)
    assert records(awards) == []


def test_a_certificate_names_the_picture_of_its_version(awards: Awards) -> None:
    case = approved(awards)
    signed(awards, case)
    ((_, _, body),) = stored(awards, case)
    achievement = orjson.loads(bytes(body))["credentialSubject"]["achievement"]  # type: ignore[call-overload]
    image = achievement["image"]
    assert image["id"] == f"{achievement['id']}/image.png"
    assert image["caption"] == "Badge: Data Storytelling"


def test_run_again_after_all_is_done_it_gives_the_first_answer(awards: Awards) -> None:
    case = approved(awards)
    first = signed(awards, case)
    kept = stored(awards, case)
    again = signed(awards, case)
    assert again.repeated
    assert (again.seq, stored(awards, case)) == (first.seq, kept)


def test_of_two_workers_the_first_ones_bytes_are_the_credential(awards: Awards) -> None:
    case = approved(awards)
    engine = awards.play.engine
    slow = replace(engine, connect=_overtaken(engine.connect, lambda: signed(awards, case)))
    assert sign_award(slow, case, issuer=ISSUER, signer=SIGNER, base_url=BASE).repeated
    assert len(stored(awards, case)) == 1


def _overtaken(connect: Connect, other: Callable[[], Done]) -> Connect:
    """Connections of a worker whom another overtakes while it signs."""
    taken = iter(range(99))

    @contextmanager
    def lent() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        if next(taken) == 1:
            other()
        with connect() as connection:
            yield connection

    return lent


def test_what_is_not_approved_is_not_signed(awards: Awards) -> None:
    case = awards.to_verify(awards.badge())
    with pytest.raises(NotAllowedError):
        signed(awards, case)
    assert stored(awards, case) == []


def test_there_is_nothing_to_sign_where_there_is_no_award(awards: Awards) -> None:
    with pytest.raises(NotFoundError):
        signed(awards, "AW-999")


# ---------------------------------------------------------------- what the public may see


def test_the_public_sees_the_award_and_the_name_only_once_the_learner_shows_it(
    awards: Awards,
) -> None:
    case = awards.issued(awards.badge())
    ((credential_id, _, body),) = stored(awards, case)
    with awards.play.connect() as connection:
        view = public_view(connection, str(credential_id))
        assert view
        assert (view.title, view.learner_name, view.published) == ("Data Storytelling", "", False)
        assert (view.case, view.body, view.mark) == (case, body, "")
        awards.do("publish", LEARNER, case, name_shown=True)
        named = public_view(connection, str(credential_id))
        assert named
        assert named.learner_name
        awards.do("publish", LEARNER, case)
        unnamed = public_view(connection, str(credential_id))
        assert unnamed
        assert (unnamed.published, unnamed.learner_name) == (True, "")
        awards.do("unpublish", LEARNER, case)
        assert public_view(connection, str(credential_id)) is None


def test_what_is_signed_but_not_issued_is_not_shown(awards: Awards) -> None:
    case = approved(awards)
    engine = awards.play.engine
    with pytest.raises(KilledError):
        sign_award(
            replace(engine, connect=dying(engine.connect, after=2)), case,
            issuer=ISSUER, signer=SIGNER, base_url=BASE,
        )  # fmt: skip
    ((credential_id, *_),) = stored(awards, case)
    with awards.play.connect() as connection:
        assert public_view(connection, str(credential_id)) is None
        assert public_view(connection, "urn:uuid:nothing") is None


def test_a_list_is_published_for_each_reserved_place_and_nothing_is_revoked(
    awards: Awards,
) -> None:
    with awards.play.connect() as connection:
        assert status_lists(connection) == ()
    approved(awards)
    with awards.play.connect() as connection:
        assert status_lists(connection) == (1,)
        assert status_bits(connection, 1) == ()


# ---------------------------------------------------------------- what a credential is built from


def to_sign(**changes: object) -> ToSign:
    document = read_document(badge_data() | {"slos": OUTCOMES, "competencies": [
        {"statement": "Plans interviews.", "kind": "skill"}]})  # fmt: skip
    said: dict[str, object] = {
        "credential_id": "urn:uuid:7d1c8f4e-0000-4000-8000-000000000001", "status_list": 1,
        "status_index": 7, "approved_at": datetime(2026, 11, 24, 14, 0, tzinfo=UTC),
        "email": "leo@example.edu", "credential": "CR-1", "version": 1,
        "title": "Data Storytelling", "type": "digital_badge", "code": "B-1",
        "rigor": "intermediate", "unit": "libraries", "unit_name": "University Libraries",
        "document": document, "levels": {"o1": "4, distinguished", "o2": "3, proficient"},
        "parts": (),
    }  # fmt: skip
    return ToSign(**(said | changes))  # type: ignore[arg-type]


def built(signing: ToSign) -> dict[str, object]:
    return build(
        award_facts(signing, base_url=BASE), achievement_facts(signing, base_url=BASE),
        issuer=ISSUER,
    )  # fmt: skip


def with_slos(*slos: dict[str, object]) -> ProposalDocument:
    return read_document(badge_data() | {"slos": list(slos)})


def test_the_same_award_gives_the_same_facts() -> None:
    assert built(to_sign()) == built(to_sign())


def test_an_outcome_that_a_part_shows_is_stated_at_the_level_required() -> None:
    results = {r.outcome: r.value for r in award_facts(
        to_sign(levels={"o2": "3, proficient"}), base_url=BASE).results}  # fmt: skip
    assert results == {"o1": "3, proficient", "o2": "Met"}


def test_levels_that_are_called_the_same_are_numbered() -> None:
    same = {**OUTCOMES[0], "rubric": [{"level": "Good", "description": str(n)} for n in range(4)]}
    signing = to_sign(document=with_slos(same), levels={"o1": "Good"})
    (outcome,) = achievement_facts(signing, base_url=BASE).outcomes
    (result,) = award_facts(signing, base_url=BASE).results
    assert (outcome.required, result.value) == ("3, Good", "3, Good")
    assert built(signing)


def test_levels_without_a_name_are_called_by_their_number() -> None:
    bare = {**OUTCOMES[0], "threshold": "", "rubric": [{"description": str(n)} for n in range(4)]}
    signing = to_sign(document=with_slos(bare), levels={"o1": "Level 4"})
    (result,) = award_facts(signing, base_url=BASE).results
    assert result.value == "Level 4"
    assert "Threshold: Level 3" in achievement_facts(signing, base_url=BASE).criteria


def test_a_certificate_without_outcomes_of_its_own_shows_that_its_stack_is_complete() -> None:
    parts = (
        HeldPart("CR-1", "Charts", 1, "urn:uuid:7d1c8f4e-0000-4000-8000-000000000002"),
        HeldPart("CR-2", "Sources", 2, None),
    )
    bare = read_document({"title": "Data", "type": "micro_certificate", "description": "Both."})
    signing = to_sign(document=bare, parts=parts, levels={}, type="micro_certificate")
    achievement = achievement_facts(signing, base_url=BASE)
    assert achievement.achievement_type == "MicroCredential"
    assert [part.name for part in achievement.constituents] == ["Charts", "Sources"]
    assert "Charts; Sources" in achievement.criteria
    assert [part.name for part in award_facts(signing, base_url=BASE).constituents] == ["Charts"]
    assert built(signing)


def test_an_alignment_points_to_its_reference_or_to_the_credentials_own_page() -> None:
    said = badge_data() | {"alignment": [
        {"kind": "industry", "statement": "Posts.", "reference": "https://example.edu/letter"},
        {"kind": "degree", "evidence": "Entry to a program.", "reference": "the catalog"},
    ]}  # fmt: skip
    found = achievement_facts(to_sign(document=read_document(said)), base_url=BASE).alignments
    assert [a.url for a in found[-2:]] == [
        "https://example.edu/letter", f"{BASE}/achievements/CR-1/v1/alignment/a2",
    ]  # fmt: skip
    assert found[0].target_type == "ceasn:Competency"


def test_an_award_that_lacks_a_level_its_rubric_asks_for_is_not_built() -> None:
    facts = replace(award_facts(to_sign(), base_url=BASE), results=())
    with pytest.raises(NotBuildable):
        build(facts, achievement_facts(to_sign(), base_url=BASE), issuer=ISSUER)


def test_learners_are_known_by_a_hash_that_differs_from_award_to_award() -> None:
    other = to_sign(credential_id="urn:uuid:7d1c8f4e-0000-4000-8000-000000000009")
    assert (
        award_facts(to_sign(), base_url=BASE).subject != award_facts(other, base_url=BASE).subject
    )
    assert LEARNER not in str(built(to_sign()))
