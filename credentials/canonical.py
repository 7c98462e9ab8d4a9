"""RDF canonicalisation (RDFC-1.0): the one sequence of bytes that a document's meaning has.

pyoxigraph does the work; most of its time goes into the contexts, so `prune` makes them small. That
the N-Quads stay byte-equal to those of an independent implementation that reads the contexts whole
is proved in the tests.

Source: W3C RDF Dataset Canonicalization, and Data Integrity EdDSA Cryptosuites, section 3.2.3.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from math import factorial, log2

import orjson
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse, serialize

from credentials.contexts import Contexts
from credentials.documents import as_list
from credentials.errors import NotCanonical
from credentials.prune import encoded_terms, flat, pruned

_STRING = re.compile(rb'"([^"\\]*(?:\\.[^"\\]*)*)"')
_BLANK = re.compile(r"_:\w+")
_PLACES = (0, 2, -2)  # where a line of N-Quads has its subject, object and graph
_LOOK_ALIKE_BITS = 40  # about 30 ms of comparing; an honest document needs fewer than 5


def canonicalise(
    document: Mapping[str, object], *, contexts: Contexts, guarded: bool = False
) -> bytes:
    """The canonical N-Quads of a document, UTF-8, sorted, each line ended.

    `guarded` says that `guard.undefined` found nothing in this document; the bytes are the same,
    sooner. Raises ContextRefused for a context we do not hold, and NotCanonical for what is no
    JSON-LD or is made to take for ever.
    """
    try:
        readable = _readable(document, contexts, guarded=guarded)
        dataset = Dataset(parse(readable, format=RdfFormat.JSON_LD))
    except (SyntaxError, ValueError, TypeError) as error:
        raise NotCanonical(f"The document cannot be read as JSON-LD: {error}.") from error
    _refuse_look_alikes(_lines(dataset))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return b"".join(sorted(_lines(dataset)))


def _lines(dataset: Dataset) -> list[bytes]:
    quads = serialize(dataset, format=RdfFormat.N_QUADS) or b""
    return quads.splitlines(keepends=True)


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


def _refuse_look_alikes(lines: Iterable[bytes]) -> None:
    """Refuse a graph built to take for ever: many unnamed parts that cannot be told apart.

    Telling n alike neighbours apart takes n! comparisons at each of them (RDFC-1.0, section 7.1,
    "dataset poisoning"). What counts here is an upper bound, in bits, of that work.
    """
    neighbours: dict[str, set[str]] = defaultdict(set)
    quads: dict[str, list[list[str]]] = defaultdict(list)
    for line in lines:
        if b"_:" not in line:
            continue
        tokens = line.decode().split(" ")
        blanks = {tokens[at] for at in _PLACES if _BLANK.fullmatch(tokens[at])}
        for blank in blanks:
            neighbours[blank] |= blanks - {blank}
            quads[blank].append(tokens)
    if sum(log2(factorial(len(around))) for around in neighbours.values()) <= _LOOK_ALIKE_BITS:
        return  # few enough even if all of them looked alike
    looks = {
        blank: tuple(sorted(tuple(_seen_from(blank, token) for token in quad) for quad in around))
        for blank, around in quads.items()
    }
    bits = sum(
        log2(factorial(alike))
        for around in neighbours.values()
        for alike in Counter(looks[other] for other in around).values()
    )
    if bits > _LOOK_ALIKE_BITS:
        raise NotCanonical("The document has too many unnamed parts that look alike.")


def _seen_from(blank: str, token: str) -> str:
    if not token.startswith("_:"):
        return token
    return "_:a" if token == blank else "_:z"
