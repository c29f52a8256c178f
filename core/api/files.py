"""The shop's own documents as files: what they are called, and that one was asked."""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

from core.counting import counts
from core.labels import OTHER


def files() -> Iterator[tuple[Path, str]]:
    """Each with its text, from `settings.TRUSTED_DOCUMENTS` (folders)."""
    for folder in getattr(settings, "TRUSTED_DOCUMENTS", ()):
        for path in sorted(Path(folder).glob("**/*.graphql")):
            yield path, path.read_text()


def hash_of(text: str) -> str:
    """The name under which a document is trusted."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def names() -> dict[str, str]:
    """How each is called, by its hash: `shelf/product`."""
    return {hash_of(text): f"{path.parent.name}/{path.stem}" for path, text in files()}


def count(hash: str) -> None:
    """One of ours was asked, or a stranger's, whatever she calls it."""
    counts.document(name_of(hash))


def name_of(hash: str) -> str:
    """Of one of ours its name, of any other `other`."""
    return names().get(hash, OTHER)
