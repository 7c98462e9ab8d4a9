import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from credentials import contexts
from credentials.contexts import PINS, Contexts, pinned, read_pin
from credentials.errors import ContextRefused
from credentials.prune import references


def test_each_pinned_context_is_the_file_we_looked_at() -> None:
    assert pinned().urls == {pin.url for pin in PINS}
    for pin in PINS:
        assert pinned().load(pin.url)["@context"]


def test_a_context_whose_bytes_changed_is_refused_by_name(tmp_path: Path) -> None:
    pin = replace(PINS[0], file="one.json")
    (tmp_path / "one.json").write_text('{"@context": {"name": "https://evil.example/name"}}')
    with pytest.raises(ContextRefused, match=pin.url):
        read_pin(pin, tmp_path)


def test_a_context_of_a_package_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(ContextRefused, match="no_such_package, which is not installed"):
        contexts._installed(replace(PINS[0], file="no_such_package/one.json"))


@pytest.mark.parametrize(
    "url",
    [
        "https://www.w3.org/2018/credentials/v1",
        "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
        "https://www.w3.org/ns/credentials/v2/",
        "file:///etc/passwd",
    ],
)
def test_every_other_address_is_refused_by_name(url: str) -> None:
    with pytest.raises(ContextRefused, match=url):
        pinned().load(url)
    with pytest.raises(ContextRefused, match=url):
        pinned().loader(url, {})


def test_a_vocabulary_of_the_documents_own_is_refused() -> None:
    with pytest.raises(ContextRefused, match="of its own"):
        pinned().load({"nome": "https://schema.org/name"})


def test_including_a_context_leaves_the_set_as_it_was() -> None:
    wider = Contexts({}).including("https://example.edu/c", {"@context": {}})
    assert wider.urls == {"https://example.edu/c"}
    assert "https://example.edu/c" not in pinned().urls


def test_no_term_is_a_second_name_for_what_a_reader_must_see() -> None:
    """A second name for an end date or a status would hide it from whoever reads the JSON."""
    base = "https://www.w3.org/2018/credentials#"
    for word in ("validFrom", "validUntil", "credentialStatus", "issuer", "credentialSubject"):
        for url in pinned().urls:
            named = [t for t, used in references(pinned(), (url,)).items() if base + word in used]
            assert named in ([], [word])


def test_no_pinned_scope_names_another_address() -> None:
    """The JSON-LD reader is given contexts written out; an address inside one would be fetched."""

    def scopes(context: object) -> list[object]:
        found: list[object] = []
        for definition in context.values() if isinstance(context, dict) else ():
            if isinstance(definition, dict) and "@context" in definition:
                found += [definition["@context"], *scopes(definition["@context"])]
        return found

    for url in pinned().urls:
        assert all(isinstance(s, dict | None) for s in scopes(pinned().load(url)["@context"]))


def test_the_room_knows_no_framework_and_no_network() -> None:
    code = (
        "import sys, importlib, pkgutil, credentials\n"
        "for m in pkgutil.iter_modules(credentials.__path__):\n"
        "    importlib.import_module('credentials.' + m.name)\n"
        "print(sorted({n.split('.')[0] for n in sys.modules}))"
    )
    root = Path(__file__).parents[2]
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    ).stdout
    loaded = set(ast.literal_eval(out))
    assert not loaded & {"flask", "celery", "redis", "sqlalchemy", "sqlmodel", "openbadgeslib"}
