"""What each program of an installation is made of: settings from the environment, then its context.

A process opens its pool and its key once, for as long as it lives.
"""

import atexit
import os
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from conferral.clock import SharedClock
from conferral.compose import make_engine, pool
from conferral.errors import BadSettings
from conferral.fetcher import Fetcher
from conferral.issuer import did_document, handlers_of, keyring_of, published_list
from conferral.outside import keeping
from conferral.received import MailFolder
from conferral.servers.folder import announced
from conferral.settings import Settings, load, variable
from tasks.broker import CeleryPublisher
from tasks.context import Context
from tasks.deliver import written
from tasks.nudge import Nudger
from web.context import WebContext
from web.oidc import Provider, Registration
from web.records import IssuedRecords
from workflow.engine import Clock, Connect, Engine, WallClock
from workflow.follow import follow

CLOCK_FILE = "CONFERRAL_CLOCK_FILE"


def settings_here() -> Settings:
    """The settings of this process; BadSettings where a program cannot work without one of them."""
    settings = load(os.environ)
    if settings.database_url is None:
        raise BadSettings("DATABASE_URL is not set. `conferral run` sets it for its programs.")
    if settings.secret_key is None:
        raise BadSettings("SECRET_KEY is not set. Give one of at least 32 characters.")
    return settings


def clock_here() -> Clock:
    """Business time: the time of day, or what a demo shares with its programs in a file."""
    file = os.environ.get(CLOCK_FILE)
    return SharedClock(Path(file)) if file else WallClock()


def open_for_ever(lent: AbstractContextManager[Connect]) -> Connect:
    """Open what this process uses until it ends; it is closed when the interpreter goes."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(lent)


def engine_of(settings: Settings, *, size: int, nudge: bool) -> Engine:
    """An engine whose pool lives as long as the process."""
    connect = open_for_ever(pool(settings.database_url or "", size=size))
    clock = clock_here()
    if nudge and settings.redis_url:
        return make_engine(connect, clock=clock, wake=Nudger(settings.redis_url).wake)
    return make_engine(connect, clock=clock)


def task_context(*, with_key: bool = True, size: int = 8) -> Context:
    """What workers and relays are given."""
    settings = settings_here()
    if settings.smtp_url is None:
        raise BadSettings("SMTP_URL is not set. Give the address of a mail server.")
    engine = engine_of(settings, size=size, nudge=False)
    publisher = CeleryPublisher(settings.redis_url) if settings.redis_url else None
    handlers, keep_log = {}, None
    if with_key:
        ring = keyring_of(settings, now=engine.clock.now)
        ring.signer()  # a key that does not open is told at the start
        handlers = dict(handlers_of(settings, engine.connect, ring))
        keep_log = keeping(settings, engine.connect, ring, now=engine.clock.now)
    return Context(
        engine=engine,
        smtp_url=settings.smtp_url,
        sender=settings.mail_sender,
        base_url=settings.base_url,
        bounces_to=settings.mail_bounces,
        handlers=handlers,
        keep_log=keep_log,
        publisher=publisher,
    )


def web_context() -> WebContext:
    """What the pages are given."""
    settings = settings_here()
    _only_a_trial_lists_people(settings)
    engine = engine_of(settings, size=4, nudge=True)
    key = settings.secret_key
    return WebContext(
        engine=engine,
        base_url=settings.base_url,
        institution=settings.institution_name,
        contact=settings.business_contact,
        zone=settings.time_zone,
        secret_key=key.get_secret_value() if key else "",
        demo_identities=settings.sample_people,
        provider=provider_of(settings),
        records=IssuedRecords(
            connect=engine.connect,
            did_document_now=partial(did_document, settings),
            status_list_now=partial(published_list, engine.connect),
        ),
        other_hosts=(urlsplit(settings.issuer_url).netloc,),  # the one that credentials name
        follow=partial(_carry_on, engine),
        fetch=Fetcher(),
        mailbox=_mailbox(settings),
        written=partial(written, _writing(settings, engine)),
    )


def _writing(settings: Settings, engine: Engine) -> Context:
    """What a page needs to write a mail anew; it sends none."""
    return Context(
        engine=engine,
        smtp_url=settings.smtp_url or "smtp://localhost",
        sender=settings.mail_sender,
        base_url=settings.base_url,
    )


def _mailbox(settings: Settings) -> MailFolder | None:
    """Every mail of a trial run, where its mail goes to a folder of its own."""
    ours = announced(settings.data) if settings.sample_people else None
    mine = ours is not None and ours.smtp_url == settings.smtp_url
    return MailFolder(settings.data / "mail") if mine else None


def _only_a_trial_lists_people(settings: Settings) -> None:
    """Anyone could become anybody: only on the database of a trial run that is held right now."""
    ours = announced(settings.data) if settings.sample_people else None
    if settings.sample_people and (ours is None or ours.database_url != settings.database_url):
        raise BadSettings(
            f"{variable('sample_people')}: the sample people are for `conferral run` on servers of "
            "its own. Leave it out."
        )


def provider_of(settings: Settings) -> Provider | None:
    """The institution's identity provider, where one is set up; BadSettings for an open one."""
    secret = settings.oidc_client_secret
    if not (settings.oidc_issuer and settings.oidc_client_id and secret):
        return None
    try:
        registration = Registration(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=secret.get_secret_value(),
            redirect_uri=f"{settings.base_url}/sign-in/back",
            name=settings.oidc_name,
            person_claim=settings.oidc_person_claim,
            new_people=settings.oidc_new_people,
        )
    except ValueError as problem:
        raise BadSettings(f"{variable('oidc_issuer')}: {problem}") from problem
    return Provider(registration)


def _carry_on(engine: Engine, case: str) -> None:
    """What the person waits for: the cases that this one moves, right after the commit."""
    follow(engine, cause=case, limit=20)
