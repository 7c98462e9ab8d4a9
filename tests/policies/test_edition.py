import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from policies.data import ROOM, DataError
from policies.edition import (
    Edition,
    Kind,
    NoEditionError,
    PolicyRule,
    Stage,
    edition_on,
    editions,
    load,
)

EDITION = load("380.104/2024-02-07")
#: What says what holds stands between these headings.
FIRST, LAST = "POLICY STATEMENT", "RELATED RESOURCES"


def _plain(text: str) -> str:
    """Leave out mark-up and fold white space: the words are what must be the same."""
    return " ".join(re.sub(r"\*+|</?b>", "", text).split())


def _sentences(text: str) -> list[str]:
    """Split the normative parts into sentences; a heading of a list item is dropped."""
    body = text[text.index(FIRST) : text.index(LAST)]
    found: list[str] = []
    for line in body.splitlines():
        plain = _plain(line.split("\t", 1)[-1])
        plain = re.sub(r"^\d+\.\s+[^:]+:\s+", "", plain)
        found += re.findall(r"[^.:]*(?:\.(?=\d)[^.:]*|\.[^\s.][^.:]*)*[.:]", plain)
    return [sentence.strip() for sentence in found if sentence.strip()]


TEXT = EDITION.kept_text()


def test_the_kept_text_is_the_policy_as_it_was_given() -> None:
    given = Path(__file__).parents[3] / "shared/domain/policy-380.104.md"
    if not given.is_file():
        pytest.skip("the text as given lies outside this project and is not here")
    assert given.read_text("utf-8") == TEXT


@pytest.mark.parametrize("clause", EDITION.clauses, ids=lambda clause: clause.id)
def test_every_quotation_stands_verbatim_in_the_kept_text(clause: object) -> None:
    quotation = clause.quotation  # type: ignore[attr-defined] # a Clause
    assert _plain(quotation) == quotation
    assert quotation in _plain(TEXT)


@pytest.mark.parametrize("waiver", EDITION.waivers, ids=lambda waiver: waiver.quotation[:30])
def test_every_waived_sentence_stands_in_the_kept_text(waiver: object) -> None:
    assert waiver.quotation in _plain(TEXT)  # type: ignore[attr-defined] # a Waiver
    assert waiver.why  # type: ignore[attr-defined] # a Waiver


def test_every_sentence_of_the_policy_is_cited_by_a_rule_or_waived() -> None:
    cited = {EDITION.clause(one).quotation for rule in EDITION.rules for one in rule.clauses}
    waived = {waiver.quotation for waiver in EDITION.waivers}
    sentences = set(_sentences(TEXT))
    assert len(sentences) >= 30
    assert sentences - cited - waived == set()


def test_no_normative_word_stands_outside_the_sentences_read() -> None:
    words = re.compile(r"\b(?:must|will|should|may|shall|responsible|applies|can)\b")
    read = " ".join(_sentences(TEXT))
    assert len(words.findall(_plain(TEXT))) == len(words.findall(read))


def test_no_sentence_is_both_cited_and_waived() -> None:
    quoted = {clause.quotation for clause in EDITION.clauses}
    assert not quoted & {waiver.quotation for waiver in EDITION.waivers}


def test_every_clause_is_cited_by_some_rule() -> None:
    cited = {clause for rule in EDITION.rules for clause in rule.clauses}
    assert cited == {clause.id for clause in EDITION.clauses}


def test_the_rules_are_those_of_the_policy_table() -> None:
    assert {rule.id for rule in EDITION.rules} == {
        "MC-U1", "MC-U2", "MC-U3", "MC-U4", "MC-1a", "MC-1b", "MC-1c", "MC-2", "MC-2b", "MC-3a",
        "MC-3b", "MC-4", "MC-5a", "MC-5b", "MC-6a", "MC-6b", "MC-6c", "MC-6d", "MC-7a", "MC-7b",
        "MC-7c", "MC-7d", "MC-8a", "MC-8b", "MC-8c", "MC-9", "MC-10a", "MC-10b", "MC-11", "MC-12",
        "MC-13", "MC-14", "MC-15", "MC-16",
    }  # fmt: skip


def test_only_the_two_sentences_that_say_should_are_warnings() -> None:
    warnings = [rule.id for rule in EDITION.rules if rule.should]
    assert warnings == ["MC-6b", "MC-6d"]
    assert all(EDITION.rule(rule).kind is Kind.HUMAN for rule in warnings)


def test_every_rule_asks_in_a_sentence_and_gives_an_example() -> None:
    for rule in EDITION.rules:
        assert rule.asks[0].isupper(), rule.id
        assert rule.asks.endswith("."), rule.id
        assert rule.example, rule.id


def test_practices_cite_nothing_and_say_why() -> None:
    for practice in EDITION.practices:
        assert practice.id.startswith("PR-")
        assert practice.practice
        assert practice.asks.endswith(".")
        assert EDITION.place(practice.id) == "Practice"


def test_a_rule_is_placed_as_people_cite_it() -> None:
    assert EDITION.place("MC-3a") == "Statement 3"
    assert EDITION.place("MC-9") == "Roles, Units 2"
    assert EDITION.place("MC-U3") == "Statement, opening 2; Roles, Units 1"
    assert not EDITION.rule("MC-3a").practice


def test_a_case_is_judged_by_the_edition_in_force_on_its_day() -> None:
    assert edition_on(date(2024, 2, 7)) is EDITION
    assert edition_on(date(2026, 11, 24)) is EDITION


@pytest.mark.parametrize("day", [date(2024, 2, 6), date(2019, 10, 14), date(2020, 11, 17)])
def test_a_day_before_the_first_text_held_says_that_it_is_not_held(day: date) -> None:
    with pytest.raises(NoEditionError, match=f"{day}.* 2019 and 2020 are not"):
        edition_on(day)


def test_an_unknown_edition_rule_or_clause_is_named() -> None:
    with pytest.raises(NoEditionError, match=r"'380\.104/2019'.* held are 380\.104/2024-02-07"):
        load("380.104/2019")
    with pytest.raises(DataError, match="no rule 'MC-99'"):
        EDITION.rule("MC-99")
    with pytest.raises(DataError, match="no clause 'x'"):
        EDITION.clause("x")


def test_the_editions_held_are_those_in_the_folder() -> None:
    assert len(editions()) == len(list((ROOM / "editions").glob("*.yaml")))


def _with(**changes: object) -> Edition:
    return replace(EDITION, **changes)  # type: ignore[arg-type] # fields of Edition


def test_an_edition_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="an id is used twice"):
        _with(rules=EDITION.rules + EDITION.rules[:1])
    with pytest.raises(ValueError, match="an id is used twice"):
        _with(clauses=EDITION.clauses + EDITION.clauses[:1])
    stray = PolicyRule(id="MC-99", asks="A.", stage=Stage.DESIGN, clauses=("x",))
    with pytest.raises(ValueError, match=r"rules\.MC-99\.clauses: \['x'\]"):
        _with(rules=(*EDITION.rules, stray))
    with pytest.raises(ValueError, match=r"rules\.MC-99\.clauses: none"):
        _with(rules=(*EDITION.rules, replace(stray, clauses=())))
    with pytest.raises(ValueError, match=r"practices\.PR-99"):
        _with(practices=(replace(stray, id="PR-99", clauses=()),))
    with pytest.raises(ValueError, match=r"practices\.MC-99"):
        _with(practices=(replace(stray, clauses=("scope",), why="W."),))
