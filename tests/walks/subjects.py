"""The facts of the four machines, put together from a walk's tables instead of read by SQL."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, cast

from pydantic import TypeAdapter

from policies import calendar, committees
from policies.document import Outcome
from tests.walks.people import person, unit_name, unit_path
from workflow.agenda_item.facts import AgendaFacts, Seated
from workflow.award.facts import AwardFacts, Part, Reflected, Result
from workflow.credential.facts import CredentialFacts
from workflow.facts import Facts, ProposedCorrection
from workflow.forms import Form
from workflow.proposal.facts import NUDGE_DAYS, Asked, Item, ProposalFacts, Signed

if TYPE_CHECKING:
    from tests.walks.memory import Memory, Row

#: (what the subject adds to the facts, scopes in which people are read); None: it is not there.
Found = tuple[dict[str, object], set[str]] | None
FACTS: Mapping[str, type[Facts]] = {
    "proposal": ProposalFacts, "agenda_item": AgendaFacts, "credential": CredentialFacts,
    "award": AwardFacts,
}  # fmt: skip
_OUTCOMES = TypeAdapter(tuple[Outcome, ...])
_OPEN_ITEM = {"queued", "scheduled", "open", "senate_notice"}
_ASA = {"asa_officer", "asa_director", "avp"}
#: A committee that plans no meetings here: placing its items is publishing them.
_NO_MEETING: Mapping[str, object] = {"meeting": "", "meetings": {}, "roll": ()}
YEAR = timedelta(days=365)


def subject(memory: "Memory", machine: str, case: str, actor: str) -> Found:
    """The subject of a case."""
    readers: dict[str, Callable[[Memory, str, str], Found]] = {
        "proposal": _proposal, "agenda_item": _agenda_item, "credential": _credential,
        "award": _award,
    }  # fmt: skip
    if (case,) not in memory.tables.get("cases", {}):
        return None
    return readers[machine](memory, case, actor)


def opening(memory: "Memory", machine: str, form: Form | None, actor: str) -> Found:
    """What a new case would begin with."""
    said = form.said() if form else {}
    openings: dict[str, Callable[[Memory, Mapping[str, object], str], Found]] = {
        "proposal": _new_proposal, "agenda_item": _new_item, "credential": _new_credential,
        "award": _new_award,
    }  # fmt: skip
    return openings[machine](memory, said, actor)


def iso(value: object) -> str | None:
    """A date or an instant as JSON has it."""
    return value.isoformat() if isinstance(value, date) else None


def _insiders(memory: "Memory", unit: str) -> set[str]:
    found = (a for a in memory.people if a.role in {"member", "unit_head"} and a.scope == unit)
    return {a.person for a in found}


# ------------------------------------------------------------------------------------- proposal


def _new_proposal(memory: "Memory", said: Mapping[str, object], actor: str) -> Found:
    unit = str(said["unit"])
    path = unit_path(unit)
    return {
        "kind": "new", "proposer": actor, "unit": unit, "unit_name": unit_name(unit),
        "unit_path": path, "title": "", "title_key": "", "holds_title": False,
        "title_taken": False, "draft": {}, "draft_hash": "", "version": 0, "version_hash": "",
        "reviewer": None, "origin_state": None, "extended": False, "signed": (), "asked": (),
        "items": (), "insiders": frozenset(), "constituents": {}, "today": _today(memory),
    }, {"", *path}  # fmt: skip


def _today(memory: "Memory") -> date:
    return calendar.load().day_of(memory.now)


def _proposal(memory: "Memory", case: str, actor: str) -> Found:
    row, unit = memory.one("proposal", case), str(memory.one("proposal", case)["unit"])
    path = unit_path(unit)
    asa = {a.person for a in memory.people if a.role in _ASA}
    taken = memory.rows("proposal", title_key=row["title_key"], holds_title=True)
    frozen = memory.rows("proposal_version", case_id=case, version=row["version"])
    draft = cast("Mapping[str, list[str]]", row["draft"])
    as_they_are = ("kind", "proposer", "unit", "title", "title_key", "holds_title", "draft",
                   "draft_hash", "version", "extended", "reviewer")  # fmt: skip
    return {
        **{name: row[name] for name in as_they_are},
        "unit_name": unit_name(unit), "unit_path": path, "origin_state": row["origin"],
        "title_taken": any(other["case_id"] != case for other in taken),
        "version_hash": frozen[0]["content_hash"] if frozen else "",
        "signed": _made(Signed, memory.rows("sign_off", case_id=case), "seq"),
        "asked": _made(Asked, memory.rows("required_change", case_id=case), "number"),
        "items": tuple(_item(memory, item) for item in
                       _sorted(memory.rows("agenda_item", proposal=case), "position")),
        "correction": correction_of(memory, case),
        "nudge_again": _nudge_again(memory, case) if actor == row["proposer"] else None,
        "insiders": frozenset(p for p in _insiders(memory, unit) if p == actor or p in asa),
        "constituents": {name: _state(memory, name) for name in draft.get("constituents", [])},
        "fires_at": memory.fires_at(case), "warned": memory.warned(case), "today": _today(memory),
    }, {"", case, *path, *(body.id for body in committees.load().bodies)}  # fmt: skip


def correction_of(memory: "Memory", case: str) -> ProposedCorrection | None:
    """What waits for a second person since the case is where it is."""
    since = cast("int", memory.one("cases", case)["entered_seq"])
    found = memory.rows("correction", case_id=case, answer="open")
    here = [row for row in found if cast("int", row["seq"]) > since]
    return cast("ProposedCorrection", _made(ProposedCorrection, here, "seq")[0]) if here else None


def _nudge_again(memory: "Memory", case: str) -> datetime | None:
    """From when on whoever has it may be nudged again."""
    since = cast("int", memory.one("cases", case)["entered_seq"])
    nudged = [
        cast("datetime", entry["at"])
        for entry in memory.rows("entry", case_id=case, trigger="nudge")
        if cast("int", entry["seq"]) >= since
    ]
    return calendar.load().add_business_days(max(nudged), NUDGE_DAYS) if nudged else None


def _made(kind: type, rows: Iterable["Row"], by: str) -> tuple[object, ...]:
    """Values of a kind from rows that have its fields, in order."""
    names = list(kind.__annotations__)
    return tuple(kind(**{name: row[name] for name in names}) for row in _sorted(rows, by))


def _item(memory: "Memory", item: "Row") -> Item:
    case = str(item["case_id"])
    return Item(
        case, str(item["body"]), str(_state(memory, case)), str(item["document_hash"]),
        iso(item["acted_on"]), iso(item["effective_on"]),
    )  # fmt: skip


def _state(memory: "Memory", case: str) -> object:
    return memory.tables["cases"].get((case,), {}).get("state")


def _sorted(rows: Iterable["Row"], *by: str) -> list["Row"]:
    return sorted(rows, key=lambda row: tuple(cast("int", row[name]) for name in by))


# ------------------------------------------------------------------------------------- agenda item


def _new_item(memory: "Memory", said: Mapping[str, object], actor: str) -> Found:  # noqa: ARG001
    proposal, body = str(said["proposal"]), str(said["body"])
    row = memory.tables["proposal"].get((proposal,))
    if row is None:
        return None
    return {
        "proposal": proposal, "proposal_title": row["title"], "proposer": row["proposer"],
        "unit": row["unit"], "body_id": body, "position": said["position"],
        "document_hash": said["document_hash"], "meeting_on": None, "section": "", **_NO_MEETING,
        "noticed_at": None, "notice_waived": False, "mode": "", "opened_at": None,
        "closes_at": None, "round": 0, "seats": (), "votes": {}, "waiting_for": (),
        "same_unit": frozenset(), "bulletin_mailed": False, "fires_at": None,
        "calendar": calendar.load(),
    }, {"", body}  # fmt: skip


def _agenda_item(memory: "Memory", case: str, actor: str) -> Found:  # noqa: ARG001
    row = memory.one("agenda_item", case)
    proposal = memory.one("proposal", row["proposal"])
    earlier = [
        other for other in memory.rows("agenda_item", proposal=row["proposal"])
        if cast("int", other["position"]) < cast("int", row["position"])
        and _state(memory, str(other["case_id"])) in _OPEN_ITEM
    ]  # fmt: skip
    bulletin = memory.rows("notification", case_id=case, kind="agenda_item.bulletin", state="sent")
    seats = [s for s in memory.rows("seat", case_id=case) if s["round"] in (0, row["round"])]
    as_they_are = ("proposal", "position", "document_hash", "meeting_on", "section", "noticed_at",
                   "notice_waived", "mode", "opened_at", "closes_at", "round")  # fmt: skip
    return {
        **_NO_MEETING,
        **{name: row[name] for name in as_they_are},
        "proposal_title": proposal["title"], "proposer": proposal["proposer"],
        "unit": proposal["unit"], "body_id": row["body"], "seats": _made(Seated, seats, "person"),
        "votes": {str(v["person"]): (v["choice"], v["document_hash"])
                  for v in memory.rows("vote", case_id=case, round=row["round"])},
        "waiting_for": tuple(str(other["body"]) for other in _sorted(earlier, "position")),
        "same_unit": frozenset(_insiders(memory, str(proposal["unit"]))),
        "bulletin_mailed": bool(bulletin), "fires_at": memory.fires_at(case),
        "calendar": calendar.load(),
    }, {"", str(row["body"])}  # fmt: skip


# ------------------------------------------------------------------------------------- credential


def _new_credential(memory: "Memory", said: Mapping[str, object], actor: str) -> Found:  # noqa: ARG001
    proposal = str(said["proposal"])
    row = memory.tables["proposal"].get((proposal,))
    if row is None or not row["version"]:
        return None
    version = memory.one("proposal_version", proposal, row["version"])
    content = cast("Mapping[str, object]", version["content"])
    path = unit_path(str(row["unit"]))
    there = memory.rows("credential", proposal=proposal)
    return {
        "proposal": proposal, "proposal_state": _state(memory, proposal), "kind": row["kind"],
        "title": row["title"], "unit": row["unit"], "unit_path": path,
        "type": content.get("type", ""), "version": 1, "proposal_version": row["version"],
        "content": content, "content_hash": version["content_hash"],
        "code": _said(memory, proposal, "code", "code"),
        "rigor": _said(memory, proposal, "consultation", "rigor"),
        "in_force": there[0]["case_id"] if there else None,
        "constituents": {name: _state(memory, name)
                         for name in cast("list[str]", content.get("constituents", []))},
    }, {"", proposal, *path}  # fmt: skip


def _said(memory: "Memory", case: str, kind: str, name: str) -> object:
    signed = _sorted(memory.rows("sign_off", case_id=case, kind=kind), "seq")
    return cast("Mapping[str, object]", signed[-1]["said"])[name] if signed else ""


def _credential(memory: "Memory", case: str, actor: str) -> Found:
    row = memory.one("credential", case)
    found = _new_credential(memory, {"proposal": row["proposal"]}, actor)
    if found is None:
        return None
    as_it_is = {"title": row["title"], "code": row["code"]}
    return {**found[0], **as_it_is, "correction": correction_of(memory, case)}, found[1]


# ------------------------------------------------------------------------------------- award


def _of_credential(memory: "Memory", credential: str, learner: str) -> dict[str, object]:
    row = memory.one("credential", credential)
    version = memory.one("credential_version", credential, row["version"])
    content = cast("Mapping[str, dict[str, object]]", version["content"])
    rows = memory.rows("constituent", certificate=credential, version=row["version"])
    parts = tuple(_part(memory, part, learner) for part in rows)
    who, asked = person(learner), content.get("completion", {})
    return {
        "learner": learner, "learner_name": who["name"] if who else "",
        "enrolled": bool(who and who.get("enrolled", True)),
        "credential": credential, "version": row["version"], "title": row["title"],
        "type": row["type"], "proposal": row["proposal"],
        "unit_path": unit_path(str(row["unit"])), "credential_state": _state(memory, credential),
        "outcomes": _OUTCOMES.validate_python(content["slos"]), "parts": parts,
        "parts_needed": asked.get("n", len(parts)) if asked.get("rule") == "n_of_m" else len(parts),
    }  # fmt: skip


def _part(memory: "Memory", part: "Row", learner: str) -> Part:
    credential = str(part["credential"])
    row = memory.one("credential", credential)
    held = [
        str(award["case_id"])
        for award in memory.rows("award", credential=credential, learner=learner, ended=False)
        if _state(memory, str(award["case_id"])) == "issued"
    ]
    version = memory.one("credential_version", credential, row["version"])
    slos = cast("Mapping[str, list[dict[str, str]]]", version["content"])["slos"]
    shown = tuple(slo["statement"] for slo in slos) if held else ()
    return Part(
        credential, str(row["title"]), bool(part["required"]), held[0] if held else None, shown
    )


def _scopes(memory: "Memory", credential: str) -> set[str]:
    row = memory.one("credential", credential)
    return {"", str(row["proposal"]), *unit_path(str(row["unit"]))}


def _new_award(memory: "Memory", said: Mapping[str, object], actor: str) -> Found:
    credential, learner = str(said["credential"]), str(said.get("learner") or actor)
    if (credential,) not in memory.tables.get("credential", {}):
        return None
    mine = memory.rows("award", credential=credential, learner=learner)
    lapsed = [
        a for a in mine if _state(memory, str(a["case_id"])) == "lapsed"
        and cast("datetime", memory.one("cases", a["case_id"])["entered_at"]) > memory.now - YEAR
    ]  # fmt: skip
    lapsed.sort(key=lambda a: cast("datetime", memory.one("cases", a["case_id"])["entered_at"]))
    opened = [a["case_id"] for a in mine if not a["ended"]]
    kept = memory.rows("outcome_result", case_id=lapsed[-1]["case_id"]) if lapsed else []
    return {
        **_of_credential(memory, credential, learner), "open_award": opened[0] if opened else None,
        "kept": _made(Result, [row for row in kept if row["state"] == "met"], "outcome"),
    }, _scopes(memory, credential)  # fmt: skip


def _award(memory: "Memory", case: str, actor: str) -> Found:  # noqa: ARG001
    row = memory.one("award", case)
    entries = _sorted(memory.rows("entry", case_id=case), "seq")
    running = memory.one("cases", case)
    reflected = memory.tables.get("reflection", {}).get((case,))
    assessed = {e[who] for e in entries if e["role"] == "assessor"
                for who in ("actor", "on_behalf_of")}  # fmt: skip
    more = [
        cast("Mapping[str, int]", e["form"])["business_days"] for e in entries
        if (e["trigger"], e["from_state"]) == ("extend", "claimed")
        and cast("int", e["seq"]) < cast("int", running["entered_seq"])
    ]  # fmt: skip
    signed = (row["credential_id"],) in memory.tables.get("signed_credential", {})
    judged = (
        Reflected(str(reflected["state"]), cast("str", reflected["assessor"]))
        if reflected
        else None
    )
    return {
        **_of_credential(memory, str(row["credential"]), str(row["learner"])),
        "results": _made(Result, memory.rows("outcome_result", case_id=case), "outcome"),
        "reflection": judged, "extended_days": sum(more), "signed": signed,
        "assessed_by": frozenset(str(who) for who in assessed if who),
        "moves": tuple((e["to_state"], e["at"]) for e in entries
                       if e["from_state"] != e["to_state"]),
        "fires_at": memory.fires_at(case), "warned": memory.warned(case),
        "credential_id": row["credential_id"], "record": row["registrar_record"],
        **{name: row.get(name, False) for name in ("published", "name_shown", "hidden")},
    }, _scopes(memory, str(row["credential"]))  # fmt: skip
