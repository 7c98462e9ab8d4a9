import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.multibase import base58, base64url, from_base58, from_base64url


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "z"),
        (b"Hello World!", "z2NEpo7TZRRrLZSi2U"),
        (
            b"The quick brown fox jumps over the lazy dog.",
            "zUSm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
        ),
        (bytes.fromhex("0000287fb4cd"), "z11233QC4"),
    ],
)
def test_base58_is_that_of_the_internet_draft(data: bytes, text: str) -> None:
    assert base58(data) == text
    assert from_base58(text) == data


@given(st.binary(max_size=80))
def test_base58_comes_back(data: bytes) -> None:
    assert from_base58(base58(data)) == data


@given(st.binary(max_size=200))
def test_base64url_comes_back(data: bytes) -> None:
    assert from_base64url(base64url(data)) == data


@pytest.mark.parametrize("text", ["", "abc", "z0", "zO", "zl", "z" + "1" * 256, "z né"])
def test_what_is_not_base58_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not base58btc"):
        from_base58(text)


@pytest.mark.parametrize("text", ["", "zabc", "ua", "u*", "ué", "uab\ncd"])
def test_what_is_not_base64url_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not base64url"):
        from_base64url(text)
