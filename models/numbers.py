"""Where case ids come from: a prefix that people read and a number the database gives once."""

from sqlalchemy import Sequence

from models.base import metadata
from models.case import MACHINES

#: `MC-241` is the 241st proposal; a number given to a case that was not written stays unused.
PREFIXES = {
    "proposal": "MC", "agenda_item": "AG", "meeting": "ME", "credential": "CR", "award": "AW",
}  # fmt: skip

NUMBERS = {
    machine: Sequence(f"case_number_{machine}", start=1, metadata=metadata) for machine in MACHINES
}
