"""Bars as a picture drawn here: measures in per cent and rem, so one serves every width."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

#: One bar with its words above it, in pixels.
ROW: Final = 52
_FOOT: Final = 30
_STEPS: Final = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000)
_MOST_LINES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One row of a chart: its name, its words at the end, and lengths in the chart's unit.

    `until` is where a thinner line ends, `limit` where a dashed one stands; `hollow` is how much of
    the bar, from its start, is drawn hollow.
    """

    name: str
    says: str
    length: int
    until: int | None = None
    limit: int | None = None
    hollow: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to be drawn: bars with their places, and the lines of its grid."""

    bars: tuple[Bar, ...]
    top: int
    step: int

    @property
    def height(self) -> int:
        """Pixels of the whole picture."""
        return self.ground + _FOOT

    @property
    def ground(self) -> int:
        """Where the grid ends."""
        return len(self.bars) * ROW

    @property
    def lines(self) -> tuple[int, ...]:
        """The values at which a line stands."""
        return tuple(range(0, self.top + 1, self.step))

    def x(self, value: int) -> str:
        """A value as per cent of the width."""
        return f"{100 * value / self.top:.2f}%"

    def y(self, row: int) -> int:
        """Where a row begins."""
        return row * ROW


def chart(bars: Sequence[Bar]) -> Chart:
    """Lay out a chart: the least round step that needs at most six lines."""
    most = max([max(bar.length, bar.until or 0, bar.limit or 0) for bar in bars], default=0)
    step = next((one for one in _STEPS if most / one <= _MOST_LINES - 1), _STEPS[-1])
    return Chart(tuple(bars), top=max(step, -(-most // step) * step), step=step)
