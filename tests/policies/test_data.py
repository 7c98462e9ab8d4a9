from pathlib import Path

import pytest

from policies.calendar import UniversityCalendar
from policies.committees import Committees
from policies.data import ROOM, DataError, read


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(DataError, match=r"nowhere\.yaml: there is no such file"):
        read(Committees, "nowhere.yaml")


def test_a_file_that_is_no_yaml_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("bodies: [", "utf-8")
    with pytest.raises(DataError, match=r"a\.yaml: this is no YAML"):
        read(Committees, f"{tmp_path}/a.yaml")


def test_missing_unknown_and_wrong_fields_are_all_named(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("bodies: 3\nwhen_no_level: [graduate]\nvoting_: {}\n", "utf-8")
    with pytest.raises(DataError) as refused:
        read(Committees, f"{tmp_path}/a.yaml")
    assert all(name in str(refused.value) for name in ("bodies: ", "voting: ", "voting_: "))


def test_a_file_of_another_shape_is_refused_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("- 1\n", "utf-8")
    with pytest.raises(DataError, match=r"a\.yaml: the whole file: "):
        read(UniversityCalendar, f"{tmp_path}/a.yaml")


def test_every_sentence_kept_as_data_is_free_of_words_this_house_does_not_use() -> None:
    for path in ROOM.rglob("*.yaml"):
        text = path.read_text("utf-8").lower()
        for word in ("reject", "please", "status", "asap", '!"'):
            assert word not in text, f"{path.name} says {word!r}"
