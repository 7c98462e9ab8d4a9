"""When who goes on: the year's journeys by their next instant, and the relay's looks between."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count

from conferral.simulation.office import Journey, Office, Stopped

#: Besides after every act the relay looks at these hours, when clocks and held mail come due.
_LOOKS = (time(7, 30), time(8), time(8, 30), time(12), time(17), time(17, 1), time(19))
_WEEKEND = (time(8), time(17, 1))
#: Those who go on within this time of each other do so before the relay looks again.
_TOGETHER = timedelta(minutes=5)


@dataclass
class Schedule:
    """Journeys wait here until their instant comes; equal instants keep the order they came in."""

    office: Office
    #: Ways that ended where an action was refused.
    stopped: int = 0
    _waiting: list[tuple[datetime, int, Journey]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)

    def begin(self, instant: datetime, journey: Journey) -> None:
        """Let a journey begin at an instant."""
        heapq.heappush(self._waiting, (instant, next(self._order), journey))

    def run(self, *, until: datetime, drain: Callable[[], int], told: Callable[[], None]) -> None:
        """Play everything before `until`; after each act and at each look, `drain` carries out."""
        looks = self._looks(until)
        look = next(looks, None)
        while look is not None or self._before(until):
            if self._waiting and (look is None or self._waiting[0][0] < look):
                self._go_on()
            elif look is not None:
                self.office.clock.advance_to(look)
                look = next(looks, None)
                told()
            drain()
        self.office.clock.advance_to(until)
        drain()

    def _before(self, until: datetime) -> bool:
        return bool(self._waiting) and self._waiting[0][0] < until

    def _go_on(self) -> None:
        """Everyone whose instant has come."""
        self.office.clock.advance_to(self._waiting[0][0])
        first = self._waiting[0][0]
        while self._waiting and self._waiting[0][0] < first + _TOGETHER:
            _, _, journey = heapq.heappop(self._waiting)
            try:
                again = next(journey, None)
            except Stopped:
                self.stopped += 1
            else:
                if again is not None:
                    self.begin(again, journey)

    def _looks(self, until: datetime) -> Iterator[datetime]:
        day = self.office.today()
        while self.office.engine.calendar.start_of(day) < until:
            yield from (one for one in self._on(day) if self.office.clock.now() < one < until)
            day += timedelta(days=1)

    def _on(self, day: date) -> Iterable[datetime]:
        calendar = self.office.engine.calendar
        hours = _LOOKS if calendar.is_business_day(day) else _WEEKEND
        return (calendar.at(day, hour) for hour in hours)
