"""RDF canonicalisation: the one sequence of bytes that a document's meaning has.

pyoxigraph reads the JSON-LD, and spends most of its time on the contexts, so `prune` makes them
small; `rdfc` names the unnamed nodes. That the N-Quads are byte-equal to those of an independent
implementation that reads the contexts whole is proved in the tests.

Source: W3C RDF Dataset Canonicalization, and Data Integrity EdDSA Cryptosuites, section 3.2.3.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

import orjson
from pyoxigraph import RdfFormat, parse, serialize

from credentials.contexts import Contexts
from credentials.documents import as_list
from credentials.errors import NotCanonical
from credentials.prune import encoded_terms, flat, pruned
from credentials.rdfc import canonical

#: What is signed is verified right after, from the very same bytes: the last few are kept.
_KEPT = 8
_STRING = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"')


def canonicalise(
    document: Mapping[str, object], *, contexts: Contexts, guarded: bool = False
) -> bytes:
    """The canonical N-Quads of a document, UTF-8, sorted, each line ended.

    `guarded` says that `guard.undefined` found nothing in this document; the bytes are the same,
    sooner. Raises ContextRefused for a context we do not hold, and NotCanonical for what is no
    JSON-LD or is made to take for ever.
    """
    try:
        return _statements(_readable(document, contexts, guarded=guarded))
    except (SyntaxError, ValueError, TypeError) as error:
        raise NotCanonical(f"The document cannot be read as JSON-LD: {error}.") from error


@lru_cache(maxsize=_KEPT)
def _statements(readable: bytes) -> bytes:
    """The canonical N-Quads of JSON-LD as bytes with its contexts written out: a pure function."""
    quads = serialize(parse(readable, format=RdfFormat.JSON_LD), format=RdfFormat.N_QUADS)
    lines = (quads or b"").decode().split("\n")  # splitlines would also split at U+2028
    return canonical(f"{line}\n" for line in lines if line).encode()


def _readable(document: Mapping[str, object], contexts: Contexts, *, guarded: bool) -> bytes:
    """The document as JSON bytes with every context written out in place of its address."""
    body = orjson.dumps({key: value for key, value in document.items() if key != "@context"})
    strings = set(_STRING.findall(body))
    if b"@context" in strings:  # a nested one starts anew; what the whole uses is no measure
        return orjson.dumps(_inlined(document, contexts))
    names = tuple(_name(entry, contexts) for entry in as_list(document.get("@context")))
    strings.update([text.partition(b":")[0] for text in strings])
    used = frozenset(strings & encoded_terms(contexts, names))
    context = (flat(contexts, names, used) if guarded else None) or pruned(contexts, names, used)
    return b'{"@context":' + context + (b"," if len(body) > len(b"{}") else b"") + body[1:]


def _name(entry: object, contexts: Contexts) -> str:
    contexts.load(entry)
    return str(entry)


def _inlined(value: object, contexts: Contexts) -> object:
    """The value with the whole of every named context in place of its address."""
    if isinstance(value, list):
        return [_inlined(item, contexts) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key: [contexts.load(entry)["@context"] for entry in as_list(item)]
        if key == "@context"
        else _inlined(item, contexts)
        for key, item in value.items()
    }
