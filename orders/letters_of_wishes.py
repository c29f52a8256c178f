"""The letters that somebody has asked for by her wish list: one each, when it can be bought."""

from django.conf import settings

from accounts import mail, texting
from accounts.actions import text_code
from accounts.letters import number_for_letters, wants
from accounts.models import LetterKind
from core.deliveries import reaction
from core.language import localized, use
from orders.by_text import MOST
from orders.events import WishCameTrue
from orders.models import Wish


@reaction("orders.letters_of_wishes.send_wish")
def send_wish(event: WishCameTrue) -> None:
    """To whoever asked: it is back, or in season, and where. Whose list it is no more on, or who has left, hears nothing."""
    wish = Wish.objects.select_related("person", "product").filter(pk=event.wish_id).first()
    if wish is None or not (wish.person.is_active and wants(wish.person, LetterKind.WISHES)):
        return
    person, kind = wish.person, f"wish_{wish.letter}"
    with use(person.language):
        name = localized(wish, "name")
    link = f"{settings.SITE_URL}/{person.language}/p/{wish.product.slug}/"
    number = number_for_letters(person)
    if number and texting.carries(kind):
        texting.send(number, kind, person.language, {"name": name[:MOST]})
        text_code.count_letter()
    else:
        mail.send(person.email, person.language, kind, {"name": name, "link": link})
