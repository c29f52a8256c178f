"""What of the shelves waits for a person in the office."""

from collections.abc import Iterator
from typing import Any

from accounts.permissions import may_anywhere, places_of
from accounts.waiting import Waiting, waiting
from catalog.models import Leader, TeamApplication, TeamNews
from catalog.reads import departments
from catalog.reads.application import ADMIT, applications_at
from catalog.reads.news import news_at
from catalog.reads.office import listings_to_decide
from core.language import say


def of_catalog(person: Any) -> Iterator[Waiting]:
    """Listings, news and applications that were handed in, leaders whom nobody has met yet, and what a department has not looked at."""
    if may_anywhere(person, "catalog.decide_listing"):
        words = say("等审核的商品", "Listings to look at")
        yield from waiting("LISTINGS", words, listings_to_decide(person), "submitted_at", "office/listings/")
        news = news_at(person, "catalog.decide_listing").filter(state=TeamNews.State.WAITING)
        words = say("等审核的团队近况", "News from teams to read")
        yield from waiting("NEWS", words, news, "submitted_at", "office/news/")
    if may_anywhere(person, ADMIT):
        handed_in = applications_at(person).filter(state=TeamApplication.State.SUBMITTED)
        words = say("等看的新团队", "New teams to look at")
        yield from waiting("APPLICATIONS", words, handed_in, "submitted_at", "office/applications/")
    if places := places_of(person, "catalog.keep_teams"):
        kept = places.rows(region="team__county", subject="team__uid")
        leaders = Leader.objects.filter(kept, verified_at=None, declined_at=None, team__is_active=True)
        words = say("等核验的带头人", "Leaders to verify")
        yield from waiting("LEADERS", words, leaders, "team__created_at", "office/teams/?state=UNVERIFIED")
    if may_anywhere(person, "catalog.check_quality"):
        words = say("等检查的商品", "Products to check")
        unseen = departments.listings_unseen(person)
        yield from waiting("QUALITY", words, unseen, "submitted_at", "office/quality/")
    if may_anywhere(person, "catalog.check_logistics"):
        words = say("还没看过怎么发货的团队", "Teams whose sending nobody has looked at")
        yield from waiting(
            "LOGISTICS", words, departments.teams_unseen(person), "created_at", "office/logistics/"
        )
