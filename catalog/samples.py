"""Texts to begin from for a product that has none yet: shown to a team only when it asks, and never kept before it saves.

Each is short and plain, tells what can be seen or measured, and leaves a ○ where the team's own figure belongs. Nothing of
what food does for the body, of officials, or of anybody's hardship.
"""

from catalog.models import Product

Kind = Product.Kind
# What a buyer must not be left to read: each stands for something that only the team knows.
BLANK = "○"

_STORY = (
    "我们村○户人家一起种，地在海拔○米，每年○月收。收下来当天分拣，挑掉碰伤的，第二天装箱发出。",
    "Some ○ families of our village grow it together at ○ metres and harvest in ○. It is sorted the same day, what is bruised is taken out, and it is packed the day after.",
)
_MADE = (
    "原料是村里○户人家种的，在○做。一批做○份，每批留样，做好的日子写在包装上。",
    "What goes into it is grown by ○ families of our village; it is made in ○. A batch is ○ pieces, one of each is kept, and the day stands on the packing.",
)
SAMPLES: dict[str, dict[str, str]] = {
    Kind.FRESH: {
        "summaryZh": "熟了才摘，付款后○天内发。",
        "summaryEn": "Picked when ripe, sent within ○ days of payment.",
        "storyZh": _STORY[0],
        "storyEn": _STORY[1],
        "storageAdviceZh": "收到先打开箱子透气，放阴凉处；吃不完的放冰箱。",
        "storageAdviceEn": "Open the box at once and keep it somewhere cool; what is left goes into the fridge.",
        "returnRuleZh": "收到有坏的，48 小时内拍照告诉我们，坏几个赔几个。",
        "returnRuleEn": "Send us a photo within 48 hours if some are spoilt; we pay for each.",
    },
    Kind.DRY: {
        "summaryZh": "○月收的，晒干后分拣，每袋○克。",
        "summaryEn": "Harvested in ○, dried and sorted, ○ grams a bag.",
        "storyZh": _STORY[0],
        "storyEn": _STORY[1],
        "storageAdviceZh": "密封，放干燥避光的地方。",
        "storageAdviceEn": "Keep it sealed, dry and out of the light.",
        "returnRuleZh": "没拆封，七天内可以退；有受潮或破袋，拍照告诉我们。",
        "returnRuleEn": "Unopened it can go back within seven days; if it is damp or torn, send us a photo.",
    },
    Kind.PROCESSED: {
        "summaryZh": "村里的○做的，一份○克，开盖就能吃。",
        "summaryEn": "Made of our village’s ○, ○ grams, ready to eat.",
        "storyZh": _MADE[0],
        "storyEn": _MADE[1],
        "storageAdviceZh": "没开封放阴凉处；开封后放冰箱，○天内吃完。",
        "storageAdviceEn": "Unopened somewhere cool; once opened in the fridge, and eaten within ○ days.",
        "returnRuleZh": "没拆封，七天内可以退；破了漏了，拍照告诉我们。",
        "returnRuleEn": "Unopened it can go back within seven days; if it leaks, send us a photo.",
    },
}


def sample_for(kind: str) -> dict[str, str]:
    """The texts for a product of this kind, by the names of the form's fields; none where there is nothing fitting."""
    return SAMPLES.get(kind.lower(), {})
