"""Status lists: published when they differ, by one at a time, and once for many at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from conferral.compose import pool
from conferral.issuer import (
    did_document,
    handlers_of,
    keyring_of,
    publish_status_list,
    published_list,
)
from conferral.keyring import Keyring
from conferral.settings import Settings, load
from credentials import documents
from credentials.did import resolver
from credentials.errors import KeyRefused
from credentials.verify import Answer, verify
from tests.conferral.cli import Run, refused, run
from tests.workflow.award_play import Awards
from tests.workflow.play import Play
from workflow.follow import follow
from workflow.issuing import published_places

__all__ = ["run"]

SECRET = "a passphrase of at least thirty-two characters"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("SECRET_KEY", SECRET)
    return load({"SECRET_KEY": SECRET}).model_copy(update={"data": tmp_path})


@pytest.fixture
def awards(run: Run, database_url: str) -> Iterator[Awards]:
    assert run("cases").code == 0
    with pool(database_url, size=8) as connect:
        yield Awards(Play(connect))


@pytest.fixture
def ring(settings: Settings, awards: Awards) -> Keyring:
    return keyring_of(settings, now=awards.play.clock.now)


def carried_out(awards: Awards, settings: Settings, ring: Keyring) -> int:
    """Carry out everything that is due as a worker with the key does."""
    return follow(
        awards.play.engine, handlers=handlers_of(settings, awards.play.connect, ring), limit=5000
    )


def issued(awards: Awards, settings: Settings, ring: Keyring) -> str:
    case = awards.to_verify(awards.badge())
    awards.verify(case)
    carried_out(awards, settings, ring)
    assert awards.state(case) == "issued"
    return case


def revoke(awards: Awards, *cases: str) -> None:
    """What a row that revokes writes, and asks for."""
    with awards.play.connect() as connection, connection.transaction():
        for case in cases:
            connection.execute(
                "INSERT INTO status_mark VALUES (%s, 'revoked', now(), 'Issued in error.', NULL)",
                (case,),
            )  # fmt: skip
            connection.execute(
                """INSERT INTO follow_on (id, task, cause_case, cause_seq, machine, target, trigger,
                     form, due_at) VALUES (gen_random_uuid(), 'publish', %(case)s, 1, 'award',
                     %(case)s, 'issue', '{"status_list": 1}', %(now)s)""",
                {"case": case, "now": awards.play.clock.now()},
            )  # fmt: skip


def judged(awards: Awards, settings: Settings, case: str) -> Answer:
    """What a stranger's verifier says, who reads the list as it is published."""
    (body,) = awards.row("SELECT body FROM signed_credential WHERE case_id = %s", case)
    listed = published_list(awards.play.connect, 1)
    assert listed
    return verify(
        documents.read(cast("bytes", body)), resolve_key=resolver(did_document(settings) or {}),
        now=max(datetime.now(UTC), awards.play.clock.now()),
        status_list=documents.read(listed),
    ).answer  # fmt: skip


def test_a_revocation_stands_in_the_published_list(
    awards: Awards, settings: Settings, ring: Keyring
) -> None:
    case = issued(awards, settings, ring)
    assert judged(awards, settings, case) is Answer.VALID
    revoke(awards, case)
    carried_out(awards, settings, ring)
    assert judged(awards, settings, case) is Answer.REVOKED


def test_a_list_that_says_the_same_is_not_signed_again(
    awards: Awards, settings: Settings, ring: Keyring
) -> None:
    issued(awards, settings, ring)
    before = published_list(awards.play.connect, 1)
    assert not publish_status_list(settings, awards.play.connect, ring.signer(), number=1)
    assert published_list(awards.play.connect, 1) == before


def test_of_many_marked_at_once_the_first_publishes_for_all(
    awards: Awards, settings: Settings, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    from conferral import issuer

    badge = awards.badge()
    learners = ("leo-learner", "mira-pupil")
    cases = [awards.to_verify(badge, learner) for learner in learners]
    for case in cases:
        awards.verify(case)
    carried_out(awards, settings, ring)
    signed: list[int] = []
    really = issuer._publish
    monkeypatch.setattr(
        issuer, "_publish",
        lambda *words, **how: (signed.append(how["number"]), really(*words, **how))[1],
    )  # fmt: skip
    revoke(awards, *cases)
    assert carried_out(awards, settings, ring) == 2
    assert signed == [1]


def test_who_publishes_last_has_seen_what_all_before_have_marked(
    awards: Awards, settings: Settings, ring: Keyring
) -> None:
    case = issued(awards, settings, ring)
    signer = ring.signer()
    revoke(awards, case)
    with ThreadPoolExecutor(6) as hands:
        every = [
            hands.submit(publish_status_list, settings, awards.play.connect, signer, number=1)
            for _ in range(6)
        ]
    assert sorted(one.result() for one in every) == [False] * 5 + [True]
    (index,) = awards.row("SELECT status_index FROM award WHERE case_id = %s", case)
    assert published_places(published_list(awards.play.connect, 1) or b"") == {index}


def test_a_process_without_a_secret_signs_nothing(settings: Settings) -> None:
    with pytest.raises(KeyRefused, match="Issuing needs SECRET_KEY"):
        keyring_of(settings.model_copy(update={"secret_key": None}), now=lambda: None)  # type: ignore[arg-type, return-value]


def test_lists_are_shown_and_published_by_hand(
    run: Run, awards: Awards, settings: Settings, ring: Keyring
) -> None:
    folder = str(settings.data)
    assert "there is no list" in run("status", "show", "--data", folder).out
    case = issued(awards, settings, ring)
    assert run("status", "show", "--data", folder).out == (
        "list 1: 0 of 131072 places set, published\n"
    )
    revoke(awards, case)
    assert "differs from what is published" in run("status", "show", "--data", folder).out
    assert run("status", "publish", "--data", folder).out == "Published: 1.\n"
    assert "none: each says what is recorded" in run("status", "publish", "--data", folder).out
    (shown,) = cast("list[object]", run("status", "show", "--json", "--data", folder).json)
    assert shown == {"list": 1, "set": 1, "of": 131_072, "published": True}


def test_a_key_that_does_not_open_is_one_line(
    run: Run, awards: Awards, settings: Settings, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued(awards, settings, ring)
    monkeypatch.setenv("SECRET_KEY", "another passphrase of thirty-two characters")
    assert "does not open" in refused(run("status", "publish", "--data", str(settings.data)))
