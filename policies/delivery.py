"""How mail is handed over: the pace for each domain, and the patience with a server that fails."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import ClassVar, Final

from pydantic import ConfigDict

from policies.data import DataError, read

FILE: Final = "delivery.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """See the head of the file for what each field means."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    per_minute: int
    opens_after: int
    rests: tuple[int, ...]
    setting_rest: int
    domains: Mapping[str, int] = field(default_factory=dict)

    def gap(self, domain: str) -> timedelta:
        """The distance between two mails to a domain.

        >>> load().gap("example.edu")
        datetime.timedelta(microseconds=100000)
        """
        return timedelta(minutes=1) / self.domains.get(domain, self.per_minute)


@cache
def load(file: str = FILE) -> Delivery:
    """Read the office's figures; DataError where one of them could not be kept to."""
    found = read(Delivery, file)
    figures = (found.per_minute, found.opens_after, found.setting_rest, *found.rests)
    if min((*figures, *found.domains.values())) < 1 or not found.rests:
        raise DataError(f"{file}: each figure is at least 1, and there is at least one rest")
    return found
