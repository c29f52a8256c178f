"""Whether money is real here: by the keys that the server was given, and by what the shop was opened with."""

from accounts.models import Shop
from accounts.shop import this_shop
from core.language import Words, say
from orders.provider import of_new_payments, provider


def mode_of_keys() -> str:
    """What a payment that is begun now moves, by its provider's keys: a value of Shop.Mode."""
    return str(provider(of_new_payments()).mode)


def key_faults() -> list[Words]:
    """What is wrong with the keys of the provider of new payments, as far as can be seen of them; nothing is asked."""
    faults: list[Words] = provider(of_new_payments()).key_faults()
    return faults


def other_mode(shop: Shop | None = None) -> Words | None:
    """Why this shop must not run with these keys; None where it may. A shop that has not opened is of no mode yet."""
    shop = shop or this_shop()
    mode = mode_of_keys()
    if not shop.mode or shop.mode == mode:
        return None
    return say(
        "这个数据库是“{its}”的店，现在的支付密钥是“{keys}”。一个数据库一辈子只有一种：换回原来的密钥，或另建一个数据库。",
        "This database is of a shop in mode “{its}”, and the payment keys are of mode “{keys}”. A database is of one "
        "mode for good: use the keys it was opened with, or a database of its own for the other mode.",
        its=Shop.Mode(shop.mode).words,
        keys=Shop.Mode(mode).words,
    )
