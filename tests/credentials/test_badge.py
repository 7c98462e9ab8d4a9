"""The badge as a picture: whatever the name, nothing meets, nothing leaves its place."""

from dataclasses import replace
from hashlib import sha256
from itertools import combinations
from math import hypot

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials import badge as drawing
from credentials.badge import BadgeFacts, described, draw, ink_of, layout
from credentials.card import card, card_svg
from credentials.errors import PictureRefused
from credentials.lettering import Box, leftward, line, units
from credentials.png import chunks, size
from credentials.rim import WIDEST, along
from credentials.setting import lines_of, set_in_box, set_in_circle
from credentials.typeset import png

BADGE = BadgeFacts(
    name="Visual Evidence", unit="University Libraries", institution="Example University",
    year=2026, level=2,
)  # fmt: skip
STACK = replace(BADGE, name="Business Analytics", parts=("Data Literacy", "Statistics", "Story"))
LONG = (
    "Interdisciplinary Methods in Computational Social Science, Responsible Data Stewardship and "
    "Public Engagement"
)
NAMES = [
    "GIS", "Visual Evidence", "Diseño de “Entornos” Digitales", "数据素养与可视化分析", "数",
    "تحليل البيانات للباحثين", "🎓👩🏽‍💻 Teaching with AI 🤖🇺🇸", "עברית ו-2026", "W" * 120,
    "Pneumonoultramicroscopicsilicovolcanoconiosis", "数据" * 60, "ب" * 120, "🎓" * 60,
    "a " * 60, "a-" * 60, "Line\u2028separated", "e\u0301" * 40, "الذكاء AI 2026 في التعليم",
    LONG,
]  # fmt: skip
ALPHABET = st.sampled_from("aWgjÑñ .,-–“”数据素与تحليلبש🎓🤖1é\u0301\u200d\u2028&<>'\"")


#: The rim keeps between the band and the edge of a badge.
RIM = (drawing.BAND, drawing.EDGE)


def corners(box: Box) -> list[tuple[float, float]]:
    return [(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]


def hold(facts: BadgeFacts) -> None:
    """Nothing in the badge meets anything else, and each thing is in its place."""
    laid = layout(facts)
    lines = [one.box for one in laid.name.lines]
    assert lines
    inner = [*lines, laid.year, *laid.levels]
    for one, other in combinations(inner, 2):
        assert not one.meets(other), (one, other)
    for box in inner:
        assert all(hypot(x, y) < drawing.INNER - 1 for x, y in corners(box)), box
    for one, other in combinations(laid.coins, 2):
        assert not one.meets(other) or hypot(
            one.left - other.left, one.top - other.top
        ) > one.width, "coins"  # fmt: skip
    for coin in laid.coins:
        x, y = (coin.left + coin.right) / 2, (coin.top + coin.bottom) / 2
        assert hypot(x, y) - coin.width / 2 > drawing.INNER
        assert hypot(x, y) + coin.width / 2 < drawing.BAND
    for arc in laid.rim:
        assert arc.angle <= WIDEST
        assert arc.near > drawing.BAND
        assert arc.far < drawing.EDGE


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("facts", [BADGE, replace(BADGE, level=0), STACK])
def test_names_of_every_kind_stay_in_their_place(name: str, facts: BadgeFacts) -> None:
    hold(replace(facts, name=name))


@settings(max_examples=60, deadline=None)
@given(
    st.text(ALPHABET, min_size=3, max_size=120).filter(str.strip),
    st.text(ALPHABET, max_size=90),
    st.integers(0, 3),
    st.integers(0, 20),
)
def test_no_name_and_no_unit_meets_anything(name: str, unit: str, level: int, parts: int) -> None:
    hold(replace(BADGE, name=name, unit=unit, level=level, parts=("Part",) * parts))


def test_what_is_measured_is_what_is_drawn() -> None:
    laid = layout(STACK)
    svg = draw(STACK)
    assert laid.name.path in svg
    assert all(arc.path in svg for arc in laid.rim)


def test_the_same_facts_give_the_same_bytes() -> None:
    draw.cache_clear()
    assert sha256(draw(STACK).encode()).hexdigest() == sha256(draw(STACK).encode()).hexdigest()
    first = draw(BADGE)
    draw.cache_clear()
    assert draw(BADGE) == first
    assert png(first, width=64) == png(first, width=64)


def test_each_name_has_its_own_ring_and_each_unit_its_ink() -> None:
    one, other = draw(BADGE), draw(replace(BADGE, name="Visual Evidences"))
    assert one.split("</g>")[0] != other.split("</g>")[0]
    assert ink_of("University Libraries") == "#17457c"
    assert ink_of("Social Inquiry") == "#46511a"


def test_a_badge_says_in_words_what_it_shows() -> None:
    tree = ElementTree.fromstring(draw(replace(STACK, name="A <b> & “c”")))
    words = {child.tag.rpartition("}")[2]: child.text for child in tree[:2]}
    assert words["title"] == "A <b> & “c”, intermediate micro-certificate"
    assert "2 of 3 filled circles" in str(words["desc"])
    assert "Data Literacy; Statistics; Story" in str(words["desc"])
    assert tree.get("role") == "img"


def test_a_badge_needs_no_typeface_and_nothing_from_elsewhere() -> None:
    svg = draw(STACK)
    assert "<text" not in svg
    assert "href" not in svg
    assert "url(" not in svg


def test_what_no_typeface_holds_is_said_and_not_drawn_as_boxes() -> None:
    facts = replace(BADGE, name="Reading \U00013000")
    assert "U+13000" in described(facts)
    assert list(lines_of(layout(facts).name)) == ["—"]
    assert "<svg" in card_svg(facts)


def test_words_are_kept_whole_where_they_fit() -> None:
    block = set_in_circle(NAMES[-1], radius=101, top=-92, bottom=45)
    assert " ".join(lines_of(block)) == NAMES[-1]


def test_a_long_word_is_broken_with_hyphens_where_it_must_be() -> None:
    block = set_in_circle(NAMES[9], radius=101, top=-92, bottom=45)
    assert "".join(text.removesuffix("-") for text in lines_of(block)) == NAMES[9]
    assert block.size >= 20


def test_what_fits_in_no_size_is_shortened() -> None:
    block = set_in_box("\U0001f393" * 400, width=60, top=0, bottom=40)
    assert list(lines_of(block))[-1].endswith("…")
    assert along("Unit of " * 40, radius=187, over=False, room=RIM).text.endswith("…")
    assert along("", radius=187, over=True, room=RIM).path == ""


def test_a_script_from_right_to_left_is_set_from_the_right() -> None:
    assert leftward("12 تحليل")
    assert not leftward("12")
    mixed = line("تحليل AI")
    latin = [glyph.x for glyph in mixed.glyphs if "Spectral" in glyph.face.name]
    arabic = [glyph.x for glyph in mixed.glyphs if "Arabic" in glyph.face.name]
    assert max(latin) < min(arabic)
    led = line("AI تحليل بيانات")
    assert led.glyphs[0].face.name.startswith("Spectral")


def test_a_character_and_what_belongs_to_it_stay_together() -> None:
    assert units("e\u0301👩🏽‍💻🇺🇸x") == ("e\u0301", "👩🏽‍💻", "🇺🇸", "x")


@pytest.mark.parametrize("width", [64, 200, 600])
def test_a_badge_is_drawn_as_a_sound_picture_of_the_size_asked_for(width: int) -> None:
    assert size(chunks(png(draw(BADGE), width=width))) == (width, width)


def test_the_card_is_as_large_as_sites_ask() -> None:
    assert size(chunks(card(STACK))) == (1200, 630)


@pytest.mark.parametrize("width", [0, -1, 2049])
def test_a_picture_has_a_size_that_can_be_drawn(width: int) -> None:
    with pytest.raises(PictureRefused, match="1 to 2048"):
        png(draw(BADGE), width=width)


def test_marks_stacked_higher_than_the_rim_are_left_out() -> None:
    stacked = "N" + "\u0303\u0301" * 12
    arc = along(stacked, radius=187, over=False, room=RIM)
    assert arc.text == "\u00d1"
    assert RIM[0] < arc.near < arc.far < RIM[1]
