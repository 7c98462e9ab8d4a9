"""A QR code of an address, as a drawing. It holds the address and nothing else.

Source: ISO/IEC 18004, by segno. A whole credential does not fit in one.
"""

from io import BytesIO
from typing import Final

import segno

from credentials.errors import PictureRefused

LONGEST: Final = 300  # characters; longer ones cannot be read from paper
_QUIET: Final = 4  # modules that stay light around it
_DARK, _LIGHT = "#1d1c19", "#fdfcf8"


def qr_svg(address: str) -> str:
    """The code for an address as SVG on its own light ground; error correction M or better."""
    if not address.startswith(("https://", "http://")) or len(address) > LONGEST:
        raise PictureRefused("A code holds the address of a page, of 300 characters at most.")
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", border=_QUIET, dark=_DARK, light=_LIGHT, xmldecl=False, nl=False,
        svgclass=None, lineclass=None, omitsize=True, title=f"QR code for {address}",
    )  # fmt: skip
    return out.getvalue().decode()
