"""The mailbox of a trial run: what was sent is read there, and can do nothing there."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from conferral.received import MailFolder
from tests.web.browser import Browser
from tests.web.conftest import context_of
from tests.workflow.play import Play
from web.app import create_app


def lay(folder: Path, number: int, *, html: bool = True) -> str:
    """A mail as the sink keeps it; its name."""
    message = EmailMessage()
    message["Subject"], message["To"] = f"Your turn {number}", "Leo <leo@example.edu>"
    message["Date"], message["Message-ID"] = "Tue, 24 Nov 2026 14:00:00 +0000", f"<{number}@x>"
    message.set_content(f"Good morning {number}")
    if html:
        message.add_alternative(f"<h1>Good morning {number}</h1><script>x</script>", subtype="html")
    name = f"{number:06d}-0000000a"
    (folder / f"{name}.eml").write_bytes(b"Return-Path: <x@y>\r\n" + message.as_bytes())
    return name


@pytest.fixture
def browser(play: Play, tmp_path: Path) -> Browser:
    return Browser(create_app(context_of(play, mailbox=MailFolder(tmp_path))).test_client())


def test_anywhere_but_on_a_trial_run_there_is_none(stranger: Browser) -> None:
    for place in ("/mailbox", "/mailbox/000001-0000000a", "/mailbox/000001-0000000a/page"):
        assert stranger.client.get(place).status_code == 404


def test_the_newest_comes_first_page_by_page(browser: Browser, tmp_path: Path) -> None:
    assert "No mail has been sent yet" in browser.read("/mailbox")
    for n in range(1, 53):
        lay(tmp_path, n)
    (tmp_path / "draft.eml").write_text("not one of ours")
    first = browser.read("/mailbox")
    assert first.index("Your turn 52") < first.index("Your turn 51")
    assert "Your turn 2 " not in first
    assert browser.page
    (more,) = [link for link in browser.page.links if "before=" in link]
    assert "Your turn 2 " in browser.read(more)


def test_a_mail_is_shown_in_a_frame_that_may_do_nothing(browser: Browser, tmp_path: Path) -> None:
    name = lay(tmp_path, 1)
    answer = browser.client.get(f"/mailbox/{name}")
    assert '<iframe class="mail-page" sandbox title="The mail: Your turn 1" ' in answer.text
    assert answer.headers["Content-Security-Policy"].endswith("frame-src 'self'")
    framed = browser.client.get(f"/mailbox/{name}/page")
    assert "<h1>Good morning 1</h1>" in framed.text
    policy = framed.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("sandbox")
    assert "script-src" not in policy
    assert "Good morning 1" in browser.read(f"/mailbox/{name}?text")


def test_a_mail_without_a_page_is_its_text(browser: Browser, tmp_path: Path) -> None:
    name = lay(tmp_path, 1, html=False)
    assert "Good morning 1" in browser.read(f"/mailbox/{name}")


@pytest.mark.parametrize("name", ["000009-0000000a", "..%2Fsecret_key", "draft", "x" * 300])
def test_nothing_but_mails_is_opened(browser: Browser, tmp_path: Path, name: str) -> None:
    (tmp_path / "draft.eml").write_text("not one of ours")
    assert browser.client.get(f"/mailbox/{name}").status_code == 404
