"""A shop is opened from nothing, by pages alone: on a phone, in Chinese, without scripts, with the printed link in hand."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from accounts import totp
from local.postgres import OWNER
from tests import live, servers
from tests.shows.visitor import Visitor

PASSWORD = "korn-und-garbe-1"


@pytest.fixture
def new_shop(tmp_path: Path) -> Iterator[live.LiveShop]:
    """A shop that runs and that nobody has opened."""
    mine = servers.servers()
    name = f"live_new_{os.getpid()}"
    with ExitStack() as stack:
        shop = live.LiveShop(tmp_path, name, mine.new_database(f"{name}_shut"))
        assert mine.servers.postgres
        with psycopg.connect(mine.servers.postgres.url(OWNER, f"{name}_shut"), autocommit=True) as owner:
            owner.execute(
                sql.SQL(
                    "UPDATE accounts_shop SET opened_at = NULL, set_up_closed_at = NULL, name_zh = '', name_en = ''"
                )
            )
        shop.open(stack)
        yield shop


def letter(shop: live.LiveShop) -> str:
    """The last mail that the shop has sent."""
    files = sorted((shop.folder / "mail").glob("*"), key=lambda path: path.stat().st_mtime)
    return str(message_from_bytes(files[-1].read_bytes(), policy=default)["Subject"])


def enrol(her: Visitor) -> None:
    """Set up the second factor, as its page says, and give the next code."""
    her.write("您的密码", PASSWORD)
    her.press("开始设置")
    secret = re.sub(r"\s", "", her.page.locator("code.code").first.inner_text())
    her.write("六位验证码", totp.code_at(secret, time.time()))
    her.page.get_by_label("恢复码已经记下来了").check()
    her.press("完成设置")
    if her.page.get_by_label("验证码").count():
        her.write("", totp.code_at(secret, time.time() + totp.STEP))
        her.page.locator("main button[type=submit]").first.click()
        her.page.wait_for_load_state()


def test_a_shop_is_opened_by_pages_from_the_printed_link_to_what_the_first_parcel_waits_for(
    new_shop, browser
):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    her = Visitor(context.new_page(), new_shop.url, "zh")
    assert her.go("") == 503 and "小店正在准备" in her.reads()
    link = re.search(r"\S+/zh/set-up/\?link=\S+", new_shop.manage("open_shop"))
    assert link and her.page.goto(link[0]).status == 200
    her.write("邮箱", "first@example.com")
    her.write("密码", PASSWORD)
    her.press("开始")
    enrol(her)

    her.go("set-up/facts/")
    for label, text in {
        "店名": "秭归助农", "店名（英文）": "Zigui Direct", "经营主体": "秭归县助农有限公司", "电话": "0717-2888888",
        "退货地址": "秭归县茅坪镇 1 号",
    }.items():  # fmt: skip
        her.page.get_by_label(label, exact=False).first.fill(text) if label != "店名（英文）" else her.write(
            label, text
        )
    her.press("保存")
    her.go("set-up/texts/")
    her.page.get_by_label("我读过全部三份").check()
    her.press("确认这些文本")
    her.go("set-up/mail/")
    her.press("发测试信")
    code = re.search(r"[2-9A-Z]{6}", letter(new_shop))
    assert code
    her.write("信里的码", code[0])
    her.press("收到了")
    her.go("set-up/payments/")
    assert "不动任何真钱" in her.reads()
    her.press("试付一笔")
    her.pay_by_card()
    her.press("问支付方现在怎样")
    her.press("退回")
    assert "已付，已退回" in her.reads()
    her.go("set-up/shipping/")
    her.press("看过了，就按这些")
    her.go("set-up/categories/")
    her.press("加上勾选的")

    her.go("set-up/")
    assert her.is_narrow_enough() and "还差" not in her.reads()
    her.press("开张")
    assert her.go("") == 200 and "秭归助农" in her.page.title() and "demo" not in her.page.content().lower()
    assert "支付是替身：这里不动任何真钱。" in her.page.locator("body").inner_text()
    her.go("office/")
    waits = (
        her.page.locator("section", has_text="卖出第一个包裹还差什么")
        .get_by_role("listitem")
        .all_inner_texts()
    )
    assert len(waits) == 7 and all("还没有" in one for one in waits)
    context.close()
