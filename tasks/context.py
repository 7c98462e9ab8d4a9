"""What carrying out needs, passed in by the composition: the engine, the mail server, addresses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Protocol

from policies import delivery
from policies.delivery import Delivery
from workflow.engine import Engine
from workflow.follow import Handler

#: The whole conversation with a mail server, connecting included, ends within this time.
SMTP_TOTAL = timedelta(seconds=20)
#: At least twice the total: a lease never ends under a worker that is still at it.
MAIL_LEASE = timedelta(seconds=60)


class Publisher(Protocol):
    """Tells workers that there is something to do. Any error means: carry it out without them."""

    def publish(self, task: str, row: str) -> None:
        """Send one wake-up for a row; raises when the broker does not take it in time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything that workers and relays are given; nothing is reached for."""

    engine: Engine
    #: `smtp://` or `smtps://`, with user and password where the server wants them.
    smtp_url: str
    #: Whom mails come from: an address, with a name or without.
    sender: str
    #: The address of the pages, without a slash at its end.
    base_url: str
    #: Tasks besides "perform" that this process can carry out ("sign", "assemble").
    handlers: Mapping[str, Handler] = field(default_factory=lambda: MappingProxyType({}))
    #: None where there is no broker: the relay then carries out everything itself.
    publisher: Publisher | None = None
    smtp_total: timedelta = SMTP_TOTAL
    mail_lease: timedelta = MAIL_LEASE
    #: Extends the log over all histories, where this process holds the key.
    keep_log: Callable[[], str | None] | None = None
    #: Where mail comes back to, with the mail in the address (VERP); None: to the sender.
    bounces_to: str | None = None
    #: The pace for each domain, and the patience with a server that fails.
    figures: Delivery = field(default_factory=delivery.load)
    #: Sessions not seen for this long are removed.
    session_kept: timedelta = timedelta(days=1)

    def __post_init__(self) -> None:
        """Refuse a lease that could end under a worker that is still sending."""
        if self.mail_lease < 2 * self.smtp_total:
            raise ValueError("mail_lease has to be at least twice smtp_total")
