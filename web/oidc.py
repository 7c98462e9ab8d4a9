"""Signing in with the university's own identity provider: OpenID Connect Core 1.0, code flow.

Who someone is stands in (iss, sub) and never in an address (section 5.7). What must outlive the way
there and back (state, nonce, PKCE verifier) travels in the browser's own signed cookie, so nothing
is kept here for people who never come back.
"""

import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_urlsafe
from threading import Lock
from typing import Final, cast
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from workflow.identity import Claims

SCOPE: Final = "openid profile email"
#: Signatures by a key that the provider publishes; never one made with a shared secret, or none.
ALGORITHMS: Final = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
TIMEOUT_SECONDS: Final = 5.0
#: How long what the provider says of itself is believed.
FRESH_SECONDS: Final = 3600.0
#: By how much its clock may differ from ours.
LEEWAY_SECONDS: Final = 60
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class OidcError(Exception):
    """The provider vouches for nobody; the message is for whoever wanted to sign in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What the provider knows this application as.

    `person_claim` names the claim that holds a person's directory key, under which people are
    loaded; "sub" where the provider's subject is that key.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    name: str
    person_claim: str = "sub"
    #: Whether somebody the provider vouches for and nobody here knows becomes a person.
    new_people: bool = False

    def __post_init__(self) -> None:
        """Refuse a provider that could be listened to."""
        parts = urlsplit(self.issuer)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise ValueError("the identity provider has to be reached by https://")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to the provider and back, as the browser carries it."""

    state: str
    nonce: str
    verifier: str
    next: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What the provider said of itself, and until when that is believed (monotonic seconds)."""

    about: Mapping[str, object]
    keys: KeySet
    until: float

    def endpoint(self, name: str) -> str:
        value = self.about.get(name)
        if not isinstance(value, str):
            raise OidcError(f"The identity provider names no {name.replace('_', ' ')}.")
        return value


class Provider:
    """An identity provider, asked about itself once an hour and about people when they come."""

    def __init__(self, registration: Registration) -> None:
        self.registration = registration
        self._lock = Lock()
        self._cached: _Known | None = None

    def begin(self, place: str) -> tuple[str, Attempt]:
        """Where to send the browser, and what it brings back; OidcError when nobody answers."""
        attempt = Attempt(token_urlsafe(24), token_urlsafe(24), token_urlsafe(48), place)
        with self._client() as client:
            address, _ = client.create_authorization_url(
                self._known().endpoint("authorization_endpoint"), state=attempt.state,
                nonce=attempt.nonce, code_verifier=attempt.verifier,
            )  # fmt: skip
        return str(address), attempt

    def finish(self, brought: Mapping[str, str], attempt: Attempt) -> Claims:
        """Whom the provider vouches for; OidcError in words where it vouches for nobody."""
        if not hmac.compare_digest(brought.get("state", "").encode(), attempt.state.encode()):
            raise OidcError("This answer belongs to another sign-in. Begin again.")
        if "error" in brought:
            raise OidcError(f"{self.registration.name} did not sign you in.")
        if not brought.get("code"):
            raise OidcError(f"{self.registration.name} sent no answer.")
        return self._claims(self._token(brought["code"], attempt), attempt)

    # ------------------------------------------------------------------------------- the talk

    def _token(self, code: str, attempt: Attempt) -> Mapping[str, object]:
        try:
            with self._client() as client:
                token = client.fetch_token(
                    self._known().endpoint("token_endpoint"), code=code,
                    code_verifier=attempt.verifier,
                )  # fmt: skip
        except (OAuthError, httpx2.HTTPError, ValueError) as problem:
            raise OidcError(f"{self.registration.name} did not accept its own answer.") from problem
        return cast("Mapping[str, object]", token)

    def _claims(self, token: Mapping[str, object], attempt: Attempt) -> Claims:
        ours = self.registration
        said = self._verified(str(token.get("id_token", "")), attempt)
        more = self._userinfo(str(token.get("access_token", "")), str(said["sub"]))
        whole = {**more, **said}
        key = whole.get(ours.person_claim)
        if not isinstance(key, str) or not key:
            raise OidcError(f"{ours.name} did not say who you are here ({ours.person_claim}).")
        return Claims(
            issuer=ours.issuer, subject=str(said["sub"]), key=key,
            name=_words(whole, "name"), email=_words(whole, "email"),
        )  # fmt: skip

    def _verified(self, id_token: str, attempt: Attempt) -> Mapping[str, object]:
        """The claims of an ID token, checked as OpenID Connect Core 3.1.3.7 asks."""
        ours = self.registration
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": ours.issuer},
            aud={"essential": True, "value": ours.client_id},
            sub={"essential": True}, exp={"essential": True},
            nonce={"essential": True, "value": attempt.nonce},
        )  # fmt: skip
        try:
            token = jwt.decode(id_token, self._known().keys, algorithms=ALGORITHMS)
            registry.validate(token.claims)
        except (JoseError, ValueError) as problem:
            self._forget()  # perhaps its keys have turned over: the next try asks for them anew
            raise OidcError(f"What {ours.name} signed could not be verified.") from problem
        if token.claims.get("azp", ours.client_id) != ours.client_id:
            raise OidcError(f"{ours.name} answered for another application.")
        return token.claims

    def _userinfo(self, access_token: str, subject: str) -> Mapping[str, object]:
        """What the ID token does not say; only of the same subject (Core 5.3.2)."""
        address = self._known().about.get("userinfo_endpoint")
        if not isinstance(address, str) or not access_token:
            return {}
        try:
            said = self._json(address, {"Authorization": f"Bearer {access_token}"})
        except OidcError:
            return {}
        return said if said.get("sub") == subject else {}

    def _known(self) -> _Known:
        with self._lock:
            if self._cached is None or self._cached.until < time.monotonic():
                self._cached = self._ask()
            return self._cached

    def _forget(self) -> None:
        with self._lock:
            self._cached = None

    def _ask(self) -> _Known:
        about = self._json(f"{self.registration.issuer}/.well-known/openid-configuration")
        if about.get("issuer") != self.registration.issuer:
            raise OidcError("The identity provider calls itself by another name. Tell us.")
        address = about.get("jwks_uri")
        if not isinstance(address, str):
            raise OidcError("The identity provider publishes no keys.")
        try:
            keys = KeySet.import_key_set(self._json(address))  # type: ignore[arg-type]
        except (JoseError, ValueError, KeyError) as problem:
            raise OidcError("The identity provider's keys cannot be read.") from problem
        return _Known(about, keys, time.monotonic() + FRESH_SECONDS)

    def _json(self, address: str, headers: Mapping[str, str] | None = None) -> dict[str, object]:
        try:
            answer = httpx2.get(address, headers=dict(headers or {}), timeout=TIMEOUT_SECONDS)
            answer.raise_for_status()
            said = answer.json()
        except (httpx2.HTTPError, ValueError) as problem:
            name = self.registration.name
            raise OidcError(f"{name} does not answer. Try again in a few minutes.") from problem
        if not isinstance(said, dict):
            raise OidcError("The identity provider did not answer as it should.")
        return said

    def _client(self) -> OAuth2Client:
        ours = self.registration
        return OAuth2Client(
            ours.client_id, ours.client_secret, scope=SCOPE, redirect_uri=ours.redirect_uri,
            code_challenge_method="S256", timeout=TIMEOUT_SECONDS,
        )  # fmt: skip


def _words(claims: Mapping[str, object], name: str) -> str:
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""
