"""The guard: nothing in a credential may mean nothing, or mean it in a hidden way.

Signing libraries drop a term that no vocabulary defines: it is shown, but not signed, and strict
verifiers refuse the document. A key written as a full address, or a vocabulary of the document's
own, means the same to the signature but hides a field (an end date, a status) from whoever reads
the JSON. Both are refused with the field named.

The judge of what is defined is an independent JSON-LD expansion, run with W3C's undefined-terms
vocabulary beneath. Its answer depends only on the document's shape, so a shape once found clean
is not expanded again: a thousand badges of one kind are expanded once.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

from pyld import jsonld

from credentials.contexts import Contexts
from credentials.documents import Path, as_list, spell, walk
from credentials.errors import NotCanonical, UndefinedTerms
from credentials.prune import terms

_UNDEFINED = "https://www.w3.org/ns/credentials/undefined-term#"
_NOWHERE = "https://relative.invalid/"  # where an address that is not full would lead
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_KEYWORDS = {"@context", "@value", "@language", "@direction"}  # the last three: VCDM 2.0, 11.1
_SPELT_OUT = {"type", "@context"}
_MOST_SHAPES = 4096


class _CleanShapes:
    """Shapes the expansion found clean; forgets all when full, which only costs time."""

    def __init__(self) -> None:
        self._known: set[object] = set()

    def __contains__(self, shape: object) -> bool:
        return shape in self._known

    def add(self, shape: object) -> None:
        if len(self._known) >= _MOST_SHAPES:
            self._known.clear()
        self._known.add(shape)


@lru_cache(maxsize=16)
def _clean_shapes(_contexts: Contexts) -> _CleanShapes:
    return _CleanShapes()


def guard(document: Mapping[str, object], *, contexts: Contexts) -> None:
    """Pass, or raise UndefinedTerms with every field that means nothing or hides what it means.

    Raises ContextRefused for a context we do not hold, NotCanonical for what is no JSON-LD.
    """
    fields = undefined(document, contexts=contexts)
    if fields:
        raise UndefinedTerms(fields)


def undefined(document: Mapping[str, object], *, contexts: Contexts) -> tuple[str, ...]:
    """Every field that means nothing or hides what it means, each as one sentence."""
    if not _plain(document, document.get("id"), top=True):
        return tuple(_hidden(document))
    shape, clean = _shape(document, terms(contexts)), _clean_shapes(contexts)
    if shape in clean:
        return ()
    fields = tuple(_without_meaning(document, contexts))
    if not fields:
        clean.add(shape)
    return fields


def _plain(value: object, own: object, *, top: bool = False) -> bool:
    """True where `_hidden` finds nothing: the same questions, without keeping the paths."""
    if isinstance(value, dict):
        if not top and _describes(value, own):
            return False
        for key, item in value.items():
            if ":" in key or (key[:1] == "@" and key not in _KEYWORDS):
                return False
            if item is None or (isinstance(item, dict | list) and not _plain(item, own)):
                return False
        return True
    for item in value if isinstance(value, list) else ():
        if item is None or (isinstance(item, dict | list) and not _plain(item, own)):
            return False
    return True


def _hidden(document: Mapping[str, object]) -> Iterator[str]:
    """What the signature reads and a reader of the JSON does not, or the reverse."""
    own = document.get("id")
    for path, key, value in walk(document):
        if value is None or (isinstance(value, list) and None in value):
            yield f"{spell(path)}: null says nothing and is not signed."
        elif ":" in key or (key.startswith("@") and key not in _KEYWORDS):
            yield f"{spell(path)}: a field is written by its plain name, not as an address."
        elif any(_describes(item, own) for item in as_list(value)):
            yield f"{spell(path)}: the credential is described a second time inside itself."


def _describes(value: object, own: object) -> bool:
    """True for an object that says more of the credential's own id than what type it has."""
    if not isinstance(value, dict) or own is None or value.get("id") != own:
        return False
    return not value.keys() <= {"id", "type"}


def _shape(value: object, known: frozenset[str], key: str = "") -> object:
    """What decides which terms are defined: keys, types, contexts, and which kind each text is."""
    if isinstance(value, str):
        if value in known or key in _SPELT_OUT or value[:1] == "@":
            return value
        return ":" if _ABSOLUTE.fullmatch(value) else "text"
    if isinstance(value, dict):
        return frozenset([(name, _shape(item, known, name)) for name, item in value.items()])
    if isinstance(value, list):
        items = [_shape(item, known, key) for item in value]
        return tuple(items) if key == "@context" else ("list", frozenset(items))
    return type(value).__name__


def _without_meaning(document: Mapping[str, object], contexts: Contexts) -> Iterator[str]:
    """Ask the expansion, then find where in the document each thing without meaning stands."""
    for _path, key, value in walk(document):
        for url in as_list(value) if key == "@context" else ():
            contexts.load(url)
    expanded = _expand(document, contexts)
    for name in dict.fromkeys(_undefined_names(expanded)):
        for path in _places(document, name, contexts):
            yield f"{spell(path)}: no vocabulary of this document defines {name!r}."
    for address in dict.fromkeys(_relative(expanded)):
        for path, text in _leading_to(document, address):
            yield f"{spell(path)}: {text!r} is not a full address, so it is not signed."


def _expand(document: Mapping[str, object], contexts: Contexts) -> list[object]:
    entries = [{"@vocab": _UNDEFINED}, *as_list(document.get("@context"))]
    options = {"documentLoader": contexts.loader, "base": _NOWHERE}
    try:
        expanded = jsonld.expand({**document, "@context": entries}, options)
    except jsonld.JsonLdError as error:
        raise NotCanonical(f"The document cannot be read as JSON-LD: {_cause(error)}.") from error
    return list(expanded)


def _cause(error: BaseException) -> str:
    """The innermost reason pyld gives; its outer messages only say that expansion failed."""
    inner = getattr(error, "cause", None)
    return _cause(inner) if isinstance(inner, BaseException) else str(error.args[0]).rstrip(".")


def _undefined_names(expanded: object) -> Iterator[str]:
    for _path, key, value in walk(expanded):
        types = as_list(value) if key == "@type" else ()
        ids = (value,) if key == "@id" else ()
        for name in (key, *types, *ids):
            if isinstance(name, str) and name.startswith(_UNDEFINED):
                yield name.removeprefix(_UNDEFINED)


def _relative(expanded: object) -> Iterator[str]:
    for _path, key, value in walk(expanded):
        for address in as_list(value) if key in {"@id", "@type"} else ():
            if isinstance(address, str) and not _full(address):
                yield address


def _full(address: str) -> bool:
    return bool(_ABSOLUTE.fullmatch(address)) and not address.startswith(_NOWHERE)


def _leading_to(document: Mapping[str, object], address: str) -> Iterator[tuple[Path, str]]:
    for path, _key, value in walk(document):
        for text in as_list(value):
            if isinstance(text, str) and address in {text, urljoin(_NOWHERE, text)}:
                yield path, text


def _places(document: Mapping[str, object], name: str, contexts: Contexts) -> tuple[Path, ...]:
    """The paths where this name stands undefined; it may be defined elsewhere in the document."""
    paths = _holding(document, name, keys=True)
    if len(paths) == 1:
        return paths
    before = _count(document, name, contexts)
    return tuple(
        path for path in paths if _count(_without(document, path), name, contexts) < before
    )


def _count(document: Mapping[str, object], name: str, contexts: Contexts) -> int:
    return sum(found == name for found in _undefined_names(_expand(document, contexts)))


def _holding(document: Mapping[str, object], text: str, *, keys: bool = False) -> tuple[Path, ...]:
    """The paths of the fields that hold this text (in a list too), or that are called so."""
    return tuple(
        path
        for path, key, value in walk(document)
        if text in as_list(value) or (keys and key == text)
    )


def _without(document: Mapping[str, object], path: Path) -> dict[str, object]:
    """A copy of the document without the field at this path."""
    copied = copy.deepcopy(dict(document))
    *steps, last = path
    holder: Any = copied
    for step in steps:
        holder = holder[step]
    del holder[last]
    return copied
