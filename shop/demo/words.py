"""What the demo says: shelves, price stories, advice. All made up, none of it sourced, no claim of any effect."""

from catalog.usual import CATEGORIES as CATEGORIES

KIND_OF = {  # category: kind of product
    "fruit": "fresh",
    "vegetable": "fresh",
    "egg": "fresh",
    "tea": "processed",
    "mushroom": "dry",
    "nut": "dry",
    "grain": "dry",
    "honey": "processed",
    "meat": "processed",
    "aquatic": "processed",
    "oil": "processed",
    "pickle": "processed",
    "alcohol": "alcohol",
    "sideline": "sideline",
}
STORIES = {  # kind: basis points, adding up to 10,000
    "fresh": {
        "farm_gate": 4600,
        "labour": 800,
        "packaging": 1400,
        "logistics": 1800,
        "testing": 100,
        "gateway": 100,
        "platform": 200,
        "team": 800,
        "reserve": 200,
    },
    "dry": {
        "farm_gate": 4800,
        "labour": 900,
        "dividend": 200,
        "processing": 700,
        "packaging": 1100,
        "logistics": 900,
        "testing": 100,
        "gateway": 100,
        "platform": 200,
        "team": 800,
        "reserve": 200,
    },
    "processed": {
        "farm_gate": 3900,
        "labour": 1100,
        "dividend": 300,
        "processing": 1500,
        "packaging": 1100,
        "logistics": 700,
        "testing": 200,
        "gateway": 100,
        "platform": 200,
        "team": 700,
        "reserve": 200,
    },
    "alcohol": {
        "farm_gate": 3400,
        "labour": 1300,
        "dividend": 300,
        "processing": 1800,
        "packaging": 1200,
        "logistics": 600,
        "testing": 200,
        "gateway": 100,
        "platform": 200,
        "team": 700,
        "reserve": 200,
    },
    "sideline": {
        "farm_gate": 2800,
        "labour": 2400,
        "dividend": 300,
        "processing": 1200,
        "packaging": 1200,
        "logistics": 700,
        "testing": 100,
        "gateway": 100,
        "platform": 200,
        "team": 800,
        "reserve": 200,
    },
}
SHELF_LIFE = {"dry": 540, "fresh": 20, "chilled": 45, "frozen": 365, "live": 3}
ADVICE = {
    "dry": ("阴凉干燥处密封保存", "Keep sealed in a cool, dry place"),
    "fresh": ("到货后请开箱通风，阴凉处存放", "Open the box on arrival and keep it cool and aired"),
    "chilled": ("0–4 ℃ 冷藏", "Keep chilled at 0–4 °C"),
    "frozen": ("−18 ℃ 冷冻，解冻后勿再冻", "Keep frozen at −18 °C; do not refreeze"),
    "live": ("收到后请尽快食用", "Best used as soon as it arrives"),
}
RETURNS = {
    True: (
        "坏果、缺件按实际退款，申请时附上照片。",
        "Spoilt or missing pieces are refunded; add a photo when you write.",
    ),
    False: (
        "包装破损、缺件或错发按实际退款。",
        "Damaged, missing or mistaken goods are refunded.",
    ),
}
SUMMARIES = {
    "fruit": ("树上熟了再摘，分拣后当天装箱。", "Picked when ripe, sorted and boxed the same day."),
    "tea": ("村里茶园采摘，小锅分批炒制。", "From the village's tea gardens, finished in small batches."),
    "vegetable": ("清早采收，带泥或简单整理后发出。", "Cut early in the morning, sent after a simple trim."),
    "mushroom": ("段木栽培，晒干后手工挑选。", "Grown on logs, dried and picked over by hand."),
    "nut": ("当年新货，去杂分级。", "This year's crop, cleaned and graded."),
    "grain": ("当年新粮，现碾现装。", "New grain, milled and packed to order."),
    "honey": ("蜂农自采，过滤后装瓶。", "Gathered by the beekeepers, strained and bottled."),
    "meat": ("农家做法，柏枝慢熏或风干。", "Made the farm way, slowly smoked or air-dried."),
    "aquatic": ("产地处理，冷链或干制。", "Prepared where it is caught, frozen or dried."),
    "egg": ("林下散养，每日拾蛋。", "Laid by hens that roam the groves, gathered daily."),
    "oil": ("山茶籽物理压榨，小批装瓶。", "Pressed from camellia seed, bottled in small batches."),
    "pickle": ("本地菜、老坛子，按时令腌制。", "Local vegetables from old jars, each in its season."),
    "alcohol": ("糯米发酵，坛中陈放。", "Fermented glutinous rice, rested in jars."),
    "sideline": ("农闲时做的手艺活。", "Handwork of the quiet months."),
}
INGREDIENTS = {
    "tea": ("茶叶", "Tea leaves"),
    "honey": ("蜂蜜", "Honey"),
    "meat": ("鲜肉、食用盐、香辛料", "Meat, salt, spices"),
    "aquatic": ("水产、食用盐", "Fish or shellfish, salt"),
    "oil": ("山茶籽", "Camellia seed"),
    "pickle": ("蔬菜、食用盐、白砂糖", "Vegetables, salt, sugar"),
    "alcohol": ("水、糯米、酒曲", "Water, glutinous rice, starter"),
}
LEADER_WORDS = (
    ("先把东西种好，再把账记明白。", "First grow it well, then keep the accounts clear."),
    ("大家一起种，一箱一箱分好级。", "We grow it together and grade it box by box."),
    ("您在网上看得到的，我们在地里做得到。", "What you read here is what we do in the field."),
    ("多跑腿，细分拣，货要对得起人。", "More footwork, finer sorting: the goods must be worth it."),
    ("每一批货，谁交了多少斤都写在本子上。", "Who brought how much of each lot is written in the book."),
)
FAMILY, GIFT, CANTEEN = (
    ("家庭装", "Family size"),
    ("礼盒装", "Gift box"),
    ("食堂装 10 kg", "Canteen pack, 10 kg"),
)
ORGANISATIONS = (  # kind, how many, zh, en
    ("union", 34, "示例工会{n:02d}", "Demo Union {n:02d}"),
    ("enterprise", 8, "示例企业{n:02d}", "Demo Enterprise {n:02d}"),
    ("school", 6, "示例学校{n:02d}", "Demo School {n:02d}"),
    ("canteen", 6, "示例食堂{n:02d}", "Demo Canteen {n:02d}"),
    ("ngo", 4, "示例公益组织{n:02d}", "Demo NGO {n:02d}"),
    ("media", 2, "示例媒体{n:02d}", "Demo Media {n:02d}"),
)
# What a village calls its families among itself: where one lives, and who it is.
_WHERE = [
    "村口",
    "东头",
    "西坡",
    "桥边",
    "井旁",
    "老屋",
    "塘边",
    "坡上",
    "柿树下",
    "祠堂后",
    "河对岸",
    "新屋",
    "岭上",
]
_WHO = [
    "二叔",
    "三婶",
    "大伯",
    "幺爷",
    "阿公",
    "表姐",
    "老舅",
    "嫂子",
    "小满家",
    "木匠家",
    "会计家",
    "石匠家",
    "茶农家",
]


def short_name(n: int) -> str:
    """What the team calls its household of this number; each another."""
    turn, where = divmod(n, len(_WHERE))
    turn, who = divmod(turn, len(_WHO))
    return f"{_WHERE[where]}{_WHO[(who + where) % len(_WHO)]}{turn + 1 if turn else ''}"


SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
GIVEN = (
    "立春",
    "雨水",
    "惊蛰",
    "清明",
    "谷雨",
    "小满",
    "芒种",
    "夏至",
    "白露",
    "秋分",
    "霜降",
    "小雪",
    "青禾",
    "松果",
    "桂子",
)
REVIEWS = (
    (5, "箱子结实，个头匀，同事都说好。"),
    (5, "回购第三次了，和页面写的一样。"),
    (4, "东西好，有一份压坏了，团队很快退了钱。"),
    (5, "Well packed, and I like seeing where the money goes."),
    (4, "路上多走了一天，东西没问题。"),
    (3, "分量够，就是包装可以再简单点。"),
    (5, "比上回买的还好，给家里老人也买了一份。"),
    (4, "Tastes of what it is. Would buy again."),
    (5, "工会一起买的，发得很快。"),
)
