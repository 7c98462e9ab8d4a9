"""The letters of an envelope become the words of one mail, as HTML and as plain text.

One letter is said alone. Several on one case are one mail that says each, what asks for something
first. What goes out together in the morning is a list: what is to do, then the news of each case.
"""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from policies.mail import zone_of
from tasks.letters import Letter, Mail
from tasks.saying import Part, Since, part, since_of, steps_of
from workflow.clocks import Calendar
from workflow.definition import Definition
from workflow.queries.path import Step

TEMPLATES = Path(__file__).parent / "templates"
WIDTH = 72

#: Why somebody gets a mail, by its importance.
_WHY = {
    "act": "You get this because it is your turn.",
    "know": "You get this because it is yours, or you had a part in it.",
    "fyi": "You get this so that you know; nothing is asked of you.",
}
_WHY_ESCALATED = "You get this because it is late, and you are who looks after that."
_WHY_MORNING = "This is what waited for the morning: we write once, and not at night."


@dataclass(frozen=True, slots=True)
class News:
    """What is new on one case, for a morning's mail: a line each."""

    title: str
    case: str
    lines: Sequence[str]
    link: str


@dataclass(frozen=True, slots=True)
class Page:
    """The content of a mail; HTML and plain text say all of it, in this order, and nothing else."""

    subject: str
    heading: str
    #: The first stands under the heading of the mail, unless it is a morning's.
    parts: Sequence[Part]
    news: Sequence[News]
    morning: bool
    steps: Sequence[Step]
    since: Since | None
    footer: Sequence[str]
    preferences: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's subject and its two equal bodies."""

    subject: str
    text: str
    html: str


#: The definition of a machine, by its name.
DefinitionOf = Callable[[str], Definition]


def render(
    mail: Mail, definition_of: DefinitionOf, calendar: Calendar, *, base_url: str
) -> Rendered:
    """Say a mail in words. Raises UnknownKind, or jinja2's UndefinedError for a missing word."""
    page = compose(mail, definition_of, calendar, base_url=base_url)
    layouts = _layouts()
    return Rendered(page.subject, layouts.text.render(page=page), layouts.html.render(page=page))


def compose(mail: Mail, definition_of: DefinitionOf, calendar: Calendar, *, base_url: str) -> Page:
    """The content of a mail; the same letters give the same page."""
    ordered = sorted(mail.letters, key=lambda letter: letter.importance != "act")
    parts = [
        part(one, definition_of(one.machine), calendar, base_url=base_url, now=mail.due_at)
        for one in ordered
    ]
    if mail.is_morning:
        return _morning(mail, parts, base_url=base_url)
    first, last = parts[0], mail.letters[-1]
    more = f" (and {len(parts) - 1} more)" if len(parts) > 1 else ""
    return Page(
        subject=f"[{first.case}] {first.subject}{more}", heading=first.heading, parts=parts,
        news=(), morning=False, steps=steps_of(last, definition_of(last.machine)),
        since=since_of(mail.letters[0]), footer=_footer(ordered[0], parts),
        preferences=_preferences(base_url),
    )  # fmt: skip


def _morning(mail: Mail, parts: Sequence[Part], *, base_url: str) -> Page:
    to_do = [one for one in parts if one.importance == "act"]
    told = [one for one in parts if one.importance != "act"]
    day = mail.due_at.astimezone(zone_of(mail.letters[0].zone))
    heading = f"Your {day:%A}: {_counted(to_do, told)}"
    zone = (f"Times are those of {_zone(mail.letters[0])}.",) if any(p.due for p in parts) else ()
    return Page(
        subject=heading, heading=heading, parts=to_do, news=_news(told), morning=True, steps=(),
        since=None,
        footer=(_WHY_MORNING, _DECIDES_NOTHING, *zone), preferences=_preferences(base_url),
    )  # fmt: skip


_DECIDES_NOTHING = "This mail decides nothing: to act, open the page."


def _counted(to_do: Sequence[Part], told: Sequence[Part]) -> str:
    """How much there is: "2 to do (1 due today), 4 updates"."""
    today = sum(one.due is not None and one.due.is_today for one in to_do)
    due = f" ({today} due today)" if today else ""
    updates = f"{len(told)} update{'' if len(told) == 1 else 's'}"
    return ", ".join(
        (*((f"{len(to_do)} to do{due}",) if to_do else ()), *((updates,) if told else ()))
    )


def _news(told: Sequence[Part]) -> tuple[News, ...]:
    by_case = sorted(told, key=lambda one: one.case)
    return tuple(
        News(title=news[0].title, case=case, link=news[0].link,
             lines=[f"{one.heading}. {_ended(one)}".strip() for one in news])
        for case, news in ((case, list(some)) for case, some in groupby(by_case, _case_of))
    )  # fmt: skip


def _case_of(one: Part) -> str:
    return one.case


def _ended(one: Part) -> str:
    """Its first sentence, and somebody's words where it announces them."""
    return " ".join((one.lead, *one.items, *one.quote))


def _preferences(base_url: str) -> str:
    return f"{base_url}/preferences"


def _footer(letter: Letter, parts: Sequence[Part]) -> tuple[str, ...]:
    zone = (f"Times are those of {_zone(letter)}.",) if any(p.due for p in parts) else ()
    why = _WHY_ESCALATED if letter.kind.endswith(".escalate") else _WHY[letter.importance]
    return (why, _DECIDES_NOTHING, *zone)


def _zone(letter: Letter) -> str:
    return letter.zone.replace("_", " ")


# ------------------------------------------------------------------------------------- layout


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
