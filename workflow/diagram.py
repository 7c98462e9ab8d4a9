"""A definition as a picture: one SVG, drawn from the definition alone.

States stand below one another in the order of the definition, each with the triggers that leave it;
arrows run in lanes on the right, one lane a target, so that no arrow crosses a word. Widths are
those of a telephone. Colours and fonts are the pages' own custom properties, as attributes: inside
a page they follow its light or dark; a file of its own is given them as `style`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from workflow.definition import Definition, State
from workflow.table import Way, clock_in_words, stays, ways

WIDTH = 400
_LEFT, _RIGHT, _TOP = 6, 6, 34
_LANE, _GUTTER = 11, 12
_PAD, _GAP = 12, 14
_HEAD, _SMALL, _ROW = 19, 15, 20
#: Characters of small print a unit of width takes; counted generously, so nothing runs out.
_PER_CHARACTER = 5.9
_CORNER = 5


@dataclass(frozen=True, slots=True)
class _Block:
    """One state on the paper: its lines of text and the arrows that leave it, from `y` down."""

    state: State
    y: int
    notes: tuple[str, ...]
    leaving: tuple[Way, ...]
    staying: tuple[str, ...]

    @property
    def height(self) -> int:
        words = _HEAD + _SMALL * (len(self.notes) + len(self.staying)) + _ROW * len(self.leaving)
        return words + 2 * _PAD - (6 if not self.leaving else 4)

    @property
    def enters_at(self) -> int:
        """Where arrows arrive."""
        return self.y + _PAD + 6

    def leaves_at(self, way: Way) -> int:
        """Where the arrow of a trigger sets out."""
        first = self.y + _PAD + _HEAD + _SMALL * len(self.notes) + 8
        return first + _ROW * self.leaving.index(way)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Everything that is drawn, with its place."""

    definition: Definition
    blocks: Mapping[str, _Block]
    #: Of each target, how many lanes out its arrows run.
    lanes: Mapping[str, int]
    edge: int
    path: tuple[str, ...]

    @property
    def height(self) -> int:
        last = self.blocks[self.definition.states[-1].name]
        return last.y + last.height + 44

    def leads_on(self, way: Way) -> bool:
        """Whether it leads on along the path that people see."""
        on_it = way.source in self.path and way.target in self.path
        return on_it and self.path.index(way.target) > self.path.index(way.source)

    def lane_at(self, target: str) -> int:
        """Where the lane to a state runs."""
        return self.edge + _GUTTER + _LANE * self.lanes[target]


def svg(definition: Definition, *, now: str | None = None, style: str = "") -> str:
    """The picture as an SVG element; `now` marks the state of that name as where a case stands.

    `style` is CSS that gives the custom properties, for a file of its own on its own paper.
    KeyError for a `now` that is no state.
    """
    if now is not None:
        definition.state(now)
    plan = _planned(definition)
    return "\n".join([*_begun(plan, now, style), *_drawn(plan, now), *_key(plan), "</svg>", ""])


def description(definition: Definition) -> str:
    """The picture in words, for those who do not see it."""
    said = []
    for state in definition.states:
        going = [f"{w.trigger} to {w.target}" for w in ways(definition) if w.source == state.name]
        staying = [f"{trigger} stays" for trigger in stays(definition, state)]
        rest = "an end" if state.ends else "nothing leads on"
        said.append(f"{state.name}: {', '.join([*going, *staying]) or rest}.")
    return " ".join(said)


# ------------------------------------------------------------------------------------- places


def _planned(definition: Definition) -> _Plan:
    arrows = ways(definition)
    # As many lanes as there are targets at most; how many are needed shows once they are placed.
    narrow = _placed(definition, arrows, width=_box(len({arrow.target for arrow in arrows})))
    count = max(_lanes(arrows, narrow).values(), default=-1) + 1
    blocks = _placed(definition, arrows, width=_box(count))
    edge = _LEFT + _box(count)
    return _Plan(definition, blocks, _lanes(arrows, blocks), edge, _path(definition))


def _box(lanes: int) -> int:
    return WIDTH - _LEFT - _RIGHT - _GUTTER - _LANE * lanes


def _placed(definition: Definition, arrows: Sequence[Way], *, width: int) -> dict[str, _Block]:
    blocks: dict[str, _Block] = {}
    y, letters = _TOP, int((width - 2 * _PAD) / _PER_CHARACTER)
    for state in definition.states:
        staying = stays(definition, state)
        block = _Block(
            state, y, (*wrap(_note(state), letters), *wrap(state.stays, letters)),
            tuple(arrow for arrow in arrows if arrow.source == state.name),
            tuple(wrap(f"stays: {', '.join(staying)}", letters)) if staying else (),
        )  # fmt: skip
        blocks[state.name] = block
        y += block.height + _GAP
    return blocks


def _note(state: State) -> str:
    parts = [state.name, state.turn.says if state.turn else "", clock_in_words(state.clock)]
    # A line may end with the dot between two parts, and does not begin with it.
    return "\N{NO-BREAK SPACE}· ".join(filter(None, parts))


def _lanes(arrows: Sequence[Way], blocks: Mapping[str, _Block]) -> dict[str, int]:
    """The lane of each target: short ways stay near the states, and no two share a stretch."""
    reach: dict[str, tuple[int, int]] = {}
    for arrow in arrows:
        ends = (blocks[arrow.source].leaves_at(arrow), blocks[arrow.target].enters_at)
        low, high = reach.get(arrow.target, ends)
        reach[arrow.target] = (min(low, *ends), max(high, *ends))
    taken: list[list[tuple[int, int]]] = []
    lanes: dict[str, int] = {}
    for target, (low, high) in sorted(reach.items(), key=lambda one: one[1][1] - one[1][0]):
        lane = next((n for n, spans in enumerate(taken) if _free(spans, low, high)), len(taken))
        taken[lane:] = taken[lane:] or [[]]
        taken[lane].append((low, high))
        lanes[target] = lane
    return lanes


def _free(spans: Sequence[tuple[int, int]], low: int, high: int) -> bool:
    return all(high < other_low or other_high < low for other_low, other_high in spans)


# ------------------------------------------------------------------------------------- strokes


def _begun(plan: _Plan, now: str | None, style: str) -> Iterator[str]:
    name, high = plan.definition.machine, plan.height
    where = f" It is now {plan.definition.state(now).says}." if now else ""
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="machine" role="img"'
        f' viewBox="0 0 {WIDTH} {high}" width="{_shown(WIDTH)}" height="{_shown(high)}"'
        f' aria-labelledby="{name}-title {name}-desc"'
        f' font-family="var(--sans)" font-size="12">'
    )
    title = escape(f"The {plan.definition.noun}: states and ways.{where}")
    yield f'<title id="{name}-title">{title}</title>'
    yield f'<desc id="{name}-desc">{escape(description(plan.definition))}</desc>'
    if style:
        yield f"<style>{style}</style>"
        yield f'<rect width="{WIDTH}" height="{high}" fill="var(--paper)"/>'


def _shown(length: int) -> int:
    """A fifth larger where there is room; a telephone makes it as wide as itself."""
    return length * 6 // 5


def _drawn(plan: _Plan, now: str | None) -> Iterator[str]:
    yield from _opening(plan)
    for block in plan.blocks.values():
        yield from _of_state(plan, block, here=block.state.name == now)
    arrows = [way for block in plan.blocks.values() for way in block.leaving]
    # The path on top of all others, a full line on top of a broken one.
    for way in sorted(arrows, key=lambda way: (plan.leads_on(way), not way.by_itself)):
        yield _arrow(plan, way)
    for block in plan.blocks.values():
        yield from _words(plan, block, here=block.state.name == now)


def _opening(plan: _Plan) -> Iterator[str]:
    """From nothing to the first state, and by which trigger."""
    openers = dict.fromkeys(row.trigger for row in plan.definition.rows if not row.sources)
    x, end = _LEFT + 18, plan.blocks[plan.definition.initial.name].y
    yield f'<circle cx="{x}" cy="12" r="5" fill="var(--ink)"/>'
    yield f'<path d="M{x} 12V{end - 1}" stroke="var(--ink)" stroke-width="1.5"/>'
    yield f'<path d="M{x - 4} {end - 8}L{x} {end - 1}L{x + 4} {end - 8}z" fill="var(--ink)"/>'
    yield text(x + 12, 16, ", ".join(openers), weight=600)


def _of_state(plan: _Plan, block: _Block, *, here: bool) -> Iterator[str]:
    fill = "var(--accent-wash)" if here else "var(--sheet)"
    stroke = "var(--accent)" if here else "var(--rule-strong)"
    yield frame(_LEFT, block.y, plan.edge - _LEFT, block.height, f'fill="{fill}"'
                  f' stroke="{stroke}" stroke-width="{2.5 if here else 1.25}"')  # fmt: skip
    if block.state.ends:
        yield frame(_LEFT + 4, block.y + 4, plan.edge - _LEFT - 8, block.height - 8,
                      f'fill="none" stroke="{stroke}" stroke-width="1.25"')  # fmt: skip


def frame(x: int, y: int, width: int, height: int, how: str, *, corner: int = 6) -> str:  # noqa: PLR0917 - as SVG has it
    """A rounded box; `how` are its other attributes."""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{corner}" {how}/>'


def _arrow(plan: _Plan, way: Way) -> str:
    start = plan.blocks[way.source].leaves_at(way)
    end = plan.blocks[way.target].enters_at
    edge, lane = plan.edge, plan.lane_at(way.target)
    turn = _CORNER if end > start else -_CORNER
    line = (
        f"M{edge} {start}H{lane - _CORNER}Q{lane} {start} {lane} {start + turn}"
        f"V{end - turn}Q{lane} {end} {lane - _CORNER} {end}H{edge + 6}"
    )
    main = plan.leads_on(way)
    ink = "var(--accent)" if main else "var(--ink-2)"
    how = f'stroke="{ink}" stroke-width="{2 if main else 1.25}"'
    how += ' stroke-dasharray="4 3"' if way.by_itself else ""
    return (
        f'<path d="{line}" fill="none" {how}/>'
        f'<path d="M{edge + 8} {end - 4}L{edge + 1} {end}L{edge + 8} {end + 4}z" fill="{ink}"/>'
    )


def _path(definition: Definition) -> tuple[str, ...]:
    """The states that people pass, in order: the steps, and what every way on leads through."""
    order = [state.name for state in definition.states]
    on_it = {state.name for state in definition.states if state.step}
    ends = {state.name for state in definition.states if state.ends}
    for name in order:
        onward = {
            way.target for way in ways(definition)
            if way.source == name and order.index(way.target) > order.index(name)
        } - ends  # fmt: skip
        if name in on_it and len(onward) == 1:
            on_it |= onward
    return tuple(name for name in order if name in on_it)


def _words(plan: _Plan, block: _Block, *, here: bool) -> Iterator[str]:
    x, y = _LEFT + _PAD, block.y + _PAD + 10
    says = block.state.says
    yield text(x, y, says[:1].upper() + says[1:], size=14, weight=700, family="var(--serif)")
    if here:
        yield text(plan.edge - _PAD, y, "now here", anchor="end", weight=700, ink="var(--accent)")
    for note in block.notes:
        y += _SMALL
        yield text(x, y, note, size=11, ink="var(--ink-2)")
    for way in block.leaving:
        at = block.leaves_at(way)
        yield text(plan.edge - 9, at + 4, way.trigger, anchor="end", weight=600)
        y = at + 6
    for line in block.staying:
        y += _SMALL
        yield text(x, y, line, size=11, ink="var(--ink-2)")


def _key(plan: _Plan) -> Iterator[str]:
    """What lines and frames mean, below everything."""
    low, second = plan.height - 24, _LEFT + 150
    for x, y, words, how in (
        (_LEFT, low, "a person acts", 'stroke="var(--ink-2)" stroke-width="1.25"'),
        (second, low, "a clock or another case acts",
         'stroke="var(--ink-2)" stroke-width="1.25" stroke-dasharray="4 3"'),
        (_LEFT, low + 17, "on along the path", 'stroke="var(--accent)" stroke-width="2"'),
    ):  # fmt: skip
        yield f'<path d="M{x} {y}h26" {how}/>'
        yield text(x + 34, y + 4, words, size=11, ink="var(--ink-2)")
    for inset in (0, 3):
        place = (second + inset, low + 11 + inset, 26 - 2 * inset, 12 - 2 * inset)
        yield frame(*place, 'fill="none" stroke="var(--rule-strong)"', corner=4 - inset)
    yield text(second + 34, low + 21, "an end", size=11, ink="var(--ink-2)")


def text(
    x: int, y: int, words: str, *, size: int = 12, weight: int = 400, anchor: str = "start",
    ink: str = "var(--ink)", family: str = "",
) -> str:  # fmt: skip
    """A line of text in one of the pages' voices."""
    more = f' font-family="{family}"' if family else ""
    more += f' text-anchor="{anchor}"' if anchor != "start" else ""
    more += f' font-weight="{weight}"' if weight != 400 else ""  # noqa: PLR2004 - regular
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{ink}"{more}>{escape(words)}</text>'
