"""The issuer's keys: one sealed file a key, dated, and beside it from when to when it signs.

A key is published before it signs, so that whoever keeps our DID document knows it in time; a
retired one stays published for ever, so that what it signed stays valid. A compromised one stays
too, with the moment from which nothing that it signed counts (W3C Controlled Identifiers 1.0, 2.2).
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import orjson

from conferral.errors import ConferralError
from credentials.did import VerificationKey
from credentials.documents import moment, spoken
from credentials.errors import KeyRefused
from credentials.keys import (
    Signer,
    create_key_file,
    dated_key_id,
    from_multikey,
    open_key_file,
)

#: How long a new key is published before it signs: a day, for those who keep documents that long.
OVERLAP = timedelta(days=1)
_NAME = re.compile(r"key-(\d+)-(\d+)")


class KeyNotChanged(ConferralError):
    """What was asked of a key cannot be done; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: its name (`key-2026-1`), its id, its public part, and its dates."""

    name: str
    id: str
    public_key: bytes
    #: From when it signs; None from the beginning.
    starts: datetime | None = None
    retired: datetime | None = None
    #: From when nothing that it signed counts any more: it was compromised.
    revoked: datetime | None = None

    def signs(self, now: datetime) -> bool:
        """Whether it may sign now."""
        begun = self.starts is None or self.starts <= now
        return begun and self.retired is None and self.revoked is None

    def state(self, now: datetime, *, newest: bool) -> Literal["signs", "waits", "rests", "retired",
                                                               "compromised"]:  # fmt: skip
        """In a word: what it does now. `newest`: it is the one that signs."""
        if self.revoked is not None:
            return "compromised"
        if self.retired is not None:
            return "retired"
        if not self.signs(now):
            return "waits"
        return "signs" if newest else "rests"


@dataclass(frozen=True, slots=True)
class Keys:
    """The folder in which the keys of one issuer lie."""

    folder: Path
    issuer_id: str

    def every(self) -> tuple[Key, ...]:
        """Every key that ever was, oldest first; no passphrase is needed."""
        return tuple(map(self._read, self._files()))

    def public(self) -> tuple[VerificationKey, ...]:
        """Every key as it is published, oldest first."""
        return tuple(
            VerificationKey(key.id, self.issuer_id, key.public_key, key.revoked)
            for key in self.every()
        )

    def signing(self, now: datetime) -> Key | None:
        """The key that signs now: the newest that may."""
        return next((key for key in reversed(self.every()) if key.signs(now)), None)

    def first(self, *, passphrase: str, now: datetime) -> Key:
        """The key that signs now; made, where there is none yet."""
        if not self._files():
            try:
                self._make(passphrase=passphrase, now=now, starts=None)
            except KeyRefused:
                if not self._files():
                    raise  # else another was first
        found = self.signing(now)
        if found is None:
            raise KeyRefused("No key may sign now. Make one with: conferral keys rotate --now")
        return found

    def rotate(self, *, passphrase: str, now: datetime, overlap: timedelta = OVERLAP) -> Key:
        """A new key, published at once, that signs after the overlap."""
        return self._make(passphrase=passphrase, now=now, starts=now + overlap)

    def retire(self, name: str, *, now: datetime, since: datetime | None = None) -> Key:
        """End a key: it signs no more. With `since` it was compromised: nothing it signed counts.

        Raises KeyNotChanged for an unknown key, one that ended already, or the only one that signs.
        """
        known = {key.name: key for key in self.every()}
        if name not in known:
            raise KeyNotChanged(f"There is no key {name}. There are: {', '.join(known) or 'none'}.")
        key = known[name]
        if key.revoked is not None or (key.retired is not None and since is None):
            raise KeyNotChanged(f"The key {name} has ended already.")
        others = [other for other in known.values() if other.signs(now) and other.name != name]
        if since is None and key.signs(now) and not others:
            raise KeyNotChanged(f"Only {name} signs now. Make another first: conferral keys rotate")
        ended = replace(key, retired=key.retired or now, revoked=since)
        self._write_dates(ended)
        return ended

    def open(self, key: Key, *, passphrase: str) -> Signer:
        """What signs with a key. Raises KeyRefused where the file does not open."""
        return open_key_file(self.folder / f"{key.name}.json", passphrase=passphrase.encode())

    def mark(self) -> tuple[tuple[str, int], ...]:
        """Changes whenever a key or its dates do."""
        found = (*self._files(), *self.folder.glob("key-*.dates"))
        return tuple((file.name, file.stat().st_mtime_ns) for file in found)

    # ---------------------------------------------------------------- files

    def _make(self, *, passphrase: str, now: datetime, starts: datetime | None) -> Key:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        of_year = (_number(file) for file in self._files())
        number = max((n for year, n in of_year if year == now.year), default=0) + 1
        key_id = dated_key_id(self.issuer_id, made=now.date(), number=number)
        name = key_id.rpartition("#")[2]
        if starts is not None:  # before the key itself, so that it never signs too early
            self._write_dates(Key(name, key_id, b"", starts))
        made = create_key_file(
            self.folder / f"{name}.json", key_id=key_id, passphrase=passphrase.encode(),
            entropy=os.urandom,
        )  # fmt: skip
        return Key(name, key_id, made.public_key, starts)

    def _read(self, file: Path) -> Key:
        sealed = orjson.loads(file.read_bytes())
        dates = file.with_suffix(".dates")
        said = orjson.loads(dates.read_bytes()) if dates.exists() else {}
        return Key(
            file.stem, str(sealed["key_id"]), from_multikey(sealed["public_key"]),
            *(moment(said.get(name)) for name in ("starts", "retired", "revoked")),
        )  # fmt: skip

    def _write_dates(self, key: Key) -> None:
        """Whole or not at all, in place of what was there."""
        dates = {"starts": key.starts, "retired": key.retired, "revoked": key.revoked}
        file = self.folder / f"{key.name}.dates"
        beside = file.with_name(f".{file.name}.{os.getpid()}.new")
        beside.write_bytes(orjson.dumps({name: at for name, at in dates.items() if at}))
        beside.chmod(0o600)
        beside.replace(file)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("key-*.json"), key=_number)


def _number(file: Path) -> tuple[int, int]:
    """The year of a key and its number in that year: key-2026-10 comes after key-2026-9."""
    found = _NAME.fullmatch(file.stem)
    if found is None:
        raise KeyRefused(f"{file} is not named as a key is, such as key-2026-1.json.")
    return int(found[1]), int(found[2])


@dataclass
class Keyring:
    """The signer of the moment: a process picks up a new key without being started again."""

    keys: Keys
    passphrase: str
    now: Callable[[], datetime]

    def __post_init__(self) -> None:
        self._opened: dict[str, Signer] = {}

    def signer(self) -> Signer:
        """What signs now; opened once a key. Raises KeyRefused where nothing may or can sign."""
        key = self.keys.first(passphrase=self.passphrase, now=self.now())
        if key.id not in self._opened:
            self._opened = {key.id: self.keys.open(key, passphrase=self.passphrase)}
        return self._opened[key.id]


def told(key: Key, *, now: datetime, newest: bool) -> str:
    """A key in a line, for a list of them."""
    dates = {"signs from": key.starts, "retired": key.retired, "compromised since": key.revoked}
    said = [f"{word} {spoken(at)}" for word, at in dates.items() if at]
    return "  ".join((f"{key.name:<12}", f"{key.state(now, newest=newest):<12}", ", ".join(said)))
