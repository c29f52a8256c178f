"""Trusted documents: the shop's own, known by their hash; and asking the schema from inside."""

import json
from functools import cache
from typing import Any

from core import language
from core.api.files import count, files, hash_of
from core.api.guard import FULL, Unacceptable, limit, tally_of
from core.api.run import Answer, answer, documents, graphql_schema


@cache
def trusted() -> dict[str, str]:
    """The shop's own documents by their hash, from `settings.TRUSTED_DOCUMENTS` (folders)."""
    return {hash_of(text): text for _, text in files()}


def problems() -> list[str]:
    """What is wrong with our own documents: invalid, or dearer than anybody's may be."""
    found = []
    for path, text in files():
        try:
            tally = tally_of(graphql_schema(), documents.prepare(text).document, {})
        except Unacceptable as wrong:
            found.append(f"{path.name}: {wrong}")
            continue
        if tally.cost > limit("cost_signed_in"):
            found.append(f"{path.name}: costs {'more' if tally.cost >= FULL else tally.cost}")
    return found


def ask(request: Any, document: str, variables: dict[str, Any] | None = None, *, keep: bool = True) -> Answer:
    """Answer one of our own documents in this process: (data, errors), in the language spoken now.

    The data are the asker's own, to change as she likes. With `keep` false they are made now and kept for nobody.
    """
    prepared = documents.prepare(document)
    count(prepared.hash)
    spoken = request.language = language.current()
    with language.use(spoken):
        kept, made = answer(request, prepared, variables or {}, keep=keep)
    return (json.loads(kept.body)["data"], []) if kept is not None and made[0] is None else made
