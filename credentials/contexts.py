"""The vocabularies we hold: taken from installed packages, each pinned by its SHA-256.

Nothing is ever fetched. A document that names any other context is refused by name, because a
context decides what a signature says.
"""

import hashlib
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from credentials.documents import Document
from credentials.errors import ContextRefused

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
DID_V1 = "https://www.w3.org/ns/did/v1"
MULTIKEY_V1 = "https://w3id.org/security/multikey/v1"

_OB = "openbadgeslib/ob3/contexts"


@dataclass(frozen=True, slots=True)
class Pin:
    """One context: its address, the file in an installed package, and the bytes we expect."""

    url: str
    file: str
    sha256: str


PINS = (
    Pin(
        CREDENTIALS_V2,
        f"{_OB}/credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    Pin(
        OPEN_BADGES,
        f"{_OB}/ob-v3p0-context-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    Pin(
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
        f"{_OB}/ob-v3p0-context-3.0.2.json",
        "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
    ),
    Pin(
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
        f"{_OB}/ob-v3p0-context-3.0.1.json",
        "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571",
    ),
    Pin(
        OPEN_BADGES_EXTENSIONS,
        f"{_OB}/ob-v3p0-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
    Pin(
        CLR,
        f"{_OB}/clr_context_2.0.1.json",
        "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6",
    ),
    Pin(
        "https://w3id.org/security/data-integrity/v2",
        f"{_OB}/security-data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
    ),
    Pin(
        MULTIKEY_V1,
        f"{_OB}/security-multikey-v1.json",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
    ),
    Pin(
        DID_V1,
        "pyld/documentloader/frozen/bundled/did-v1.jsonld",
        "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f",
    ),
)


class Contexts:
    """A closed set of contexts by address; compared and hashed by identity."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = dict(documents)

    @property
    def urls(self) -> frozenset[str]:
        return frozenset(self._documents)

    def load(self, url: object) -> Document:
        """The context document at this address; ContextRefused, by name, for every other."""
        if not isinstance(url, str):
            raise ContextRefused(
                "The document brings a vocabulary of its own, which can rename "
                "what a credential says. Only published vocabularies are read."
            )
        if url not in self._documents:
            raise ContextRefused(
                f"The document names the vocabulary {url}, which is not one of "
                "those held here. Nothing is fetched while checking."
            )
        return self._documents[url]

    def loader(self, url: str, _options: object = None) -> Document:
        """A document loader for pyld: the same closed set, the same refusal."""
        return {"contextUrl": None, "documentUrl": url, "document": self.load(url)}

    def including(self, url: str, document: Document) -> "Contexts":
        """A new set with one context more; for tests and for vocabularies pinned elsewhere."""
        return Contexts({**self._documents, url: document})


def read_pin(pin: Pin, folder: Path) -> Document:
    """The pinned document below `folder`; ContextRefused where its bytes have changed."""
    content = (folder / pin.file).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != pin.sha256:
        raise ContextRefused(
            f"The installed copy of {pin.url} has changed: expected SHA-256 "
            f"{pin.sha256}, found {found}. Nothing is signed with it."
        )
    document = json.loads(content)
    return {"@context": document["@context"]}


@cache
def pinned() -> Contexts:
    """The contexts we hold, read once from the installed packages."""
    return Contexts({pin.url: read_pin(pin, _installed(pin)) for pin in PINS})


def _installed(pin: Pin) -> Path:
    """The folder that holds the package, found without importing it."""
    package = pin.file.split("/", 1)[0]
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ContextRefused(f"{pin.url} comes with the package {package}, which is not installed.")
    return Path(spec.origin).parents[1]
