"""What follows the office's deeds on accounts, and what comes of those that end something."""

from typing import Any

from django.http import HttpRequest

from core.language import say
from shop.web.acts import Act, tells, to, will

_EMAIL = ("account", "email")


def account_found(request: HttpRequest, payload: dict[str, Any]) -> str:
    """To its page: its id stands in the address, and not its mailbox."""
    return to(f"office/accounts/{payload['id']}/")


ACCOUNTS = {
    "find_account": Act(follow=account_found, as_written="it changes nothing"),
    "close_account": Act(
        follow=tells(say("{x} 已关闭。", "{x} is closed."), *_EMAIL),
        look=will(
            say(
                "不能再登录；现有的登录、令牌、邮件链接和发出的邀请就此作废",
                "Nobody signs in with it; its sessions, tokens, links in mails and invitations end for good",
            )
        ),
    ),
    "open_account": Act(
        follow=tells(say("{x} 又能登录了。", "{x} can sign in again."), *_EMAIL), undone_by="close_account"
    ),
    "sign_out_account": Act(
        follow=tells(say("{x} 已退出全部设备。", "{x} is signed out everywhere."), *_EMAIL),
        look=will(say("现有的登录、令牌和邀请就此作废", "Its sessions, tokens and invitations end for good")),
    ),
    "end_factor_of": Act(
        follow=tells(
            say("{x} 的两步验证已结束，会收到信。", "The second factor of {x} has ended; she is told."),
            *_EMAIL,
        ),
        look=will(
            say(
                "她的两步验证和恢复码作废，全部退出；岗位要重新设置才打开",
                "Her second factor and codes are dead, she is signed out, and her roles wait for a new one",
            )
        ),
    ),
}
