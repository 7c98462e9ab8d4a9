"""A letter as the bytes of a mail: the same letter gives the same bytes, however often built."""

from datetime import UTC
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from uuid import uuid5

from tasks.letters import Letter
from tasks.render import Rendered, one_line
from workflow.effects import NAMESPACE


class UnwritableAddress(ValueError):
    """The address cannot stand in a mail."""


def address(name: str, spec: str) -> Address:
    """A name and an address for a header; UnwritableAddress for one that no header can carry."""
    if not spec.isascii() or one_line(spec) != spec:
        raise UnwritableAddress("The address has characters that mail cannot carry.")
    try:
        return Address(display_name=one_line(name), addr_spec=spec)
    except (ValueError, IndexError, HeaderParseError) as error:
        raise UnwritableAddress("The address is not written as mail needs it.") from error


def build(letter: Letter, rendered: Rendered, *, sender: str) -> EmailMessage:
    """The message of one notification; its id names it, its date is the notification's own."""
    name, spec = parseaddr(sender)
    domain = spec.rpartition("@")[2]
    # Nobody ever sends the root: it only ties together what is written to one person on one case.
    root = uuid5(NAMESPACE, f"{letter.case}\x1fthread\x1f{letter.person}")
    message = EmailMessage(policy=SMTP)
    message["Subject"] = one_line(rendered.subject)
    message["From"] = address(name, spec)
    message["To"] = address(letter.name, letter.address)
    message["Date"] = format_datetime(letter.created_at.astimezone(UTC))
    message["Message-ID"] = f"<{letter.id}@{domain}>"
    message["In-Reply-To"] = f"<{root}@{domain}>"
    message["References"] = f"<{root}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{letter.id.hex}")
    return message
