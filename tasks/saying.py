"""What one letter says: the words of its sentence, filled in from the moment it tells of."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from policies import committees, cycles
from policies.data import DataError
from policies.mail import zone_of
from tasks.dates import When, when
from tasks.letters import Letter
from tasks.sentences import Said, compiled, said
from workflow.clocks import Calendar
from workflow.definition import Definition
from workflow.queries.path import Stay, Step, path
from workflow.queries.words import did
from workflow.roles import Role

_LONGEST_TITLE = 80
_FEW = 3


@dataclass(frozen=True, slots=True)
class Part:
    """What one letter says, in the order in which it is said."""

    case: str
    title: str
    importance: str
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
    #: When it is due, in words; None where nothing is.
    due: When | None


def part(
    letter: Letter, definition: Definition, calendar: Calendar, *, base_url: str, now: datetime
) -> Part:
    """Say one letter as of `now`, when its mail goes out: "tomorrow" is the day after that.

    Raises UnknownKind, or jinja2's UndefinedError for a missing word.
    """
    what = said(letter.kind)
    due = due_of(letter, calendar, now)
    dates = cycles.sentence(calendar, now, zone=zone_of(letter.zone).key)
    words = _words(letter, definition, what=what, due=due, dates=dates)
    sentence = what.sentence

    def say(template: str) -> str:
        # Twice: the words of a clock stand in the sentence of its alarm.
        return one_line(compiled(template).render(words))

    return Part(
        case=letter.case, title=title_of(letter, definition), importance=letter.importance,
        subject=say(sentence.subject), heading=say(sentence.heading),
        by=due.by if due and sentence.by else "", lead=say(sentence.lead),
        items=_items(sentence.items, letter), button=say(sentence.button),
        quote=_paragraphs(compiled(sentence.quote).render(words)), do=say(sentence.do),
        link=f"{base_url}/cases/{letter.case}", otherwise=say(sentence.otherwise),
        due=due if due and sentence.by else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Since:
    """What happened on a case since its reader was written to: at most three lines."""

    heading: str
    lines: Sequence[str]


def since_of(letter: Letter) -> Since | None:
    """What its reader has not been told of; None where there is nothing."""
    if letter.last_wrote is None or not letter.since:
        return None
    at = letter.last_wrote.astimezone(zone_of(letter.zone))
    return Since(
        f"Since we last wrote, {at:%A} {at.day} {at:%B}",
        [_did(letter, one) for one in letter.since],
    )


def _did(letter: Letter, entry: tuple[str, str, str]) -> str:
    actor, name, trigger = entry
    who = "You" if actor == letter.person else one_line(name) or "Conferral"
    return f"{who} {did(letter.machine, trigger)}"


def steps_of(letter: Letter, definition: Definition) -> tuple[Step, ...]:
    """Where its case stood, step by step."""
    stays = [Stay(state, datetime.fromisoformat(at)) for state, at in letter.stays]
    return path(definition, stays) if stays else ()


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
        "title": title_of(letter, definition), "unit": letter.unit or "the unit",
        "actor": _actor(letter), "form": _Given(letter.form), "facts": _Given(facts),
        "changes": f"{changes} change{'' if changes == 1 else 's'}", "changes_count": changes,
        "now_with": _now_with(letter, definition, due),
        "until": f" by {due.day}" if due else "",
        "until_closes": f" and closes on {due.day}" if due else "",
        "due_in": due.due_in if due else "Due", "since": _since(letter),
        "dates": dates, "told": _names(facts.get("told")), "late": _names(facts.get("late")),
        "learner": _learner(letter), "body": _body(letter), "meeting": _meeting(letter),
    }  # fmt: skip


def title_of(letter: Letter, definition: Definition) -> str:
    """Its title in quotation marks, cut where it is long; in words where there is none."""
    title = one_line(letter.title)
    if not title:
        return f"the {definition.noun or definition.machine} without a title"
    if len(title) > _LONGEST_TITLE:
        title = title[: _LONGEST_TITLE - 1].rstrip() + "…"
    # A meeting is called by its committee and day: no name that somebody gave it.
    return title if letter.machine == "meeting" else f'"{title}"'


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


def due_of(letter: Letter, calendar: Calendar, now: datetime) -> When | None:
    """When it is due: as the moment said it, else as its work item says while it is open."""
    told = letter.facts.get("due")
    at = datetime.fromisoformat(told) if isinstance(told, str) else letter.due_at
    if at is None:
        return None
    return when(at, now=now, zone=letter.zone, calendar=calendar)


def _items(which: str, letter: Letter) -> tuple[str, ...]:
    if which == "changes":
        return tuple(one_line(change) for change in letter.changes)
    listed = letter.facts.get(which) if which else None
    return tuple(one_line(str(item)) for item in listed) if isinstance(listed, list) else ()


def one_line(text: str) -> str:
    """Text as one line of printable characters: what a subject, a name or a heading may hold."""
    kept = (" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    return " ".join("".join(c for c in kept if unicodedata.category(c) != "Cs").split())


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (one_line(line) for line in text.splitlines())))
