"""What this room refuses, drawn at the top; each docstring is the message.

CredentialError
|-- ContextRefused       a document names a vocabulary we do not hold, or ours has changed
|-- NotBuildable         the facts of an award do not make a credential   (.reasons)
|-- NotCanonical         a document cannot be read as JSON-LD
|-- UndefinedTerms       a document says something no vocabulary defines  (.fields)
|-- WrongShape           a document is not shaped as Open Badges 3.0      (.problems)
|-- KeyRefused           a key cannot be found, read or relied on
|-- StatusListRefused    a status list cannot be read, or an index is not in it
|-- PictureRefused       a picture is malformed, unsafe, or holds no credential
|   `-- PictureTooLarge  a picture has more bytes than are taken
`-- NotIssued            what was just signed does not verify             (.problems)
"""

from collections.abc import Iterable


class CredentialError(Exception):
    """Something about a credential is not as it must be."""


class ContextRefused(CredentialError):
    """The document names a vocabulary that is not among those we hold."""


class NotCanonical(CredentialError):
    """The document cannot be read as JSON-LD, so nothing can be signed or checked."""


class KeyRefused(CredentialError):
    """The key cannot be found, read or relied on."""


class StatusListRefused(CredentialError):
    """The status list cannot be read, or the index is not in it."""


class PictureRefused(CredentialError):
    """The picture is malformed, too large, unsafe, or holds no credential."""


class PictureTooLarge(PictureRefused):
    """The picture has more bytes than are taken."""


class _Several(CredentialError):
    """Every reason at once, each a sentence."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join(self.reasons))


class NotBuildable(_Several):
    """The facts of the award do not make a credential; `reasons` says why, all of it."""


class UndefinedTerms(_Several):
    """The document says something no vocabulary defines; `fields` names each place."""

    @property
    def fields(self) -> tuple[str, ...]:
        return self.reasons


class WrongShape(_Several):
    """The document is not shaped as Open Badges 3.0; `problems` names each place."""

    @property
    def problems(self) -> tuple[str, ...]:
        return self.reasons


class NotIssued(_Several):
    """What was just signed does not verify, so nothing is issued; `problems` says why."""

    @property
    def problems(self) -> tuple[str, ...]:
        return self.reasons
