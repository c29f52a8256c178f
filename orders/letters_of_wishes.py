"""The letters that somebody has asked for by her wish list: one each, when it can be bought."""

from datetime import date

from django.conf import settings

from accounts import mail, texting
from accounts.actions import text_code
from accounts.letters import number_for_letters, wants
from accounts.models import LetterKind
from catalog.models import Lot
from core.deliveries import reaction
from core.language import localized, say, use
from orders.by_text import MOST
from orders.events import WishCameTrue
from orders.models import Wish


@reaction("orders.letters_of_wishes.send_wish")
def send_wish(event: WishCameTrue) -> None:
    """To whoever asked: it is back, or in season, and where. Whose list it is no more on, or who has left, hears nothing."""
    wish = Wish.objects.select_related("person", "product", "variant__lot").filter(pk=event.wish_id).first()
    if wish is None or not (wish.person.is_active and wants(wish.person, LetterKind.WISHES)):
        return
    person, kind, ship_by = wish.person, f"wish_{wish.letter}", _ship_by(wish)
    with use(person.language):
        name = localized(wish, "name")
        said = f"{name[:MOST]}{say('（预售）', ' (pre-sale)')}" if ship_by else name[:MOST]
    link = f"{settings.SITE_URL}/{person.language}/p/{wish.product.slug}/"
    number = number_for_letters(person)
    if number and texting.carries(kind):
        texting.send(number, kind, person.language, {"name": said})
        text_code.count_letter()
    else:
        mail.send(person.email, person.language, kind, {"name": name, "link": link, "ship_by": ship_by})


def _ship_by(wish: Wish) -> date | None:
    """By when it is sent where it can be bought before it is harvested: that is told, and nothing of being in stock."""
    if wish.variant is None:
        return wish.product.presale_ship_by
    lot = wish.variant.lot
    return lot.ship_by if lot is not None and lot.state == Lot.State.PLANNED else None
