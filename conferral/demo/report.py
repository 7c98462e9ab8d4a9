"""What the demo leaves behind: credentials, status lists, keys, mails, history and a summary."""

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from textwrap import fill
from typing import cast

import orjson

from conferral.demo import taken
from conferral.demo.stage import DemoFailed, Stage
from conferral.importing import Opened
from conferral.issuer import did_document
from conferral.settings import Settings
from credentials import did
from credentials.verify import verify
from workflow.invariants import violations

OURS = ("credentials", "taken", "status", "mail", "did.json", "history.json", "summary.json")
_WIDTH = 88
_PRETTY = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


@dataclass(frozen=True, slots=True)
class Summary:
    """The demo in numbers, as `summary.json` holds it."""

    cases: Mapping[str, Mapping[str, int]]
    mails: int
    #: What was said in them: several notices may go out as one mail.
    notices: Mapping[str, int]
    credentials: int
    entries: int
    violations: int
    unmet: Mapping[str, Sequence[str]]


def clear(out: Path) -> None:
    """Make the folder ready: what an earlier demo left goes, what is not ours is never touched.

    Raises:
        DemoFailed: the folder holds other things and no earlier demo.
    """
    out.mkdir(parents=True, exist_ok=True)
    there = {file.name for file in out.iterdir()}
    if there and "summary.json" not in there:
        raise DemoFailed(f"{out} holds other files. Choose an empty folder with --out.")
    for name in OURS:
        path = out / name
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def write(
    stage: Stage, settings: Settings, out: Path, *, opened: Sequence[Opened], mail: Path
) -> Summary:
    """Write everything into `out`; DemoFailed where a credential does not verify."""
    document = did_document(settings)
    if document is None:
        raise DemoFailed("No key was made, so nothing was signed.")
    _json(out / "did.json", document)
    lists = _status_lists(stage, out / "status")
    issued = _credentials(stage, out / "credentials", keys=document, lists=lists)
    taken.write(stage, settings, out / "taken")
    shutil.copytree(mail, out / "mail")
    history = _history(stage)
    _json(out / "history.json", history)
    summary = Summary(
        cases=_cases(stage),
        mails=len(_rows(stage, "SELECT 1 FROM envelope WHERE state = 'sent'")),
        notices=_notices(stage),
        credentials=issued,
        entries=sum(len(cast("list[object]", case["entries"])) for case in history),
        violations=_violations(stage),
        unmet={one.plan.record.title: _rules(one) for one in opened},
    )
    _json(out / "summary.json", {name: getattr(summary, name) for name in Summary.__slots__})
    return summary


def _json(path: Path, value: object) -> None:
    path.write_bytes(orjson.dumps(value, default=str, option=_PRETTY))


def _rows(stage: Stage, query: str) -> list[tuple[object, ...]]:
    with stage.engine.connect() as connection:
        return connection.execute(query.encode()).fetchall()


def _status_lists(stage: Stage, folder: Path) -> dict[str, Mapping[str, object]]:
    folder.mkdir()
    lists: dict[str, Mapping[str, object]] = {}
    for number, body in _rows(stage, "SELECT number, body FROM status_list ORDER BY number"):
        (folder / f"{number}.json").write_bytes(cast("bytes", body))
        document = cast("Mapping[str, object]", orjson.loads(cast("bytes", body)))
        lists[str(document["id"])] = document
    return lists


def _credentials(
    stage: Stage,
    folder: Path,
    *,
    keys: Mapping[str, object],
    lists: Mapping[str, Mapping[str, object]],
) -> int:
    folder.mkdir()
    stored = _rows(stage, "SELECT case_id, body FROM signed_credential ORDER BY case_id")
    for case, body in stored:
        document = cast("Mapping[str, object]", orjson.loads(cast("bytes", body)))
        status = cast("Mapping[str, str]", document["credentialStatus"])
        verdict = verify(
            document,
            resolve_key=did.resolver(keys),
            now=stage.clock.now(),
            status_list=lists[status["statusListCredential"]],
        )
        if not (verdict.valid and verdict.complete):
            failed = "; ".join(check.sentence for check in verdict.checks if not check.ok)
            raise DemoFailed(f"The credential of {case} does not verify: {failed}")
        (folder / f"{case}.json").write_bytes(cast("bytes", body))
    return len(stored)


def _history(stage: Stage) -> list[dict[str, object]]:
    rows = _rows(
        stage,
        """SELECT c.id, c.machine, c.state, json_agg(json_build_object(
                  'seq', e.seq, 'trigger', e.trigger, 'from', e.from_state, 'to', e.to_state,
                  'actor', e.actor, 'role', e.role, 'on_behalf_of', e.on_behalf_of, 'at', e.at,
                  'form', e.form, 'previous', e.previous, 'hash', e.hash) ORDER BY e.seq)
             FROM cases c JOIN entry e ON e.case_id = c.id
            GROUP BY c.id ORDER BY c.machine, c.opened_at, c.id""",
    )
    names = ("case", "machine", "state", "entries")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _cases(stage: Stage) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for machine, state, number in _rows(
        stage, "SELECT machine, state, count(*) FROM cases GROUP BY 1, 2 ORDER BY 1, 2"
    ):
        found.setdefault(str(machine), {})[str(state)] = cast("int", number)
    return found


def _notices(stage: Stage) -> dict[str, int]:
    sent = _rows(stage, "SELECT kind FROM notification WHERE state = 'sent' ORDER BY kind")
    return dict(Counter(str(kind) for (kind,) in sent))


def _violations(stage: Stage) -> int:
    """How many; each is told, for a demo that breaks an invariant has found a fault of ours."""
    with stage.engine.connect() as connection:
        found = violations(connection, machines=stage.engine.machines, now=stage.clock.now())
    for one in found:
        stage.say(f"{one.invariant}: {one.sentence} {one.row}")
    return len(found)


def _rules(one: Opened) -> list[str]:
    return list(dict.fromkeys(unmet.rule for unmet in one.plan.unmet))


def told(summary: Summary, out: Path, *, began: datetime, seconds: float) -> str:
    """The summary as a stranger reads it."""
    proposals = summary.cases.get("proposal", {})
    awards = summary.cases.get("award", {})
    lacking = sum(1 for rules in summary.unmet.values() if rules)
    paragraph = fill(
        f"{len(summary.unmet)} real micro-credentials were imported as drafts; {lacking} of them "
        "lacked something the policy asks for. "
        f"{proposals.get('issued', 0)} were completed and put in force: one through two committees "
        "and the Senate's notice, one by ASA alone, one after a determination, and one that stacks "
        f"two of them. {awards.get('issued', 0)} awards were assessed, verified and signed: "
        f"{summary.credentials} Open Badges, each verified just now. {summary.mails} mails were "
        f"sent, which say {sum(summary.notices.values())} things, {_escalations(summary)} of them "
        f"an escalation; {summary.entries} entries were written; "
        f"{summary.violations} violations of an invariant were found.",
        width=_WIDTH,
    )
    return f"""
{paragraph}

Business time began on {began:%a %-d %b %Y}; the clock on the wall says {seconds:.0f} s.
Everything is in {out}:
  summary.json   these figures, and what each record lacks, by rule
  history.json   every entry of every case, chained by its hash
  credentials/   the signed Open Badges 3.0: conferral verify FILE --did did.json
  status/        the signed status lists they name; did.json holds the issuer's keys
  mail/          every mail, as it was sent"""


def _escalations(summary: Summary) -> int:
    return sum(number for kind, number in summary.notices.items() if kind.endswith("escalate"))
