"""How names are read in addresses and by search: a place as those who live there say it."""

import csv
import re
from pathlib import Path

from accounts import data
from catalog.naming import in_letters
from catalog.search import words

# What a dictionary alone gets wrong stands beside what it has always read right: both have to stay so.
READ = """
长阳 changyang, 长垣 changyuan, 长顺 changshun, 长治 changzhi, 长丰 changfeng, 长宁 changning, 长岛 changdao, 长白山 changbaishan,
天长 tianchang, 子长 zichang, 长子 zhangzi, 长沙 changsha, 长乐 changle, 长兴 changxing,
宜都 yidu, 丰都 fengdu, 都匀 duyun, 都江堰 dujiangyan, 什邡 shifang, 喀什 kashi,
六合 luhe, 六安 luan, 乐陵 laoling, 乐亭 laoting, 乐成 yuecheng, 乐清 yueqing, 乐山 leshan, 南乐 nanle, 民乐 minle,
涡阳 guoyang, 浚县 xunxian, 荥经 yingjing, 荥阳 xingyang, 单县 shanxian, 莘县 shenxian, 洪洞 hongtong, 解州 xiezhou,
繁峙 fanshi, 筠连 junlian, 宕昌 tanchang, 称多 chenduo, 马尾 mawei, 泊头 botou, 大城 daicheng, 闵行 minhang, 朝阳 chaoyang,
覃塘 qintang, 伽师 jiashi, 佛坪 foping, 佛冈 fogang, 栎阳 yueyang, 浒湾 xuwan, 蚌山 bengshan, 蚌埠 bengbu, 漯河 luohe,
黄陂 huangpi, 监利 jianli, 郧阳 yunyang, 秭归 zigui, 蕲春 qichun, 台州 taizhou, 丽水 lishui, 枞阳 zongyang, 亳州 bozhou,
番禺 panyu, 东阿 donge, 尉氏 weishi, 歙县 shexian, 黟县 yixian, 铅山 yanshan, 大埔 dabu, 石首 shishou, 十堰 shiyan,
犍为 qianwei, 郫县 pixian, 珙县 gongxian, 牟定 mouding, 勐海 menghai, 六安瓜片 luan-guapian,
县长 xianzhang, 生长 shengzhang, 什么 shenme, 什锦 shijin, 长豆角 chang-doujiao
"""
# Named in another tongue, or by another word than what is written.
NOT_BY_ITS_PINYIN = {
    "井陉矿区", "峰峰矿区", "鹰手营子矿区", "六枝特区", "滨海新区", "浦东新区", "沈北新区", "神农架林区", "甘孜县", "称多县",
}  # fmt: skip


def test_an_address_says_a_place_as_it_is_said_there():
    said = dict(one.split() for one in READ.replace("\n", " ").strip(" ,").split(",") if one.strip())
    assert len(said) > 80
    assert {name: in_letters(name) for name in said} == said
    assert in_letters("长阳高山脐橙") == "changyang-gaoshan-qicheng"


def test_search_reads_every_county_as_the_list_of_regions_does():
    rows = csv.DictReader(
        Path(data.__file__).with_name("regions.csv").read_text(encoding="utf-8").splitlines()
    )
    counties = [
        row
        for row in rows
        # Names of Mongolia, Tibet and Xinjiang, and of counties of a people, are of other tongues.
        if row["level"] == "3" and row["code"][:2] not in ("15", "54", "65") and "族" not in row["name_zh"]
    ]
    assert len(counties) > 2000
    assert {row["name_zh"] for row in counties if not _is_read_so(**row)} == NOT_BY_ITS_PINYIN


def _is_read_so(name_zh: str, name_en: str, **_: str) -> bool:
    name = name_zh if len(name_zh) == 2 else re.sub("(县|区|市)$", "", name_zh)
    english = re.sub(" (County|District|City)$", "", name_en)
    spoken = "".join(words.syllables(name)).replace("lv", "lu")
    return spoken == re.sub("[^a-z]", "", english.lower())
