"""Every kind of mail, as its reader gets it: both bodies the same, and all said that must be."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import icalendar
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from conferral.commands.mail import command
from policies import calendar
from tasks.invitations import invitation
from tasks.letters import Mail
from tasks.mail import build
from tasks.render import Rendered, render
from tasks.samples import sample
from tasks.saying import one_line
from tests.tasks.test_mail import html_words, plain_words, text_of
from tests.tasks.world import NOW
from workflow.notices import importances, kinds
from workflow.registry import MACHINES

EVERY = {
    kind: machine.definition for machine in MACHINES.values()
    for kind in kinds(machine.definition)
}  # fmt: skip
SENDER = "Conferral <conferral@example.edu>"
BASE = "https://conferral.example.edu"


def mail_of(kind: str) -> Mail:
    return sample(kind, EVERY[kind], calendar.load(), now=NOW)


def rendered(kind: str) -> Rendered:
    return render(mail_of(kind), lambda _: EVERY[kind], calendar.load(), base_url=BASE)


def message(kind: str) -> EmailMessage:
    content = build(mail_of(kind), rendered(kind), sender=SENDER, base_url=BASE).as_bytes()
    return message_from_bytes(content, policy=policy.default)


@pytest.mark.parametrize("kind", sorted(EVERY))
def test_both_bodies_of_every_kind_say_the_same_in_the_same_order(kind: str) -> None:
    mail = message(kind)
    html, text = plain_words(" ".join(html_words(mail))), plain_words(text_of(mail))
    # An address stands before its words in the one, and after them in the other.
    for of_addresses in (False, True):
        assert [w for w in html[1:] if w.startswith("https:") == of_addresses] == [
            w for w in text if w.startswith("https:") == of_addresses
        ]


@pytest.mark.parametrize("kind", sorted(EVERY))
def test_every_kind_says_its_number_what_to_do_where_it_stands_and_how_to_change_it(
    kind: str,
) -> None:
    said = rendered(kind)
    assert re.match(r"\[[A-Z]{2}-241\] \S", said.subject)
    assert "WHERE IT STANDS" in said.text
    assert f"Change what we send:\n{BASE}/preferences" in said.text
    assert f"\n{BASE}/cases/" in said.text
    assert "This mail decides nothing" in said.text
    assert not re.search(r"form\.|facts\.|\{\{|\bNone\b", said.subject + said.text)
    assert all(len(line) <= 72 or line.startswith("https:") for line in said.text.splitlines())


@pytest.mark.parametrize("kind", sorted(kind for kind in EVERY if kind.startswith("award.")))
def test_a_learners_name_stands_only_where_something_is_asked(kind: str) -> None:
    asked = importances(EVERY[kind]).get(kind, "act") == "act"
    assert asked or "Leo Learner" not in rendered(kind).text


def test_every_class_is_one_of_three() -> None:
    found = {
        one for machine in MACHINES.values() for one in importances(machine.definition).values()
    }
    assert found == {"act", "know", "fyi"}


def event_of(kind: str) -> tuple[EmailMessage, icalendar.Calendar]:
    (part,) = [p for p in message(kind).walk() if p.get_content_type() == "text/calendar"]
    assert isinstance(part, EmailMessage)
    return part, icalendar.Calendar.from_ical(str(part.get_content()))


@pytest.mark.parametrize(
    ("kind", "method", "status"),
    [("meeting.agenda", "REQUEST", "CONFIRMED"), ("meeting.cancelled", "CANCEL", "CANCELLED")],
)
def test_a_meeting_is_an_invitation_and_its_cancelling_takes_it_back(
    kind: str, method: str, status: str
) -> None:
    part, read = event_of(kind)
    assert part.get_param("method") == method
    (event,) = read.walk("VEVENT")
    assert (read["METHOD"], event["STATUS"], event["UID"], event["SEQUENCE"]) == (
        method, status, "ME-241@example.edu", 7,
    )  # fmt: skip
    assert str(event["ORGANIZER"]) == "mailto:conferral@example.edu"
    assert str(event["ATTENDEE"]) == "mailto:rowan.sample@example.edu"
    assert event["DTSTART"].to_ical().endswith(b"Z")
    assert event["DTEND"].dt > event["DTSTART"].dt
    assert str(event["LOCATION"]) == "Green Library 220"


def test_the_same_invitation_gives_the_same_bytes() -> None:
    kind = "meeting.agenda"
    built = [
        build(mail_of(kind), rendered(kind), sender=SENDER, base_url=BASE).as_bytes()
        for _ in range(2)
    ]
    assert built[0] == built[1]


def test_no_other_mail_brings_a_calendar() -> None:
    for kind in ("meeting.minutes", "proposal.received", "agenda_item.vote"):
        assert "text/calendar" not in {part.get_content_type() for part in message(kind).walk()}


def test_a_mail_with_two_meetings_brings_both_as_files_and_the_same_bytes_each_time() -> None:
    first = mail_of("meeting.agenda").letters[0]
    second = replace(mail_of("meeting.cancelled").letters[0], case="ME-242")
    mail = Mail(first.id, "morning", NOW, [first, second])
    words = render(mail, lambda _: EVERY["meeting.agenda"], calendar.load(), base_url=BASE)
    built = [build(mail, words, sender=SENDER, base_url=BASE).as_bytes() for _ in range(2)]
    assert built[0] == built[1]
    read = message_from_bytes(built[0], policy=policy.default)
    files = [one for one in read.iter_attachments() if one.get_content_type() == "text/calendar"]
    assert [one.get_filename() for one in files] == ["ME-241.ics", "ME-242.ics"]
    assert text_of(read).startswith("YOUR TUESDAY: 2 TO DO")


@pytest.mark.parametrize("starts_at", [None, "", "soon", 7, "2027-01-22T14:00:00"])
def test_a_meeting_without_a_time_that_can_be_read_is_no_invitation(starts_at: object) -> None:
    letter = mail_of("meeting.agenda").letters[0]
    odd = replace(letter, facts={**letter.facts, "starts_at": starts_at})
    assert invitation(odd, sender="x@example.edu", link=BASE) is None


@settings(max_examples=100, deadline=None)
@given(title=st.text(max_size=90), place=st.text(max_size=90), name=st.text(max_size=60))
def test_no_title_place_or_name_adds_a_line_to_an_invitation(
    title: str, place: str, name: str
) -> None:
    letter = mail_of("meeting.agenda").letters[0]
    odd = replace(letter, title=title, name=name, facts={**letter.facts, "place": place})
    found = invitation(odd, sender="x@example.edu", link=BASE)
    assert found is not None
    (event,) = icalendar.Calendar.from_ical(found.text).walk("VEVENT")
    assert str(event["SUMMARY"]) == one_line(title)
    assert str(event["LOCATION"]) == one_line(place)
    assert set(event) == {
        "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "DESCRIPTION",
        "URL", "ORGANIZER", "ATTENDEE", "STATUS",
    }  # fmt: skip


def test_a_mail_on_a_proposal_tells_what_was_done_since_one_was_last_written_to() -> None:
    said = rendered("proposal.returned").text
    assert "SINCE WE LAST WROTE, SATURDAY 14 NOVEMBER" in said
    assert "  * Mae Fictional changed the text.\n  * You changed the text." in said
    assert "SINCE WE LAST WROTE" not in rendered("award.to_assess").text


def test_the_command_shows_every_kind_and_each_in_both_bodies() -> None:
    run = CliRunner()
    listed = run.invoke(command, [])
    assert listed.exit_code == 0
    assert len(listed.output.splitlines()) == len(EVERY)
    text = run.invoke(command, ["proposal.returned"]).output
    assert text.startswith("Subject: [MC-241] Answer 2 changes")
    assert run.invoke(command, ["proposal.returned", "--html"]).output.startswith("<!doctype html>")
    assert '"subject"' in run.invoke(command, ["proposal.returned", "--json"]).output
    assert '"class"' in run.invoke(command, ["--json"]).output
    assert "no mail of the kind" in run.invoke(command, ["proposal.nothing"]).output
