"""Fields by path: reading, changing and comparing documents one field at a time.

A path joins names with dots, and names a list item by its id: "contact.email",
"slos.o1.threshold", "reflection.prompts.r2.text". A path therefore keeps its meaning when items are
moved. Lists of plain values ("audience", "slos.o1.competencies") are one field. The generic path
leaves the ids out: "slos.threshold".
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from typing import Final, NamedTuple, cast, get_args

from policies.document import Part, ProposalDocument, as_data, read_document

Value = object

#: How a field holds what it holds.
_PLAIN: Final = 0
_GROUP: Final = 1
_ITEMS: Final = 2

_Data = dict[str, object]


class NoSuchFieldError(ValueError):
    """A proposal has no field, or no item, at this path."""

    def __init__(self, path: str) -> None:
        super().__init__(f"A proposal has nothing at {path!r}.")
        self.path = path


@cache
def _shape(model: type[Part], name: str) -> tuple[int, type[Part]]:
    annotation = model.model_fields[name].annotation
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return _GROUP, annotation
    for inner in get_args(annotation):
        if isinstance(inner, type) and issubclass(inner, Part):
            # A list of parts without ids (what an import said) is read as one field.
            return (_ITEMS, inner) if "id" in inner.model_fields else (_PLAIN, model)
    return _PLAIN, model


@cache
def _names(model: type[Part]) -> tuple[tuple[str, int, object], ...]:
    fields = model.model_fields.items()
    return tuple(
        (name, _shape(model, name)[0], field.default) for name, field in fields if name != "id"
    )


def generic(path: str) -> str:
    """Return the path without the ids of items; NoSuchFieldError where no proposal has it.

    >>> generic("slos.o1.assessment.kind")
    'slos.assessment.kind'
    >>> generic("slos.assessment.kind")
    'slos.assessment.kind'
    """
    model: type[Part] = ProposalDocument
    names: list[str] = []
    held = _GROUP
    for step in path.split("."):
        if held == _PLAIN:
            raise NoSuchFieldError(path)
        if step in model.model_fields and step != "id":
            names.append(step)
            held, model = _shape(model, step)
        elif held == _ITEMS:
            held = _GROUP  # the id of an item
        else:
            raise NoSuchFieldError(path)
    return ".".join(names)


def fingerprint(document: ProposalDocument, path: str) -> str:
    """By which a field's value is told from any other; "" where the item it is in is gone.

    Raises NoSuchFieldError where no proposal has such a field.
    """
    generic(path)
    try:
        value = get(document, path)
    except NoSuchFieldError:
        return ""
    text = json.dumps(value, default=_plain, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _plain(value: object) -> object:
    return value.model_dump(mode="json") if isinstance(value, Part) else str(value)


def said(document: ProposalDocument) -> dict[str, Value]:
    """Return every field that is said, by path, in the order of the form's fields."""
    return dict(_said(document, ""))


def paths(document: ProposalDocument) -> tuple[str, ...]:
    """Return the path of every field that is said."""
    return tuple(said(document))


def _said(part: Part, before: str) -> Iterator[tuple[str, Value]]:
    for name, held, unsaid in _names(type(part)):
        value = getattr(part, name)
        if value == unsaid:
            continue
        if held == _PLAIN:
            yield before + name, value
        elif held == _GROUP:
            yield from _said(value, f"{before}{name}.")
        else:
            yield from _items(value, before + name)


def _items(items: tuple[Part, ...], path: str) -> Iterator[tuple[str, Value]]:
    for item in items:
        place = f"{path}.{_id(item)}"
        inside = tuple(_said(item, f"{place}."))
        # An item in which nothing is said yet is there all the same.
        yield from inside or ((place, ""),)


def _id(item: Part) -> str:
    return str(getattr(item, "id", ""))


def get(document: ProposalDocument, path: str) -> Value:
    """Return what stands at a path: a value, a part, or a tuple of items.

    Raises NoSuchFieldError for an unknown field and for an item that is not there.
    """
    found: object = document
    for step in path.split("."):
        if isinstance(found, Part) and step in type(found).model_fields:
            found = getattr(found, step)
        elif isinstance(found, tuple):
            found = next((item for item in found if _has_id(item, step)), None)
            if found is None:
                raise NoSuchFieldError(path)
        else:
            raise NoSuchFieldError(path)
    return found


def _has_id(item: object, item_id: str) -> bool:
    return isinstance(item, Part) and _id(item) == item_id


def with_field(document: ProposalDocument, path: str, value: Value) -> ProposalDocument:
    """Return the document with one field said otherwise; None leaves it unsaid or removes an item.

    An item id that is not there yet is added at the end of its list. Raises NoSuchFieldError for an
    unknown field and DocumentError, naming the field, for a value that cannot be kept.
    """
    generic(path)
    data = as_data(document)
    _put(data, ProposalDocument, _Way(path, tuple(path.split("."))), value=value)
    return read_document(data)


class _Way(NamedTuple):
    """A path and the steps of it that are still to go."""

    path: str
    steps: tuple[str, ...]

    def after(self, count: int) -> "_Way":
        return _Way(self.path, self.steps[count:])


def _put(data: _Data, model: type[Part], way: _Way, *, value: Value) -> None:
    name = way.steps[0]
    held, inner = _shape(model, name)
    if len(way.steps) == 1:
        data[name] = value
    elif held == _GROUP:
        _put(cast("_Data", data.setdefault(name, {})), inner, way.after(1), value=value)
    else:
        items = cast("list[_Data]", data.setdefault(name, []))
        _put_in_item(items, inner, way.after(1), value=value)


def _put_in_item(items: list[_Data], model: type[Part], way: _Way, *, value: Value) -> None:
    item_id = way.steps[0]
    if item_id in model.model_fields:  # a generic path names no item to change
        raise NoSuchFieldError(way.path)
    item = next((item for item in items if item["id"] == item_id), None)
    if item is None:
        item = {"id": item_id}
        items.append(item)
    if len(way.steps) > 1:
        _put(item, model, way.after(1), value=value)
    elif value is None:
        items.remove(item)
    else:
        items[items.index(item)] = _as_item(value, item_id)


def _as_item(value: Value, item_id: str) -> _Data:
    """Keep the item's id whatever the new content says; what is no item is refused when read."""
    if isinstance(value, Part):
        value = value.model_dump()
    return {**value, "id": item_id} if isinstance(value, Mapping) else cast("_Data", value)


def changed_paths(before: ProposalDocument, after: ProposalDocument) -> tuple[str, ...]:
    """Return the path of every field said otherwise, in the order of the form.

    A list appears by its own path where its items only changed places.
    """
    old, new = said(before), said(after)
    changed = [path for path in old | new if old.get(path) != new.get(path)]
    return tuple(sorted({*changed, *_moved(before, after)}, key=_order))


def _moved(before: Part, after: Part, path: str = "") -> Iterator[str]:
    for name, held, _ in _names(type(after)):
        old, new = getattr(before, name), getattr(after, name)
        if held == _PLAIN or old == new:
            continue
        place = path + name
        if held == _GROUP:
            yield from _moved(old, new, f"{place}.")
            continue
        was, now = {_id(item): item for item in old}, {_id(item): item for item in new}
        if [one for one in was if one in now] != [one for one in now if one in was]:
            yield place
        for item_id in was.keys() & now.keys():
            yield from _moved(was[item_id], now[item_id], f"{place}.{item_id}.")


@cache
def _places() -> dict[str, int]:
    return {path: place for place, path in enumerate(all_generic_paths())}


def _order(path: str) -> tuple[int, str]:
    return _places()[generic(path)], path


def all_generic_paths() -> tuple[str, ...]:
    """Return the generic path of every field, groups and lists before what is in them."""
    return tuple(_all(ProposalDocument, ""))


def _all(model: type[Part], before: str) -> Iterator[str]:
    for name, held, _ in _names(model):
        yield before + name
        if held != _PLAIN:
            yield from _all(_shape(model, name)[1], f"{before}{name}.")
