"""A credential in a picture: in and out again, one only, and no picture that is not sound."""

import struct
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import documents
from credentials.bake import KEYWORD, bake, extract
from credentials.errors import PictureRefused
from credentials.png import LARGEST, chunks
from tests.credentials.samples import issued, shared

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, data: bytes = b"") -> bytes:
    crc = zlib.crc32(name + data).to_bytes(4, "big")
    return struct.pack(">I", len(data)) + name + data + crc


def header(width: int = 1, height: int = 1) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))


def picture(*extra: bytes, first: bytes = header(), end: bytes = chunk(b"IEND")) -> bytes:
    """A sound grey pixel, with chunks more before its data."""
    data = chunk(b"IDAT", zlib.compress(b"\0\x80"))
    return SIGNATURE + first + b"".join(extra) + data + end


def itxt(text: bytes, *, compressed: bytes = b"\0\0", keyword: bytes = KEYWORD) -> bytes:
    return chunk(b"iTXt", keyword + b"\0" + compressed + b"\0\0" + text)


def test_what_is_baked_comes_out_byte_for_byte() -> None:
    signed = issued().content
    assert extract(bake(picture(), signed)) == signed


def test_it_is_one_uncompressed_itxt_before_the_picture() -> None:
    names = [part.name for part in chunks(bake(picture(), b"{}"))]
    assert names == [b"IHDR", b"iTXt", b"IDAT", b"IEND"]
    assert bytes(chunks(bake(picture(), b"{}"))[1].data) == KEYWORD + b"\0\0\0\0\0{}"


def test_baking_again_leaves_one() -> None:
    again = bake(bake(picture(itxt(b"old"), itxt(b"older")), b"first"), b"second")
    assert extract(again) == b"second"
    assert again == bake(picture(), b"second")


def test_other_texts_of_the_picture_stay() -> None:
    kept = itxt(b"Drawn by hand", keyword=b"Comment")
    assert kept in bake(picture(kept), b"{}")


@pytest.mark.parametrize("name", ["simple-json.png", "simple-jwt.png"])
def test_a_picture_that_others_baked_gives_up_its_credential(name: str) -> None:
    found = extract(shared("1edtech-ob30-samples", name).read_bytes())
    assert found.startswith((b"{", b"eyJ"))
    if name == "simple-json.png":
        assert "OpenBadgeCredential" in str(documents.read(found)["type"])


@pytest.mark.parametrize(
    ("png", "says"),
    [
        (b"", "is no PNG"),
        (b"GIF89a" + bytes(100), "is no PNG"),
        (SIGNATURE, "no end"),
        (picture()[:-6], "no end"),
        (picture(end=b""), "no end"),
        (picture()[:-14], "longer than the file"),
        (SIGNATURE + b"\xff\xff\xff\xffIHDR" + bytes(40), "longer than the file"),
        (picture(chunk(b"iTX\0")), "no proper name"),
        (picture().replace(b"IDAT", b"IDAZ"), r"\(CRC\)"),
        (picture() + b"more", "4 bytes after its end"),
        (picture(first=chunk(b"gAMA", bytes(4)) + header()), "one header"),
        (picture(header()), "one header"),
        (picture(first=chunk(b"IHDR", bytes(12))), "13 bytes"),
        (picture(first=header(0)), "0 by 1"),
        (picture(first=header(1, 2**31)), "1 by 2147483648"),
        (SIGNATURE + header() + chunk(b"IEND"), "no picture"),
        (SIGNATURE + header() + chunk(b"tEXt") * 10_000, "more than 10,000 chunks"),
        (SIGNATURE + bytes(LARGEST), "larger than 16 MB"),
    ],
)
@pytest.mark.parametrize("act", [extract, lambda png: bake(png, b"{}")])
def test_a_malformed_picture_is_refused_by_name(
    png: bytes, says: str, act: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(PictureRefused, match=says):
        act(png)


@pytest.mark.parametrize(
    ("png", "says"),
    [
        (picture(), "Phones and messengers"),
        (picture(itxt(b"{}"), itxt(b"{}")), "2 credentials"),
        (picture(itxt(zlib.compress(bytes(10**6)), compressed=b"\1\0")), "is compressed"),
        (picture(chunk(b"tEXt", KEYWORD + b"\0{}")), r"wrong kind \(tEXt\)"),
        (picture(chunk(b"iTXt", KEYWORD + b"\0\0\0{}")), "cut off"),
        (picture(itxt(b" ")), "text of 1 to"),
        (picture(itxt(b"{\0}")), "text of 1 to"),
        (picture(itxt(b"\xff\xfe")), "UTF-8"),
        (picture(itxt(b"x" * (documents.LARGEST + 1))), "larger than 1024 kB"),
    ],
)
def test_a_picture_without_one_plain_credential_is_refused(png: bytes, says: str) -> None:
    with pytest.raises(PictureRefused, match=says):
        extract(png)


@pytest.mark.parametrize("credential", [b"", b"\n", b"a\0b", b"\xff", bytes(documents.LARGEST + 1)])
def test_only_a_text_is_baked(credential: bytes) -> None:
    with pytest.raises(PictureRefused):
        bake(picture(), credential)


@given(st.data())
def test_whatever_is_done_to_a_baked_picture_it_is_read_or_refused(data: st.DataObject) -> None:
    baked = bytearray(bake(picture(), b'{"a": "b"}'))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(baked) - 1))
        baked[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        found = extract(bytes(baked))
    except PictureRefused:
        return
    assert found == b'{"a": "b"}'


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(noise: bytes) -> None:
    with pytest.raises(PictureRefused):
        extract(SIGNATURE + noise)
