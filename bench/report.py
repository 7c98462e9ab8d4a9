"""The figures as a table that a stranger understands, and as JSON."""

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from bench.transition import CLIENTS, Samples
from bench.wire import RoundTrips

SAYS = {
    "floor_txn": "the server alone: lock, update, two inserts, commit (6 round trips, pgbench)",
    "floor_readcte": "the server alone: read, then one statement (2 round trips, pgbench)",
    "full": "Conferral: read, decide, then every row (entry, work, deadline, mail, counts)",
    "thin": "Conferral: read, decide, then as few rows as the floors write",
    "naive": "transitions + SQLModel: the rows of `full` by a unit of work",
}
#: Ratio, numerator, denominator, and the least that will do with 1 and with 8 clients.
RATIOS: tuple[tuple[str, str, str, dict[int, float]], ...] = (
    ("transition_ratio", "full", "floor_readcte", {1: 0.40, 8: 0.33}),
    ("thin_ratio", "thin", "floor_readcte", {1: 0.75, 8: 0.50}),
    ("naive_ratio", "full", "naive", {1: 3.0, 8: 3.0}),
    ("transition_txn_ratio", "full", "floor_txn", {}),
    ("thin_txn_ratio", "thin", "floor_txn", {}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that was measured in one run."""

    samples: Samples
    decide_us: float
    round_trips: RoundTrips
    wal_bytes: float
    sweep: dict[str, float]

    def ratio(self, above: str, below: str, clients: int) -> float:
        """The ratio of two medians."""
        return median(self.samples[above, clients]) / median(self.samples[below, clients])

    def spread(self, above: str, below: str, clients: int) -> tuple[float, float]:
        """The least and the greatest ratio of a single round: the noise of this run."""
        pairs = zip(self.samples[above, clients], self.samples[below, clients], strict=True)
        found = [one / other for one, other in pairs]
        return min(found), max(found)

    def as_data(self) -> dict[str, object]:
        """Flat names, as other programs read them."""
        ratios = {
            f"{name}_{clients}": round(self.ratio(above, below, clients), 3)
            for name, above, below, _ in RATIOS
            for clients in CLIENTS
        }
        spreads = {
            f"{name}_{clients}": [round(r, 3) for r in self.spread(above, below, clients)]
            for name, above, below, _ in RATIOS
            for clients in CLIENTS
        }
        medians = {
            f"{kind}_{n}": round(median(rates), 1) for (kind, n), rates in self.samples.items()
        }
        return {
            **ratios,
            "decide_us": round(self.decide_us, 2),
            "roundtrips": self.round_trips.uncontended,
            "roundtrips_locked": self.round_trips.locked,
            "wal_bytes": round(self.wal_bytes),
            **{name: round(value, 2) for name, value in self.sweep.items()},
            "medians": medians,
            "spread": spreads,
            "rounds": len(self.samples["full", 1]),
            "cpus": os.cpu_count(),
            "python": platform.python_version(),
        }

    def lines(self) -> Iterator[str]:
        """The report in words."""
        yield "Transitions a second, medians over the rounds   1 client   8 clients"
        for kind, says in SAYS.items():
            rates = "".join(f"{median(self.samples[kind, n]):12,.0f}" for n in CLIENTS)
            yield f"  {kind:<40}{rates}\n      {says}"
        yield "\nRatios (in brackets the least and the greatest of a single round)"
        for name, above, below, goals in RATIOS:
            yield f"  {name}: {above} / {below}"
            for n in CLIENTS:
                yield self._ratio_line(above, below, clients=n, goal=goals.get(n))
        yield "\nCounted"
        yield f"  decide with all its rules: {self.decide_us:.1f} µs (25 at most)"
        trips = self.round_trips
        yield f"  round trips: {trips.uncontended} (2 at most)"
        yield f"  round trips under the lock, after a lost race: {trips.locked} (5 at most)"
        yield f"  write-ahead log of a full transition: {self.wal_bytes:,.0f} bytes (3,000 at most)"
        if self.sweep:
            yield "\nSweeping 10,000 due deadlines, two workers"
            yield from (f"  {name}: {value:,.2f}" for name, value in self.sweep.items())

    def _ratio_line(self, above: str, below: str, *, clients: int, goal: float | None) -> str:
        ratio, (least, most) = self.ratio(above, below, clients), self.spread(above, below, clients)
        who = "1 client: " if clients == 1 else f"{clients} clients:"
        said = "" if goal is None else f"  {'reached' if ratio >= goal else 'MISSED'}: {goal:.2f}"
        return f"    {who} {ratio:.2f}  [{least:.2f} to {most:.2f}]{said}"
