"""The registrar confirms many records on one page, and nobody else sees it."""

import csv
import io
from collections.abc import Callable

import pytest

from tests import factory
from tests.web.browser import Browser, Page
from tests.workflow.award_play import Awards

SignIn = Callable[[str], Browser]


@pytest.fixture
def cases(awards: Awards) -> tuple[str, str]:
    badge = awards.badge()
    return awards.issued(badge), awards.issued(badge, factory.OTHER_LEARNER)


def test_many_are_confirmed_at_once_and_the_others_wait_on(
    sign_in: SignIn, cases: tuple[str, str], awards: Awards
) -> None:
    registrar = sign_in(factory.REGISTRAR)
    assert "Two awards wait for their record" in registrar.read("/registrar")
    answer = registrar.post("/registrar", **{f"record.{cases[0]}": "2026-118"})
    page = Page(answer).text
    assert "You confirmed 1 record." in page
    assert "One award waits for its record" in page
    assert awards.rows("SELECT registrar_record FROM award ORDER BY case_id") == [
        ("2026-118",), ("",)
    ]  # fmt: skip
    registrar.read("/registrar")
    registrar.post("/registrar", **{f"record.{cases[1]}": "2026-119"})
    assert "Every record is confirmed" in registrar.read("/registrar")
    assert "/registrar" in _links(registrar)


def _links(browser: Browser) -> list[str]:
    browser.read("/work")
    assert browser.page
    return browser.page.links


def test_what_cannot_be_confirmed_is_said_and_what_was_typed_is_kept(
    sign_in: SignIn, cases: tuple[str, str]
) -> None:
    registrar = sign_in(factory.REGISTRAR)
    registrar.read("/registrar")
    answer = registrar.post("/registrar", **{f"record.{cases[0]}": "x" * 400})
    assert answer.status_code == 409
    assert f"{cases[0]}: That is no record number." in Page(answer).text
    long = registrar.post("/registrar", **{f"record.{cases[0]}": "x" * 290})
    assert long.status_code in {200, 409}


def test_the_week_is_a_file(sign_in: SignIn, cases: tuple[str, str], awards: Awards) -> None:
    (at,) = awards.row("SELECT at::date FROM entry WHERE case_id = %s AND trigger = 'issue'",
                       cases[0])  # fmt: skip
    registrar = sign_in(factory.REGISTRAR)
    answer = registrar.get(f"/registrar/feed.csv?week={at}")
    found = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True), newline="")))
    assert [row["award"] for row in found] == [*cases]
    assert f'filename="awards-{at}.csv"' in answer.headers["Content-Disposition"]
    assert registrar.get(f"/registrar/feed.json?week={at}").json["version"] == 1  # type: ignore[index]
    assert registrar.get("/registrar/feed.csv?week=nonsense").status_code == 200
    assert registrar.get("/registrar/feed.exe").status_code == 404


@pytest.mark.parametrize("person", [factory.ASA_OFFICER, factory.LEARNER, factory.UNIT_HEAD])
def test_nobody_else_sees_it(sign_in: SignIn, person: str) -> None:
    browser = sign_in(person)
    for path in ("/registrar", "/registrar/feed.csv"):
        assert browser.get(path).status_code == 404
    browser.read("/work")
    assert browser.post("/registrar").status_code in {403, 404}
