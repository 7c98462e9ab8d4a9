"""What stands in a mail: both bodies say the same, and nothing strange reaches the wire."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.context import Context
from tasks.deliver import compose_mail
from tasks.letters import Letter, Mail, read_letters
from tasks.mail import UnwritableAddress, build
from tasks.render import Rendered
from tasks.saying import one_line
from tests import factory
from tests.tasks import world
from tests.tasks.world import NOW, uuid

LETTER = Letter(
    UUID(int=1), "MC-1", 1, "proposal.received", "know", {}, NOW, "p", "P", "p@example.edu", "UTC",
    "proposal", "draft", "p", None, {}, NOW, "", "", None, None, None, None, [], [], [], None,
)  # fmt: skip
HEADERS = {
    "Subject", "From", "To", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
    "MIME-Version", "Content-Type",
}  # fmt: skip
Link = psycopg.Connection[tuple[object, ...]]


def letter_of(link: Link, name: str) -> Letter:
    return read_letters(link, (uuid(name),))[uuid(name)]


def alone(letter: Letter) -> Mail:
    """A letter in an envelope of its own."""
    return Mail(letter.id, letter.case, letter.created_at, [letter])


@pytest.fixture
def returned(link: Link) -> Letter:
    """MC-1 came back to its proposer with two changes, due in five business days."""
    factory.insert(
        link, "entry", seq=4, from_state="draft", to_state="returned", key="r", at=NOW,
        actor=factory.ASA_OFFICER, form={"message": ""},
    )  # fmt: skip
    for n, asks in enumerate(("Give outcome 4 a threshold.", "Name one program outcome."), start=1):
        factory.insert(link, "required_change", id=uuid(f"c{n}"), number=n, asks=asks, seq=4)
    world.lay_work(link, "w", kind="returned", due_at=NOW + timedelta(days=7, hours=8))
    world.lay_mail(link, "m", kind="proposal.returned", importance="act", seq=4)
    return letter_of(link, "m")


def mail_of(context: Context, letter: Letter) -> EmailMessage:
    content = compose_mail(context, alone(letter))
    return message_from_bytes(content, policy=policy.default)


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


class _Words(HTMLParser):
    """The words of an HTML body, and the addresses it leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.skipping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skipping += tag == "title" or ("aria-hidden", "true") in attrs
        self.words += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        if tag in {"title", "td"} and self.skipping:
            self.skipping -= 1

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.words += data.split()


def html_words(mail: EmailMessage) -> list[str]:
    part = mail.get_body(("html",))
    assert part is not None
    parser = _Words()
    parser.feed(str(part.get_content()))
    return parser.words


def plain_words(words: str) -> list[str]:
    """Words without the marks that stand for a layout."""
    marks = re.compile(r"^(\[[x>]?\]?|\]|--|\*|\d+\.)$")
    return [word.rstrip(":").lower() for word in words.split() if not marks.match(word)]


def test_a_mail_says_what_happened_what_to_do_until_when_and_what_happens_otherwise(
    context: Context, returned: Letter
) -> None:
    mail = mail_of(context, returned)
    assert mail["Subject"] == '[MC-1] Answer 2 changes by Tue 1 Dec: "Data Storytelling"'
    text = text_of(mail)
    assert "By Tuesday 1 December, 17:00 (3 business days)." in text
    assert "Ida Example returned" in text
    assert "1. Give outcome 4 a threshold." in text
    assert "https://conferral.example.edu/cases/MC-1" in text
    assert "If you do nothing, the proposal closes" in text.replace("\n", " ")
    assert "[>] Draft, returned" in text


def test_both_bodies_say_the_same_in_the_same_order(context: Context, returned: Letter) -> None:
    mail = mail_of(context, returned)
    html = plain_words(" ".join(html_words(mail)))
    assert html[0] == "conferral"  # the house's mark stands on the HTML alone
    text = plain_words(text_of(mail))
    # An address stands before its words in the one, and after them in the other.
    for of_addresses in (False, True):
        assert [w for w in html[1:] if w.startswith("https:") == of_addresses] == [
            w for w in text if w.startswith("https:") == of_addresses
        ]


def test_the_same_notification_gives_the_same_bytes(
    context: Context, returned: Letter, link: Link
) -> None:
    first = compose_mail(context, alone(returned))
    assert first == compose_mail(context, alone(letter_of(link, "m")))
    assert b"Date: Tue, 24 Nov 2026 14:00:00 +0000" in first
    assert f"Message-ID: <{uuid('m')}@example.edu>".encode() in first


def test_one_thread_holds_what_is_written_to_one_person_on_one_case(
    context: Context, returned: Letter, link: Link
) -> None:
    world.lay_mail(link, "n", kind="proposal.received")
    world.lay_mail(link, "o", kind="proposal.submitted", to=factory.UNIT_HEAD)
    first, second, other = (
        mail_of(context, one) for one in (returned, letter_of(link, "n"), letter_of(link, "o"))
    )
    assert first["References"] == second["References"] == first["In-Reply-To"]
    assert first["References"] != other["References"]
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Auto-Submitted"] == "auto-generated"


def test_line_ends_in_names_and_titles_never_reach_the_wire(
    context: Context, returned: Letter
) -> None:
    strange = replace(
        returned, title="x\r\nBcc: evil@example.edu", name="Ida\r\nBcc: evil@example.edu",
        actor_name="A\x00B\u2028C", changes=["one\r\n.\r\nQUIT"],
    )  # fmt: skip
    content = compose_mail(context, alone(strange))
    mail = message_from_bytes(content, policy=policy.default)
    assert "Bcc" not in mail
    assert b"\nBcc:" not in content
    assert not re.search(rb"[^\r]\n", content)
    assert not re.search(rb"(?m)^\.\r?$", content)


def test_names_of_any_script_are_encoded_and_read_back(context: Context, returned: Letter) -> None:
    name = "Müller-Łódź, Þóra “the 山” <x>"
    content = compose_mail(
        context, alone(replace(returned, name=name, title="Données & récits 📊 山"))
    )
    assert all(byte < 128 for byte in content)
    mail = message_from_bytes(content, policy=policy.default)
    assert mail["To"].addresses[0].display_name == name
    assert mail["To"].addresses[0].addr_spec == "rowan.sample@example.edu"
    assert "Données & récits 📊 山" in mail["Subject"]
    assert "Données &amp; récits 📊 山" in str(mail.get_body(("html",)).get_content())  # type: ignore[union-attr]


def name_of(content: bytes) -> str:
    """The name in To, read as RFC 2047 says: white space between encoded words does not count."""
    raw = message_from_bytes(content, policy=policy.compat32)["To"]
    read = (
        str(make_header(decode_header(raw)))
        .removesuffix("p@example.edu")
        .removesuffix("<p@example.edu>")
    )
    return parseaddr(raw)[0] if raw.isascii() and "=?" not in raw else read.strip()


@settings(max_examples=200, deadline=None)
@given(title=st.text(max_size=90), name=st.text(max_size=90))
def test_any_title_and_name_come_back_as_one_line_of_what_was_written(
    title: str, name: str
) -> None:
    rendered = Rendered(f"[MC-1] {title}", "text\n", "<p>text</p>\n")
    content = build(
        alone(replace(LETTER, name=name)), rendered, sender="x@example.edu", base_url=""
    ).as_bytes()
    mail = message_from_bytes(content, policy=policy.default)
    assert mail["Subject"] == one_line(f"[MC-1] {title}")
    assert name_of(content) == one_line(name)
    assert set(mail.keys()) == HEADERS
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))


@pytest.mark.parametrize(
    "spec", ["a@b\r\nBcc: c@d", "@", "a b@c", "x@y, z@w", "ünï@example.edu", "a@"]
)
def test_an_address_that_no_header_can_carry_is_refused(
    context: Context, returned: Letter, spec: str
) -> None:
    with pytest.raises(UnwritableAddress):
        compose_mail(context, alone(replace(returned, address=spec)))


def test_markup_in_a_title_is_text_in_the_html(context: Context, returned: Letter) -> None:
    mail = mail_of(context, replace(returned, title="<script>alert(1)</script>"))
    part = mail.get_body(("html",))
    assert part is not None
    assert "<script>" not in part.get_content()
    assert "&lt;script&gt;" in part.get_content()


def test_a_sentence_in_a_title_is_not_a_template(context: Context, returned: Letter) -> None:
    mail = mail_of(context, replace(returned, title="{{ 7 * 7 }} {% raw %}"))
    assert "{{ 7 * 7 }} {% raw %}" in mail["Subject"]


def test_a_long_title_is_cut_in_the_mail(context: Context, returned: Letter) -> None:
    mail = mail_of(context, replace(returned, title="word " * 60))
    assert len(mail["Subject"]) < 140
    assert '…"' in mail["Subject"]


def test_a_proposal_without_a_title_is_written_about_in_words(
    context: Context, returned: Letter
) -> None:
    assert (
        "the proposal without a title" in mail_of(context, replace(returned, title=" "))["Subject"]
    )


def test_a_late_mail_says_by_how_much_and_who_was_told(context: Context, link: Link) -> None:
    facts = {"due": (NOW - timedelta(days=4)).isoformat(), "told": ["Max Instance"], "late": []}
    world.lay_mail(link, "m", kind="proposal.draft.warn", facts=facts, importance="act")
    late = replace(letter_of(link, "m"), kind="proposal.asa_review.late")
    mail = mail_of(context, late)
    assert mail["Subject"] == (
        '[MC-1] 2 business days late: the ASA review for "Data Storytelling"; '
        "also sent to Max Instance"
    )
    assert "It was due Friday 20 November, 09:00 (2 business days ago)." in text_of(mail)
    assert "We have also told Max Instance." in text_of(mail)


@pytest.mark.parametrize(
    ("hours", "says"), [(3, "Due today"), (24, "Due tomorrow"), (8 * 24, "Due in 4 business days")]
)
def test_a_reminder_counts_business_days(
    context: Context, link: Link, hours: int, says: str
) -> None:
    facts = {"due": (NOW + timedelta(hours=hours)).isoformat()}
    world.lay_mail(link, "m", kind="proposal.asa_review.remind", facts=facts)
    assert mail_of(context, letter_of(link, "m"))["Subject"].startswith(f"[MC-1] {says}: ")


def test_times_are_those_of_the_reader(context: Context, returned: Letter) -> None:
    assert "By Tuesday 1 December, 23:00" in text_of(
        mail_of(context, replace(returned, zone="Europe/Berlin"))
    )
    assert "22:00" in text_of(mail_of(context, replace(returned, zone="no/such")))


@pytest.fixture
def award(link: Link) -> Link:
    for case, machine, state in (
        ("CR-1", "credential", "active"),
        ("AW-1", "award", "under_assessment"),
    ):
        factory.insert(link, "cases", id=case, machine=machine, state=state)
    factory.insert(link, "credential")
    factory.insert(link, "credential_version")
    factory.insert(link, "award", credential_id=None, status_index=None, verified_by=None)
    form = {"evidence": "My private chart", "level": "exceeds", "feedback": "A weak second half"}
    factory.insert(
        link, "entry", case_id="AW-1", seq=3, from_state="claimed", to_state="under_assessment",
        key="aw", actor=factory.LEARNER, form=form,
    )  # fmt: skip
    return link


def test_a_learners_name_goes_to_those_who_act_on_the_award_and_to_nobody_else(
    context: Context, award: Link
) -> None:
    for name, kind, to, importance in (
        ("act", "award.to_assess", factory.ASSESSOR, "act"),
        ("know", "award.to_assess", factory.ASSESSOR, "know"),
    ):
        world.lay_mail(award, name, case_id="AW-1", kind=kind, to=to, importance=importance)
    assert "Leo Learner" in text_of(mail_of(context, letter_of(award, "act")))
    told = mail_of(context, letter_of(award, "know")).as_string()
    assert "Leo Learner" not in told
    assert "The learner sent it." in told


def test_no_award_mail_can_say_grade_evidence_or_feedback(context: Context, award: Link) -> None:
    facts = {
        "feedback": "A weak second half", "steps": [{"feedback": "A weak second half"}],
        "defect": "A weak second half", "met": 1, "of": 4, "kept": 0, "reasons": [],
        "outcomes": [], "due": NOW.isoformat(),
    }  # fmt: skip
    from tasks.sentences import book

    kinds = [kind for kind in book().kinds if kind.startswith("award.")]
    kinds += [f"{clock}.{alarm}" for clock in book().clocks for alarm in book().alarms
              if clock.startswith("award.")]  # fmt: skip
    for kind in kinds:
        world.lay_mail(award, kind, case_id="AW-1", kind=kind, to=factory.LEARNER, facts=facts)
        said = mail_of(context, letter_of(award, kind)).as_string()
        for secret in ("weak", "private", "exceeds"):
            assert secret not in said, kind


def test_the_bytes_never_hold_a_line_longer_than_mail_carries(
    context: Context, returned: Letter
) -> None:
    content = compose_mail(context, alone(replace(returned, changes=["x" * 5000], title="y" * 500)))
    assert max(map(len, content.split(b"\r\n"))) <= 998
