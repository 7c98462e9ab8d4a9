"""A letter becomes the words of a mail: one page of content, laid out as HTML and as plain text."""

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from policies import committees, cycles
from policies.data import DataError
from tasks.dates import When, when, zone_of
from tasks.letters import Letter
from tasks.sentences import Said, compiled, said
from workflow.clocks import Calendar
from workflow.definition import Definition
from workflow.queries.path import Stay, Step, path
from workflow.roles import Role

TEMPLATES = Path(__file__).parent / "templates"
WIDTH = 72
_LONGEST_TITLE = 80
_FEW = 3

#: Why somebody gets a mail, by its importance.
_WHY = {
    "act": "You get this because it is your turn.",
    "know": "You get this because it is yours, or you had a part in it.",
    "fyi": "You get this so that you know; nothing is asked of you.",
}
_WHY_ESCALATED = "You get this because it is late, and you are who looks after that."


@dataclass(frozen=True, slots=True)
class Page:
    """The content of a mail; HTML and plain text say all of it, in this order, and nothing else."""

    subject: str
    heading: str
    by: str
    lead: str
    items: Sequence[str]
    quote: Sequence[str]
    do: str
    button: str
    link: str
    otherwise: str
    steps: Sequence[Step]
    footer: Sequence[str]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's subject and its two equal bodies."""

    subject: str
    text: str
    html: str


def render(
    letter: Letter, definition: Definition, calendar: Calendar, *, base_url: str
) -> Rendered:
    """Say a letter in words. Raises UnknownKind, or jinja2's UndefinedError for a missing word."""
    page = compose(letter, definition, calendar, base_url=base_url)
    layouts = _layouts()
    return Rendered(page.subject, layouts.text.render(page=page), layouts.html.render(page=page))


def compose(letter: Letter, definition: Definition, calendar: Calendar, *, base_url: str) -> Page:
    """The content of a letter's mail; the same letter gives the same page."""
    what = said(letter.kind)
    due = _due(letter, calendar)
    dates = cycles.sentence(calendar, letter.created_at, zone=zone_of(letter.zone).key)
    words = _words(letter, definition, what=what, due=due, dates=dates)
    sentence = what.sentence

    def say(template: str) -> str:
        # Twice: the words of a clock stand in the sentence of its alarm.
        return one_line(compiled(template).render(words))

    return Page(
        subject=f"[{letter.case}] {say(sentence.subject)}", heading=say(sentence.heading),
        by=due.by if due and sentence.by else "", lead=say(sentence.lead),
        items=_items(sentence.items, letter), button=say(sentence.button),
        quote=_paragraphs(compiled(sentence.quote).render(words)), do=say(sentence.do),
        link=f"{base_url}/cases/{letter.case}",
        otherwise=say(sentence.otherwise),
        steps=_steps(letter, definition), footer=_footer(letter, due),
    )  # fmt: skip


# ------------------------------------------------------------------------------------- words


class _Given(dict[str, object]):
    """Words that may be absent: an optional field that nobody filled in reads as empty."""

    def __missing__(self, _: str) -> str:
        return ""


def _words(
    letter: Letter, definition: Definition, *, what: Said, due: When | None, dates: str
) -> dict[str, object]:
    facts = letter.facts
    changes = len(letter.changes)
    return {
        **what.words,
        "title": _title(letter, definition), "unit": letter.unit or "the unit",
        "actor": _actor(letter), "form": _Given(letter.form), "facts": _Given(facts),
        "changes": f"{changes} change{'' if changes == 1 else 's'}", "changes_count": changes,
        "now_with": _now_with(letter, definition, due),
        "until": f" by {due.day}" if due else "",
        "until_closes": f" and closes on {due.day}" if due else "",
        "due_in": due.due_in if due else "Due", "since": _since(letter),
        "dates": dates, "told": _names(facts.get("told")), "late": _names(facts.get("late")),
        "learner": _learner(letter), "body": _body(letter), "meeting": _meeting(letter),
    }  # fmt: skip


def _title(letter: Letter, definition: Definition) -> str:
    title = one_line(letter.title)
    if not title:
        return f"the {definition.noun or definition.machine} without a title"
    if len(title) > _LONGEST_TITLE:
        title = title[: _LONGEST_TITLE - 1].rstrip() + "…"
    return f'"{title}"'


def _actor(letter: Letter) -> str:
    if letter.actor == letter.person:
        return "You"
    return one_line(letter.actor_name or "") or "Conferral"


def _learner(letter: Letter) -> str:
    """The learner's name, for those who act on the award and for nobody else."""
    acts = letter.importance == "act" and letter.learner != letter.person
    return one_line(letter.learner_name or "") if acts and letter.learner_name else "The learner"


def _now_with(letter: Letter, definition: Definition, due: When | None) -> str:
    """Who has it, and until when."""
    turn = definition.state(letter.state).turn
    if turn is None:
        return ""
    until = f", until {due.day}" if due else ""
    if len(letter.holders) == 1 and letter.holders[0] == letter.name:
        return f"You have it now{until}."
    return f"{_holders(letter, turn)} now{until}."


def _holders(letter: Letter, turn: Role) -> str:
    few = 0 < len(letter.holders) <= _FEW and letter.machine != "award"
    if few and len(letter.holders) > 1:
        return f"{_names(letter.holders)} have it"
    who = one_line(letter.holders[0]) if few else turn.says
    return f"{who[:1].upper()}{who[1:]} has it"


def _names(value: object) -> str:
    names = [one_line(str(name)) for name in value] if isinstance(value, list) else []
    if len(names) > _FEW:
        return f"{', '.join(names[:_FEW])} and {len(names) - _FEW} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _body(letter: Letter) -> str:
    if not letter.body:
        return "the committee"
    try:
        name = committees.load().body(letter.body).name
    except DataError:
        return "the committee"
    return name if name.lower().startswith("the ") else f"the {name}"


def _meeting(letter: Letter) -> str:
    day = letter.meeting_on
    return f"{day:%a} {day.day} {day:%b}" if day else "its next meeting"


def _since(letter: Letter) -> str:
    at = letter.entered_at.astimezone(zone_of(letter.zone))
    return f"{at:%A} {at.day} {at:%B}"


def _due(letter: Letter, calendar: Calendar) -> When | None:
    """When it is due: as the moment said it, else as its work item says while it is open."""
    told = letter.facts.get("due")
    at = datetime.fromisoformat(told) if isinstance(told, str) else letter.due_at
    if at is None:
        return None
    return when(at, now=letter.created_at, zone=letter.zone, calendar=calendar)


def _items(which: str, letter: Letter) -> tuple[str, ...]:
    if which == "changes":
        return tuple(one_line(change) for change in letter.changes)
    listed = letter.facts.get(which) if which else None
    return tuple(one_line(str(item)) for item in listed) if isinstance(listed, list) else ()


def _steps(letter: Letter, definition: Definition) -> tuple[Step, ...]:
    stays = [Stay(state, datetime.fromisoformat(at)) for state, at in letter.stays]
    return path(definition, stays) if stays else ()


def _footer(letter: Letter, due: When | None) -> tuple[str, ...]:
    zone = (f"Times are those of {letter.zone.replace('_', ' ')}.",) if due else ()
    why = _WHY_ESCALATED if letter.kind.endswith(".escalate") else _WHY[letter.importance]
    return (why, "This mail decides nothing: to act, open the page.", *zone)


# ------------------------------------------------------------------------------------- layout


def one_line(text: str) -> str:
    """Text as one line of printable characters: what a subject, a name or a heading may hold."""
    kept = (" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    return " ".join("".join(c for c in kept if unicodedata.category(c) != "Cs").split())


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (one_line(line) for line in text.splitlines())))


def wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    """Lines of at most 72 letters; an address is never broken."""
    return textwrap.fill(
        text, WIDTH, initial_indent=indent if first is None else first, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _width_of(steps: Sequence[Step]) -> int:
    return max((len(step.name) for step in steps), default=0)


@cache
def _templates(*, escape: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined,
        autoescape=escape,  # noqa: S701 - off for the plain text alone, which has nothing to escape
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["wrapped"] = wrapped
    environment.filters["width"] = _width_of
    return environment


@dataclass(frozen=True, slots=True)
class _Layouts:
    """The two templates of a mail, compiled once."""

    text: Template
    html: Template


@cache
def _layouts() -> _Layouts:
    text, html = _templates(escape=False), _templates(escape=True)
    return _Layouts(text.get_template("mail.txt"), html.get_template("mail.html"))
