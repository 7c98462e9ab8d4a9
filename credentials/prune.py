"""Contexts made small: cut down to the terms a document uses, and laid flat where that is the same.

A term that occurs nowhere in a document cannot change what the document means. And where the guard
has found every term defined in its place, a term that has one definition only means the same with
or without the scope around it; only terms of several definitions must stay in their scopes.

Source: JSON-LD 1.1, section 4.1.8 (scoped contexts).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

import orjson

from credentials.contexts import Contexts

_Definition: TypeAlias = dict[str, object]

_FORMAL = {"@version", "@protected"}  # rules for writing contexts; they change no meaning


@lru_cache(maxsize=256)
def references(contexts: Contexts, names: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
    """Each term defined anywhere in the named contexts, with the names its definitions use."""
    found: dict[str, set[str]] = defaultdict(set)
    todo = [contexts.load(name)["@context"] for name in names]
    while todo:
        context = todo.pop()
        if isinstance(context, list):
            todo.extend(context)
        elif isinstance(context, dict):
            for term, definition in context.items():
                found[term].update(_named_by(definition))
                if isinstance(definition, dict) and "@context" in definition:
                    todo.append(definition["@context"])
    return {term: frozenset(used) for term, used in found.items()}


def _named_by(definition: object) -> Iterator[str]:
    """The names a term definition is written with: its IRI, its type, and their prefixes."""
    values = definition.values() if isinstance(definition, dict) else (definition,)
    for value in values:
        if isinstance(value, str):
            yield value
            yield value.split(":", 1)[0]


@lru_cache(maxsize=16)
def terms(contexts: Contexts) -> frozenset[str]:
    """Every term that any of these contexts defines, at any depth."""
    return frozenset(references(contexts, tuple(sorted(contexts.urls))))


@lru_cache(maxsize=256)
def encoded_terms(contexts: Contexts, names: tuple[str, ...]) -> frozenset[bytes]:
    """Every term the named contexts define, as it stands in JSON between its quotes."""
    return frozenset(term.encode() for term in references(contexts, names))


@lru_cache(maxsize=1024)
def pruned(contexts: Contexts, names: tuple[str, ...], used: frozenset[bytes]) -> bytes:
    """The named contexts as a JSON array, cut down to the terms used and what those refer to."""
    return orjson.dumps(_cut_contexts(contexts, names, used))


def _cut_contexts(
    contexts: Contexts, names: tuple[str, ...], used: frozenset[bytes]
) -> list[object]:
    refers = references(contexts, names)
    keep: set[str] = set()
    todo = {term.decode() for term in used}
    while todo:
        term = todo.pop()
        keep.add(term)
        todo |= (refers.get(term, frozenset()) & refers.keys()) - keep
    return [_cut(contexts.load(name)["@context"], keep) for name in names]


def _cut(context: object, keep: set[str]) -> object:
    if isinstance(context, list):
        return [_cut(item, keep) for item in context]
    if not isinstance(context, dict):
        return context
    kept: dict[str, object] = {}
    for term, definition in context.items():
        if term.startswith("@"):
            kept[term] = definition
        elif term in keep and isinstance(definition, dict) and "@context" in definition:
            kept[term] = {**definition, "@context": _cut(definition["@context"], keep)}
        elif term in keep:
            kept[term] = definition
    return kept


class _ScopesDecide(Exception):
    """These contexts mean something else without their scopes; they are used as they are."""


@lru_cache(maxsize=1024)
def flat(contexts: Contexts, names: tuple[str, ...], used: frozenset[bytes]) -> bytes | None:
    """The pruned contexts as one object, each term with one definition taken out of its scope.

    None where they cannot be laid flat: a scope sets a default or undoes a term, a term of several
    definitions stands outside of any scope or deep in one, or a definition refers to a term that
    only a scope defines.
    """
    cut = _cut_contexts(contexts, names, used)
    try:
        laid = _laid_flat(cut)
    except _ScopesDecide:
        return None
    outside = {term for context in cut if isinstance(context, dict) for term in context}
    refers = references(contexts, names)
    referred = {name for term in laid for name in refers[term]} & refers.keys()
    return orjson.dumps(laid) if referred <= outside else None


def _laid_flat(contexts: list[object]) -> dict[str, _Definition]:
    definitions: dict[str, list[_Definition]] = defaultdict(list)
    for context in contexts:
        for term, definition, _scope in _definitions(context, deep=True):
            if definition not in definitions[term]:
                definitions[term].append(definition)
    disputed = {term for term, several in definitions.items() if len(several) > 1}
    laid = {term: one for term, (one, *more) in definitions.items() if not more}
    for context in contexts:
        for term, definition, scope in _definitions(context):
            own = _disputed_in(scope, disputed)
            if term in disputed or laid[term] not in (definition, {**definition, "@context": own}):
                raise _ScopesDecide
            if own:
                laid[term] = {**definition, "@context": own}
    return laid


def _disputed_in(scope: object, disputed: set[str]) -> dict[str, _Definition]:
    """The disputed terms of a scope; _ScopesDecide where a scope within it has some too."""
    own = {}
    for term, definition, inner in _definitions(scope):
        if any(name in disputed for name, *_rest in _definitions(inner, deep=True)):
            raise _ScopesDecide
        if term in disputed:
            own[term] = definition
    return own


def _definitions(
    context: object, *, deep: bool = False
) -> Iterator[tuple[str, _Definition, object]]:
    """Each term as (term, definition without scope, scope); `deep` goes into the scopes too."""
    if not isinstance(context, dict):
        raise _ScopesDecide
    for term, written in context.items():
        if term.startswith("@"):
            if term not in _FORMAL:
                raise _ScopesDecide
            continue
        definition = dict(written) if isinstance(written, dict) else {"@id": written}
        definition.pop("@protected", None)
        scope = definition.pop("@context", {})
        yield term, definition, scope
        if deep:
            yield from _definitions(scope, deep=True)
