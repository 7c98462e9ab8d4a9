"""The certificate: one tagged sheet, the name as it is, the code that leads to the page."""

import subprocess
from dataclasses import replace
from datetime import date
from shutil import which

import pytest

from credentials.certificate import CertificateFacts, certificate, drawable, shown_name
from credentials.errors import PictureRefused
from credentials.qr import qr_svg
from tests.credentials.test_badge import BADGE, STACK

ADDRESS = "https://verify.example.edu/v/7a1d9a1e-0000-4000-8000-000000000000"
SHEET = CertificateFacts(
    name="Juno Placeholder",
    statement="The holder can choose, build and defend a chart that is honest about its data.",
    issued_on=date(2026, 11, 12), number=ADDRESS.rpartition("/")[2], address=ADDRESS, badge=BADGE,
)  # fmt: skip
NAMES = [
    "José “Pepe” Ñúñez-O'Hara", "陈小明", "محمد بن سلمان", "Ana 🎓", "\u2028Line",
    "#strong[x] $x$ \\",
    '"); #read("/etc/passwd")', "N" * 120, "नरेंद्र", "דוד",
]  # fmt: skip


def words(pdf: bytes) -> str:
    """The text of a PDF as a reader gets it; skipped where the reader is not installed."""
    if which("pdftotext") is None:
        pytest.skip("pdftotext is not on this machine")
    done = subprocess.run(
        ["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True, timeout=30
    )
    return " ".join(done.stdout.decode().split())


def test_it_is_one_tagged_sheet_for_screen_readers() -> None:
    pdf = certificate(SHEET)
    assert pdf.startswith(b"%PDF-1.7")
    assert b"/MarkInfo" in pdf
    assert b"pdfuaid:part" in pdf


def test_it_says_who_what_when_and_where_to_check() -> None:
    said = words(certificate(SHEET))
    for part in (
        "Juno Placeholder", "Visual Evidence", "Thursday 12 November 2026", "second of three",
        SHEET.number, "verify.example.edu/v/", "Only the page behind the code",
    ):  # fmt: skip
        assert part in said


def test_the_same_award_gives_the_same_bytes() -> None:
    assert certificate(SHEET) == certificate(SHEET)


def test_a_stack_names_what_it_is_made_of() -> None:
    said = words(certificate(replace(SHEET, badge=STACK)))
    assert "Data Literacy" in said
    many = replace(STACK, parts=tuple(f"Part {n}" for n in range(12)))
    assert "and 6 more" in words(certificate(replace(SHEET, badge=many)))


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_kind_are_text_and_never_markup(name: str) -> None:
    pdf = certificate(replace(SHEET, name=name, statement=f"Shown by {name}."))
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type/Page ") <= 1
    assert "root:" not in words(pdf)


def test_an_unusual_name_is_there_to_be_read() -> None:
    assert "陈小明" in words(certificate(replace(SHEET, name="陈小明")))
    assert "O'Hara" in words(certificate(replace(SHEET, name="José O'Hara")))


def test_a_name_that_cannot_be_drawn_is_said_to_be_on_the_page() -> None:
    assert shown_name("Ptah \U00013000") == "The holder named on the page behind the code"
    assert shown_name("") == "The holder of this award"
    assert drawable("Ptah \U00013000") == "Ptah [U+13000]"
    said = words(certificate(replace(SHEET, name="\U00013000")))
    assert "named on the page behind the code" in said


def test_a_long_statement_is_cut_at_a_word() -> None:
    said = words(certificate(replace(SHEET, statement="Evidence matters. " * 60)))
    assert said.count("Evidence matters") < 32
    assert "…" in said


def test_the_code_holds_the_address_and_nothing_else() -> None:
    svg = qr_svg(ADDRESS)
    assert svg.startswith("<svg")
    assert svg == qr_svg(ADDRESS)
    assert f"QR code for {ADDRESS}" in svg


@pytest.mark.parametrize(
    "wrong", ["", "urn:uuid:1", "{}", "javascript:x", "https://x/" + "a" * 300]
)
def test_the_code_holds_no_whole_credential(wrong: str) -> None:
    with pytest.raises(PictureRefused):
        qr_svg(wrong)
