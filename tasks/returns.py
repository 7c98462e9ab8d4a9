"""Mail to our return address, taken in: reports are kept, answers of machines are passed over."""

from collections import Counter
from collections.abc import Iterable
from email.utils import parseaddr
from uuid import UUID

from tasks import dsn
from workflow.bounces import take_in
from workflow.engine import Engine


def take(engine: Engine, content: bytes) -> Counter[str]:
    """Take in one mail; how many addresses were stopped, noted or known, or what else it was."""
    report = dsn.read(content)
    if report.kind != "bounce":
        return Counter({report.kind: 1})
    return Counter(
        take_in(engine, one, report=report.report, mail=report.mail) for one in report.returned
    )


def take_all(engine: Engine, mails: Iterable[bytes]) -> Counter[str]:
    """Take in many, one after the other; each is its own transaction, so it can be run again."""
    return sum((take(engine, one) for one in mails), Counter())


def return_address(bounces_to: str, mail: UUID) -> str:
    """The address to which a mail comes back, with the mail in it (VERP).

    >>> return_address("bounces@example.edu", UUID(int=1))
    'bounces+00000000000000000000000000000001@example.edu'
    """
    local, _, domain = parseaddr(bounces_to)[1].rpartition("@")
    return f"{local}+{mail.hex}@{domain}"
