"""What an answer says of itself beside its data: the `extensions` of the reply."""

from typing import Any


def mention(request: Any, name: str, facts: Any) -> None:
    """Have the reply to this request say so; such an answer is true of this moment and is not kept."""
    request.api_extensions = mentioned(request) | {name: facts}


def mentioned(request: Any) -> dict[str, Any]:
    """What the reply will say."""
    return getattr(request, "api_extensions", {})
