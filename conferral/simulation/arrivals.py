"""What a real mail server on loopback took in, as it came: when, for whom, under which id."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.parser import BytesHeaderParser

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail for one address."""

    at: datetime
    to: str
    message_id: str


@dataclass
class Arrivals:
    """Takes every mail and keeps who got it; the bytes are not kept."""

    now: Callable[[], datetime]
    taken: list[Arrival] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802 -- aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """A mail as it arrives."""
        head = BytesHeaderParser().parsebytes(envelope.original_content or b"")
        self.taken += [
            Arrival(self.now(), address, str(head["Message-ID"])) for address in envelope.rcpt_tos
        ]
        return "250 OK"

    @property
    def copies(self) -> int:
        """Further copies of mails that had arrived already."""
        times = Counter((one.message_id, one.to) for one in self.taken)
        return sum(many - 1 for many in times.values())
