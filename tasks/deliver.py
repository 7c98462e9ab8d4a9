"""One envelope, delivered: claimed by its id, rendered, sent, and marked under the fence."""

import logging
from email.utils import parseaddr
from uuid import UUID

from jinja2 import UndefinedError

from tasks.context import Context
from tasks.letters import Mail, read_mail
from tasks.mail import UnwritableAddress, build
from tasks.render import render
from tasks.sentences import UnknownKind
from tasks.smtp import Answer, Envelope, send
from workflow.definition import Definition
from workflow.outbox import (
    MAIL_RESTS,
    Attempted,
    ClaimedMail,
    claim_envelopes,
    finish_envelope,
    rest_after,
)

log = logging.getLogger(__name__)


def deliver(context: Context, envelope: UUID) -> Answer | None:
    """Deliver an envelope that is due and free; None when there is nothing to do any more.

    A second delivery of the same message finds it done, or claimed, and returns.
    """
    with context.engine.connect() as connection:
        claimed = claim_envelopes(
            connection, limit=1, lease=context.mail_lease,
            business_now=context.engine.clock.now(), ids=(envelope,),
        )  # fmt: skip
    return deliver_claimed(context, claimed[0]) if claimed else None


def deliver_claimed(context: Context, mail: ClaimedMail) -> Answer | None:
    """Send what was claimed and mark how it went; None when the lease was lost meanwhile."""
    with context.engine.connect() as connection:
        said = read_mail(connection, mail.id)
    answer = _attempt(context, mail, said)
    rest = None
    if answer.result in {"retry", "unknown"}:
        rest = rest_after(mail.attempts, MAIL_RESTS, context.engine.ids.below(1000) / 1000)
    attempted = Attempted(answer.result, answer.text, rest)
    with context.engine.connect() as connection:
        ours = finish_envelope(connection, mail, attempted, business_now=context.engine.clock.now())
    if not ours:
        log.warning("envelope %s: lease lost, %s not written", mail.id, answer.result)
        return None
    if answer.result != "sent":
        # Not the server's words: they may hold an address. They are kept with the row.
        log.warning("envelope %s: %s at attempt %d", mail.id, answer.result, mail.attempts)
    return answer


def _attempt(context: Context, mail: ClaimedMail, said: Mail | None) -> Answer:
    if said is None:
        return Answer("dead", "There is nothing in it that can be said.")
    if mail.attempts > len(MAIL_RESTS) + 1:
        return Answer("dead", f"{mail.attempts - 1} attempts ended without an answer.")
    return _send(context, said)


def _send(context: Context, mail: Mail) -> Answer:
    try:
        content = compose_mail(context, mail)
    except UnwritableAddress as problem:
        return Answer("dead", str(problem))
    except (UnknownKind, UndefinedError) as problem:
        # A sentence that is not written does not write itself: an incident, replayed later.
        kinds = ", ".join(sorted({letter.kind for letter in mail.letters}))
        return Answer("dead", f"No sentence among {kinds}: {problem}")
    except Exception as problem:  # noqa: BLE001 - one bad row never holds up the others
        return Answer("retry", f"{type(problem).__name__}: {problem}")
    sender, recipient = parseaddr(context.sender)[1], mail.letters[0].address
    return send(context.smtp_url, Envelope(sender, recipient, content), total=context.smtp_total)


def compose_mail(context: Context, mail: Mail) -> bytes:
    """The bytes of a mail, CRLF and all; the same envelope gives the same bytes.

    Raises UnwritableAddress, UnknownKind, or jinja2's UndefinedError.
    """
    machines = context.engine.machines

    def definition_of(machine: str) -> Definition:
        return machines[machine].definition

    rendered = render(mail, definition_of, context.engine.calendar, base_url=context.base_url)
    return build(mail, rendered, sender=context.sender).as_bytes()
