"""One envelope, delivered: claimed by its id, admitted, sent, and marked under the fence."""

import logging
from datetime import timedelta
from email import message_from_bytes, policy
from email.utils import parseaddr
from uuid import UUID

from jinja2 import UndefinedError

from policies.delivery import Delivery
from tasks.context import Context
from tasks.letters import Mail, read_mail
from tasks.mail import UnwritableAddress, build
from tasks.render import render
from tasks.returns import return_address
from tasks.sentences import UnknownKind
from tasks.smtp import Answer, Envelope, send, server_of
from workflow.bounces import stopped_address
from workflow.definition import Definition
from workflow.effects import Ids
from workflow.mail_gate import Rows, admit, answered, failed, put_back, shut, unused
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

    A second delivery of the same message finds it done, or claimed, and returns. While the mail
    server is let alone, mails wait unclaimed.
    """
    with context.engine.connect() as connection:
        if shut(connection, server_of(context.smtp_url)):
            return None
        claimed = claim_envelopes(
            connection, limit=1, lease=context.mail_lease,
            business_now=context.engine.clock.now(), ids=(envelope,),
        )  # fmt: skip
    return deliver_claimed(context, claimed[0]) if claimed else None


def deliver_claimed(context: Context, mail: ClaimedMail) -> Answer | None:
    """Send what was claimed and mark how it went; None when it has to wait, or the lease was lost.

    Each answer says how the server is, too: one that fails is let alone by all workers at once.
    """
    server = server_of(context.smtp_url)
    with context.engine.connect() as connection:
        said = read_mail(connection, mail.id)
        domain = said.letters[0].address.rpartition("@")[2].lower() if said else ""
        admitted = admit(connection, server, mail, domain=domain, figures=context.figures)
        if admitted.wait is not None:
            put_back(connection, mail, admitted)
            return None
        why = stopped_address(connection, said.letters[0].address) if said else None
    answer = _attempt(context, mail, said, stopped=why)
    with context.engine.connect() as connection:
        closed = _heard(connection, server, answer, probe=admitted.probe, figures=context.figures)
        attempted = _attempted(answer, closed, tries=mail.attempts, ids=context.engine.ids)
        ours = finish_envelope(connection, mail, attempted, business_now=context.engine.clock.now())
    if not ours:
        log.warning("envelope %s: lease lost, %s not written", mail.id, answer.result)
        return None
    if answer.result != "sent":
        # Not the server's words: they may hold an address. They are kept with the row.
        log.warning("envelope %s: %s at attempt %d", mail.id, answer.result, mail.attempts)
    return answer


def _heard(
    connection: Rows, server: str, answer: Answer, *, probe: bool, figures: Delivery
) -> timedelta | None:
    """Note how the server is; for how long it is let alone, where it is."""
    if answer.fault in {"line", "setting"}:
        return failed(
            connection, server, answer.text, figures=figures, setting=answer.fault == "setting",
            probe=probe,
        )  # fmt: skip
    if answer.result == "sent" or answer.fault:
        answered(connection, server)
    elif probe:
        unused(connection, server)
    return None


def _attempted(answer: Answer, closed: timedelta | None, *, tries: int, ids: Ids) -> Attempted:
    """What the attempt comes to; a server that is let alone takes no attempt from its mails."""
    jitter = ids.below(1000) / 1000
    if answer.result == "retry" and closed is not None:
        rest = closed * (1 + jitter / 4)
        return Attempted("retry", answer.text, rest, took_ms=answer.took_ms, counts=False)
    again = answer.result in {"retry", "unknown"}
    due = rest_after(tries, MAIL_RESTS, jitter) if again else None
    return Attempted(answer.result, answer.text, due, took_ms=answer.took_ms)


def _attempt(
    context: Context, mail: ClaimedMail, said: Mail | None, *, stopped: str | None
) -> Answer:
    if said is None:
        return Answer("dead", "There is nothing in it that can be said.")
    if stopped is not None:
        return Answer("dead", f"Mail to this address came back: {stopped}")
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
    sender = parseaddr(context.sender)[1]
    if context.bounces_to:
        sender = return_address(context.bounces_to, mail.id)
    envelope = Envelope(sender, mail.letters[0].address, content)
    return send(context.smtp_url, envelope, total=context.smtp_total)


def written(context: Context, envelope: UUID) -> str | None:
    """The plain text of a mail, written anew; None where it cannot be written any more."""
    with context.engine.connect() as connection:
        said = read_mail(connection, envelope)
    if said is None:
        return None
    try:
        content = compose_mail(context, said)
    except (UnwritableAddress, UnknownKind, UndefinedError):
        return None
    body = message_from_bytes(content, policy=policy.default).get_body(("plain",))
    return str(body.get_content()).replace("\r\n", "\n") if body is not None else None


def compose_mail(context: Context, mail: Mail) -> bytes:
    """The bytes of a mail, CRLF and all; the same envelope gives the same bytes.

    Raises UnwritableAddress, UnknownKind, or jinja2's UndefinedError.
    """
    machines = context.engine.machines

    def definition_of(machine: str) -> Definition:
        return machines[machine].definition

    rendered = render(mail, definition_of, context.engine.calendar, base_url=context.base_url)
    message = build(mail, rendered, sender=context.sender, base_url=context.base_url)
    return message.as_bytes()
