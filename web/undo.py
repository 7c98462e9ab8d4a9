"""Taking back what was just removed: its content travels in the page, sealed, and nowhere else."""

from dataclasses import dataclass
from typing import Final

from itsdangerous import BadData, URLSafeTimedSerializer

from policies.document import Part
from web.guard import context, visitor

#: How long a removal can be taken back.
SECONDS: Final = 900


@dataclass(frozen=True, slots=True)
class Removed:
    """An item of a draft that was removed: where it stood, and what it said."""

    path: str
    value: object


def sealed(case: str, path: str, value: object) -> str:
    """A removed item as it travels in an address; only whoever removed it can use it."""
    plain = (
        value.model_dump(mode="json", exclude_defaults=True) if isinstance(value, Part) else value
    )
    return _sealer().dumps([visitor().person, case, path, plain])


def opened(text: str, case: str) -> Removed | None:
    """The removed item; None for another person's or case's, an old one, or none of ours."""
    try:
        person, of_case, path, value = _sealer().loads(text, max_age=SECONDS)
    except (BadData, TypeError, ValueError):
        return None
    return Removed(path, value) if (person, of_case) == (visitor().person, case) else None


def _sealer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(context().secret_key, salt="undo")
