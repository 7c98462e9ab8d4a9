"""Our own style sheets and pictures, under a name that changes with their content."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from web.guard import public

FOLDER: Final = Path(__file__).parent / "static"
KINDS: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_A_YEAR: Final = 31_536_000

pages = Blueprint("static_files", __name__)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served."""

    name: str
    kind: str
    body: bytes


@pages.get("/assets/<name>")
@public
def asset(name: str) -> Response:
    """A file by its name with the hash in it; it never changes, so it is kept for a year."""
    found = _assets().get(name)
    if found is None:
        abort(404)
    answer = Response(found.body, content_type=f"{found.kind}; charset=utf-8")
    answer.headers["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
    return answer


@pages.app_template_global()
def asset_url(file: str) -> str:
    """Where a file is served now: "conferral.css" -> "/assets/conferral.1f3a….css"."""
    return f"/assets/{_named(FOLDER / file)}"


@cache
def _assets() -> dict[str, Asset]:
    found = (path for path in FOLDER.iterdir() if path.suffix in KINDS)
    assets = (Asset(_named(path), KINDS[path.suffix], path.read_bytes()) for path in found)
    return {one.name: one for one in assets}


@cache
def _named(path: Path) -> str:
    digest = sha256(path.read_bytes()).hexdigest()[:16]
    return f"{path.stem}.{digest}{path.suffix}"
