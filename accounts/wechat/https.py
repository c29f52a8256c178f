"""WeChat by its documented HTTP. Written from WeChat's pages; never tried against WeChat itself.

Inside WeChat’s browser (网页授权): developers.weixin.qq.com/doc/service/guide/h5/auth.html
On a desk (网站应用微信登录): developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
A code for an id (换取用户授权凭证): developers.weixin.qq.com/doc/service/api/webdev/access/api_snsaccesstoken.html
A token of the account's (获取稳定版接口调用凭据): developers.weixin.qq.com/doc/offiaccount/Basic_Information/getStableAccessToken.html
The JS port, its ticket and how it signs (JS-SDK, 附录1): developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html
Codes of errors (全局返回码): developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
"""

import http.client
import json
import logging
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.views.decorators.debug import sensitive_variables

from accounts.wechat.port import Answer, Away, NoCode, NoKeys, Ticket, Where

log = logging.getLogger("sheaf.accounts.wechat")
PAGES = {Where.INSIDE: "/connect/oauth2/authorize", Where.DESK: "/connect/qrconnect"}
# The id that is the same at all our apps comes with these alone; name and picture, which they would allow, are not asked for.
SCOPES = {Where.INSIDE: "snsapi_userinfo", Where.DESK: "snsapi_login"}
REDEEM = "/sns/oauth2/access_token"
TOKEN, TICKET = "/cgi-bin/stable_token", "/cgi-bin/ticket/getticket"
SCRIPT = "/open/js/jweixin-1.6.0.js"
SECONDS, MOST_BYTES = 5, 16_384
# invalid code · code expired · code been used
BAD_CODES = frozenset({40029, 42003, 40163})
# invalid appid, in two spellings · invalid appsecret, in two · the app has no right to this (48001, 50001) · our server's
# address is not on the account's list · the secret is frozen
BAD_KEYS = frozenset({40013, 41002, 40125, 41004, 48001, 50001, 40164, 40243})


class Https:
    """Asks by its own connection and not by a library's: those write the whole address, which carries the secret, into
    their logs and into what they raise."""

    def __init__(
        self,
        apps: dict[str, tuple[str, str]],
        pages: str,
        api: str,
        scripts: str = "https://res.wx.qq.com",
    ):
        self.script = scripts.rstrip("/") + SCRIPT
        self._apps = {Where(where): keys for where, keys in apps.items() if all(keys)}
        self._pages, self._api = pages.rstrip("/"), api.rstrip("/")

    def works(self, where: Where) -> bool:
        """By its keys."""
        return where in self._apps

    def app_id(self, where: Where) -> str:
        """By its keys."""
        return self._apps[where][0]

    def address(self, where: Where, back: str, state: str) -> str:
        """As documented: parameters in this order, and the fragment that WeChat's app looks for."""
        asked = {
            "appid": self._apps[where][0],
            "redirect_uri": back,
            "response_type": "code",
            "scope": SCOPES[where],
            "state": state,
        }
        return f"{self._pages}{PAGES[where]}?{urlencode(asked)}#wechat_redirect"

    @sensitive_variables()
    def redeem(self, where: Where, code: str) -> Answer:
        """Errors come with status 200: `errcode` says what they are."""
        app_id, secret = self._apps[where]
        asked = {"appid": app_id, "secret": secret, "code": code, "grant_type": "authorization_code"}
        told = self._answer("a code", "GET", f"{REDEEM}?{urlencode(asked)}", bad_codes=BAD_CODES)
        openid, unionid = told.get("openid"), told.get("unionid") or ""
        if not (isinstance(openid, str) and openid and isinstance(unionid, str)):
            raise Away("no openid")
        return Answer(app_id, openid, unionid, is_virtual=told.get("is_snapshotuser") == 1)

    @sensitive_variables()
    def share_ticket(self) -> Ticket:
        """By a token of this minute: asked again within its time, WeChat gives the same one, and takes none from whoever
        else uses the account."""
        app_id, secret = self._apps[Where.INSIDE]
        asked = {"grant_type": "client_credential", "appid": app_id, "secret": secret}
        told = self._answer("a token", "POST", TOKEN, json.dumps(asked))
        token = told.get("access_token")
        if not (isinstance(token, str) and token):
            raise Away("no token")
        told = self._answer(
            "a ticket", "GET", f"{TICKET}?{urlencode({'access_token': token, 'type': 'jsapi'})}"
        )
        ticket, seconds = told.get("ticket"), told.get("expires_in")
        if not (isinstance(ticket, str) and ticket and type(seconds) is int):
            raise Away("no ticket")
        return Ticket(ticket, seconds)

    @sensitive_variables()
    def _answer(
        self,
        what: str,
        method: str,
        path: str,
        body: str | None = None,
        *,
        bad_codes: frozenset[int] = frozenset(),
    ) -> dict[str, Any]:
        told = self._ask(method, path, body)
        if errcode := told.get("errcode"):
            # Its words are WeChat's own and may repeat what was asked: the number alone is written down.
            number = errcode if isinstance(errcode, int) else "not a number"
            log.warning("WeChat refused %s: errcode %s", what, number)
            if number in bad_codes:
                raise NoCode(str(number))
            raise NoKeys(str(number)) if number in BAD_KEYS else Away(str(number))
        return told

    @sensitive_variables()
    def _ask(self, method: str, path: str, body: str | None) -> dict[str, Any]:
        base = urlsplit(self._api)
        made = http.client.HTTPSConnection if base.scheme == "https" else http.client.HTTPConnection
        connection, why = made(base.netloc, timeout=SECONDS), ""
        try:
            headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body else {})
            connection.request(method, base.path + path, body, headers)
            answer = connection.getresponse()
            told = json.loads(answer.read(MOST_BYTES)) if answer.status == 200 else None
            why = "" if isinstance(told, dict) else f"status {answer.status}"
        except (OSError, ValueError, http.client.HTTPException) as failure:
            why = type(failure).__name__
        finally:
            connection.close()
        # Raised out here, where nothing hangs on it that failed: its frames know the address.
        if why:
            log.warning("WeChat could not be asked: %s", why)
            raise Away(why)
        return told or {}
