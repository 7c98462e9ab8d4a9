"""The typefaces we draw with: from installed packages, so that each machine draws the same.

All are under the SIL Open Font License. A character that none of them holds is never drawn as an
empty box: `undrawable` names it, and whoever draws says so in words instead.
"""

import importlib.util
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import uharfbuzz as hb

_SERIF: Final = "fontpkg_spectral/files/Spectral-{}.ttf"
_NOTO: Final = "manimgx_fonts/{}[wght].ttf"
_SCRIPTS: Final = (
    "NotoSans", "NotoSansArabic", "NotoSansHebrew", "NotoSansDevanagari", "NotoSansThai",
    "NotoSansArmenian", "NotoSansBengali", "NotoSansEthiopic", "NotoSansGeorgian",
    "NotoSansGujarati", "NotoSansGurmukhi", "NotoSansKannada", "NotoSansKhmer", "NotoSansLao",
    "NotoSansMalayalam", "NotoSansMyanmar", "NotoSansOriya", "NotoSansSinhala", "NotoSansTamil",
    "NotoSansTelugu", "NotoSansSymbols", "NotoEmoji",
)  # fmt: skip
_CHINESE: Final = "noto_cjk_sans_otc/NotoSansCJK-Regular.ttc"
_SIMPLIFIED: Final = 2  # the face of the collection that is drawn for readers in China
_WEIGHT: Final = 600.0

#: What typst calls them, in the order they are asked.
FAMILIES: Final = (
    "Spectral", "Noto Sans", "Noto Sans Arabic", "Noto Sans CJK SC",
    *(name.replace("NotoSans", "Noto Sans ") for name in _SCRIPTS[2:-1]), "Noto Emoji",
)  # fmt: skip

#: Characters that are not drawn themselves but say how others are: joiners, selectors, spaces.
_UNSEEN: Final = frozenset({"Cf", "Zs", "Zl", "Zp", "Cc"})
_SELECTORS: Final = range(0xFE00, 0xFE10)
_TAGS: Final = range(0xE0000, 0xE0080)


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One typeface, ready to shape with; `units` of it are one em."""

    name: str
    font: "hb.Font"
    units: int

    def holds(self, character: str) -> bool:
        """True where it has a glyph of its own for the character."""
        return self.font.get_nominal_glyph(ord(character)) is not None


@cache
def faces() -> tuple[Face, ...]:
    """Every typeface, in the order they are asked for a character."""
    serif = _face(_SERIF.format("SemiBold"))
    return (serif, *(_face(_NOTO.format(name)) for name in _SCRIPTS), _face(_CHINESE, _SIMPLIFIED))


@cache
def sans() -> tuple[Face, ...]:
    """The same typefaces, asked without the serif first: for small labels."""
    return faces()[1:]


@cache
def folders() -> tuple[str, ...]:
    """The folders that hold the files, for typst."""
    files = (_SERIF, _NOTO, _CHINESE)
    return tuple(str(_path(name).parent) for name in files)


@lru_cache(maxsize=4096)
def undrawable(text: str) -> tuple[str, ...]:
    """The characters of a text that no typeface holds, each once, in order."""
    missing = (c for c in text if not unseen(c) and not any(f.holds(c) for f in faces()))
    return tuple(dict.fromkeys(missing))


def unseen(character: str) -> bool:
    """True for a character that is never drawn itself."""
    code = ord(character)
    if code in _SELECTORS or code in _TAGS:
        return True
    return unicodedata.category(character) in _UNSEEN


def spelt(characters: tuple[str, ...]) -> str:
    """Characters by their code points: `U+1F9FF, U+13000`."""
    return ", ".join(f"U+{ord(character):04X}" for character in characters)


def _face(file: str, index: int = 0) -> Face:
    face = hb.Face(hb.Blob.from_file_path(str(_path(file))), index)
    font = hb.Font(face)
    font.set_variations({"wght": _WEIGHT})
    return Face(Path(file).stem, font, int(face.upem))


def _path(file: str) -> Path:
    """A file of an installed package, found without importing it."""
    spec = importlib.util.find_spec(file.split("/", 1)[0])
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"The typeface {file} comes with a package that is not installed.")
    return Path(spec.origin).parents[1] / file
