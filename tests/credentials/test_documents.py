from datetime import UTC, datetime, timedelta, timezone

import pytest

from credentials import documents
from credentials.errors import NotCanonical


def test_a_document_comes_back_as_it_was_written() -> None:
    document = {"name": 'Análisis 数据 تحليل 📊 "q" \u2028', "list": [1, True, {"a": []}]}
    assert documents.read(documents.write(document)) == document


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[]", "no JSON object"),
        (b'{"a":' + b"[" * 60 + b"]" * 60 + b"}", "deeper than"),
        (b'{"a":"' + b"x" * documents.LARGEST + b'"}', "larger than"),
    ],
)
def test_what_is_not_a_document_is_refused_with_why(content: bytes, why: str) -> None:
    with pytest.raises(NotCanonical, match=why):
        documents.read(content)


def test_a_moment_is_written_in_utc_to_the_second() -> None:
    there = datetime(2026, 11, 24, 4, 30, 59, 999, tzinfo=timezone(-timedelta(hours=5)))
    assert documents.timestamp(there) == "2026-11-24T09:30:59Z"
    with pytest.raises(ValueError, match="time zone"):
        documents.timestamp(datetime(2026, 11, 24))  # noqa: DTZ001


@pytest.mark.parametrize(
    "text",
    [None, 5, "", "2026-11-24", "2026-11-24T09:30:00", "2026-13-24T09:30:00Z", "2026-11-24 09:30Z"],
)
def test_what_is_no_full_date_and_time_is_no_moment(text: object) -> None:
    assert documents.moment(text) is None


def test_a_moment_is_read_with_its_zone() -> None:
    assert documents.moment("2022-11-10T07:38:00-08:00") == datetime(
        2022, 11, 10, 15, 38, tzinfo=UTC
    )


def test_a_moment_is_spoken_as_people_read_it() -> None:
    assert (
        documents.spoken(datetime(2026, 11, 24, 9, 5, tzinfo=UTC)) == "Tue 24 Nov 2026, 09:05 UTC"
    )
