"""Who can say yes at the stand-in, and by which ids each app knows her."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Player:
    """Somebody made up, who plays a person with WeChat."""

    key: str
    zh: str
    en: str
    is_virtual: bool = False

    def openid(self, app_id: str) -> str:
        """Hers at one app; another at any other."""
        return "o" + _hash(f"openid {self.key} {app_id}")

    @property
    def unionid(self) -> str:
        """Hers at all apps of one owner."""
        return "u" + _hash(f"unionid {self.key}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:27]


PLAYERS = {
    one.key: one
    for one in (
        Player("lin", "演示微信：小林", "Demo WeChat: Lin"),
        Player("zhou", "演示微信：小周", "Demo WeChat: Zhou"),
        Player("he", "演示微信：小何", "Demo WeChat: He"),
        Player("snapshot", "快照页里的虚拟账号", "A snapshot page’s virtual account", is_virtual=True),
    )
}
