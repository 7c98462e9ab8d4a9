"""How the demo's proposers complete what a record leaves unsaid, and what ASA says to it."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import cast

import yaml

from conferral.demo.stage import Stage
from policies.document import as_data, read_document

PROPOSER, UNIT_HEAD = "rowan-sample", "noor-specimen"
OFFICER, OTHER_OFFICER, DIRECTOR = "ida-example", "sam-placeholder", "max-instance"
REGISTRAR, SENATE_OFFICE = "reg-ledger", "sena-gavel"
ASSESSORS = ("mina-testcase", "theo-rubric")
MARK = " (demo content)"
#: A word or a closed choice is no text of its own; a sentence is marked.
_SHORTEST_TEXT = 24
CRITERIA = (
    "competencies", "assessment_practice", "outcomes", "alignment", "reflection", "stackable",
)  # fmt: skip


@cache
def _additions() -> Mapping[str, object]:
    text = files("conferral.demo").joinpath("additions.yaml").read_text(encoding="utf-8")
    return cast("Mapping[str, object]", yaml.safe_load(text))


def record_of(name: str) -> str:
    """The title of the record that a proposal of the demo completes."""
    proposals = cast("Mapping[str, Mapping[str, str]]", _additions()["proposals"])
    return proposals[name]["record"]


def marked(value: object) -> object:
    """The value with every sentence in it marked as demo content."""
    if isinstance(value, str):
        return value + MARK if len(value) >= _SHORTEST_TEXT and " " in value else value
    if isinstance(value, list):
        return [marked(item) for item in value]
    if isinstance(value, dict):
        return {name: marked(item) for name, item in value.items()}
    return value if isinstance(value, bool | int) else str(value)


def complete(stage: Stage, case: str, name: str, **more: object) -> None:
    """Fill in what the record leaves unsaid, as its proposer would; each addition is marked."""
    draft = as_data(read_document(stage.ask("SELECT draft FROM proposal WHERE case_id = %s", case)))
    unit = str(stage.ask("SELECT unit FROM proposal WHERE case_id = %s", case))
    stage.do("edit", PROPOSER, case, fields=completion(draft, name, unit=unit) | more)


def completion(draft: Mapping[str, object], name: str, *, unit: str) -> dict[str, object]:
    """The fields that make a draft of a record a whole proposal of this way (additions.yaml)."""
    added = _additions()
    own = cast("Mapping[str, Mapping[str, object]]", added["proposals"])[name]
    fields: dict[str, object] = {
        "unit": unit,
        **cast("Mapping[str, object]", marked(added["common"])),
        **cast("Mapping[str, object]", marked(own["fields"])),
        "notes": f"Everything the record does not say was added for a demonstration.{MARK}",
        "competencies": _kinds(cast("list[dict[str, object]]", draft["competencies"])),
    }
    outcomes = cast("list[str]", own.get("outcomes", []))
    if outcomes:
        # What the record says of outcomes stays under its source; these are assessable ones.
        fields["slos"] = _outcomes(outcomes, cast("list[object]", fields["competencies"]))
    return fields


def _kinds(competencies: list[dict[str, object]]) -> list[object]:
    return [{**competency, "kind": "skill"} for competency in competencies]


def _outcomes(statements: list[str], competencies: list[object]) -> list[object]:
    """Each competency is shown by one outcome at least; the last outcome takes those left over."""
    ids = [str(cast("Mapping[str, object]", one)["id"]) for one in competencies]
    shared = [[] for _ in statements]  # type: list[list[str]]
    for n, one in enumerate(ids):
        shared[min(n, len(statements) - 1)].append(one)
    pattern = cast("Mapping[str, object]", marked(_additions()["outcome"]))
    return [
        {"statement": marked(text), "competencies": shown or ids[-1:], **pattern}
        for text, shown in zip(statements, shared, strict=True)
    ]


# ------------------------------------------------------------------------------- everyday steps


def submit(stage: Stage, case: str) -> None:
    """Endorsed by the unit head, then submitted."""
    stage.do("ask_endorsement", PROPOSER, case)
    stage.do("endorse", UNIT_HEAD, case)
    stage.do("submit", PROPOSER, case)


def consult(stage: Stage, case: str, *, award_type: str = "digital_badge") -> None:
    """The consultation as it was held today."""
    stage.do(
        "record_consultation", OFFICER, case, held_on=stage.today().isoformat(),
        notes="We went through competencies and outcomes.", outcome="The concept is clear.",
        rigor="intermediate", rigor_rationale="The learner applies it to a case of their own.",
        award_type=award_type, organisation_note="Two badges in any order, then the reflection.",
    )  # fmt: skip


def design(stage: Stage, case: str) -> None:
    """The unit describes the badge; the head endorses the new text; ASA receives it."""
    alt = "A blue ring around the title, with two filled circles."
    stage.do("edit", PROPOSER, case, fields={"badge": {"alt": alt}})
    stage.do("endorse", UNIT_HEAD, case)
    stage.do("mark_design_complete", PROPOSER, case)


def approve(stage: Stage, case: str) -> None:
    """ASA scores every criterion and approves; registrar, head and ASA do what they owe."""
    stage.do("score_review", OFFICER, case, **dict.fromkeys(CRITERIA, "meets"))
    stage.do("approve", OFFICER, case)
    stage.do("record_code", REGISTRAR, case, code=f"MC-{case.removeprefix('MC-').zfill(4)}")
    stage.do("set_roster", UNIT_HEAD, case, assessors=list(ASSESSORS))
    stage.do("publish_design", OFFICER, case, alt="A blue ring around the title.")


def issue(stage: Stage, case: str) -> str:
    """Put it in force today; the credential it became."""
    stage.do("issue", OFFICER, case, effective_on=stage.today().isoformat())
    stage.settle()
    return str(stage.ask("SELECT case_id FROM credential WHERE proposal = %s", case))


def keep_drafts(stage: Stage) -> None:
    """The proposer keeps the drafts that wait for an answer from the people they describe."""
    found = stage.ask(
        "SELECT json_agg(id ORDER BY opened_at, id) FROM cases "
        "WHERE machine = 'proposal' AND state = 'draft'"
    )
    for case in cast("list[str]", found or []):
        stage.do("keep", PROPOSER, case)
