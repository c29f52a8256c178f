"""What nothing in the shop or its demo may say: real bodies, officials, promises of health, superlatives."""

import re

# Each pattern with what it stands for; what is honest in a sentence is let through by a look around.
FORBIDDEN = {
    "a real body": r"红十字|红会|慈展会|中国公益慈善|京东|832平台|扶贫832|社会扶贫网|全国总工会|省总工会|妇联|供销社"
    r"|扶贫办|乡村振兴局|农业农村[部厅局]|商务[部厅局]|广播电视台|[Rr]ed [Cc]ross|\bJD\b|[Cc]harity [Ff]air|\bCCF\b"
    r"|[Ww]omen's [Ff]ederation|[Tt]rade [Uu]nion [Cc]ongress",
    "an official": r"省长|市长|县长|区长|镇长|乡长|书记|主席|部长|厅长|\b[Gg]overnor\b|\b[Mm]ayor\b|[Pp]arty [Ss]ecretary",
    "a title that only others give": r"国家级|省级认证|驰名商标|非物质文化遗产|中华老字号|特供|专供|国宴",
    "a promise of health": r"治疗|治愈|疗效|(?<!不是)功效|药用|预防[^措]|抗癌|防癌|抗氧化|降血[压糖脂]|降[压糖脂三]|保健|养生|养颜"
    r"|美容|排毒|滋补|补[肾气血]|增强免疫|提高免疫|祛湿|安神|延年|长寿"
    r"|\b[Cc]ures?\b|\bheal(s|ing)?\b|\b[Tt]herap|\b[Mm]edicinal|\b[Dd]etox|\banti-?(cancer|oxidant|ageing|aging)"
    r"|\b[Ii]mmun|blood (pressure|sugar)|\b[Hh]ealth(y|ier|iest)?\b|\b[Nn]ourish",
    "a superlative": r"最[佳优强甜香美鲜纯真正顶]|最高(?![最者]|的?[ ]{0,2}[低0-9])|最好(?=[的吃喝]|品质)|第一(?![次批步个天年轮部条页组种样笔届张])|顶级|极品|极致|绝佳|独一无二|首屈一指|首选|无与伦比"
    r"|全网|销量冠军|世界级|百分之?百纯|100 ?% ?纯|纯天然|零添加|无公害"
    r"|\b[Ff]inest\b|\b[Nn]umber one\b|\bNo\. ?1\b|\b[Uu]nrivalled|\b[Uu]nbeatable|\b[Pp]erfect\b|\b100 ?% (pure|natural)"
    r"|\b([Tt]he|[Oo]ur|China's|Hubei's) best\b|\b[Bb]est (tea|fruit|orange|honey|rice|quality|taste|price|product)|\b[Ww]orld-class",
    "the old word for a household": r"贫困户|贫困家庭|贫困人口|穷人|\bpoor (household|famil|people|farmer)|\b[Pp]overty-stricken|\b[Pp]aupers?\b",
    "money that nobody has got yet": r"已到账|已发放给|农户已?收到|已打款|received by (the )?households|paid out to (the )?households",
}
_COMPILED = {rule: re.compile(pattern) for rule, pattern in FORBIDDEN.items()}


def broken(text: str) -> list[tuple[str, str]]:
    """(rule, words around it) of each forbidden thing in a text."""
    return [
        (rule, text[max(0, found.start() - 12) : found.end() + 12])
        for rule, pattern in _COMPILED.items()
        for found in pattern.finditer(text)
    ]
