"""Where somebody is signed in: a row beside each session that is hers, gone as soon as the session is."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models

from core.choices import Choices
from core.language import Words, say

# So long after she has signed in there she signs in again, however often she has come by meanwhile.
LASTS = timedelta(days=90)


class OpenSession(models.Model):
    """A browser that is signed in to her account, as she would call it, and the days on which it was first and last here.

    No address and nothing by which a browser could be told from others of its kind. The row hangs on the session: the
    database takes it away with it, however the session ends (`open_sessions_end_with_their_session`).
    """

    class Browser(Choices):
        WECHAT = "wechat", say("微信", "WeChat")
        ALIPAY = "alipay", say("支付宝", "Alipay")
        DINGTALK = "dingtalk", say("钉钉", "DingTalk")
        QQ = "qq", say("QQ 浏览器", "QQ Browser")
        HUAWEI = "huawei", say("华为浏览器", "Huawei Browser")
        XIAOMI = "xiaomi", say("小米浏览器", "Mi Browser")
        UC = "uc", say("UC 浏览器", "UC Browser")
        SAMSUNG = "samsung", say("三星浏览器", "Samsung Internet")
        EDGE = "edge", say("Edge", "Edge")
        OPERA = "opera", say("Opera", "Opera")
        FIREFOX = "firefox", say("火狐", "Firefox")
        CHROME = "chrome", say("Chrome", "Chrome")
        SAFARI = "safari", say("Safari", "Safari")
        OTHER = "other", say("浏览器", "A browser")

    class System(Choices):
        IPHONE = "iphone", say("iPhone", "an iPhone")
        IPAD = "ipad", say("iPad", "an iPad")
        HARMONY = "harmony", say("鸿蒙设备", "HarmonyOS")
        ANDROID = "android", say("安卓手机", "Android")
        WINDOWS = "windows", say("Windows 电脑", "Windows")
        MAC = "mac", say("Mac 电脑", "a Mac")
        LINUX = "linux", say("Linux 电脑", "Linux")
        OTHER = "other", say("其他设备", "some device")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="open_sessions"
    )
    session = models.OneToOneField(
        "sessions.Session", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    lock = models.CharField(
        max_length=32, help_text="a fingerprint of her lock: with another one the session opens nothing"
    )
    browser = models.CharField(max_length=10, choices=Browser.choices)
    system = models.CharField(max_length=10, choices=System.choices)
    device = models.CharField(max_length=32, help_text="a hash of the device's name")
    first_seen_on = models.DateField()
    last_seen_on = models.DateField()

    class Meta:
        ordering = ["-last_seen_on", "-id"]
        indexes = [models.Index(fields=["person", "-last_seen_on", "-id"], name="open_sessions_of_a_person")]

    def __str__(self) -> str:
        return f"open session {self.uid}"  # never its key: this text reaches logs

    @property
    def name(self) -> Words:
        """What she would call it."""
        browser, system = self.Browser(self.browser).words, self.System(self.system).words
        return say("{browser}（{system}）", "{browser} on {system}", system=system, browser=browser)
