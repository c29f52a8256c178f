"""A platform's statement from the file to what counts: nothing twice, nothing undone by the way, nothing that nobody signed."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from accounts.models import Person
from contest.actions import approval, batch, mapping, repair, twins
from contest.actions.approval import ToBeConfirmed
from contest.actions.tally import retally
from contest.models import ImportBatch, ImportFile, ImportRow, OutsideTally, ProjectMapping, TwinSale
from contest.reads.importing import quarantine_sheet
from contest.reads.outside import accepted, counted_outside
from contest.verify import outside
from core import clock
from core.api.documents import ask
from core.language import use
from core.refusals import Conflict, NotAllowed
from impact.models import Entry, LedgerTransaction, Transfer
from shop.sessions import SessionStore
from tests.accounts.world import a_person
from tests.catalog.world import a_product, a_team, a_variant
from tests.contest.outside import HEADS, a_file, a_mapping, a_source, at, said, sent
from tests.impact.world import a_lot, a_round, an_order, pay, standing

pytestmark = pytest.mark.django_db
State = ImportBatch.State


@pytest.fixture
def entry() -> Entry:
    return a_round(a_team()).entries.get()


@pytest.fixture
def importer() -> Person:
    return a_person(("importer",))


@pytest.fixture
def approver() -> Person:
    return a_person(("import_approver",))


@pytest.fixture
def source(entry):
    made = a_source("jingdong")
    a_mapping(made, entry)
    return made


def net(entry: Entry) -> int:
    """What counts, as it is summed and as it is kept; `verify` agrees."""
    found = sum(sale.net_minor for sale in accepted(entry.round, clock.now()))
    assert found == sum(OutsideTally.objects.filter(entry=entry).values_list("net_minor", flat=True))
    assert not list(outside.verify())
    return found


def reasons(made: ImportBatch) -> list[tuple[int, list[tuple[str, str]]]]:
    rows = made.quarantined.filter(repaired_at=None)
    return [(row.number, [(f["column"], f["en"]) for f in row.faults]) for row in rows]


A = (
    f"P1,o1,1,{at()},100.00,,u1,",
    f"P1,o2,1,{at()},120.00,0,u2,湖北",
    f"P1,o2,2,{at()},80.00,,u2,湖北省",
    f"P1,o3,,{at()},300.00,,u3,",
)


def test_the_same_sales_in_another_file_count_once_and_an_older_statement_undoes_nothing(
    entry, source, importer, approver
):
    def counts(made: ImportBatch, **meant) -> int:
        approval.approve(made, approver, **meant)
        return net(entry)

    def send(file, statement):
        return sent(importer, entry.round, source, file, statement)

    first = send(a_file(*A), said(4, 600_00, stated=-6, scope="full"))
    assert counts(first) == 600_00
    second = send(
        a_file(f"P1,o2,1,{at()},120.00,50,u2,", f"P1,o4,,{at()},40.00,,u4,"),
        said(2, 160_00, 50_00, stated=-5),
    )
    assert counts(second) == 590_00
    # Saved anew by a spreadsheet: seconds gone, marks and tabs around numbers, one of them cut, totals at two levels.
    minute = at()[:-3].replace("-", "/")
    spoiled = send(
        a_file(
            f"P1,'o1\t,1,{minute},100.00,,u1,\t",
            f"P1,o2,1,{minute},120.00,0,u2,湖北",
            f"P1,o2,2,{minute},80.00,,u2,湖北",
            f"P1,2.01906E+17,,{minute},300.00,,u3,",
            "合计,,,,600.00,,,",
            "总计,,,,600.00,,,",
            heads="京东众筹对账单,,,,,,,\n项目编号,订单编号,行号,付款时间,金额,退款金额,买家编号,省份",
            encoding="gb18030",
        ),
        said(4, 600_00, stated=-6, scope="full"),
    )
    assert spoiled.state == State.MATCHED
    assert [(number, [code for code, _ in faults]) for number, faults in reasons(spoiled)] == [
        (6, ["B"]),
        (7, ["A"]),
        (8, ["A"]),
    ]
    with pytest.raises(Conflict, match="对账单"):
        approval.approve(spoiled, approver)
    fixed = a_file(
        f"6,P1,o3,,{at()},300.00,,u3,",
        heads=f"原行号,{HEADS}",
    )
    assert repair.repair(spoiled, importer, fixed).mended == 1
    spoiled.refresh_from_db()
    assert spoiled.state == State.BALANCED
    with pytest.raises(ToBeConfirmed):
        approval.approve(spoiled, approver)
    assert counts(spoiled, is_meant=True) == 590_00
    third = send(
        a_file(A[0], f"P1,o2,1,{at()},120.00,50,u2,", A[2], f"P1,o4,,{at()},40.00,,u4,"),
        said(4, 340_00, 50_00, stated=-4, scope="full"),
    )
    assert counts(third) == 290_00
    first.refresh_from_db()
    assert first.state == State.SUPERSEDED

    heads = "项目编号,日期,金额,支持人次"
    sums = send(
        a_file(f"P1,{at()[:10]},500.00,9", heads=heads), said(1, 500_00, stated=-3, scope="aggregate")
    )
    with pytest.raises(Conflict, match="重复计算"):
        approval.approve(sums, approver)
    assert net(entry) == 290_00

    approval.roll_back(third, approver, "撤回")
    assert net(entry) == 590_00
    approval.roll_back(second, approver, "撤回")
    assert net(entry) == 600_00
    assert {sale.key: sale.net_minor for sale in accepted(entry.round, clock.now())} == {
        "jingdong|o|o1|1": 100_00,
        "jingdong|o|o2|1": 120_00,
        "jingdong|o|o2|2": 80_00,
        "jingdong|o|o3|1": 300_00,
    }


def test_the_same_file_twice_changes_nothing_and_can_be_sent_once_the_first_was_given_up(
    entry, source, importer, approver
):
    made = sent(importer, entry.round, source, a_file(*A), said(4, 600_00))
    with pytest.raises(Conflict, match="已经导入过"):
        batch.upload(importer, entry.round, source, a_file(*A), said(4, 600_00))
    approval.approve(made, approver)
    with pytest.raises(Conflict):
        batch.upload(importer, entry.round, source, a_file(*A), said(4, 600_00, scope="full"))
    assert net(entry) == 600_00 and ImportBatch.objects.count() == 1
    approval.roll_back(made, approver, "重来")
    approval.approve(sent(importer, entry.round, source, a_file(*A), said(4, 600_00)), approver)
    assert net(entry) == 600_00


@pytest.mark.parametrize("wrong", [(5, 600_00, 0), (4, 600_01, 0), (4, 600_00, 1), (3, 600_00, 0)])
def test_a_wrong_control_total_blocks_the_approval(entry, source, importer, approver, wrong):
    made = sent(importer, entry.round, source, a_file(*A), said(*wrong))
    assert made.state == State.MATCHED
    with pytest.raises(Conflict, match="对账单"):
        approval.approve(made, approver)
    made.refresh_from_db()
    assert made.state == State.MATCHED and made.applied_at is None and net(entry) == 0


def test_whoever_sends_a_statement_in_does_not_approve_it_whatever_else_she_is(
    entry, source, importer, approver
):
    made = sent(importer, entry.round, source, a_file(*A), said(4, 600_00))
    with pytest.raises(NotAllowed):
        approval.approve(made, importer)
    ImportBatch.objects.filter(pk=made.pk).update(uploaded_by=approver)
    with pytest.raises(NotAllowed, match="经办人"):
        approval.approve(made, approver)
    assert net(entry) == 0


def test_gb18030_with_full_width_digits_reads_the_same_as_utf8(entry, source, importer):
    wide = str.maketrans("0123456789.:-", "０１２３４５６７８９．：－")
    plain = sent(importer, entry.round, source, a_file(*A), said(4, 600_00))
    other = sent(
        importer,
        entry.round,
        source,
        a_file(
            *(row.translate(wide).replace("Ｐ", "P").replace("P１", "P1") for row in A), encoding="gb18030"
        ),
        said(4, 600_00),
    )
    marked = sent(importer, entry.round, source, a_file(*A, encoding="utf-8-sig"), said(4, 600_00))
    columns = [f.name for f in ImportRow._meta.fields if f.name not in ("id", "batch")]
    same = [list(b.rows.order_by("number").values_list(*columns)) for b in (plain, other, marked)]
    assert same[0] == same[1] == same[2] and len(same[0]) == 4


@pytest.mark.parametrize("before", ["", "报表\n", "报表\n制表人,张三\n\n"])
def test_a_table_is_found_by_its_header_wherever_that_stands(entry, source, importer, before):
    made = sent(
        importer,
        entry.round,
        source,
        a_file(*A, heads=before + HEADS),
        said(4, 600_00),
    )
    assert made.state == State.BALANCED and not made.quarantined.exists()


def test_the_sign_of_refunds_is_the_platforms_and_the_other_is_quarantined(entry, importer):
    jd, plain = a_source("jd", "jd"), a_source("plain")
    for source in (jd, plain):
        a_mapping(source, entry)
    rows = [
        f"P1,o{n},{at()},100.00,{refund}"
        for n, refund in enumerate(("-50", "50", "(50)", "（50.00）", "0", ""))
    ]
    heads = "项目ID,订单号,支付时间,支持金额,退款"
    of_jd = sent(importer, entry.round, jd, a_file(*rows, heads=heads), said(5, 500_00, 150_00))
    assert of_jd.state == State.BALANCED
    assert [(n, faults[0][0]) for n, faults in reasons(of_jd)] == [(3, "E")]
    heads = "项目编号,订单编号,付款时间,金额,退款金额"
    of_plain = sent(importer, entry.round, plain, a_file(*rows, heads=heads), said(3, 300_00, 50_00))
    assert of_plain.state == State.BALANCED
    assert [(n, faults[0][0]) for n, faults in reasons(of_plain)] == [(2, "E"), (4, "E"), (5, "E")]


def test_bad_rows_are_listed_by_column_and_reason_corrected_and_taken_and_the_rest_waits(
    entry, source, importer, approver
):
    bad = {
        7: (f"P1,o6,1,{at()},-1.00,,,", "E"),
        11: ("P1,o10,1,not a time,1.00,,,", "D"),
        12: (f"P1,o10,1,{at()},1.00,2.00,,", "F"),
        20: (f"P1,o1,1,{at()},1.00,,,", ""),
        25: (f"P1,=1+1,1,{at()},1.00,,,", "B"),
        31: (f"P1,o30,1,{at()},1.00,,,亚特兰蒂斯", "H"),
    }
    lines = [bad.get(n, (f"P1,o{n - 1},1,{at()},1.00,,,",))[0] for n in range(2, 102)]
    made = sent(importer, entry.round, source, a_file(*lines), said(100, 100_00))
    assert made.state == State.MATCHED and made.rows.count() == 94
    assert [(n, [c for c, _ in faults]) for n, faults in reasons(made)] == [
        (n, [c]) for n, (_, c) in bad.items()
    ]
    with pytest.raises(Conflict):
        approval.approve(made, approver)
    with use("en"):
        heads, rows = quarantine_sheet(made)
        table = [[str(head) for head in heads], *([str(cell) for cell in row] for row in rows)]
    assert table[0][0] == "Row in the file" and table[1][0] == "7" and "[Amount]" in table[1][-1]

    mended = a_file(
        *(f"{n},P1,mended{n},1,{at()},1.00,,,,was wrong" for n in (7, 11, 12, 20, 25)),
        f"31,P1,o30,1,{at()},1.00,,,仍然不对,was wrong",
        f"99,P1,o500,1,{at()},1.00,,,,no such row",
        heads="Row in the file,项目编号,订单编号,行号,付款时间,金额,退款金额,买家编号,省份,Why",
    )
    found = repair.repair(made, importer, mended)
    assert (found.mended, found.wrong, found.passed) == (5, 1, 1)
    assert [n for n, _ in reasons(made)] == [31]
    again = a_file(
        f"31,P1,o30,1,{at()},1.00,,,湖北",
        heads="原行号,项目编号,订单编号,行号,付款时间,金额,退款金额,买家编号,省份",
    )
    assert repair.repair(made, importer, again).mended == 1
    made.refresh_from_db()
    assert made.state == State.BALANCED
    approval.approve(made, approver)
    assert net(entry) == 100_00
    with pytest.raises(Conflict):
        repair.repair(made, importer, again)


def test_a_project_that_nobody_has_matched_holds_its_statement_and_a_mapping_takes_two(
    entry, importer, approver
):
    source = a_source()
    made = sent(importer, entry.round, source, a_file(*A), said(4, 600_00))
    assert made.state == State.PARSED and batch.unmatched(made) == ["P1"]
    proposed = mapping.propose(importer, entry.round, source, "P1", entry, "https://jd.example.com/p1")
    with pytest.raises(NotAllowed):
        mapping.approve(proposed, importer)
    with pytest.raises(Conflict):
        mapping.propose(importer, entry.round, source, "P2", entry)
    mapping.approve(proposed, approver)
    made.refresh_from_db()
    assert made.state == State.BALANCED
    approval.approve(made, approver)
    assert net(entry) == 600_00
    mapping.withdraw(proposed, approver)
    assert net(entry) == 0


def test_an_import_moves_no_money_and_its_file_and_payers_are_not_kept(entry, source, importer, approver):
    before = Transfer.objects.count()
    made = sent(importer, entry.round, source, a_file(*A), said(4, 600_00))
    assert not ImportFile.objects.exists()
    approval.approve(made, approver)
    assert Transfer.objects.count() == before
    keys = list(made.rows.order_by("number").values_list("payer_key", flat=True))
    assert keys[1] == keys[2] != keys[0] and all(len(key) == 64 for key in keys)


@pytest.mark.parametrize(
    "body",
    [b"\x00\x01\x02", b"PK\x03\x04broken", "订单,金额\no1,1\n".encode(), b"", b"x" * 10],
)
def test_a_file_that_is_no_table_is_said_so_and_may_be_given_up(entry, source, importer, body):
    from io import BytesIO

    made = sent(importer, entry.round, source, BytesIO(body), said(1, 1))
    assert made.state == State.UNREADABLE and made.trouble_en and not made.rows.exists()
    batch.discard(made, importer, "传错了")
    assert made.__class__.objects.get().state == State.DISCARDED


def test_a_round_that_lies_elsewhere_is_not_hers(entry, source):
    from accounts.places import Place
    from tests.accounts.world import holds

    elsewhere = a_person()
    holds(elsewhere, "importer", Place(region="110000"))
    with pytest.raises(NotAllowed):
        batch.upload(elsewhere, entry.round, source, a_file(*A), said(4, 600_00))
    assert not ImportBatch.objects.exists()


def test_what_was_read_halfway_is_read_anew_from_its_beginning(entry, source, importer):
    made = batch.upload(importer, entry.round, source, a_file(*A), said(4, 600_00))
    ImportRow.objects.create(
        batch=made,
        number=2,
        key="o|o1|1",
        project="P1",
        paid_at=clock.now() - timedelta(days=1),
        day=clock.today(),
        amount_minor=1,
    )
    from contest.tasks import read_waiting

    assert read_waiting() == 1 and read_waiting() == 0
    made.refresh_from_db()
    assert made.state == State.BALANCED and (made.rows_read, made.rows_total) == (4, 4)


def test_verify_names_a_tally_that_counts_twice_a_day_told_twice_and_money_in_an_account(
    entry, source, importer, approver
):
    made = approval.approve(sent(importer, entry.round, source, a_file(*A), said(4, 600_00)), approver)
    assert not list(outside.verify())
    OutsideTally.objects.update(net_minor=1200_00)
    (found,) = outside.verify()
    assert (found.rule, found.noun) == ("INV-18", "OutsideTally")
    OutsideTally.objects.update(net_minor=600_00)
    ImportBatch.objects.update(control_rows=5)
    assert [(one.rule, one.noun) for one in outside.verify()] == [("INV-18", "ImportBatch")]
    ImportBatch.objects.update(control_rows=4)
    LedgerTransaction.objects.create(reason="paid", key=f"paid:{made.uid}", at=clock.now())
    assert [(one.rule, one.noun) for one in outside.verify()] == [("INV-06", "LedgerTransaction")]


def test_both_channels_are_distinct_slug_and_together_and_a_sale_in_both_once(
    entry, source, importer, approver
):
    variant = a_variant(a_product(entry.team))
    order = an_order((a_lot(units=9, variant=variant), 1))
    pay(order)
    standing(entry.team)
    ProjectMapping.objects.update(url="https://jd.example.com/p1?x=1")
    price = order.goods_minor
    copy = f"P1,o1,1,{at()},{price / 100:.2f},,u1,,{order.number}"
    other = f"P1,o2,1,{at()},70.00,,u2,,"
    file = a_file(copy, other, heads=f"{HEADS},本店订单号")
    approval.approve(sent(importer, entry.round, source, file, said(2, price + 70_00)), approver)

    def told() -> dict:
        document = """query ($edition: String!, $number: String!) { contestEntry(edition: $edition, number: $number) {
                      channels { here { minor } outside { minor } together { minor }
                                 channels { platform net { minor } supports grade url } } } }"""
        request = RequestFactory().post("/graphql")
        request.user, request.id, request.session = AnonymousUser(), "r", SessionStore()
        data, errors = ask(request, document, {"edition": entry.round.edition.slug, "number": entry.number})
        assert not errors
        return data["contestEntry"]["channels"]

    first = told()
    assert [first[key]["minor"] for key in ("here", "outside", "together")] == [price, 70_00, price + 70_00]
    (one,) = first["channels"]
    assert one["supports"] is None and one["grade"] and one["net"]["minor"] == 70_00
    assert one["url"] == f"https://jd.example.com/p1?x=1&utm_source=sheaf&utm_campaign={entry.number}"
    shadows = {sale.key[-4:]: sale.is_shadow for sale in accepted(entry.round, clock.now())}
    assert shadows == {"o1|1": True, "o2|1": False}

    ProjectMapping.objects.update(canonical="outside")
    retally(entry.round, source)
    second = told()
    assert [second[key]["minor"] for key in ("here", "outside", "together")] == [
        price,
        price + 70_00,
        price + 70_00,
    ]
    assert counted_outside(entry.round, clock.now()) == {(entry.pk, order.uid)}


def test_what_looks_like_an_order_of_this_shop_waits_for_a_person_and_counts_twice_until_then(
    entry, source, importer, approver, run_deliveries
):
    variant = a_variant(a_product(entry.team))
    now = clock.now()
    order = an_order((a_lot(units=9, variant=variant), 1), traded_at=now - timedelta(minutes=9))
    pay(order)
    paid = now.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    line = f"P1,o1,1,{paid},{order.goods_minor / 100:.2f},,u1,"
    apart = f"P1,o2,1,{at()},{order.goods_minor / 100:.2f},,u1,"
    made = sent(importer, entry.round, source, a_file(line, apart), said(2, 2 * order.goods_minor))
    approval.approve(made, approver)
    run_deliveries()
    twin = TwinSale.objects.get()
    assert (twin.key, twin.order_uid, twin.state) == ("o|o1|1", order.uid, "open")
    assert net(entry) == 2 * order.goods_minor
    twins.decide(twin, importer, True)
    assert net(entry) == order.goods_minor
    twins.reopen(twin, importer)
    assert net(entry) == 2 * order.goods_minor and twins.find(made) == 0
