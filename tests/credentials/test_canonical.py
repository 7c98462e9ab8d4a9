import json
import re
from collections.abc import Mapping
from dataclasses import replace

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from credentials.build import build
from credentials.canonical import canonicalise
from credentials.contexts import CREDENTIALS_V2, pinned
from credentials.errors import ContextRefused, NotCanonical
from credentials.facts import (
    AchievementFacts,
    Alignment,
    AwardFacts,
    OutcomeResult,
    RubricOutcome,
)
from credentials.guard import undefined
from tests.credentials.samples import (
    AWARD,
    BADGE,
    ISSUER,
    MICRO_CERTIFICATE,
    STACKED_AWARD,
    issued,
    shared,
)

NAMES = [
    "Análisis de datos: ¿qué y por qué?",
    "数据素养",
    "محو أمية البيانات",
    "Data 📊 👩🏽‍🔬 🏳️‍🌈",
    "She said \"data\" and \\n \\u0041 and 'that'",
    "line\u2028separator and\u2029paragraph\u0085",
    "tab\tand line\nand return\r",
    "_:b0 <x:p> . ^^ @en",
    "name: Badge, type: @id",
    "\ufeffzero\u200bwidth\u202eturned",
]


def reference(document: Mapping[str, object]) -> bytes:
    """The N-Quads of pyld, with every context read whole."""
    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "documentLoader": pinned().loader,
    }
    return str(jsonld.normalize(dict(document), options)).encode()


def assert_canonical(document: Mapping[str, object]) -> None:
    expected = reference(document)
    assert canonicalise(document, contexts=pinned()) == expected
    assert undefined(document, contexts=pinned()) == ()
    assert canonicalise(document, contexts=pinned(), guarded=True) == expected


@pytest.mark.parametrize(
    ("award", "achievement"), [(AWARD, BADGE), (STACKED_AWARD, MICRO_CERTIFICATE)]
)
def test_what_we_issue_has_the_n_quads_of_an_independent_implementation(
    award: AwardFacts, achievement: AchievementFacts
) -> None:
    document = build(award, achievement, issuer=ISSUER)
    assert_canonical(document)
    assert canonicalise(document, contexts=pinned()).count(b"\n") > 60


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_kind_have_the_same_n_quads(name: str) -> None:
    document = build(AWARD, replace(BADGE, name=name.replace("\u0085", "")), issuer=ISSUER)
    assert_canonical(document)


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=30
).filter(str.strip)
alignments = st.builds(
    Alignment,
    name=texts,
    url=st.just("https://example.edu/a"),
    target_type=st.sampled_from(["CTDL", "CFItem", None]),
    code=st.none() | texts,
    framework=st.none() | texts,
)


@st.composite
def awards(draw: st.DrawFn) -> tuple[AwardFacts, AchievementFacts]:
    levels = tuple(draw(st.lists(texts, min_size=1, max_size=4, unique=True)))
    count = draw(st.integers(1, 4))
    achievement = replace(
        BADGE,
        name=draw(texts),
        description=draw(texts),
        criteria=draw(texts),
        outcomes=tuple(RubricOutcome(f"{n}", draw(texts), levels, levels[0]) for n in range(count)),
        alignments=tuple(draw(st.lists(alignments, max_size=3))),
        human_code=draw(st.none() | texts),
        image=draw(st.sampled_from([None, BADGE.image])),
        tags=tuple(draw(st.lists(texts, max_size=3))),
    )
    results = tuple(OutcomeResult(f"{n}", draw(st.sampled_from(levels))) for n in range(count))
    return replace(AWARD, results=results, narrative=draw(st.none() | texts)), achievement


@settings(max_examples=25, deadline=None)
@given(awards())
def test_any_award_has_the_n_quads_of_an_independent_implementation(
    facts: tuple[AwardFacts, AchievementFacts],
) -> None:
    assert_canonical(build(*facts, issuer=ISSUER))


def test_twelve_outcomes_on_one_rubric_have_the_same_n_quads() -> None:
    """Lists with the same end look alike, so their nodes are told apart by their neighbours."""
    levels = ("Beginning", "Developing", "Proficient", "Advanced", "Exemplary")
    keys = [str(number) for number in range(12)]
    achievement = replace(
        BADGE,
        outcomes=tuple(RubricOutcome(key, f"Outcome {key}", levels, levels[2]) for key in keys),
    )
    award = replace(AWARD, results=tuple(OutcomeResult(key, levels[3]) for key in keys))
    assert_canonical(build(award, achievement, issuer=ISSUER))


def test_the_proof_of_what_we_issue_has_the_same_n_quads() -> None:
    signed = orjson.loads(issued().content)
    assert_canonical({**signed["proof"][0], "@context": signed["@context"]})


@pytest.mark.parametrize(
    "parts",
    [
        ("examples", "badge-final.json"),
        ("examples", "microcert-final.json"),
        ("examples", "status-revoked0.json"),
        ("examples", "clr.json"),
        ("1edtech-ob30-samples", "complete.json"),
        ("1edtech-ob30-samples", "simple-context-version.json"),
        ("1edtech-ob30-samples", "endorsement-valid.json"),
        ("1edtech-clr20-samples", "simple.json"),
    ],
)
def test_documents_of_others_have_the_same_n_quads(parts: tuple[str, str]) -> None:
    document = json.loads(shared(*parts).read_bytes())
    document.pop("proof")
    assert canonicalise(document, contexts=pinned()) == reference(document)


@pytest.mark.parametrize(
    "other",
    [
        "https://w3id.org/security/data-integrity/v2",
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
        "https://w3id.org/security/multikey/v1",
    ],
)
def test_any_further_pinned_context_keeps_the_n_quads(other: str) -> None:
    document = build(STACKED_AWARD, MICRO_CERTIFICATE, issuer=ISSUER)
    document["@context"] = [*orjson.loads(orjson.dumps(document["@context"])), other]
    assert canonicalise(document, contexts=pinned(), guarded=True) == reference(document)


def test_a_term_out_of_its_scope_is_dropped_as_it_is_by_others() -> None:
    """Laid flat it would get a meaning; so the contexts are laid flat only after the guard."""
    document = build(AWARD, BADGE, issuer=ISSUER)
    document["genre"] = "Portfolio"
    assert undefined(document, contexts=pinned())
    assert canonicalise(document, contexts=pinned()) == reference(document)


def test_an_unknown_context_is_refused_by_name() -> None:
    document = {"@context": [CREDENTIALS_V2, "https://evil.example/c"], "id": "urn:x:1"}
    with pytest.raises(ContextRefused, match=re.escape("https://evil.example/c")):
        canonicalise(document, contexts=pinned())


def test_a_context_inside_the_document_is_refused_by_name_too() -> None:
    inner = {"@context": ["https://evil.example/c"], "id": "urn:x:2"}
    document = {"@context": [CREDENTIALS_V2], "id": "urn:x:1", "credentialSubject": [inner]}
    with pytest.raises(ContextRefused, match=re.escape("https://evil.example/c")):
        canonicalise(document, contexts=pinned())


@pytest.mark.parametrize(
    "change", [{"id": 5}, {"id": ["a", "b"]}, {"name": "half \ud83d"}, {"type": {"a": 1}}]
)
def test_what_is_no_json_ld_is_refused(change: dict[str, object]) -> None:
    document = {"@context": [CREDENTIALS_V2], "type": ["VerifiableCredential"], **change}
    with pytest.raises(NotCanonical, match="cannot be read"):
        canonicalise(document, contexts=pinned())
