"""A mail as bytes: the same envelope gives the same bytes, however often built."""

from datetime import UTC
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address, UniqueAddressHeader, UniqueSingleAddressHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from uuid import uuid5

from tasks.invitations import invitation
from tasks.letters import Mail
from tasks.render import Rendered
from tasks.saying import one_line
from workflow.effects import NAMESPACE


class _Wire(EmailPolicy):
    """CRLF, and words beyond ASCII encoded as a whole.

    The library's own folding loses a space where an encoded word meets a plain one at a line's end.
    """

    def fold(self, name: str, value: str) -> str:
        """A header as text; the base's where it is plain ASCII."""
        if str(value).isascii():
            return str(super().fold(name, value))
        if isinstance(value, UniqueAddressHeader | UniqueSingleAddressHeader):
            one = value.addresses[0]
            words, end = one.display_name, f"{self.linesep} <{one.addr_spec}>"
        else:
            words, end = str(value), ""
        encoded = Header(words, "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{end}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        """A header as bytes."""
        return self.fold(name, value).encode("ascii")


WIRE = _Wire(linesep="\r\n")


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


def build(mail: Mail, rendered: Rendered, *, sender: str, base_url: str) -> EmailMessage:
    """The message of one envelope; its id names it, its date is when it was to go out."""
    name, spec = parseaddr(sender)
    domain = spec.rpartition("@")[2]
    to = mail.letters[0]
    message = EmailMessage(policy=WIRE)
    message["Subject"] = one_line(rendered.subject)
    message["From"] = address(name, spec)
    message["To"] = address(to.name, to.address)
    message["Date"] = format_datetime(mail.due_at.astimezone(UTC))
    message["Message-ID"] = f"<{mail.id}@{domain}>"
    if not mail.is_morning:
        # Nobody ever sends the root: it ties together what is written to one person on one case.
        root = uuid5(NAMESPACE, f"{to.case}\x1fthread\x1f{to.person}")
        message["In-Reply-To"] = f"<{root}@{domain}>"
        message["References"] = f"<{root}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    _invite(message, mail, sender=spec, base_url=base_url)
    for n, part in enumerate(one for one in message.walk() if one.is_multipart()):
        part.set_boundary(f"=_{mail.id.hex}_{n}")
    return message


def _invite(message: EmailMessage, mail: Mail, *, sender: str, base_url: str) -> None:
    """One meeting stands beside the words, as calendars expect; several are files beside them."""
    invited = [
        found
        for one in mail.letters
        if (found := invitation(one, sender=sender, link=f"{base_url}/cases/{one.case}"))
    ]
    for one in invited:
        more = {"method": one.method}
        if len(invited) == 1:
            message.add_alternative(
                one.text, subtype="calendar", params=more, cte="quoted-printable"
            )
        else:
            message.add_attachment(
                one.text, subtype="calendar", params=more, cte="quoted-printable",
                filename=f"{one.case}.ics",
            )  # fmt: skip
