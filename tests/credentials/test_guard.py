import json
from collections.abc import Callable
from typing import Any, TypeAlias

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials import guard as room
from credentials.contexts import pinned
from credentials.errors import ContextRefused, NotCanonical, UndefinedTerms
from credentials.guard import guard, undefined
from tests.credentials.samples import MICRO_CERTIFICATE, STACKED_AWARD, issued, shared

Json: TypeAlias = Any  # a parsed document, changed in place


def document() -> Json:
    unsigned = orjson.loads(issued(STACKED_AWARD, MICRO_CERTIFICATE).content)
    del unsigned["proof"]
    return unsigned


def fields(changed: Json) -> tuple[str, ...]:
    return undefined(changed, contexts=pinned())


def test_what_we_issue_passes() -> None:
    guard(document(), contexts=pinned())


def change_top(d: Json) -> None:
    d["favouriteColour"] = "blue"


def change_achievement(d: Json) -> None:
    d["credentialSubject"]["achievement"]["hours"] = 12


def change_result(d: Json) -> None:
    d["credentialSubject"]["result"][1]["comment"] = "well done"


def change_scope(d: Json) -> None:
    d["issuer"]["genre"] = "University"  # a term of Evidence, not of Profile


def change_type(d: Json) -> None:
    d["credentialSubject"]["achievement"]["type"] = ["Achievement", "Course2"]


def change_address(d: Json) -> None:
    d["credentialSubject"]["achievement"]["image"]["id"] = "badge.png"


def change_address_with_a_space(d: Json) -> None:
    d["credentialSubject"]["achievement"]["image"]["id"] = "https://x.edu/a b"


def change_unnamed(d: Json) -> None:
    d["credentialSubject"]["achievement"]["image"]["id"] = "_:b0"


def change_null(d: Json) -> None:
    d["validUntil"] = None


def change_null_in_list(d: Json) -> None:
    d["evidence"].append(None)


def change_keyword(d: Json) -> None:
    d["credentialSubject"]["@reverse"] = {}


def change_long_name(d: Json) -> None:
    """Means the same to the signature; a reader who looks for the end date finds none."""
    d["https://www.w3.org/2018/credentials#validUntil"] = d.pop("validUntil")


def change_hidden_status(d: Json) -> None:
    """The status moved to where nobody looks: the statements stay, the reader sees none."""
    status = d.pop("credentialStatus")
    d["evidence"][0] = {"id": d["id"], "type": ["Evidence"], "credentialStatus": status}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (change_top, "favouriteColour: no vocabulary"),
        (change_achievement, "credentialSubject.achievement.hours: no vocabulary"),
        (change_result, "credentialSubject.result[1].comment: no vocabulary"),
        (change_scope, "issuer.genre: no vocabulary"),
        (change_type, "credentialSubject.achievement.type: no vocabulary"),
        (change_address, "credentialSubject.achievement.image.id: 'badge.png' is not a full"),
        (
            change_address_with_a_space,
            "credentialSubject.achievement.image.id: 'https://x.edu/a b",
        ),
        (change_unnamed, "credentialSubject.achievement.image.id: '_:b0' is not a full"),
        (change_null, "validUntil: null says nothing"),
        (change_null_in_list, "evidence: null says nothing"),
        (change_keyword, "credentialSubject.@reverse: a field is written by its plain name"),
        (change_long_name, "https://www.w3.org/2018/credentials#validUntil: a field is written"),
        (change_hidden_status, "evidence: the credential is described a second time"),
    ],
)
def test_what_is_shown_but_not_signed_is_refused_with_the_field_named(
    change: Callable[[Json], None], place: str
) -> None:
    changed = document()
    change(changed)
    with pytest.raises(UndefinedTerms) as refused:
        guard(changed, contexts=pinned())
    assert refused.value.fields[0].startswith(place)
    assert len(refused.value.fields) == 1


def test_each_place_is_named_where_a_term_is_undefined_at_several() -> None:
    changed = document()
    changed["issuer"]["genre"] = changed["credentialSubject"]["genre"] = "x"
    assert fields(changed) == (
        "issuer.genre: no vocabulary of this document defines 'genre'.",
        "credentialSubject.genre: no vocabulary of this document defines 'genre'.",
    )


def test_text_in_a_named_language_is_no_hidden_field() -> None:
    changed = document()
    changed["name"] = {"@value": "Análisis", "@language": "es"}
    assert fields(changed) == ()


def test_a_mention_of_the_credential_by_its_id_is_no_second_description() -> None:
    changed = document()
    changed["evidence"].append({"id": changed["id"], "type": ["Evidence"]})
    assert fields(changed) == ()


def test_a_shape_found_clean_is_not_expanded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fields(document()) == ()
    monkeypatch.setattr(room, "_expand", None)
    again = document()
    again["credentialSubject"]["achievement"]["name"] = "Another name"
    assert fields(again) == ()


def test_another_shape_is_expanded_again() -> None:
    assert fields(document()) == ()
    changed = document()
    changed["credentialSubject"]["achievement"]["creator"]["official"] = "A"
    assert fields(changed) == ()
    changed["credentialSubject"]["achievement"]["creator"]["officials"] = "A"
    assert len(fields(changed)) == 1


def test_a_value_that_is_a_term_is_part_of_the_shape() -> None:
    proof = {"@context": document()["@context"], "type": "DataIntegrityProof"}
    assert fields({**proof, "proofPurpose": "assertionMethod"}) == ()
    assert fields({**proof, "proofPurpose": "amusement"}) == (
        "proofPurpose: no vocabulary of this document defines 'amusement'.",
    )


def test_known_shapes_do_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_MOST_SHAPES", 2)
    shapes = room._CleanShapes()
    for shape in "abc":
        shapes.add(shape)
    assert "c" in shapes
    assert "a" not in shapes


def test_an_unknown_context_is_refused_by_name() -> None:
    changed = document()
    changed["@context"].append("https://www.w3.org/2018/credentials/v1")
    with pytest.raises(ContextRefused, match="credentials/v1"):
        fields(changed)


def test_a_context_of_the_documents_own_is_refused() -> None:
    changed = document()
    changed["@context"].append({"until": "https://www.w3.org/2018/credentials#validUntil"})
    with pytest.raises(ContextRefused, match="of its own"):
        fields(changed)


def test_what_is_no_json_ld_is_refused_with_the_reason() -> None:
    changed = document()
    changed["issuer"]["id"] = 5
    with pytest.raises(NotCanonical, match="@id"):
        fields(changed)


PLACES: list[Callable[[Json], Json]] = [
    lambda d: d,
    lambda d: d["issuer"],
    lambda d: d["credentialSubject"],
    lambda d: d["credentialSubject"]["achievement"],
    lambda d: d["credentialSubject"]["achievement"]["creator"],
    lambda d: d["credentialSubject"]["achievement"]["alignment"][0],
    lambda d: d["credentialSubject"]["result"][0],
    lambda d: d["evidence"][1],
    lambda d: d["credentialStatus"],
]
WORDS = ["genre", "status", "value", "hashed", "tag", "version", "phone", "validFrom", "url",
         "assertionMethod", "official", "unknown", "proofPurpose", "ttl"]  # fmt: skip
VALUES = ["text", "https://x.edu/a", "Badge", "assertionMethod", "a b", "x:y"]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(PLACES), st.sampled_from(WORDS), st.sampled_from(VALUES)),
        min_size=1,
        max_size=3,
    )
)
def test_the_remembered_answer_is_that_of_the_expansion(
    changes: list[tuple[Callable[[Json], Json], str, str]],
) -> None:
    changed = document()
    for place, word, value in changes:
        place(changed)[word] = value
    remembered = bool(fields(changed))
    expanded = bool(tuple(room._without_meaning(changed, pinned())))
    assert remembered == expanded


@pytest.mark.parametrize("name", ["simple.json", "complete.json", "endorsement-valid.json"])
def test_sound_credentials_of_others_pass(name: str) -> None:
    theirs = json.loads(shared("1edtech-ob30-samples", name).read_bytes())
    theirs.pop("proof")
    assert fields(theirs) == ()
