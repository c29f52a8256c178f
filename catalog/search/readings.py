"""How names of places are read where a dictionary reads their characters otherwise: 长阳 is Changyang, not Zhangyang.

Only what `pypinyin` gets wrong by itself stands here, by the pinyin of China's list of administrative divisions. Addresses
and search read by the same table.
"""

from pypinyin import load_phrases_dict, load_single_dict

# Characters that are read in one way in nearly all names of places and goods; words that read them in the other (生长, 县长)
# are in the dictionary.
CHARACTERS = {"长": "cháng,zhǎng", "都": "dū,dōu", "什": "shí,shén"}

PLACES = """
六合 lu he, 乐陵 lao ling, 乐成 yue cheng, 南乐 nan le, 民乐 min le, 涡阳 guo yang, 浚县 xun xian, 荥经 ying jing,
单县 shan xian, 洪洞 hong tong, 解州 xie zhou, 繁峙 fan shi, 筠连 jun lian, 宕昌 tan chang, 称多 chen duo, 马尾 ma wei,
泊头 bo tou, 大城 dai cheng, 闵行 min hang, 朝阳 chao yang, 覃塘 qin tang, 伽师 jia shi, 曾都 zeng du, 佛坪 fo ping,
佛冈 fo gang, 栎阳 yue yang, 浒湾 xu wan, 蚌山 beng shan, 漯河 luo he,
万柏林 wan bai lin
"""


def learn() -> None:
    """Have them read so from now on, in this process."""
    load_single_dict({ord(character): readings for character, readings in CHARACTERS.items()})
    pairs = (place.split(maxsplit=1) for place in PLACES.strip().split(","))
    load_phrases_dict({name: [[syllable] for syllable in read.split()] for name, read in pairs})
