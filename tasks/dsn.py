"""A mail that comes back, read: whose it was, for good or for now, and why. Pure, and never fooled.

What is read is a report as in RFC 3464 (multipart/report), or one of the common ones in plain
words. Out-of-office answers and other mails that a machine sent by itself are told apart from
reports and from people's own words (RFC 3834). Nothing here trusts its input: it is bounded in
size, in parts and in lines, and whatever cannot be read is no bounce.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message
from hashlib import sha256
from typing import Final, Literal
from uuid import UUID

from workflow.bounces import Returned

#: Larger reports are read no further: what counts stands at the beginning.
LARGEST: Final = 1_000_000
_MOST_PARTS: Final = 20
_MOST_RECIPIENTS: Final = 100
_LONGEST_LINE: Final = 2_000
_LONGEST_WORDS: Final = 500
_LONGEST_ADDRESS: Final = 320

_FIELDS: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})

Kind = Literal["hard", "soft"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a mail to the return address is.

    `returned` is empty unless it is a "bounce"; `report` names it, the same for a second copy;
    `mail` is the one of ours that came back, where the report says.
    """

    kind: Literal["bounce", "automatic", "other"]
    report: str
    returned: tuple[Returned, ...] = ()
    mail: UUID | None = None


def read(content: bytes) -> Report:
    """Read a mail as it came, headers and all; anything at all may be passed in."""
    bounded = content[:LARGEST]
    name = f"sha256:{sha256(content).hexdigest()}"
    try:
        message = message_from_bytes(bounded, policy=policy.compat32)
        report = _line(message.get("Message-ID")) or name
        return _read(message, report)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # The library raises these for headers and charsets that no mail program would write.
        return Report(kind="other", report=name)


def _read(message: Message, report: str) -> Report:
    parts = list(_parts(message))
    # Where a report has its fields, its words are not read: they say the same, or mislead.
    has_fields = any(part.get_content_type() in _FIELDS for part in parts)
    returned = tuple(_reported(parts) if has_fields else _in_words(message, parts))
    if returned:
        kept = {one.address: one for one in returned[:_MOST_RECIPIENTS]}
        return Report(
            kind="bounce", report=report, returned=tuple(kept.values()), mail=_ours(message, parts)
        )
    return Report(kind="automatic" if _automatic(message) else "other", report=report)


def _parts(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number == _MOST_PARTS:
            return
        yield part


# ------------------------------------------------------------------- reports as in RFC 3464


def _reported(parts: list[Message]) -> Iterator[Returned]:
    for part in parts:
        if part.get_content_type() in _FIELDS:
            blocks = part.get_payload()
            for block in blocks if isinstance(blocks, list) else []:
                if isinstance(block, Message):
                    yield from _of_recipient(block)


def _of_recipient(block: Message) -> Iterator[Returned]:
    """Failed is for good unless its status says 4; delayed, relayed, expanded are no bounces."""
    action = _line(block.get("Action")).lower()
    named = block.get("Original-Recipient") or block.get("Final-Recipient")
    address = _address(_line(named).rpartition(";")[2])
    if action != "failed" or not address:
        return
    found = _STATUS.search(_line(block.get("Status")))
    status = found.group(0) if found else ""
    says = _line(block.get("Diagnostic-Code")).partition(";")[2].strip()
    yield Returned(
        address=address,
        kind=_kind(status, says),
        status=status,
        says=says or status or "No reason given.",
    )


_STATUS: Final = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
#: A full mailbox or a mail that was too large says nothing of the address (RFC 3463).
_OF_THE_MOMENT: Final = ("5.2.2", "5.2.3", "5.3.", "5.4.", "5.5.", "5.6.", "5.7.")


def _kind(status: str, says: str) -> Kind:
    """Hard only where the address itself is bad; what a server thinks of us or of a mail is not."""
    if status:
        return "soft" if not status.startswith("5") or status.startswith(_OF_THE_MOMENT) else "hard"
    code = re.match(r"\W*([45])\d\d\b", says)
    return "hard" if code and code.group(1) == "5" and _NOBODY.search(says) else "soft"


# ------------------------------------------------------------------- reports in words

_NOBODY: Final = re.compile(
    r"user unknown|unknown user|no such (?:user|recipient|mailbox|person)|does(?: not|n't) exist"
    r"|mailbox (?:not found|unavailable)|recipient (?:not found|rejected|unknown)"
    r"|address (?:not found|rejected|couldn't be found)|no mailbox|not a valid (?:user|mailbox)"
    r"|unrouteable address|account (?:is )?disabled|invalid recipient",
    re.IGNORECASE,
)
_SUBJECT: Final = re.compile(
    r"undeliver|delivery (?:status notification|failure|has failed|incomplete)|returned mail"
    r"|mail delivery (?:failed|system)|failure notice|could not be delivered|not delivered",
    re.IGNORECASE,
)
_FROM: Final = re.compile(r"mailer-daemon|postmaster|mail delivery (?:sub)?system", re.IGNORECASE)
_IN_WORDS: Final = re.compile(r"<?([^\s<>()\[\]:;,\"']{1,64}@[A-Za-z0-9.-]{1,255}[A-Za-z0-9])>?")
_AROUND: Final = 3


def _in_words(message: Message, parts: list[Message]) -> Iterator[Returned]:
    """qmail, Exim, Exchange and their like: an address, and close to it why."""
    automatic = (
        _FROM.search(_line(message.get("From"))) or _line(message.get("Return-Path")) == "<>"
    )
    failed = _line(message.get("X-Failed-Recipients"))
    if not failed and not (automatic and _SUBJECT.search(_line(message.get("Subject")))):
        return
    lines = [line[:_LONGEST_LINE] for line in _words(parts).splitlines()[:200]]
    for address in filter(None, map(_address, failed.split(","))):
        yield _said_of(address, " ".join(lines))
    if failed:
        return
    for number, line in enumerate(lines):
        if line.lower().startswith(("--- below", "------ this is a copy", "return-path:")):
            return
        around = " ".join(lines[number : number + _AROUND])
        for found in _IN_WORDS.findall(line):
            address = _address(found)
            if address and (_NOBODY.search(around) or re.search(r"\b[45]\d\d[ -]", around)):
                yield _said_of(address, around)


def _said_of(address: str, words: str) -> Returned:
    status = _STATUS.search(words)
    hard = _NOBODY.search(words) is not None and not re.search(r"\b4\d\d[ -]", words)
    return Returned(
        address=address, kind="hard" if hard else "soft",
        status=status.group(0) if status else "", says=_short(words) or "No reason given.",
    )  # fmt: skip


def _words(parts: list[Message]) -> str:
    """The first part that is plain text."""
    for part in parts:
        if part.get_content_type() == "text/plain" and not part.is_multipart():
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return payload.decode("utf-8", "replace")
    return ""


# ------------------------------------------------------------------- what it is about


def _automatic(message: Message) -> bool:
    """Whether a machine sent it by itself (RFC 3834): nobody waits for an answer."""
    submitted = _line(message.get("Auto-Submitted")).partition(";")[0].strip().lower()
    bulk = _line(message.get("Precedence")).lower() in {"bulk", "auto_reply", "junk", "list"}
    named = any(
        message.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress")
    )
    return submitted not in {"", "no"} or bulk or named


_OUR_ID: Final = re.compile(
    r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@", re.IGNORECASE
)
_VERP: Final = re.compile(r"\+([0-9a-f]{32})@", re.IGNORECASE)


def _ours(message: Message, parts: list[Message]) -> UUID | None:
    """Our mail: by the address the report came to (VERP), or by the Message-ID it gives back."""
    came_to = " ".join(_line(message.get(name)) for name in ("Delivered-To", "X-Original-To", "To"))
    if verp := _VERP.search(came_to):
        return UUID(verp.group(1))
    for part in parts[1:]:
        for text in (_line(part.get("Message-ID")), _head(part)):
            if found := _OUR_ID.search(text):
                return UUID(found.group(1))
    return None


def _head(part: Message) -> str:
    """The head of the mail that came back, where only its headers were sent (RFC 6522)."""
    if part.get_content_type() not in {"text/rfc822-headers", "text/plain"} or part.is_multipart():
        return ""
    payload = part.get_payload(decode=True)
    return payload[:20_000].decode("ascii", "replace") if isinstance(payload, bytes) else ""


def _line(value: object) -> str:
    """A header as one line of plain text, however it was written."""
    text = str(value) if value is not None else ""
    clean = "".join(c if c.isprintable() else " " for c in text[:_LONGEST_LINE])
    return " ".join(clean.encode("utf-8", "replace").decode("utf-8").split())


def _short(words: str) -> str:
    return _line(words)[:_LONGEST_WORDS]


def _address(text: str) -> str:
    """An address in small letters; empty for what is none."""
    found = _IN_WORDS.fullmatch(text.strip())
    return found.group(1).lower() if found and len(text) <= _LONGEST_ADDRESS else ""
