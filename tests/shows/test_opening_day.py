"""Opening day: from the printed link to the first parcel on its way, by pages and letters alone, by five people who have
never seen the shop."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from psycopg import sql

from core.models import Delivery
from local.postgres import OWNER
from tests import live, servers
from tests.figures import full
from tests.shows.house import until
from tests.shows.newcomer import NEVER, PASSWORD, Newcomer, letters
from tests.shows.opening_words import ENGLISH
from tests.shows.test_buying import parts_on_the_page
from tests.shows.test_desk import a_photo
from tests.shows.visitor import fen

FACTS = {
    "店名": "秭归橙乡", "店名（英文）": "Zigui Orange Country", "经营主体": "秭归县橙乡农业发展有限公司",
    "电话": "0717-2881234", "退货地址": "秭归县茅坪镇滨湖路 8 号",
}  # fmt: skip
STORY = {
    "农户收购": "50",
    "农户劳务": "8",
    "分拣包装": "12",
    "产地物流": "18",
    "支付手续费": "2",
    "团队运营": "10",
}
WAYS = full(
    [("zh", 390, True), ("en", 1280, True), ("zh", 390, False), ("en", 390, False)], [("zh", 390, True)]
)


@pytest.fixture
def new_shop(tmp_path: Path, django_db_setup: None, django_db_blocker: Any) -> Iterator[live.LiveShop]:
    """A shop that runs and that nobody has opened; its database is not the one that pytest guards."""
    mine = servers.servers()
    name = f"live_new_{os.getpid()}"
    with ExitStack() as stack, django_db_blocker.unblock():
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


class Day:
    """The shop, and who comes to it, each with a browser of her own."""

    def __init__(self, shop: live.LiveShop, browser: Any, language: str, width: int, script: bool):
        def somebody(email: str, name: str) -> Newcomer:
            context = browser.new_context(
                viewport={"width": width, "height": 844}, java_script_enabled=script, locale=language
            )
            context.set_default_timeout(15_000)
            return Newcomer(context.new_page(), shop, language, ENGLISH, email, name)

        self.shop, self.language = shop, language
        self.operator = somebody("wang@zigui.example", "王芳")
        self.manager = somebody("zhou@qingtan.example", "周建国")
        self.verifier = somebody("liu@county.example", "刘敏")
        self.buyer = somebody("chen@wuhan.example", "陈晨")

    # -- the shop

    def the_link_makes_the_first_operator(self) -> None:
        her = self.operator
        assert her.go("") == 503 and self.buyer.go("") == 503
        printed = StringIO()
        with self.shop.database():
            call_command("open_shop", stdout=printed)
        link = re.search(rf"\S+/{self.language}/set-up/\?link=\S+", printed.getvalue())
        assert link
        her.open(link[0])
        her.fill(邮箱=her.email, 怎么称呼您=her.name, 密码=PASSWORD)
        her.press("开始")
        her.enrol()

    def it_does_not_open_before_all_is_there(self) -> None:
        her = self.operator
        her.press("开张")
        her.sees("售后、条款和隐私还是没审阅过的默认文本", "看过一遍的运费表")
        assert self.buyer.go("") == 503

    def each_step_leads_to_the_next(self) -> None:
        her = self.operator
        her.follow("下一步：店名")
        her.fill(**FACTS)
        her.press("保存")
        her.follow("下一步：售后")
        her.tick("我读过全部三份")
        her.press("确认这些文本")
        her.follow("下一步：试发一封邮件")
        her.press("发测试信")
        code = re.search(r"^[2-9A-Z]{6}$", her.letter("http"), re.MULTILINE)
        assert code
        her.write("信里的码", code[0])
        her.press("收到了")
        her.follow("下一步：试收一笔款")
        her.press("试付一笔")
        her.pay_by_card()
        her.press("问支付方现在怎样")
        her.press("退回")
        her.sees("已付，已退回")
        her.follow("好了，回到各步骤")
        her.follow("下一步：送到哪里")
        her.press("看过了，就按这些")
        her.follow("下一步：货架分类")
        her.press("加上勾选的")
        her.sees("都齐了")

    # -- the team

    def a_team_is_set_up_and_its_manager_invited(self) -> None:
        her = self.operator
        her.follow("建一个团队")
        her.follow("建一个团队")
        her.choose("省份", "420000")
        her.press("下一步")
        her.choose("区县", "420527")
        her.fill(代号="HB01", 名称="青滩脐橙队", **{"名称（英文）": "Qingtan Orange Team", "村": "青滩村"})
        her.press("建立")
        her.follow("请一个人来")
        her.write("邮箱", self.manager.email)
        her.press_and_prove("发出邀请")
        her.sees("等对方接受")

    def the_manager_comes_and_introduces_leader_and_households(self) -> None:
        him = self.manager
        him.join()
        him.follow("去工作台")
        him.follow("写下带头人")
        him.fill(姓名="周建国", **{"姓名（英文）": "Zhou Jianguo", "带头人说的一句话": "果子熟了再摘。"})
        him.press("保存")
        him.follow("农户")
        for name in ("向大山", "郑秀英"):
            him.follow("登记一户")
            him.write("户主姓名", name)
            him.choose("类别", "UNSTABLE")
            him.tick("这户人家已同意参加")
            him.press("登记")

    def the_operator_verifies_the_leader_and_appoints_a_verifier(self) -> None:
        her = self.operator
        her.open_letter("/office/")
        her.follow("等核验的带头人")
        her.follow("青滩脐橙队")
        her.press_twice("已当面核验，通过")
        her.follow("待办")
        her.follow("人员")
        her.follow("任命一个人")
        her.choose("角色", "COUNTY_VERIFIER")
        her.press("下一步")
        her.follow("一个地区")
        her.choose("省份", "420000")
        her.press("下一步")
        her.write("邮箱", self.verifier.email)
        her.choose("地区", "420527")
        her.press_and_prove("发出邀请")

    def the_verifier_opens_details_for_a_purpose_and_verifies(self) -> None:
        her = self.verifier
        her.join()
        her.follow("看等我处理的")
        her.follow("等核实的农户")
        codes = [link.inner_text() for link in her.page.locator("main a .code, main a.code").all()]
        assert len(codes) == 2
        for one, code in enumerate(codes):
            her.page.get_by_role("link", name=code).first.click()
            if one == 0:
                her.follow("打开，写明用途")
                her.write("用途", "核对青滩村登记的农户")
                her.press_and_prove("打开", 用途="核对青滩村登记的农户")
                her.sees("脱贫不稳定户")
                assert "向大山" in her.reads() or "郑秀英" in her.reads()
            her.press_twice("情况属实，通过")
            her.follow("农户核实")

    # -- what it sells

    def the_manager_writes_a_product_with_all_that_it_needs(self) -> None:
        him = self.manager
        him.follow("今天")
        him.follow("上第一样")
        him.fill(中文名="青滩脐橙", 英文名="Qingtan navel oranges")
        him.choose("品类", "fruit")
        him.choose("种类", "FRESH")
        him.press("存为草稿")
        him.follow("请写一句话介绍")
        him.fill(
            一句话介绍="树上熟了才摘",
            保质期="30",
            怎么保存="阴凉处",
            生产者="青滩柑橘合作社",
            退换规则="坏果包赔",
        )
        for month in him.page.locator("#facts .months input").all():
            month.check()
        him.press("保存", "#facts")
        him.follow("改说明，加照片")
        him.page.locator("#photos input[type=file]").set_input_files(a_photo())
        him.press("上传")
        him.follow("写规格、价格、价格构成")
        him.fill(规格名="5 斤装", 净含量="2.5 kg", 毛重="2900", **{"价格（元）": "39.90"}, **STORY)
        him.press("添加规格")
        him.follow("登记一批")
        him.write("多少份", "40")
        him.choose("谁的", "1")
        him.write("采收从", str(date.today() - timedelta(days=4)))
        him.write("到", str(date.today() - timedelta(days=1)))
        him.press("登记这一批")
        him.follow("各户交了多少")
        for field, kilograms in zip(him.page.locator("input.kilograms").all(), ("75", "41"), strict=True):
            field.fill(kilograms)
        him.press_twice("登记重量")
        him.page.locator(".crumbs a").last.click()

    def he_submits_it_and_somebody_else_approves(self) -> None:
        self.manager.press("提交审核")
        self.manager.sees("等运营人员看")
        her = self.operator
        her.follow("待办")
        her.follow("等审核的商品")
        her.follow("青滩脐橙")
        her.press("通过并上架")

    def the_shop_opens(self) -> None:
        her = self.operator
        her.follow("待办")
        her.follow("开张")
        her.press("开张")
        her.sees("支付是替身：这里不动任何真钱。", "寄出第一个包裹")
        assert her.page.locator("li[aria-current=step]").inner_text().startswith(her.said("寄出第一个包裹"))

    # -- its first sale

    def a_stranger_buys(self) -> str:
        buyer = self.buyer
        assert until(lambda: buyer.go("") == 200)
        buyer.follow("青滩脐橙")
        buyer.sees("可追溯批次", "青滩村")
        buyer.add(2)
        buyer.check_out(buyer.email)
        number = buyer.place()
        buyer.begin_to_pay()
        buyer.pay_by_alipay()
        buyer.until_paid()
        parts, all_of_it = parts_on_the_page(buyer)
        assert sum(parts) == all_of_it == 2 * 3990 + 960
        aside = buyer.page.locator("section.aside")
        assert buyer.said("已记账 · 待发放") in aside.inner_text()
        assert fen(aside.locator(".story-parts li").first.inner_text()) == 4628  # 58 % of ¥79.80
        return number

    def its_parcel_is_sent_and_she_sees_it(self, number: str) -> None:
        him, buyer = self.manager, self.buyer
        him.open_letter("/desk/orders/")
        him.sees(number)
        packing = him.page.request.get(f"{him.url}/{self.language}/desk/packing.csv").text()
        assert number in packing and not NEVER.search(packing)
        him.follow("填运单号")
        him.fill(承运公司="顺丰速运", 运单号="SF1330001234567")
        him.press("已交快递")
        buyer.letter("SF1330001234567")
        buyer.page.reload()
        buyer.sees("已发货", "SF1330001234567")
        buyer.follow("收据")
        self.operator.follow("我的工作")
        assert self.operator.said("卖出第一个包裹") not in self.operator.reads()

    def all_adds_up(self) -> None:
        assert not [said for _, said in letters(self.shop) if NEVER.search(said)]
        with self.shop.database():
            until(lambda: not Delivery.objects.filter(done_at=None, parked_at=None).exists())
            said = StringIO()
            call_command("verify", stdout=said)
        assert "Everything holds" in said.getvalue()


@pytest.mark.proof
@pytest.mark.parametrize(("language", "width", "script"), WAYS)
def test_a_shop_opens_from_nothing_by_pages_and_sends_its_first_parcel(
    new_shop, browser, language, width, script
):
    day = Day(new_shop, browser, language, width, script)
    day.the_link_makes_the_first_operator()
    day.it_does_not_open_before_all_is_there()
    day.each_step_leads_to_the_next()
    day.a_team_is_set_up_and_its_manager_invited()
    day.the_manager_comes_and_introduces_leader_and_households()
    day.the_operator_verifies_the_leader_and_appoints_a_verifier()
    day.the_verifier_opens_details_for_a_purpose_and_verifies()
    day.the_manager_writes_a_product_with_all_that_it_needs()
    day.he_submits_it_and_somebody_else_approves()
    day.the_shop_opens()
    number = day.a_stranger_buys()
    day.its_parcel_is_sent_and_she_sees_it(number)
    day.all_adds_up()
