"""Pages' templates without their indents: those are for whoever writes them, and a third of what would be sent."""

import re
from typing import Any

from django.template.loaders import filesystem

_INDENT = re.compile(r"\n[ \t]+")


class Loader(filesystem.Loader):
    """Reads a page's template; each line keeps its number, so that a mistake is found where it stands."""

    def get_contents(self, origin: Any) -> str:
        """Its text. Nothing in it is shown with its spaces as they are written."""
        text: str = super().get_contents(origin)
        return _INDENT.sub("\n", text)
