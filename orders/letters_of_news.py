"""What teams write to those who bought from them: one letter each, to whoever has asked for it."""

from django.conf import settings

from accounts import mail
from accounts.letters import wants
from accounts.models import LetterKind
from catalog.events import NewsPublished
from catalog.models import TeamNews
from core.deliveries import reaction
from orders.actions import news as actions
from orders.events import NewsAddressed
from orders.links import news_off_door, news_off_page, off_key, page_of
from orders.models import NewsLetter


@reaction("orders.letters_of_news.address_buyers")
def address_buyers(event: NewsPublished) -> None:
    """Write down who is written to: those who bought from the team and asked for it."""
    actions.address(TeamNews.objects.get(pk=event.news_id))


@reaction("orders.letters_of_news.send_news")
def send_news(event: NewsAddressed) -> None:
    """To one of them. Nothing once it is withdrawn, or she has switched it off, bought under another name or left."""
    rows = NewsLetter.objects.select_related("news__team", "order", "person")
    letter = rows.filter(pk=event.letter_id).first()
    if letter is None or letter.news.state != TeamNews.State.PUBLISHED:
        return
    person, order = letter.person, letter.order
    if person is not None:
        if not (person.is_active and person.email_verified_at and wants(person, LetterKind.NEWS)):
            return
        to, language, key = person.email, person.language, off_key(person)
        page = f"{settings.SITE_URL}/{language}/account/news/"
    else:
        if order.news_wanted_at is None:
            return
        to, language, key = order.email, order.language, off_key(order)
        page = page_of(order)
    context = {
        "news": letter.news,
        "link": page,
        "off": news_off_page(language, key),
        "most": actions.MOST,
        "days": actions.WITHIN.days,
    }
    mail.send(to, language, "team_news", context, off=news_off_door(key))
