"""The issuer's keys: published before they sign, for ever after, and never counted once lost."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import psycopg
import pytest

from conferral.compose import pool
from conferral.keyring import Key, KeyNotChanged, Keyring, Keys
from credentials.did import did_document, resolver
from credentials.errors import KeyRefused
from credentials.issue import issue
from credentials.verify import Answer, verify
from tests.conferral.cli import Run, refused, run
from tests.credentials.samples import AWARD, BADGE, ISSUER
from tests.workflow.award_play import Awards
from tests.workflow.play import Play

__all__ = ["run"]

DID = ISSUER.id
SECRET = "a passphrase of at least thirty-two characters"
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "keys", DID)


def names(keys: Keys) -> list[str]:
    return [key.name for key in keys.every()]


def states(keys: Keys, now: datetime) -> list[str]:
    signing = keys.signing(now)
    return [key.state(now, newest=key == signing) for key in keys.every()]


def test_the_first_key_is_made_once_and_signs_at_once(keys: Keys) -> None:
    one, two = (keys.first(passphrase=SECRET, now=NOW) for _ in range(2))
    assert one == two
    assert (one.id, states(keys, NOW)) == (f"{DID}#key-2026-1", ["signs"])


def test_a_new_key_is_published_a_day_before_it_signs(keys: Keys) -> None:
    keys.first(passphrase=SECRET, now=NOW)
    keys.rotate(passphrase=SECRET, now=NOW)
    published = did_document(DID, keys.public())
    assert len(cast("list[str]", published["assertionMethod"])) == 2
    assert states(keys, NOW) == ["signs", "waits"]
    assert states(keys, NOW + timedelta(days=1)) == ["rests", "signs"]


def test_a_process_takes_up_a_new_key_without_a_new_start(keys: Keys) -> None:
    clock = [NOW]
    ring = Keyring(keys, SECRET, lambda: clock[0])
    before = ring.signer()
    assert ring.signer() is before  # opened once: stretching a passphrase takes a while
    keys.rotate(passphrase=SECRET, now=NOW)
    assert ring.signer() is before
    clock[0] += timedelta(days=1)
    assert ring.signer().key_id == f"{DID}#key-2026-2"


def test_the_tenth_key_of_a_year_comes_after_the_ninth(keys: Keys) -> None:
    for _ in range(10):
        keys.rotate(passphrase=SECRET, now=NOW, overlap=timedelta(0))
    keys.rotate(passphrase=SECRET, now=NOW.replace(year=2027), overlap=timedelta(0))
    assert names(keys)[-2:] == ["key-2026-10", "key-2027-1"]
    assert cast("Key", keys.signing(NOW.replace(year=2028))).name == "key-2027-1"


def test_what_a_retired_key_signed_stays_valid(keys: Keys) -> None:
    ring = Keyring(keys, SECRET, lambda: NOW)
    signed = issue(AWARD, BADGE, issuer=ISSUER, signer=ring.signer(), now=NOW)
    keys.rotate(passphrase=SECRET, now=NOW, overlap=timedelta(0))
    keys.retire("key-2026-1", now=NOW)
    assert states(keys, NOW) == ["retired", "signs"]
    assert ring.signer().key_id.endswith("#key-2026-2")
    assert _judged(keys, signed.content) is Answer.VALID


def test_nothing_that_a_compromised_key_signed_counts(keys: Keys) -> None:
    ring = Keyring(keys, SECRET, lambda: NOW)
    signed = issue(AWARD, BADGE, issuer=ISSUER, signer=ring.signer(), now=NOW)
    keys.retire("key-2026-1", now=NOW, since=NOW - timedelta(days=3))
    assert states(keys, NOW) == ["compromised"]
    assert _judged(keys, signed.content) is Answer.UNVERIFIABLE
    with pytest.raises(KeyRefused, match="conferral keys rotate --now"):
        ring.signer()


def _judged(keys: Keys, content: bytes) -> Answer:
    from credentials.documents import read

    known = resolver(did_document(DID, keys.public()))
    return verify(read(content), resolve_key=known, now=NOW).answer


def test_the_only_key_that_signs_is_not_retired(keys: Keys) -> None:
    keys.first(passphrase=SECRET, now=NOW)
    keys.rotate(passphrase=SECRET, now=NOW)  # it does not sign yet
    with pytest.raises(KeyNotChanged, match="Only key-2026-1 signs now"):
        keys.retire("key-2026-1", now=NOW)


def test_a_key_ends_once_and_may_be_found_compromised_later(keys: Keys) -> None:
    for _ in range(2):
        keys.rotate(passphrase=SECRET, now=NOW, overlap=timedelta(0))
    keys.retire("key-2026-1", now=NOW)
    with pytest.raises(KeyNotChanged, match="has ended already"):
        keys.retire("key-2026-1", now=NOW)
    keys.retire("key-2026-1", now=NOW, since=NOW)
    with pytest.raises(KeyNotChanged, match="has ended already"):
        keys.retire("key-2026-1", now=NOW, since=NOW)
    with pytest.raises(KeyNotChanged, match=r"There is no key key-1999-1\. There are: key-2026-1"):
        keys.retire("key-1999-1", now=NOW)


def test_files_of_keys_are_for_their_owner_alone(keys: Keys) -> None:
    keys.rotate(passphrase=SECRET, now=NOW)
    modes = {os.stat(file).st_mode & 0o777 for file in keys.folder.iterdir()}  # noqa: PTH116
    assert modes == {0o600}
    assert len(list(keys.folder.iterdir())) == 2


def test_a_file_of_another_name_is_told(keys: Keys) -> None:
    keys.folder.mkdir()
    (keys.folder / "key-old.json").write_text("{}")
    with pytest.raises(KeyRefused, match="is not named as a key is"):
        keys.every()


def test_a_key_that_another_process_made_first_is_used(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Keys._make

    def beaten(self: Keys, **how: object) -> Key:
        made(self, **how)  # type: ignore[arg-type]
        raise KeyRefused("exists already")

    monkeypatch.setattr(Keys, "_make", beaten)
    assert keys.first(passphrase=SECRET, now=NOW).name == "key-2026-1"
    monkeypatch.setattr(Keys, "_files", lambda _: [])
    with pytest.raises(KeyRefused, match="exists already"):
        keys.first(passphrase=SECRET, now=NOW)


# ------------------------------------------------------------------ the command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SECRET_KEY", SECRET)
    return str(tmp_path)


def test_keys_are_listed_rotated_and_retired(run: Run, folder: str) -> None:
    year = datetime.now(UTC).year
    assert "There is no key yet" in run("keys", "list", "--data", folder).out
    first = run("keys", "rotate", "--now", "--data", folder)
    assert first.out == f"key-{year}-1 is made and published. It signs now.\n"
    assert "It signs from" in run("keys", "rotate", "--data", folder, "--overlap", "2").out
    assert "Only key-" in refused(run("keys", "retire", f"key-{year}-1", "--data", folder))
    run("keys", "rotate", "--now", "--data", folder)
    assert "stays valid" in run("keys", "retire", f"key-{year}-1", "--data", folder).out
    listed = cast("list[dict[str, str]]", run("keys", "list", "--json", "--data", folder).json)
    assert [key["state"] for key in listed] == ["retired", "waits", "signs"]
    assert "retired" in run("keys", "list", "--data", folder).out


def test_what_a_compromised_key_signed_is_listed_before_and_after(
    run: Run, folder: str, database_url: str
) -> None:
    run("keys", "rotate", "--now", "--data", folder)
    (key,) = cast("list[dict[str, str]]", run("keys", "list", "--json", "--data", folder).json)
    with pool(database_url, size=4) as connect:
        awards = Awards(Play(connect))
        awards.issued(awards.badge())
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE signed_credential SET key_id = %s", (key["id"],))
    name = key["name"]
    since = ("--compromised", "--since", "2026-01-01")
    told = run("keys", "retire", name, *since, "--data", folder)
    assert told.code == 0, told
    assert "Verifiers refuse from now on" in told.out
    assert "AW-" in told.out
    assert "look at it" in told.out
    assert "no key" not in told.out


@pytest.mark.parametrize("words", [("--compromised",), ("--since", "2026-01-01"),
                                   ("--compromised", "--since", "2999-01-01")])  # fmt: skip
def test_a_compromise_needs_its_day(run: Run, folder: str, words: tuple[str, ...]) -> None:
    run("keys", "rotate", "--now", "--data", folder)
    assert "--since" in refused(run("keys", "retire", "key-2026-1", *words, "--data", folder))


def test_without_a_secret_no_key_is_made(run: Run, tmp_path: Path) -> None:
    assert "SECRET_KEY is not set" in refused(run("keys", "rotate", "--data", str(tmp_path)))
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "key-x.json").write_text("{}")
    assert "not named as a key" in refused(run("keys", "list", "--data", str(tmp_path)))
