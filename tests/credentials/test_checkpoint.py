"""Checkpoints: a signed note that says how long the log is, as others read it."""

import pytest

from credentials.checkpoint import Checkpoint, CheckpointRefused, opened, sign
from credentials.keys import FileSigner

SIGNER = FileSigner.from_secret("key", bytes(range(32)))
OTHER = FileSigner.from_secret("key", bytes(32))
HERE = Checkpoint("credentials.example.edu/log", 7, bytes(range(32)))
NOTE = sign(HERE, signer=SIGNER)


def test_a_note_is_three_lines_an_empty_one_and_a_signature() -> None:
    lines = NOTE.split("\n")
    assert lines[:4] == [
        "credentials.example.edu/log", "7", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "",
    ]  # fmt: skip
    assert lines[4].startswith("— credentials.example.edu/log ")
    assert lines[5:] == [""]


def test_it_opens_with_the_key_that_signed_it_among_others() -> None:
    assert opened(NOTE, keys=[OTHER.public_key, SIGNER.public_key]) == HERE
    twice = NOTE + sign(HERE, signer=OTHER).split("\n\n")[1]
    assert opened(twice, keys=[OTHER.public_key]) == HERE


@pytest.mark.parametrize(
    "note",
    [NOTE.replace("\n7\n", "\n8\n"), NOTE.replace("AAEC", "AAED"),
     NOTE.replace("— credentials.example.edu/log", "— other"), NOTE.split("—")[0],
     NOTE.replace("— credentials.example.edu/log ", "— credentials.example.edu/log !")],
)  # fmt: skip
def test_what_was_changed_is_refused(note: str) -> None:
    with pytest.raises(CheckpointRefused, match="No key"):
        opened(note, keys=[SIGNER.public_key])


@pytest.mark.parametrize(
    "note",
    ["", "x", "\n1\nAA==\n\n", "a\nb\nAA==\n\n", "a\n1\n!\n\n", "a\n1\nAA==\n\n", "a\n01\nAA==\n\n",
     NOTE.replace("\n7\n", "\n07\n"), NOTE + "x" * 5000],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(CheckpointRefused, match="no checkpoint"):
        opened(note, keys=[SIGNER.public_key])
