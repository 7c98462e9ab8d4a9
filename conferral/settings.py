"""What an installation decides for itself: who it is, where its servers are, who sends its mail.

Read from the environment, then from `conferral.toml`, then the defaults of a plainly fictional
university. A field `time_zone` is CONFERRAL_TIME_ZONE in the environment; the four names that
every host knows (DATABASE_URL, REDIS_URL, SMTP_URL, SECRET_KEY) go without the prefix.
"""

import tomllib
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)

from conferral.errors import BadSettings

FILE = "conferral.toml"
FILE_VARIABLE = "CONFERRAL_CONFIG"
PREFIX = "CONFERRAL_"
UNPREFIXED = frozenset({"database_url", "redis_url", "smtp_url", "secret_key"})
SHORTEST_SECRET = 32


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a time zone. Example: America/New_York") from None
    return name


def _address(text: str) -> str:
    _, address = parseaddr(text)
    mailbox, _, domain = address.rpartition("@")
    if not mailbox or not domain or any(letter.isspace() for letter in address):
        raise ValueError(f"{text!r} is not a mail address. Example: Conferral <badges@u.example>")
    return text


def _url(text: str, *, schemes: tuple[str, ...]) -> str:
    parts = urlsplit(text)
    if parts.scheme not in schemes or not (parts.netloc or parts.query):
        raise ValueError(f"it has to be an address that begins with {schemes[0]}://")
    return text


def _secret(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError(f"it has to be at least {SHORTEST_SECRET} characters long")
    return value


def _web(text: str) -> str:
    return _url(text, schemes=("https", "http")).rstrip("/")


def _postgres(text: str) -> str:
    return _url(text, schemes=("postgresql", "postgres"))


def _redis(text: str) -> str:
    return _url(text, schemes=("redis", "rediss", "amqp", "amqps"))


def _smtp(text: str) -> str:
    return _url(text, schemes=("smtp", "smtps"))


Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Domain = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
MailAddress = Annotated[str, AfterValidator(_address)]
WebAddress = Annotated[str, AfterValidator(_web)]


class Settings(BaseModel):
    """The settings of one installation; they do not change while it runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    institution_name: Line = "Example University"
    domain: Domain = "example.edu"
    #: Credentials name this address as the place of their issuer; once issued it must not move.
    issuer_url: WebAddress = "https://credentials.example.edu"
    #: Where people reach the pages; mails link to it.
    base_url: WebAddress = "http://127.0.0.1:8000"
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "America/New_York"
    #: Whom a reader writes to about a credential or a decision.
    business_contact: MailAddress = "microcredentials@example.edu"
    mail_sender: MailAddress = "Conferral <conferral@example.edu>"
    #: Where mail that cannot be delivered comes back to, with `+` and the mail in the address.
    mail_bounces: MailAddress | None = None
    data: Path = Path("data")
    database_url: Annotated[str, AfterValidator(_postgres)] | None = None
    redis_url: Annotated[str, AfterValidator(_redis)] | None = None
    smtp_url: Annotated[str, AfterValidator(_smtp)] | None = None
    #: Signs sessions and forms; `conferral run` keeps one in the data folder where none is given.
    secret_key: Annotated[SecretStr, AfterValidator(_secret)] | None = Field(None, repr=False)
    #: The institution's identity provider (OpenID Connect); all three, or none.
    oidc_issuer: WebAddress | None = None
    oidc_client_id: Line | None = None
    oidc_client_secret: SecretStr | None = Field(None, repr=False)
    #: What people call the account they sign in with.
    oidc_name: Line = "your university account"
    #: The claim that holds a person's directory key.
    oidc_person_claim: Line = "sub"
    #: Whether somebody it vouches for and nobody entered yet becomes a person, without any role.
    oidc_new_people: bool = False
    #: Whether this is a trial run, whose sign-in page lists the sample people.
    sample_people: bool = False

    @model_validator(mode="after")
    def _whole_provider(self) -> Self:
        parts = (self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret)
        if any(parts) and not all(parts):
            raise ValueError("an identity provider needs its issuer, client_id and client_secret")
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def server_urls(self) -> dict[str, str]:
        """The addresses given for servers, by the names of their variables."""
        pairs = {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "SMTP_URL": self.smtp_url,
        }
        return {name: url for name, url in pairs.items() if url}


def variable(field: str) -> str:
    """The name of a field in the environment."""
    return field.upper() if field in UNPREFIXED else PREFIX + field.upper()


def load(environ: Mapping[str, str], *, folder: Path = Path()) -> Settings:
    """Read the settings from `environ` and from `conferral.toml` in `folder`.

    Raises:
        BadSettings: one line that names every field at fault and where it was given.
    """
    named = environ.get(FILE_VARIABLE)
    file = Path(named) if named else folder / FILE
    values: dict[str, object] = dict(_read(file, required=bool(named)))
    origin = dict.fromkeys(values, file.name)
    for field in Settings.model_fields:
        text = environ.get(variable(field))
        if text:
            values[field], origin[field] = text, variable(field)
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise BadSettings(_explain(error, origin=origin)) from None


def _read(file: Path, *, required: bool) -> Mapping[str, object]:
    if not required and not file.exists():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{file} cannot be read: {error}") from None


def _explain(error: ValidationError, *, origin: Mapping[str, str]) -> str:
    faults = []
    for fault in error.errors():
        field = str(fault["loc"][0]) if fault["loc"] else "oidc_issuer"
        where = origin.get(field, FILE)
        name = where if where == variable(field) else f"{field} in {where}"
        what = "there is no such setting" if fault["type"] == "extra_forbidden" else fault["msg"]
        faults.append(f"{name}: {what.removeprefix('Value error, ')}")
    return "; ".join(faults)
