"""What the mailbox of a trial run took, read back from its files."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

from web.context import Received

#: As `conferral.servers.mailbox` names them; nothing else is opened.
_NAME: Final = re.compile(r"\d{6,9}-[0-9a-f]{8}")


class MailFolder:
    """The mails of a folder; names sort in the order in which they came."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def newest(self, *, before: str = "", take: int) -> tuple[Received, ...]:
        """The newest, or those that came before one: a page of them."""
        names = (file.stem for file in self._folder.glob("*.eml") if _NAME.fullmatch(file.stem))
        wanted = sorted((name for name in names if not before or name < before), reverse=True)
        return tuple(found for name in wanted[:take] if (found := self.find(name)))

    def find(self, name: str) -> Received | None:
        """One mail; None where there is none of this name."""
        file = self._folder / f"{name}.eml"
        if not _NAME.fullmatch(name) or not file.is_file():
            return None
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        return Received(
            name=name, to=str(message["To"]), subject=str(message["Subject"]),
            at=_date(message), text=_part(message, "plain"), html=_part(message, "html"),
            message_id=str(message["Message-ID"]),
        )  # fmt: skip


def _date(message: EmailMessage) -> datetime:
    try:
        return parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if isinstance(body, EmailMessage) else ""
