"""A visitor without scripts who types into one form of a page and presses the button of another."""

from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin

from django.test import Client

TYPED = {"text", "number", "email", "tel", "password", "date", "datetime-local", "search", "file", "url"}


@dataclass
class Form:
    """A form of a page: where it goes, what it would send as it stands, what one can type, and its buttons."""

    method: str
    action: str
    is_head: bool = False  # the search in every page's head, which leads to another page as a link does
    sent: dict[str, str] = field(default_factory=dict)
    typed: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.here: Form | None = None
        self.links: list[str] = []
        self.late: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.here = Form(a.get("method", "get"), a.get("action", ""), a.get("role") == "search")
            self.forms.append(self.here)
            if "id" in a:
                self.by_id[a["id"]] = self.here
        elif tag == "a" and "href" in a:
            self.links.append(a["href"])
        elif tag in ("input", "textarea", "button", "select"):
            if "form" in a:
                self.late.append((tag, a))
            elif self.here is not None:
                _own(self.here, tag, a)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.here = None

    def done(self) -> list[Form]:
        """All forms, with what belongs to them from elsewhere."""
        for tag, a in self.late:
            if a["form"] in self.by_id:
                _own(self.by_id[a["form"]], tag, a)
        return [form for form in self.forms if not form.is_head]


def _own(form: Form, tag: str, a: dict[str, str]) -> None:
    kind = a.get("type", "text")
    if tag == "button":
        form.buttons.append(a)
    elif tag == "textarea" or tag == "input" and kind in TYPED:
        form.typed.append((a["name"], kind if tag == "input" else "textarea"))
        form.sent[a["name"]] = a.get("value", "")
    elif tag == "input" and kind == "hidden":
        form.sent[a["name"]] = a.get("value", "")


def read(html: str) -> tuple[list[Form], list[str]]:
    """The page's forms, and where its links lead."""
    reader = _Reader()
    reader.feed(html)
    return reader.done(), [unescape(link) for link in reader.links]


def press(client: Client, path: str, form: Form, button: dict[str, str], typed: dict[str, str]) -> str:
    """The page that a button of a form leads to."""
    sent = {name: value for name, value in (form.sent | typed).items() if name != "photo"}
    if button.get("name"):
        sent[button["name"]] = button.get("value", "")
    action = urljoin(path, button.get("formaction") or form.action or path)
    ask = client.post if form.method == "post" else client.get
    answer = ask(action.partition("#")[0], sent)
    for _ in range(3):
        if answer.status_code not in (301, 302) or not answer.url.startswith(("/", "?")):
            break
        answer = client.get(answer.url)
    return answer.content.decode()


def word_for(name: str, kind: str) -> str:
    """Something to type that no page shows by itself."""
    return {"number": "41", "date": "2029-03-07", "datetime-local": "2029-03-07T10:10"}.get(
        kind, f"typed{name}"
    )


def losses(client: Client, path: str, html: str) -> list[tuple[str, str, str]]:
    """(page, what was typed, the button) of all that is neither sent nor shown again."""
    found = []
    forms, _ = read(html)
    for one in forms:
        words = {name: word_for(name, kind) for name, kind in one.typed}
        for other in forms:
            if not words or other is one:
                continue
            for button in other.buttons:
                page = press(client, path, other, button, {})
                found += [
                    (path, f"{one.action} {name}", button.get("formaction") or other.action)
                    for name, word in words.items()
                    if f'value="{word}"' not in page and f">{word}<" not in page
                ]
    return found
