"""The committee in the demo: two bodies in order, named votes, a recusal, the Senate's silence."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from conferral.demo.stage import Stage

UGC = ("cass-fiction", "vic-madeup", "ben-draft", "lena-outline", "omar-sketch",
       "priya-pretend", "quinn-blank", "rita-stub", "tom-invented")  # fmt: skip
UCC = ("ursa-quorum", "wes-hypothesis", "xenia-assumption", "yuri-example", "zoe-sample",
       "abel-specimen", "bora-placeholder", "cora-fiction", "dov-template")  # fmt: skip
#: The first cycle of the year; the Senate meets on 17 November.
COUNCIL_MEETS, HEARING = date(2026, 10, 9), date(2026, 10, 30)
AFTER_THE_SENATE = date(2026, 11, 18)


def items_of(stage: Stage, case: str) -> dict[str, str]:
    """The agenda items of a proposal, by body."""
    found = stage.ask(
        "SELECT json_object_agg(body, case_id) FROM agenda_item WHERE proposal = %s", case
    )
    return cast("dict[str, str]", found)


def council(stage: Stage, item: str) -> None:
    """The council places it, and votes by e-ballot; one member is recused and leaves the count."""
    chair, recused = UGC[0], UGC[4]
    stage.do(
        "place_on_agenda", chair, item, meeting_on=COUNCIL_MEETS.isoformat(), section="discussion"
    )
    stage.do("recuse", recused, item, member=recused, reason="Co-author of the course.")
    stage.do("open_vote", chair, item, mode="e_ballot")
    stage.skip_business_days(3)
    _vote(stage, item, [m for m in UGC if m != recused], said="yes yes yes yes yes no abstain yes")
    stage.do("close_vote", chair, item)
    stage.settle()


def hearing(stage: Stage, item: str) -> None:
    """The university committee meets: an agenda, answers, the roll, the vote, the minutes."""
    chair, present = UCC[0], UCC[:7]
    meeting = stage.open(
        "meeting", "plan", chair, body="ucc", held_on=HEARING.isoformat(), starts="14:00",
        place="Room 101 and by video",
    )  # fmt: skip
    stage.do("place_on_agenda", chair, item, meeting_on=HEARING.isoformat(), section="consent")
    stage.do("publish_agenda", chair, meeting)
    for member in UCC:
        stage.do("rsvp", member, meeting, coming="yes" if member in present else "no")
    stage.do("pull_from_consent", UCC[5], item, reason="One question on the prerequisites.")
    stage.skip_to_day(HEARING)
    stage.do("take_roll", chair, meeting, room=list(present[:5]), remote=list(present[5:]))
    stage.do("open_vote", chair, item, mode="meeting")
    _vote(stage, item, present, said="yes yes yes yes yes yes abstain")
    stage.do("close_vote", chair, item)
    stage.do("close_meeting", chair, meeting)
    stage.do("approve_minutes", chair, meeting, remarks="The prerequisites were explained.")
    stage.settle()


def _vote(stage: Stage, item: str, members: Sequence[str], *, said: str) -> None:
    judged = stage.ask("SELECT document_hash FROM agenda_item WHERE case_id = %s", item)
    for member, choice in zip(members, said.split(), strict=True):
        stage.do("cast_vote", member, item, choice=choice, document_hash=judged)
