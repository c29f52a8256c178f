"""What the shop asks of WeChat: where somebody says yes, and who said it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Where(StrEnum):
    """Where she asks from. Each place has an app of its own at WeChat, and knows her by an id of its own."""

    INSIDE = "inside"  # WeChat's own browser: the official account's app
    DESK = "desk"  # a computer, which shows a QR code for her phone: the website's app


class Away(Exception):
    """WeChat cannot be reached, answers what it should not, or is busy. Nobody knows what became of the code."""


class NoCode(Exception):
    """The code is not WeChat's, was used, is over five minutes old, or of another app."""


class NoKeys(Exception):
    """WeChat does not know our app by this id and secret: the shop has to mend its keys."""


@dataclass(frozen=True)
class Answer:
    """Whom a code stands for. Neither name nor picture: the shop asks WeChat for none."""

    app_id: str
    openid: str  # hers at this app alone
    unionid: str = (
        ""  # hers at all apps of one owner; only where she was asked for it, and the apps belong together
    )
    is_virtual: bool = False  # a snapshot page's account, which is nobody's


@dataclass(frozen=True)
class Ticket:
    """What signs pages of ours for WeChat's JS port. Whoever has it signs in our name."""

    value: str = field(repr=False)
    seconds: int  # for so long it is good


class WeChat(Protocol):
    """WeChat, or what stands in for it."""

    script: str  # the address of WeChat's JS port, for a page inside its browser

    def works(self, where: Where) -> bool:
        """Whether the shop has an app for this place."""

    def app_id(self, where: Where) -> str:
        """Our app for this place, as anybody may know it."""

    def address(self, where: Where, back: str, state: str) -> str:
        """Where her browser goes to be asked; it comes `back` with a code and this state."""

    def redeem(self, where: Where, code: str) -> Answer:
        """Whom the code stands for; it counts once. Raises Away, NoCode or NoKeys, none of which tells the secret."""

    def share_ticket(self) -> Ticket:
        """What signs pages inside WeChat's browser. Raises Away or NoKeys, neither of which tells a secret."""
