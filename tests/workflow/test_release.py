"""Released versions are kept, and what a version says does not change under its number."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.workflow.play import Play
from workflow.engine import MachineInForce
from workflow.registry import MACHINES
from workflow.release import ReleaseChangedError, as_file, record, released, write_all


@pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda m: m.definition.machine)
def test_the_release_file_says_what_the_definition_says(machine: MachineInForce) -> None:
    """Not so? Run `python -m workflow.release`, or give a released machine a new version."""
    assert released(machine.definition) == as_file(machine.definition)


def test_every_machine_has_a_file_of_its_own(tmp_path: Path) -> None:
    write_all(tmp_path, MACHINES)
    assert len(list(tmp_path.iterdir())) == len(MACHINES)


def test_a_release_is_recorded_once_and_a_changed_text_is_refused(play: Play) -> None:
    with play.connect() as connection:
        record(connection, MACHINES)
        record(connection, MACHINES)
        row = connection.execute("SELECT count(*) FROM definition_release").fetchone()
        assert row == (len(MACHINES),)
        award = MACHINES["award"]
        changed = replace(award.definition, rows=award.definition.rows[:-1])
        other = {"award": MachineInForce(changed, award.reading)}
        with pytest.raises(ReleaseChangedError, match="award v1"):
            record(connection, other)
