"""`conferral show`: one case, in words: where it stands, who has it, and what happened."""

from collections.abc import Iterator
from pathlib import Path

import click

from conferral import console
from workflow.queries.beside import AgendaView, ProposalView
from workflow.queries.page import CasePage, Holder, case_page
from workflow.queries.people import Holding, Person


@click.command()
@click.argument("case")
@console.data_option
@console.json_option
def command(case: str, *, data: Path | None, as_json: bool) -> None:
    """Show where CASE stands, who has it since when, until when, and its history."""
    with console.engine(data) as engine:
        page = case_page(engine, console.printable(case), operator(engine.calendar.timezone))
        if page is None:
            raise console.NothingHere(case)
        day = console.days_of(engine)
    if as_json:
        console.show_json(as_data(page))
        return
    for line in told(page, day):
        click.echo(line)


def operator(zone: str) -> Person:
    """Whoever runs the command line sees what ASA and the registrar see."""
    holds = tuple(Holding(role, "", "", "") for role in ("asa_officer", "registrar"))
    return Person(id="", name="", zone=zone, enrolled=False, holds=holds)


def as_data(page: CasePage) -> dict[str, object]:
    """The case as the JSON that other programs read."""
    beside = page.beside
    signed = beside.sign_offs if isinstance(beside, ProposalView) else ()
    roll = beside.roll if isinstance(beside, AgendaView) else ()
    closed = isinstance(beside, AgendaView) and beside.closed
    return {
        "case": page.id, "machine": page.machine, "title": page.title, "about": page.about,
        "state": page.state, "says": page.state_says, "since": page.entered_at,
        "revision": page.revision,
        "holders": [
            {"asks": h.asks, "who": h.who, "role": h.role, "since": h.since, "due": h.due.at,
             "late": h.due.late} for h in page.holders
        ],
        "sign_offs": [
            {"kind": s.kind, "who": s.who, "role": s.role, "version": s.version, "at": s.at,
             "result": s.result, "stale": s.stale} for s in signed
        ],
        "votes": [
            {"person": b.person, "who": b.who, "chair": b.chair, "recused": b.recused,
             "reason": b.reason, "voted": bool(b.choice), "choice": b.choice if closed else None}
            for b in roll
        ],
        "history": [
            {"seq": e.seq, "at": e.at, "who": e.who, "for": e.for_whom, "role": e.role,
             "trigger": e.trigger, "from": e.from_state, "to": e.to_state,
             "said": {one.asked: one.words for one in e.said}} for e in reversed(page.history)
        ],
    }  # fmt: skip


def told(page: CasePage, day: console.Days) -> Iterator[str]:
    """The case in lines of text: the answer first, then who, then what was signed, then why."""
    yield f"{page.id}, {page.title}" + (f" ({page.about})" if page.about else "")
    yield f"It is {page.state_says} since {day(page.entered_at)}. Revision {page.revision}."
    for holder in page.holders:
        yield _held(holder, day)
    if not page.holders:
        yield "Nobody has to act on it." if page.ends else "It waits for nobody."
    for alarm in page.alarms:
        yield f"{day(alarm.at)}, if nobody acts: {alarm.says}"
    yield from _signed(page, day)
    yield from _voted(page)
    yield ""
    for line in page.history:
        whom = f" for {line.for_whom}" if line.for_whom else ""
        yield f"{line.seq:>4}  {day(line.at)}  {line.who}{whom} ({line.role}) {line.did}"
        for said in line.said:
            yield f"        {said.asked}: {' '.join(said.words.split())}"


def _held(holder: Holder, day: console.Days) -> str:
    who = f"{holder.who} ({holder.role})" if holder.who else holder.role
    due = f", due {day(holder.due.at)}" if holder.due.at else ", without a date"
    late = f", {-holder.due.days} business days late" if holder.due.late else ""
    return f"{who} has it since {day(holder.since)}{due}{late}: {holder.asks}"


def _signed(page: CasePage, day: console.Days) -> Iterator[str]:
    if not isinstance(page.beside, ProposalView) or not page.beside.sign_offs:
        return
    yield "\nSigned:"
    for one in page.beside.sign_offs:
        result = f": {' '.join(one.result.split())}" if one.result else ""
        stale = " (the text has changed since)" if one.stale else ""
        yield f"  {one.name}, {one.who}, {day(one.at)}, version {one.version}{result}{stale}"


def _voted(page: CasePage) -> Iterator[str]:
    if not isinstance(page.beside, AgendaView) or not page.beside.roll:
        return
    yield f"\nVotes of {page.beside.body}:"
    for one in page.beside.roll:
        cast = one.choice if page.beside.closed else "has voted"
        word = f"recused: {one.reason}" if one.recused else (cast if one.choice else "no vote")
        yield f"  {one.who}{', chair' if one.chair else ''}: {word}"
