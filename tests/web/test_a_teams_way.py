"""J4 on a phone in Chinese by pages alone: from an invitation to a team's first parcel and its first monthly statement, by a
leader who reads no manual."""

from datetime import date, timedelta
from typing import Any

from catalog.models import Product
from orders.models import ShippingRate
from tests.accounts.world import PASSWORD, a_person
from tests.catalog.world import a_category, a_county
from tests.factor import App
from tests.shows.house import until
from tests.shows.newcomer import PASSWORD as HER_PASSWORD
from tests.shows.newcomer import Newcomer
from tests.shows.test_desk import a_photo
from tests.shows.test_opening_day import STORY

EMAIL = "zhou@wayside.example"


class Way:
    """Who walks it, each with a phone of her own."""

    def __init__(self, shop: Any, browser: Any, language: str = "zh", width: int = 390):
        self.shop, self.browser, self.language, self.width = shop, browser, language, width
        with shop.database():
            a_county()
            a_category()
            ShippingRate.objects.get_or_create(team=None, storage="fresh", region=None)
            officer = a_person(("operator",), email="officer@county.example", name="刘敏", language="zh")
            secret = App(officer).secret
        self.officer = self.somebody(officer.email, "刘敏")
        self.officer.secret = secret
        self.leader = self.somebody(EMAIL, "周建国")
        self.buyer = self.somebody("chen@wuhan.example", "陈晨")

    def somebody(self, email: str, name: str) -> Newcomer:
        context = self.browser.new_context(
            viewport={"width": self.width, "height": 844}, java_script_enabled=False, locale="zh"
        )
        context.set_default_timeout(15_000)
        return Newcomer(context.new_page(), self.shop, self.language, {}, email, name)

    # -- in

    def she_is_invited(self) -> None:
        her = self.officer
        her.sign_in(her.email, PASSWORD, "office/applications/", code=her.code())
        her.follow("邀请一位带头人")
        her.choose("省份", "420000")
        her.press("下一步")
        her.choose("区县", "420527")
        her.write("或她的邮箱", EMAIL)
        her.press("发出邀请")
        her.sees("已邀请")

    def she_makes_her_account_and_applies(self) -> None:
        her = self.leader
        her.open_letter("/apply/")
        her.follow("还没有账户")
        her.fill(怎么称呼您=her.name, 邮箱=EMAIL, 密码=HER_PASSWORD)
        her.press("注册")
        her.open_letter("/confirm/")
        her.write("密码", HER_PASSWORD)
        her.press("确认并登录")
        her.follow("去填申请")
        her.fill(
            团队叫什么="青滩脐橙队",
            哪个村="青滩村",
            谁带头="周建国",
            谁对食品负责="青滩柑橘合作社",
            执照号码="示例 420527",
            农户怎么得益="按斤收，比集市高两角，当天付现。",
            **{"种什么、做什么": "脐橙，一年三万斤，十一月到二月。"},
        )
        her.press("保存")
        her.follow("加一份文件")
        her.choose("是什么", "LICENCE")
        her.page.locator("main input[type=file]").set_input_files(a_photo())
        her.press("加上")
        her.press("交给县里看")
        her.sees("交给县里了")

    def the_county_lets_her_in(self) -> None:
        her = self.officer
        her.open_letter("/office/applications/")
        her.sees("周建国", "营业执照或合作社登记")
        her.follow("通过，建立团队")
        her.press_twice("通过，建立团队")
        her.sees("团队建好了")

    # -- what is missing

    def her_desk_says_what_is_missing(self) -> None:
        her = self.leader
        her.open_letter("/desk/")
        her.enrol()
        her.sees("离上架还差这些", "登记")
        assert her.page.locator("#going-live a.tap").count() >= 5

    def households_are_written_down_and_verified(self) -> None:
        her = self.leader
        her.follow("农户")
        for name in ("向大山", "郑秀英"):
            her.follow("登记一户")
            her.write("户主姓名", name)
            her.choose("类别", "UNSTABLE")
            her.tick("这户人家已同意参加")
            her.press("登记")
        officer = self.officer
        officer.go("office/")
        officer.follow("等核实的农户")
        codes = [link.inner_text() for link in officer.page.locator("main a .code, main a.code").all()]
        assert len(codes) == 2
        for code in codes:
            officer.go("office/")
            officer.follow("等核实的农户")
            officer.page.get_by_role("link", name=code).first.click()
            officer.page.wait_for_load_state()
            officer.press_twice("情况属实，通过")

    # -- what it sells

    def she_lists_her_first_product(self) -> None:
        her = self.leader
        her.follow("今天")
        her.follow("上第一样")
        her.fill(中文名="青滩脐橙", 英文名="Qingtan navel oranges")
        her.choose("品类", "fruit")
        her.choose("种类", "FRESH")
        her.press("存为草稿")
        her.follow("请写一句话介绍")
        her.fill(
            一句话介绍="树上熟了才摘",
            保质期="30",
            怎么保存="阴凉处",
            生产者="青滩柑橘合作社",
            退换规则="坏果包赔",
        )
        for month in her.page.locator("#facts .months input").all()[:3]:
            month.check()
        her.press("保存", "#facts")
        her.follow("改说明，加照片")
        her.page.locator("#photos input[type=file]").set_input_files(a_photo())
        her.press("上传")
        her.follow("写规格、价格、价格构成")
        her.fill(规格名="5 斤装", 净含量="2.5 kg", 毛重="2900", **{"价格（元）": "39.90"}, **STORY)
        her.press("添加规格")
        her.follow("登记一批")
        her.write("多少份", "40")
        her.choose("谁的", "1")
        her.write("采收从", str(date.today() - timedelta(days=4)))
        her.write("到", str(date.today() - timedelta(days=1)))
        her.press("登记这一批")
        her.follow("各户交了多少")
        for field, kilograms in zip(her.page.locator("input.kilograms").all(), ("75", "41"), strict=True):
            field.fill(kilograms)
        her.press_twice("登记重量")
        her.page.locator(".crumbs a").last.click()
        her.page.wait_for_load_state()
        her.press("提交审核")
        her.sees("等运营人员看")

    def it_passes_review(self) -> None:
        her = self.officer
        her.follow("待办")
        her.follow("等审核的商品")
        her.follow("青滩脐橙")
        her.press("通过并上架")

    # -- its first sale

    def somebody_buys_and_she_sends_it(self) -> None:
        buyer, her = self.buyer, self.leader
        with self.shop.database():
            product = Product.objects.get(name_zh="青滩脐橙")
        assert buyer.go(f"p/{product.slug}/") == 200
        buyer.add(2)
        buyer.check_out(buyer.email)
        number = buyer.place()
        buyer.begin_to_pay()
        buyer.pay_by_alipay()
        buyer.until_paid()
        her.open_letter("/desk/orders/")
        her.sees(number)
        her.follow("填运单号")
        her.fill(承运公司="顺丰速运", 运单号="SF1330001234567")
        her.press("已交快递")
        buyer.letter("SF1330001234567")

    def her_statement_tells_what_was_sold(self) -> None:
        her = self.leader
        her.go("desk/")
        her.follow("看月账")
        until(lambda: self._told("¥79.80"))

    def _told(self, sum_: str) -> bool:
        """Folded by beat within seconds."""
        self.leader.page.reload()
        return sum_ in self.leader.reads()


def test_from_an_invitation_to_the_first_parcel_and_statement(live_shop, browser, django_db_blocker):
    with django_db_blocker.unblock():
        way = Way(live_shop, browser)
        way.she_is_invited()
        way.she_makes_her_account_and_applies()
        way.the_county_lets_her_in()
        way.her_desk_says_what_is_missing()
        way.households_are_written_down_and_verified()
        way.she_lists_her_first_product()
        way.it_passes_review()
        way.somebody_buys_and_she_sends_it()
        way.her_statement_tells_what_was_sold()
