"""What reads the files of outside platforms: an adapter a platform, each a file here and a line in `ADAPTERS`."""

from contest.outside.jd import JD
from contest.outside.plain import Plain
from contest.outside.port import Adapter, Sale
from core.language import say
from core.refusals import Invalid

ADAPTERS: dict[str, Adapter] = {adapter.name: adapter for adapter in (Plain(), JD())}
__all__ = ["ADAPTERS", "Adapter", "Sale", "adapter_named"]


def adapter_named(name: str) -> Adapter:
    """The adapter of this name; INVALID on `adapter` for any other."""
    if name not in ADAPTERS:
        raise Invalid(say("没有这个平台格式。", "There is no such format."), field="adapter")
    return ADAPTERS[name]
