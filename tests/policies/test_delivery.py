"""The figures by which mail is handed over."""

from datetime import timedelta
from pathlib import Path

import pytest

from policies import delivery
from policies.data import DataError


def test_a_domain_has_its_own_pace_where_one_is_given(tmp_path: Path) -> None:
    file = tmp_path / "delivery.yaml"
    file.write_text(
        "{per_minute: 60, opens_after: 1, rests: [1], setting_rest: 1, domains: {slow.edu: 6}}"
    )
    read = delivery.load(str(file))
    assert read.gap("slow.edu") == timedelta(seconds=10)
    assert read.gap("example.edu") == timedelta(seconds=1)


@pytest.mark.parametrize(
    "said",
    [
        "{per_minute: 0, opens_after: 1, rests: [1], setting_rest: 1}",
        "{per_minute: 1, opens_after: 1, rests: [], setting_rest: 1}",
        "{per_minute: 1, opens_after: 1, rests: [1], setting_rest: 1, domains: {a.edu: 0}}",
    ],
)
def test_a_figure_that_could_not_be_kept_to_is_refused(tmp_path: Path, said: str) -> None:
    file = tmp_path / "delivery.yaml"
    file.write_text(said)
    with pytest.raises(DataError, match="at least"):
        delivery.load(str(file))
