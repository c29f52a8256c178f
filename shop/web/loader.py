"""Pages' templates as they are sent: without their indents, which are for whoever writes them and a third of what would be
sent, and without a blank between two sentences of Chinese.
"""

import re
from typing import Any

from django.template.loaders import filesystem

_INDENT = re.compile(r"\n[ \t]+")
_TAG = re.compile(r"(\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\})")
_WIDE = "\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\u2018-\u201d\u2026"
# In a tag of its own a sentence ends; one begins; or what is shown depends on something.
_END = re.compile(r'\{% (?:say "[^"]*[。？！；]" (?!.* as \w+ %)|endsentence )')
_BEGIN = re.compile(rf'\{{% (?:say "[{_WIDE}]|sentence\b)')
_BRANCH = re.compile(r"\{% (if|elif|else|endif) ")


class Loader(filesystem.Loader):
    """Reads a page's template; each line keeps its number, so that a mistake is found where it stands."""

    def get_contents(self, origin: Any) -> str:
        """Its text. Nothing in it is shown with its spaces as they are written."""
        text: str = super().get_contents(origin)
        return closed_up(_INDENT.sub("\n", text))


def closed_up(template: str) -> str:
    """A template in which two sentences that meet have a blank between them in English alone: in Chinese the full stop is
    as wide as a blank already.

    >>> closed_up('{% say "看一看。" "Look." %} {% say "买一买。" "Buy." %}')
    '{% say "看一看。" "Look." %}{% say "" " " %}{% say "买一买。" "Buy." %}'
    """
    pieces = _TAG.split(template)
    has_ended = False
    # Of each condition that is open: what was so before it, and how each of its branches ends.
    before: list[bool] = []
    branches: list[list[bool]] = []
    for n, piece in enumerate(pieces):
        if n % 2 == 0:
            if piece.strip():
                has_ended = False
            elif piece and has_ended and n + 1 < len(pieces) and _goes_on(pieces[n + 1]):
                pieces[n] = _in_english_alone(piece)
            continue
        branch = _BRANCH.match(piece)
        kind = branch[1] if branch else ""
        if kind == "if":
            before.append(has_ended)
            branches.append([])
        elif kind:
            branches[-1].append(has_ended)
            has_ended = before[-1]
        else:
            has_ended = bool(_END.match(piece)) or (has_ended and piece.startswith("{#"))
        if kind == "endif":
            before.pop()
            has_ended = all(branches.pop())
    return "".join(pieces)


def _goes_on(tag: str) -> bool:
    return bool(_BEGIN.match(tag) or _BRANCH.match(tag))


def _in_english_alone(space: str) -> str:
    lines = "\n" * space.count("\n")
    return '{% say "" " " %}' + (f"{{% comment %}}{lines}{{% endcomment %}}" if lines else "")
