"""What a team writes to those who bought from it: handed in, read by an operator, published or returned."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line, paragraphs
from accounts.models import Person
from catalog.actions import desk
from catalog.clean import one_of
from catalog.events import NewsPublished, NewsReturned
from catalog.models import Team, TeamNews
from catalog.reads.news import next_from
from core import clock, outbox
from core.language import say
from core.refusals import Conflict, every

WRITE, DECIDE = "catalog.write_news", "catalog.decide_listing"
State = TeamNews.State
MOST_WORDS = {"words_zh": 800, "words_en": 1600}

WAITS = say(
    "上一封还在等审核。要改，先收回。",
    "Your last one still waits to be read. To change it, withdraw it first.",
)


def hand_in(team: Team, by: Person | None, **texts: Any) -> TeamNews:
    """Give it to an operator to read; nobody else sees it before. A team is heard of once in thirty days."""
    desk.must_at_desk(by, team.id, WRITE)
    _must_be_at_work(team)
    written = _clean(texts)
    with transaction.atomic():
        # Its row is the lock: of two who hand in at once one hears that the other has.
        Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        if TeamNews.objects.filter(team=team, state=State.WAITING).exists():
            raise Conflict(WAITS)
        _must_be_time(team)
        news = TeamNews.objects.create(team=team, submitted_by=by, **written)
        audit.record(by, "hand_in", "TeamNews", news.uid, team=team.code)
    return news


def _must_be_at_work(team: Team) -> None:
    if not team.is_active:
        raise Conflict(say("团队已停用。", "This team is not active."))


def _must_be_time(team: Team) -> None:
    if (since := next_from(team)) is not None:
        day = timezone.localtime(since, clock.SHANGHAI).date()
        raise Conflict(
            say("每三十天一封，{t} 起可以再写。", "One in thirty days: the next from {t} on.", t=day)
        )


def _clean(texts: dict[str, Any]) -> dict[str, Any]:
    """Title and words in Chinese are asked for; readers of English without theirs are shown the Chinese."""

    def words(name: str) -> str:
        text = texts.get(name) or ""
        return paragraphs(text, name, MOST_WORDS[name]) if text.strip() or name == "words_zh" else ""

    return every(
        {
            "kind": lambda: one_of(texts.get("kind"), "kind", TeamNews.Kind.values),
            "title_zh": lambda: line(texts.get("title_zh"), "title_zh", 40),
            "title_en": lambda: line(texts.get("title_en"), "title_en", 80, required=False),
            "words_zh": lambda: words("words_zh"),
            "words_en": lambda: words("words_en"),
        }
    )


def withdraw(news: TeamNews, by: Person | None) -> TeamNews:
    """Its team takes it back: from then on no buyer reads it, and no letter of it is sent any more."""
    desk.must_at_desk(by, news.team_id, WRITE)
    with transaction.atomic():
        news.move_to(State.WITHDRAWN)
        audit.record(by, "withdraw", "TeamNews", news.uid)
    return news


def approve(news: TeamNews, by: Person | None) -> TeamNews:
    """An operator, none of the team's, has read it: it is published, and who has asked for it is written to."""
    desk.must_decide(by, news.team, DECIDE)
    with transaction.atomic():
        team = Team.objects.select_for_update(no_key=True).get(pk=news.team_id)
        _must_be_at_work(team)
        _must_be_time(team)
        now = timezone.now()
        news.move_to(State.PUBLISHED, published_at=now, decided_at=now, decided_by=by)
        audit.record(by, "approve", "TeamNews", news.uid)
        outbox.record(NewsPublished(news_id=news.id))
    return news


def send_back(news: TeamNews, by: Person | None, reason: str) -> TeamNews:
    """An operator does not let it out, or takes it off again, and says why; its team is told."""
    desk.must_decide(by, news.team, DECIDE)
    reason = line(reason, "reason", 400)
    with transaction.atomic():
        news.move_to(State.RETURNED, decided_at=timezone.now(), decided_by=by, reason=reason)
        audit.record(by, "return", "TeamNews", news.uid, reason=reason)
        outbox.record(NewsReturned(news_id=news.id))
    return news
