"""House tests: every kind of mail a definition can cause has its sentence, and none lies unused."""

import ast
import re
from pathlib import Path
from uuid import UUID

import pytest
from jinja2 import meta, nodes
from jinja2.environment import Environment

from policies import calendar
from tasks.letters import Letter, Mail
from tasks.render import render
from tasks.sentences import Sentence, UnknownKind, book, said
from tests.tasks.world import NOW
from workflow.notices import kinds
from workflow.registry import MACHINES

EVERY = {kind for machine in MACHINES.values() for kind in kinds(machine.definition)}
ROOT = Path(__file__).parents[2]
#: Words of a form that a mail may repeat: what somebody said so that others read it.
REPEATED = {
    "note", "question", "answer", "reason", "message", "rationale", "says", "item",
    "committee_required", "words", "what", "value",
}  # fmt: skip
TOLD = {
    "what",
    "was",
    "value",
    "reason",
    "tally",
    "met",
    "of",
    "kept",
    "why",
    "counted",
    "place",
    "when",
}


@pytest.mark.parametrize("kind", sorted(EVERY))
def test_every_kind_a_definition_can_cause_has_its_sentence(kind: str) -> None:
    assert said(kind).sentence.subject


def test_no_sentence_lies_unused() -> None:
    clocks = {kind.rpartition(".")[0] for kind in EVERY}
    assert set(book().kinds) <= EVERY
    assert set(book().clocks) <= clocks
    assert {kind.rpartition(".")[2] for kind in EVERY} >= set(book().alarms)


def test_every_message_that_the_workflow_names_in_its_code_is_known() -> None:
    """Each word in a `notify(act, "word", …)` is among the kinds of a definition."""
    words = {kind.partition(".")[2] for kind in EVERY}
    named = set()
    for file in (ROOT / "workflow").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "notify":
                named |= {a.value for a in node.args if isinstance(a, ast.Constant)}
    assert named
    assert named <= words


def test_a_kind_that_nobody_wrote_is_not_known() -> None:
    for kind in ("proposal.nothing", "proposal.nothing.remind", "award.issued.warned", ""):
        with pytest.raises(UnknownKind):
            said(kind)


def sentences() -> list[tuple[str, Sentence]]:
    return [*book().kinds.items(), *((str(name), one) for name, one in book().alarms.items())]


@pytest.mark.parametrize(("kind", "sentence"), sentences())
def test_a_sentence_is_plain_exact_and_kind(kind: str, sentence: Sentence) -> None:
    words = " ".join(str(value) for value in sentence.model_dump().values())
    assert "!" not in words, kind
    assert not re.search(r"\b(please|reject\w*|status|deadline|the system)\b", words, re.IGNORECASE)
    assert sentence.lead.endswith((".", ":", "}"))
    assert sentence.do.endswith((".", "}"))
    assert not sentence.subject.endswith(".")
    if sentence.otherwise and "{" not in sentence.otherwise:
        assert sentence.otherwise.endswith(".")


@pytest.mark.parametrize(("kind", "sentence"), sentences())
def test_a_mail_repeats_only_words_that_were_said_to_be_read(kind: str, sentence: Sentence) -> None:
    environment = Environment(autoescape=True)
    for text in sentence.model_dump().values():
        if not isinstance(text, str):
            continue
        tree = environment.parse(text)
        for found in tree.find_all(nodes.Getattr):
            assert isinstance(found.node, nodes.Name)
            allowed = {"form": REPEATED, "facts": TOLD}[found.node.name]
            assert found.attr in allowed, kind
        if kind.startswith("award."):
            assert "form" not in meta.find_undeclared_variables(tree), kind


@pytest.mark.parametrize("kind", sorted(EVERY))
def test_every_kind_can_be_said_of_a_case_that_says_almost_nothing(kind: str) -> None:
    machine = kind.partition(".")[0]
    definition = MACHINES[machine].definition
    letter = Letter(
        UUID(int=1), "MC-1", 1, kind, "act", {}, NOW, "p", "P", "p@example.edu", "UTC", machine,
        definition.initial.name, "system", None, {}, NOW, "A title", "A unit", None, None, None,
        None, [], [(definition.initial.name, NOW.isoformat())], [], NOW,
    )  # fmt: skip
    mail = Mail(letter.id, letter.case, NOW, [letter])
    rendered = render(mail, lambda _: definition, calendar.load(), base_url="https://example.edu")
    assert "{{" not in rendered.text
    assert "  " not in rendered.subject
    assert not re.search(r" [.,]|\(\)|None", rendered.text.partition("WHERE IT STANDS")[0])
    assert rendered.subject.startswith("[MC-1] ")


def test_what_a_row_asks_in_its_own_words_is_told_of_when_it_is_late() -> None:
    told = {"proposal.scope_question.late", "proposal.scope_question.escalate"}
    assert told <= EVERY
