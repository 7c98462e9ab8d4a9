"""What somebody uploads as a badge's picture: what is taken, what is refused, and by which name."""

from contextlib import suppress
from zlib import compress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from credentials.badge import BadgeFacts, draw
from credentials.drawing import LARGEST
from credentials.errors import PictureRefused, PictureTooLarge
from credentials.picture import Picture, as_svg, checked, checked_png, sanitised_svg
from credentials.png import Chunk, assemble, chunks, size
from credentials.typeset import png

SVG = "http://www.w3.org/2000/svg"
HEAD = f'<svg xmlns="{SVG}" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9"'
DOT = '<circle cx="4" cy="4" r="3"/>'
DRAWN = draw(BadgeFacts(name="Data", unit="Libraries", institution="Example", year=2026, level=2))


def svg(inside: str, more: str = "") -> bytes:
    return f"{HEAD}{more}>{inside}{DOT}</svg>".encode()


def flat(*, side: int = 256, height: int = 0, depth: int = 8, colour: int = 2, woven: int = 0,
         packed: bytes | None = None,
         more: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:  # fmt: skip
    """A PNG of zeros; `more` are chunks before its pixels."""
    header = side.to_bytes(4) + (height or side).to_bytes(4) + bytes((depth, colour, 0, 0, woven))
    if packed is None:
        packed = compress(bytes(side * (1 + side * {0: 1, 2: 3, 3: 1, 6: 4}[colour] * depth // 8)))
    parts = ((b"IHDR", header), *more, (b"IDAT", packed), (b"IEND", b""))
    return assemble(Chunk(name, memoryview(data)) for name, data in parts)


def bomb() -> str:
    layers = "".join(
        f'<g id="g{n}">{f"""<use href="#g{n - 1}"/>""" * 9 if n else DOT}</g>' for n in range(9)
    )
    return f"<defs>{layers}</defs><use href='#g8'/>"


def chain() -> str:
    return "".join(f'<g id="c{n}"><use href="#c{n + 1}"/></g>' for n in range(900)) + (
        f'<g id="c900">{DOT}</g>'
    )


ATTACKS = {
    "script": ("<script>alert(1)</script>", "element script"),
    "script of XHTML": ('<s xmlns="http://www.w3.org/1999/xhtml"/>', "element s,"),
    "foreign object": ("<foreignObject/>", "element foreignObject"),
    "style sheet": ("<style>@import url(http://x)</style>", "element style"),
    "animation": ('<set attributeName="href" to="javascript:x"/>', "element set"),
    "image": ('<image href="http://x/y.png"/>', "element image"),
    "filter": ("<filter/>", "element filter"),
    "text": ("<text>x</text>", "Turn text into outlines"),
    "link": ('<a href="javascript:x">x</a>', "element a,"),
    "nested svg": (f'<svg viewBox="0 0 1 1">{DOT}</svg>', "element svg"),
    "handler": ('<g onclick="x()"/>', "attribute onclick"),
    "capital handler": ('<g OnClick="x()"/>', "attribute OnClick"),
    "data link": ('<use xlink:href="data:image/svg+xml,x"/>', "its own parts only"),
    "http link": ('<use xlink:href="http://x/#a"/>', "its own parts only"),
    "script link": ('<use href="javascript:x"/>', "its own parts only"),
    "address as paint": ('<path fill="url(http://x/#a)"/>', "has fill"),
    "address in style": ('<path style="fill:url(//x)"/>', "has fill"),
    "import in style": ('<path style="@import url(x)"/>', "style holds"),
    "behaviour in style": ('<path style="behavior:url(#x)"/>', "behavior"),
    "comment in style": ('<path style="fill/**/:red"/>', "style holds"),
    "expression": ('<path width="expression(1)"/>', "has width"),
    "use bomb": (bomb(), "more than 5,000 elements"),
    "long chain": (chain(), "more than 100 deep"),
    "circle": ('<g id="a"><use href="#a"/></g>', "refers to itself"),
    "gone": ('<use href="#gone"/>', "which is not in it"),
    "wrong kind": (f'<g id="a"/><path fill="url(#a)"/>{DOT}', "cannot refer to the g"),
    "path that refers": ('<g id="a"/><path href="#a"/>', "cannot refer to the g"),
    "twice": ('<g id="a"/><g id="a"/>', "twice"),
    "deep": ("<g>" * 40 + "</g>" * 40, "nested more than 32 deep"),
    "far": ('<path d="M1e9 0"/>', "too far out"),
    "infinite": ('<circle r="1e999"/>', "too far out"),
    "mask": ('<g mask="url(#m)"/>', "attribute mask"),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_could_run_fetch_or_take_long_is_refused_by_name(attack: str) -> None:
    inside, says = ATTACKS[attack]
    with pytest.raises(PictureRefused) as refused:
        sanitised_svg(svg(inside))
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (b'<!DOCTYPE svg [<!ENTITY a "aa">]>' + svg("&a;"), "document type"),
        (b'<!DOCTYPE svg SYSTEM "http://x/y.dtd">' + svg(""), "document type"),
        (svg("")[:-9], "cannot be read as XML"),
        (b'<?xml version="1.0" encoding="nonsense"?>' + svg(""), "cannot be read as XML"),
        (svg("") + b"<script/>", "cannot be read as XML"),
        (b"<html/>", "first element is not svg"),
        (f'<svg xmlns="{SVG}">{DOT}</svg>'.encode(), "needs a viewBox"),
        (f'<svg xmlns="{SVG}" viewBox="0 0 9 x">{DOT}</svg>'.encode(), "needs a viewBox"),
        (f'<svg xmlns="{SVG}" viewBox="0 0 9 18">{DOT}</svg>'.encode(), "as wide as it is high"),
        (f'<svg xmlns="{SVG}" viewBox="0 0 0 0">{DOT}</svg>'.encode(), "as wide as it is high"),
        (f"{HEAD}><title>x</title></svg>".encode(), "draws nothing"),
    ],
)
def test_a_file_that_is_no_square_drawing_is_refused(sent: bytes, says: str) -> None:
    with pytest.raises(PictureRefused, match=says):
        sanitised_svg(sent)


def test_a_long_run_of_digits_is_read_in_one_go() -> None:
    with pytest.raises(PictureRefused, match="has r"):
        sanitised_svg(svg(f'<circle r="{"1" * 200_000}x"/>'))


def test_more_bytes_than_are_taken_are_told_apart() -> None:
    with pytest.raises(PictureTooLarge, match="256 KB"):
        sanitised_svg(svg(" " * LARGEST))
    with pytest.raises(PictureTooLarge, match="1 MB"):
        checked_png(flat() + bytes(1_000_000))


def test_what_editors_leave_behind_is_left_out_and_the_drawing_stays() -> None:
    sent = svg(
        '<!-- made --><?php x?><metadata><x/></metadata>'
        '<i:view xmlns:i="http://www.inkscape.org/namespaces/inkscape"><script/></i:view>'
        '<title>A &lt;ring&gt;</title><linearGradient id="a"><stop offset="0" stop-color="red"/>'
        '</linearGradient><linearGradient id="b" xlink:href="#a"/><clipPath id="c">' + DOT
        + '</clipPath><g class="x" data-name="y" xml:space="preserve" clip-path="url(#c)" '
        'style="fill:url(\'#b\');font-family:Arial;filter:none;stroke: inherit">loose text</g>'
    )  # fmt: skip
    assert sanitised_svg(sent).decode() == (
        f'<svg xmlns="{SVG}" viewBox="0 0 9 9" width="400" height="400">\n'
        '<title>A &lt;ring&gt;</title><linearGradient id="a"><stop offset="0" stop-color="red"/>'
        '</linearGradient><linearGradient href="#a" id="b"/><clipPath id="c">'
        '<circle cx="4" cy="4" r="3"/></clipPath><g clip-path="url(#c)" fill="url(\'#b\')"/>'
        f"{DOT}\n</svg>\n"
    )


def test_a_nearly_square_view_is_made_square_around_it() -> None:
    sent = f'<svg xmlns="{SVG}" viewBox="0,0 100 104">{DOT}</svg>'
    assert b'viewBox="-2 0 104 104"' in sanitised_svg(sent.encode())


def test_our_own_drawing_looks_the_same_once_it_was_uploaded() -> None:
    taken = checked(b"\xef\xbb\xbf" + DRAWN.encode())
    assert taken.kind == "svg"
    assert png(as_svg(taken), width=300) == png(DRAWN, width=300)
    assert checked(taken.body) == taken


def test_a_png_keeps_its_pixels_and_loses_its_words() -> None:
    sent = flat(more=((b"gAMA", bytes(4)), (b"tEXt", b"Comment\0<script>"), (b"acTL", bytes(8))))
    kept = checked_png(sent)
    assert [chunk.name for chunk in chunks(kept)] == [b"IHDR", b"gAMA", b"IDAT", b"IEND"]
    assert b"script" not in kept
    assert checked_png(kept) == kept
    drawn = png(as_svg(checked(sent)), width=600)
    assert size(chunks(drawn)) == (600, 600)


def test_an_interlaced_png_with_a_palette_is_counted_pass_by_pass() -> None:
    passes = ((32, 32), (32, 32), (32, 64), (64, 64), (64, 128), (128, 128), (128, 256))
    packed = compress(bytes(sum(high * (1 + wide) for high, wide in passes)))
    assert (
        checked(flat(colour=3, woven=1, packed=packed, more=((b"PLTE", bytes(3)),))).kind == "png"
    )


PLTE = (b"PLTE", bytes(3))


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (flat(side=255), "255 by 255"),
        (flat(side=2049, packed=b""), "2049 by 2049"),
        (flat(height=300, packed=b""), "256 by 300"),
        (flat(packed=compress(bytes(50_000_000))), "not as many"),
        (flat(packed=compress(b"")), "not as many"),
        (flat(packed=compress(bytes(256 * 769)) + b"<script>"), "not as many"),
        (flat(packed=b"no zlib"), "damaged"),
        (flat(packed=compress(b"\5" * (256 * 769))), "packed in a way"),
        (flat(depth=4), "kind of picture"),
        (flat(woven=2), "kind of picture"),
        (flat(colour=3), "no palette"),
        (flat(colour=3, more=((b"PLTE", bytes(4)),)), "malformed"),
        (flat(more=(PLTE, PLTE)), "PLTE twice"),
        (flat(more=((b"EVIL", b""),)), "needs EVIL"),
        (flat() + b"<svg onload=x>", "after its end"),
        (flat()[:-20], "cut off"),
        (b"", "empty"),
        (b"GIF89a<svg/>", "neither an SVG nor a PNG"),
    ],
)  # fmt: skip
def test_a_png_that_is_not_whole_square_and_plain_is_refused(sent: bytes, says: str) -> None:
    with pytest.raises(PictureRefused, match=says):
        checked(sent)


def test_a_picture_that_cannot_be_drawn_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("credentials.picture.as_svg", lambda _: "<svg")
    with pytest.raises(PictureRefused, match="cannot be drawn"):
        checked(svg(""))


NAMES = some.sampled_from(("g", "use", "path", "circle", "script", "style", "defs", "title", "svg"))
SAID = some.dictionaries(
    some.sampled_from(("id", "href", "fill", "style", "onload", "d", "r", "transform", "class")),
    some.sampled_from(("a", "#a", "url(#a)", "url(//x)", "fill:red", "1", "M0 0h1", "data:x")),
    max_size=3,
)  # fmt: skip


@some.composite
def trees(ask: some.DrawFn) -> str:
    inside = "".join(ask(some.lists(some.deferred(trees), max_size=2)))
    name, said = ask(NAMES), ask(SAID)
    written = "".join(f' {key}="{value}"' for key, value in said.items())
    return f"<{name}{written}>{inside}</{name}>"


@given(some.lists(trees(), max_size=4))
def test_whatever_is_taken_holds_nothing_that_runs_and_is_itself_again(parts: list[str]) -> None:
    try:
        taken = sanitised_svg(svg("".join(parts)))
    except PictureRefused:
        return
    assert sanitised_svg(taken) == taken
    for word in (b"script", b"<style", b"onload", b"//x"):
        assert word not in taken.replace(SVG.encode(), b"")


@given(some.binary(max_size=200), some.integers(0, 300))
def test_a_damaged_file_is_refused_and_never_breaks_anything(noise: bytes, at: int) -> None:
    for whole in (DRAWN.encode(), flat()):
        for sent in (noise, whole[:at], whole[:at] + noise + whole[at + len(noise) :]):
            with suppress(PictureRefused):
                assert isinstance(checked(sent), Picture)
