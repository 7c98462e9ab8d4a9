"""What the pages are given: the engine, the institution, what stands behind public records."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from credentials.resolve import Fetch, FetchRefused
from web.oidc import Provider
from workflow.engine import Engine

#: What verification can say of an award that may be shown; anything else is "not found".
Verdict = Literal[
    "valid", "mismatch", "revoked", "replaced", "suspended", "expired", "not_yet", "review",
    "unverified",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicOutcome:
    """One outcome the holder showed: what it says, the level needed, the level reached."""

    says: str
    needed: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One question asked of the bytes: `ok` is None where it could not be asked."""

    says: str
    ok: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAward:
    """An award as strangers may see it; `name` is empty unless the learner shows it.

    `signed` holds the bytes as they were signed, where they may be handed out; `sha256` is theirs.
    `ended_at` and `reason` say when and why it is valid no more, `newer` is the number of the award
    that took its place. `checks` is everything that was asked just now, in the order it was asked.
    """

    number: str
    verdict: Verdict
    title: str
    kind: str
    unit: str
    issued_at: datetime
    statement: str = ""
    criteria: str = ""
    rigor: str = ""
    edition: str = ""
    name: str = ""
    outcomes: tuple[PublicOutcome, ...] = ()
    checks: tuple[Checked, ...] = ()
    valid_until: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""
    notice: str = ""
    newer: str = ""
    key: str = ""
    status_list: str = ""
    sha256: str = ""
    signed: bytes | None = None
    #: Where its badge is drawn: the path of a picture, "" where there is none.
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """A file that somebody brought, judged: `known` where its issuer is us, with our number of it.

    `theirs` says whether it was issued to `email`; None where the file names no address.
    """

    verdict: Verdict
    title: str
    says: str
    issuer: str
    issuer_id: str
    known: bool
    number: str
    issued_at: datetime | None
    checks: tuple[Checked, ...]
    email: str = ""
    theirs: bool | None = None


class PublicRecords(Protocol):
    """What anyone may read without an account; None answers as if there were nothing."""

    def award(self, number: str, now: datetime) -> PublicAward | None:
        """Verify the stored bytes of an award anew; None when unknown or not to be shown."""
        ...

    def did_document(self) -> Mapping[str, object] | None:
        """The issuer's keys, as a DID document."""
        ...

    def status_list(self, number: int) -> bytes | None:
        """A signed status list credential, as JSON bytes."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One mail that the mailbox of a trial run took; `html` is empty where it has none."""

    name: str
    to: str
    subject: str
    at: datetime
    text: str
    html: str
    message_id: str


class Mailbox(Protocol):
    """What a trial run sent instead of sending it on."""

    def newest(self, *, before: str = "", take: int) -> tuple[Received, ...]:
        """The newest mails, or those that came before one."""
        ...

    def find(self, name: str) -> Received | None:
        """One mail by its name; None for none, and for whatever is no name."""
        ...


class NoPublicRecords:
    """Nothing has been issued here."""

    def award(self, number: str, now: datetime) -> PublicAward | None:  # noqa: ARG002 - the protocol
        """No award."""
        return None

    def did_document(self) -> Mapping[str, object] | None:
        """No keys."""
        return None

    def status_list(self, number: int) -> bytes | None:  # noqa: ARG002 - the protocol
        """No list."""
        return None


def _nothing(_: str) -> None:
    return None


def _not_written(_: UUID) -> None:
    return None


def _nowhere(_: str) -> bytes:
    raise FetchRefused("No address is asked from here.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebContext:
    """Everything the pages need and nothing they have to reach for.

    `base_url` is where people reach the pages; its host is the only one answered to. `zone` (IANA)
    is the institution's; people read times in their own. `follow` carries on, right after a commit
    and while the person waits, what the case caused in others.
    """

    engine: Engine
    base_url: str
    institution: str
    contact: str
    zone: str
    secret_key: str = field(repr=False)
    demo_identities: bool = False
    #: Where the institution's own people sign in; None on a trial run without one.
    provider: Provider | None = None
    #: Other hosts these pages answer to, such as the one that credentials name.
    other_hosts: tuple[str, ...] = ()
    records: PublicRecords = field(default_factory=NoPublicRecords)
    follow: Callable[[str], None] = _nothing
    #: How what a stranger's file names is looked at; it is never led anywhere else.
    fetch: Fetch = _nowhere
    #: The mails of a trial run; None anywhere else.
    mailbox: Mailbox | None = None
    #: The plain text of a mail, written anew; None where it cannot be.
    written: Callable[[UUID], str | None] = _not_written
