"""Multibase strings: base58btc (`z`) for keys and signatures, base64url (`u`) for status lists.

Source: W3C Controlled Identifiers 1.0, section 2.4 (Multibase).
"""

import base64
import binascii

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUE = {character: value for value, character in enumerate(_ALPHABET)}
_LONGEST = 256  # a signature takes 88 characters; more is not a key and only costs time


def base58(data: bytes) -> str:
    """The bytes as multibase base58btc: `z`, then the digits."""
    number = int.from_bytes(data)
    digits = []
    while number:
        number, digit = divmod(number, 58)
        digits.append(_ALPHABET[digit])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + _ALPHABET[0] * zeros + "".join(reversed(digits))


def from_base58(text: str) -> bytes:
    """The bytes of a multibase base58btc string; ValueError where it is none."""
    if not text.startswith("z") or len(text) > _LONGEST:
        raise ValueError("This is not base58btc: it must begin with z and be short.")
    number = 0
    for character in text[1:]:
        if character not in _VALUE:
            raise ValueError(f"This is not base58btc: it contains {character!r}.")
        number = number * 58 + _VALUE[character]
    body = text[1:].lstrip(_ALPHABET[0])
    zeros = len(text) - 1 - len(body)
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def base64url(data: bytes) -> str:
    """The bytes as multibase base64url without padding: `u`, then the digits."""
    return "u" + base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def from_base64url(text: str) -> bytes:
    """The bytes of a multibase base64url string; ValueError where it is none."""
    if not text.startswith("u"):
        raise ValueError("This is not base64url: it must begin with u.")
    body = text[1:]
    try:
        padded = (body + "=" * (-len(body) % 4)).encode("ascii")
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("This is not base64url.") from error
