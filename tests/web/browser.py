"""A browser without script: opens pages, and sends their forms with what the page carried."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

#: Elements without an end tag.
_VOID = frozenset({"input", "link", "meta", "br", "img", "path", "circle"})


class Page(HTMLParser):
    """What a page holds: words, links, classes, ids, and the fields of its forms."""

    def __init__(self, answer: TestResponse) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.classes: set[str] = set()
        self.ids: list[str] = []
        self.attributes: set[str] = set()
        self.tags: list[str] = []
        self.fields: MultiDict[str, str] = MultiDict()
        self._area: str | None = None
        self._select: str | None = None
        self.feed(answer.get_data(as_text=True))

    @property
    def text(self) -> str:
        """The words, white space set aside."""
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.attributes.update(given)
        self.classes.update(given.get("class", "").split())
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given[name] for name in ("href", "action", "src") if name in given]
        self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if tag == "textarea":
            self._area = name
            self.fields.add(name, "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.fields.add(self._select, given.get("value", ""))
        elif tag == "input" and name:
            ticked = given.get("type") not in {"radio", "checkbox"} or "checked" in given
            if ticked:
                self.fields.add(name, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._area is not None:
            before = self.fields.poplist(self._area)[-1]
            self.fields.add(self._area, before + data.removeprefix("\n"))


@dataclass
class Browser:
    """Someone at a keyboard."""

    client: FlaskClient
    page: Page | None = field(default=None)

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        answer = self.client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        self.page = Page(answer) if answer.mimetype == "text/html" else None
        return answer

    def read(self, path: str) -> str:
        """The words of a page that must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, Page(answer).text[:400])
        return Page(answer).text

    def send(self, path: str, /, *, to: str | None = None, **said: object) -> TestResponse:
        """Open the page of a form, fill it in, send it; the page that comes back is kept."""
        self.get(path)
        return self.post(to or path, **said)

    def post(self, path: str, /, **said: object) -> TestResponse:
        """Send the form of the page that is open, with these answers."""
        assert self.page is not None
        filled = self.page.fields.copy()
        for name, value in said.items():
            plain = name.replace("__", ".")
            filled.poplist(plain)
            for one in value if isinstance(value, list) else [value]:
                filled.add(plain, str(one))
        answer = self.client.post(path, data=filled)
        if answer.status_code != 303:
            self.page = Page(answer)
        return answer

    def goes(self, answer: TestResponse) -> str:
        """Follow a redirect and return the words of the page it leads to."""
        assert answer.status_code == 303, (answer.status_code, Page(answer).text[:600])
        return self.read(answer.headers["Location"].partition("#")[0])
