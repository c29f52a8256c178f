"""What whoever reviews says of one part of a listing: by the three elements of a review, and beside the team's own fields."""

from collections.abc import Mapping
from functools import partial

from accounts.clean import line
from core.choices import Choices
from core.language import say
from core.refusals import every

MOST = 400


class Spot(Choices):
    """What a remark is about. The first three are what every review looks at."""

    QUALITY = "quality", say("质量", "Quality")
    PRICE = "price", say("价格", "Price")
    LINKING = "linking", say("带动农户", "How households gain")
    NAME = "name", say("名字", "Name")
    WORDS = "words", say("介绍和故事", "Words and story")
    PHOTOS = "looks", say("照片", "Photos")
    FOOD = "food", say("保质期、储存、配料和标签", "Keeping, ingredients and label")
    PRODUCER = "producer", say("生产者和许可证", "Producer and licence")
    RETURNS = "returns", say("售后", "Claims and returns")
    SIZES = "sizes", say("规格和净含量", "Sizes and net content")
    LOTS = "lots", say("批次", "Lots")
    PAPERS = "papers", say("证书", "Certificates")


def clean_remarks(given: Mapping[str, str | None]) -> dict[str, str]:
    """Those that say something, by their spots in the order of a review; INVALID on the spot of one that is too long."""
    lines = every(
        {spot: partial(line, given.get(spot) or "", spot, MOST, required=False) for spot in Spot.values}
    )
    return {spot: words for spot, words in lines.items() if words}
