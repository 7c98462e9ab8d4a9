"""Who sits where when voting opens: members, and alternates in the seats of those not there.

An alternate counts only where the member they stand for is recused or, in a meeting, not there. A
recused member keeps a line, with the reason for the minutes; an absent one whose alternate sits has
none, so that a seat is counted once.
"""

from collections.abc import Collection, Iterator

from workflow.agenda_item.facts import AgendaFacts, Seated


def seating(facts: AgendaFacts, *, there: Collection[str] | None) -> tuple[Seated, ...]:
    """The electorate of a vote that opens now; `there` is who is present, None in an e-ballot."""
    return tuple(_seats(facts, there))


def free_alternate(
    facts: AgendaFacts, member: str, *, there: Collection[str] | None, taken: Collection[str] = ()
) -> str | None:
    """The alternate who may take a member's seat now; None where nobody is, or none is there."""
    return next(
        (
            alternate for alternate, of in facts.alternates.items()
            if of == member and alternate not in facts.recused and alternate not in taken
            and (there is None or alternate in there)
        ), None,
    )  # fmt: skip


def _seats(facts: AgendaFacts, there: Collection[str] | None) -> Iterator[Seated]:
    number = facts.round + 1
    for member in facts.members:
        reason = facts.recused.get(member, "")
        present = there is None or member in there
        instead = None if present and not reason else free_alternate(facts, member, there=there)
        if reason or not instead:
            chair = member in facts.chairs
            yield Seated(member, number, present, chair, bool(reason), reason)
        if instead:
            yield Seated(instead, number, True, False, False, "", member)  # noqa: FBT003 - a row
