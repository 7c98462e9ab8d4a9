"""What the demo's learners take along: badges with their award inside, sheets, records."""

from pathlib import Path

from conferral.demo.stage import DemoFailed, Stage
from conferral.settings import Settings
from web.share import Home, files
from workflow.queries.held import drawn, held

#: What is written of each award; a record only where it is a stack.
_TAKEN = ("badge.png", "certificate.pdf", "record.json")


def write(stage: Stage, settings: Settings, folder: Path) -> int:
    """Write the files of every issued award as its learner gets them; how many awards there are."""
    folder.mkdir()
    home = Home(settings.institution_name, settings.base_url, settings.time_zone)
    with stage.engine.connect() as connection:
        rows = connection.execute(
            "SELECT a.case_id, a.credential_id, a.learner FROM award a "
            "JOIN signed_credential s ON s.case_id = a.case_id ORDER BY a.case_id"
        ).fetchall()
        for case, credential_id, learner in rows:
            award = held(connection, str(credential_id), learner=str(learner))
            found = drawn(connection, award.credential, award.version) if award else None
            if award is None or found is None:
                raise DemoFailed(f"The award {case} is signed but not issued.")
            given = files(award, found, home)
            for name in _TAKEN:
                if name in given:
                    (folder / f"{case}-{name}").write_bytes(given[name].make())
    return len(rows)
