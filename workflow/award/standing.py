"""What becomes of an issued credential, as effects that a row of the award can name.

The mark is a row of the same write as the action itself; the list of its place is published anew
right after, by whoever holds the key. A mark is written once: revocation is not taken back, and an
award restored on appeal gets a new credential id (W3C Bitstring Status List 1.0, section 2).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, cast

from workflow.award.facts import AwardFacts
from workflow.award.rows import status_list_of
from workflow.changes import Change, Insert
from workflow.effects import Action, Fire, Keep

#: How a word about the action is found: the public reason, or the award that takes its place.
Said = Callable[[Action], str]


def _nothing(_: Action) -> str:
    return ""


def marked(
    kind: Literal["revoked", "superseded", "expired"], *, reason: Said = _nothing,
    successor: Said = _nothing,
) -> Keep:  # fmt: skip
    """Mark the award for good. `reason` is read by anyone and names no person.

    The place in the status list is set by a revoked and by a superseded mark; an expired credential
    says its own end.
    """

    def rows(act: Action) -> Iterator[Change]:
        if cast("AwardFacts", act.facts).signed:
            yield Insert("status_mark", {
                "case_id": act.case, "kind": kind, "at": act.now, "reason": reason(act),
                "successor": successor(act) or None,
            })  # fmt: skip

    return Keep(f"mark it {kind}", rows)


def _list(act: Action) -> Iterator[tuple[str | None, Mapping[str, object]]]:
    if cast("AwardFacts", act.facts).signed:
        yield act.case, {"status_list": status_list_of(act.case)}


#: Have the list of its place published anew; of many at once the first publishes for all.
PUBLISHED = Fire("award", "issue", _list, task="publish")
