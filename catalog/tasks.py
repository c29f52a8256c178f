"""What follows from the shelves' events, and what the day's turn brings."""

from celery import shared_task
from django.conf import settings

from accounts import mail, texting
from accounts.actions import text_code
from accounts.letters import number_for_letters
from catalog import reads, search
from catalog.actions import application, listing_sheet, lot, paper_terms
from catalog.events import (
    ListingSheetMoved,
    ManagerNamed,
    NewsPublished,
    NewsReturned,
    PaperRunsOut,
    ProductReviewed,
    SearchEntriesChanged,
)
from catalog.imports import doing, reading
from catalog.models import Certificate, ListingReview, ListingSheet, TeamMember, TeamNews
from catalog.reads import papers
from catalog.remarks import Spot
from core.api.ids import global_id
from core.deliveries import reaction


@reaction("catalog.tasks.send_review")
def send_review(event: ProductReviewed) -> None:
    """To the team's managers: what an operator decided about their product, and why."""
    review = ListingReview.objects.select_related("product__team").get(pk=event.review_id)
    product = review.product
    for person in reads.managers_of(product.team_id):
        link = f"{settings.SITE_URL}/{person.language}/desk/"
        context = {"name": person.name, "product": product, "review": review, "link": link}
        context["remarks"] = [
            (Spot(spot).words.in_language(person.language), words)
            for spot, words in (review.remarks or {}).items()
        ]
        letter = "changes" if event.is_of_changes else "listing"
        mail.send(person.email, person.language, f"{letter}_{review.decision}", context)


@reaction("catalog.tasks.send_paper_runs_out")
def send_paper_runs_out(event: PaperRunsOut) -> None:
    """To the team's managers, by the way each has chosen: which paper runs out, and what becomes of the product then.
    Nothing once another follows it."""
    paper = Certificate.objects.select_related("product__team").filter(pk=event.certificate_id).first()
    if paper is None:
        return
    product = paper.product
    if product.certificates.filter(kind=paper.kind, expires_on__gt=paper.expires_on).exists():
        return
    link = f"desk/product/{global_id('Product', product.uid)}/#papers"
    for person in reads.managers_of(product.team_id):
        if (number := number_for_letters(person)) and texting.carries("paper_runs_out"):
            texting.send(number, "paper_runs_out", person.language, {"day": f"{paper.expires_on:%Y-%m-%d}"})
            text_code.count_letter()
            continue
        context = {
            "name": person.name,
            "product": product,
            "paper": paper,
            "kind": Certificate.Kind(paper.kind).words.in_language(person.language),
            "is_required": papers.is_required(paper.kind, product),
            "link": f"{settings.SITE_URL}/{person.language}/{link}",
        }
        mail.send(person.email, person.language, "paper_runs_out", context)


@reaction("catalog.tasks.send_news_decided")
def send_news_decided(event: NewsPublished | NewsReturned) -> None:
    """To the team's managers: what it wrote is with its buyers, or why it is not."""
    news = TeamNews.objects.select_related("team").get(pk=event.news_id)
    if news.state not in (TeamNews.State.PUBLISHED, TeamNews.State.RETURNED):
        return
    for person in reads.managers_of(news.team_id):
        link = f"{settings.SITE_URL}/{person.language}/desk/news/"
        context = {"name": person.name, "news": news, "link": link}
        mail.send(person.email, person.language, f"news_{news.state}", context)


@reaction("catalog.tasks.send_manager_named")
def send_manager_named(event: ManagerNamed) -> None:
    """To those who keep a team's desk already, that somebody does beside them. Nothing once that has ended."""
    named = TeamMember.objects.filter(pk=event.part_id, ended_at=None, person__is_active=True)
    for part in named.select_related("team"):
        for person in reads.managers_of(part.team_id).exclude(pk=part.person_id):
            link = f"{settings.SITE_URL}/{person.language}/desk/team/"
            context = {"name": person.name, "team": part.team, "link": link}
            mail.send(person.email, person.language, "manager_beside", context)


@shared_task(name="catalog.tasks.turn_the_day")
def turn_the_day() -> int:
    """For beat: lots past their date are sold no longer, nor what has lost a paper that it needs; teams are told before it
    does; and tables that nobody wants any more, and applications that came to nothing, are forgotten."""
    return lot.close_spent() + paper_terms.turn() + listing_sheet.forget_old() + application.forget_old()


@reaction("catalog.tasks.wake_for_sheets")
def wake_for_sheets(event: ListingSheetMoved) -> None:
    """Wake whoever works at tables: it takes longer than a delivery may."""
    work_at_sheets.apply_async(retry=False, ignore_result=True)


@shared_task(name="catalog.tasks.work_at_sheets")
def work_at_sheets() -> int:
    """Look at the tables that were sent in, and do those that are to be done, the first to come first; for beat too, should
    a worker have died."""
    waiting = ListingSheet.objects.filter(state__in=ListingSheet.WORKED_AT).order_by("pk")
    rows = waiting.values_list("pk", "state")
    return sum(
        reading.read(pk) if state == ListingSheet.State.READING else doing.do(pk) for pk, state in rows
    )


@reaction("catalog.tasks.feed_search", together=50)
def feed_search(events: list[SearchEntriesChanged]) -> None:
    """Tell the search engine beside our own database what these products are now."""
    if search.engine() is not search.home():
        search.engine().index({pk for event in events for pk in event.product_ids})


@shared_task(name="catalog.tasks.mend_search")
def mend_search() -> int:
    """For beat: published products that search does not know, after an upgrade made its table anew."""
    return search.mend()
