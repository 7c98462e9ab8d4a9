"""What stands between a claimed mail and the mail server: the server's health, the domain's pace.

Both are rows on the database's clock, so that any number of workers keep to them together. A mail
that may not go now is put back as it was: no attempt is counted, for nothing was tried.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, LiteralString, cast

from psycopg import Connection

from policies.delivery import Delivery
from workflow.outbox import ClaimedMail, Row

Rows = Connection[Row]

#: A probe that has not answered by then has died; another may try.
_PROBE: Final = timedelta(seconds=60)
#: Mails that a domain may get at once after a silence: so much time's worth.
_SAVED_UP: Final = timedelta(seconds=10)
#: A place in the pace that was not used for so long is asked for anew.
_LAPSES: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Admitted:
    """Whether a mail may go: at once, or after `wait`; `probe` when it tries a closed server."""

    wait: timedelta | None = None
    probe: bool = False
    #: Its place in the pace of its domain, once it was given one.
    slot: datetime | None = None


def shut(connection: Rows, server: str) -> bool:
    """Whether nothing is handed to a server now, and nobody is to try it yet either."""
    row = connection.execute(
        "SELECT FROM mail_server WHERE name = %s AND probe_at > clock_timestamp()", (server,)
    ).fetchone()
    return row is not None


def admit(
    connection: Rows, server: str, mail: ClaimedMail, *, domain: str, figures: Delivery
) -> Admitted:
    """Whether a claimed mail to a domain may be handed to a server now.

    Of all who ask a closed server after its rest, one is told to go: the probe.
    """
    probes, rest = cast(
        "tuple[int, timedelta | None]",
        connection.execute(_ASK, {"server": server, "probe": _PROBE}).fetchone(),
    )
    if rest is not None and not probes:
        return Admitted(max(rest, timedelta(seconds=1)))
    wait, slot = cast(
        "tuple[timedelta, datetime | None]",
        connection.execute(
            _PLACE,
            {"id": mail.id, "domain": domain, "gap": figures.gap(domain), "saved": _SAVED_UP,
             "lapses": _LAPSES},
        ).fetchone(),
    )  # fmt: skip
    if wait > timedelta(0) and not probes:
        return Admitted(wait, slot=slot)
    return Admitted(probe=bool(probes))


def put_back(connection: Rows, mail: ClaimedMail, admitted: Admitted) -> bool:
    """Give a claimed mail back untried until its wait is over; False when the lease was lost."""
    values = {"id": mail.id, "fence": mail.fence, "wait": admitted.wait, "slot": admitted.slot}
    return connection.execute(_PUT_BACK, values).fetchone() is not None


# ------------------------------------------------------------------------- what it answered


def answered(connection: Rows, server: str) -> None:
    """A server answered, whatever it said: it is there. In health this writes nothing."""
    connection.execute(_WELL, {"server": server})


def unused(connection: Rows, server: str) -> None:
    """The probe never came to the server, for a reason of its own: another may go."""
    connection.execute(
        "UPDATE mail_server SET probe_at = clock_timestamp() WHERE name = %s "
        "AND probe_at IS NOT NULL",
        (server,),
    )


def failed(
    connection: Rows, server: str, why: str, *, figures: Delivery, setting: bool, probe: bool
) -> timedelta | None:
    """A server did not answer, or refuses us (`setting`); for how long it is let alone from now.

    None while it is still tried. Once it is closed, only the probe's failure makes the rest longer.
    """
    row = connection.execute(
        _ILL,
        {"server": server, "why": why, "setting": setting, "probe": probe,
         "opens_after": 1 if setting else figures.opens_after,
         "rests": [figures.setting_rest] if setting else list(figures.rests)},
    ).fetchone()  # fmt: skip
    return cast("timedelta | None", row[0]) if row else None


_ASK: Final[LiteralString] = """
WITH probe AS (
  UPDATE mail_server SET probe_at = clock_timestamp() + %(probe)s::interval
   WHERE name = %(server)s AND probe_at <= clock_timestamp() RETURNING 1)
SELECT (SELECT count(*) FROM probe),
       (SELECT probe_at - clock_timestamp() FROM mail_server
         WHERE name = %(server)s AND closed_since IS NOT NULL)"""

#: A mail that comes at its place goes; any other is given the next one.
_PLACE: Final[LiteralString] = """
WITH held AS (
  SELECT FROM envelope WHERE id = %(id)s AND slot_at
         BETWEEN clock_timestamp() - %(lapses)s::interval AND clock_timestamp()),
given AS (
  INSERT INTO mail_pace AS p (domain, next_at)
  SELECT %(domain)s, clock_timestamp() - %(saved)s::interval + %(gap)s::interval
   WHERE NOT EXISTS (SELECT FROM held)
      ON CONFLICT (domain) DO UPDATE
     SET next_at = greatest(p.next_at, clock_timestamp() - %(saved)s::interval)
                   + %(gap)s::interval
  RETURNING next_at - %(gap)s::interval AS slot)
SELECT coalesce((SELECT slot FROM given) - clock_timestamp(), interval '0'),
       (SELECT slot FROM given)"""

_PUT_BACK: Final[LiteralString] = """
WITH untried AS (
  DELETE FROM attempt
   WHERE envelope = %(id)s AND fence = %(fence)s AND result = 'started')
UPDATE envelope
   SET attempts = attempts - 1, lease_until = NULL, retry_at = now() + %(wait)s::interval,
       slot_at = coalesce(%(slot)s, slot_at)
 WHERE id = %(id)s AND fence = %(fence)s AND state = 'pending' RETURNING 1"""

_WELL: Final[LiteralString] = """
UPDATE mail_server
   SET failures = 0, closed_since = NULL, probe_at = NULL, setting = false, why = ''
 WHERE name = %(server)s AND (failures > 0 OR closed_since IS NOT NULL)"""

#: Those that were under way when it closed do not make its rest longer.
_ILL: Final[LiteralString] = """
INSERT INTO mail_server AS s (name, failures, why, setting, closed_since, probe_at)
SELECT %(server)s, 1, %(why)s, %(setting)s, CASE WHEN closes THEN clock_timestamp() END,
       CASE WHEN closes THEN clock_timestamp() + rests[1] * interval '1 s' END
  FROM (SELECT %(opens_after)s <= 1 AS closes, %(rests)s::int[] AS rests) AS f
    ON CONFLICT (name) DO UPDATE SET
       failures = s.failures + (CASE WHEN s.closed_since IS NULL OR %(probe)s THEN 1 ELSE 0 END),
       why = %(why)s, setting = %(setting)s,
       closed_since = CASE WHEN s.closed_since IS NULL AND s.failures + 1 >= %(opens_after)s
                           THEN clock_timestamp() ELSE s.closed_since END,
       probe_at = CASE WHEN s.closed_since IS NOT NULL AND NOT %(probe)s THEN s.probe_at
                       WHEN s.closed_since IS NOT NULL OR s.failures + 1 >= %(opens_after)s
                       THEN clock_timestamp() + interval '1 s' * (%(rests)s::int[])[
                         least(greatest(s.failures + 2 - %(opens_after)s, 1),
                               cardinality(%(rests)s::int[]))] END
RETURNING probe_at - clock_timestamp()"""
