"""What of sending stands before a team's first sale: where its goods are delivered."""

from collections.abc import Iterator

from catalog.going_live import DONE, WAITS, WITH_OPERATORS, Beginning, Step
from core.language import say
from orders.reads.shipping import rates


def of_delivery(begun: Beginning) -> Iterator[Step]:
    """Somewhere it must be delivered to, by the team's own rates or the shop's: these an operator keeps."""
    product, team = begun.product, begun.team
    is_served = any(
        rate.is_served and whose in (None, team.pk) and (product is None or storage == product.storage)
        for (whose, storage, _), rate in rates().items()
    )
    words = say("送到哪里、运费多少", "Where it is delivered, and for how much")
    yield Step(
        "DELIVERY",
        words,
        DONE if is_served else WAITS,
        "help/#shipping",
        waits_with=None if is_served else WITH_OPERATORS,
    )
