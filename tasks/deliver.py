"""One notification, delivered: claimed by its id, rendered, sent, and marked under the fence."""

import logging
from email.utils import parseaddr
from uuid import UUID

from jinja2 import UndefinedError

from tasks.context import Context
from tasks.letters import Letter, read_letters
from tasks.mail import UnwritableAddress, build
from tasks.render import render
from tasks.sentences import UnknownKind
from tasks.smtp import Answer, Envelope, send
from workflow.outbox import (
    MAIL_RESTS,
    Attempted,
    ClaimedMail,
    claim_notifications,
    finish_notification,
    rest_after,
)

log = logging.getLogger(__name__)


def deliver(context: Context, notification: UUID) -> Answer | None:
    """Deliver a notification that is due and free; None when there is nothing to do any more.

    A second delivery of the same message finds it done, or claimed, and returns.
    """
    with context.engine.connect() as connection:
        claimed = claim_notifications(
            connection, limit=1, lease=context.mail_lease,
            business_now=context.engine.clock.now(), ids=(notification,),
        )  # fmt: skip
    return deliver_claimed(context, claimed[0]) if claimed else None


def deliver_claimed(context: Context, mail: ClaimedMail) -> Answer | None:
    """Send what was claimed and mark how it went; None when the lease was lost meanwhile."""
    with context.engine.connect() as connection:
        letter = read_letters(connection, (mail.id,)).get(mail.id)
    answer = _attempt(context, mail, letter)
    rest = None
    if answer.result in {"retry", "unknown"}:
        rest = rest_after(mail.attempts, MAIL_RESTS, context.engine.ids.below(1000) / 1000)
    attempted = Attempted(answer.result, answer.text, rest)
    with context.engine.connect() as connection:
        ours = finish_notification(
            connection, mail, attempted, business_now=context.engine.clock.now()
        )
    if not ours:
        log.warning("notification %s: lease lost, %s not written", mail.id, answer.result)
        return None
    if answer.result != "sent":
        # Not the server's words: they may hold an address. They are kept with the row.
        log.warning("notification %s: %s at attempt %d", mail.id, answer.result, mail.attempts)
    return answer


def _attempt(context: Context, mail: ClaimedMail, letter: Letter | None) -> Answer:
    if letter is None:
        return Answer("dead", "Its entry is not there.")
    if mail.attempts > len(MAIL_RESTS) + 1:
        return Answer("dead", f"{mail.attempts - 1} attempts ended without an answer.")
    return _send(context, letter)


def _send(context: Context, letter: Letter) -> Answer:
    try:
        content = compose_mail(context, letter)
    except UnwritableAddress as problem:
        return Answer("dead", str(problem))
    except (UnknownKind, UndefinedError) as problem:
        # A sentence that is not written does not write itself: an incident, replayed later.
        return Answer("dead", f"No sentence for {letter.kind}: {problem}")
    except Exception as problem:  # noqa: BLE001 - one bad row never holds up the others
        return Answer("retry", f"{type(problem).__name__}: {problem}")
    sender = parseaddr(context.sender)[1]
    return send(
        context.smtp_url, Envelope(sender, letter.address, content), total=context.smtp_total
    )


def compose_mail(context: Context, letter: Letter) -> bytes:
    """The bytes of a letter's mail, CRLF and all; the same letter gives the same bytes.

    Raises UnwritableAddress, UnknownKind, or jinja2's UndefinedError.
    """
    engine = context.engine
    definition = engine.machines[letter.machine].definition
    rendered = render(letter, definition, engine.calendar, base_url=context.base_url)
    return build(letter, rendered, sender=context.sender).as_bytes()
