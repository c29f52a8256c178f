"""What this floor keeps of a person: told on export, forgotten on erasure."""

from typing import Any

from accounts.models import Person
from contest.models import CourseResult, Engagement, LessonRead, ReferralLink, View
from core import clock


def export(person: Person) -> dict[str, Any]:
    """What she likes, follows and shares, which entries she has looked at, and her links, and her courses, in plain
    values."""
    links = ReferralLink.objects.filter(person=person).order_by("pk")
    results = CourseResult.objects.filter(person=person).order_by("pk")
    return {
        "courses": list(
            results.values("course__title_zh", "number", "tries", "right", "of", "tried_at", "passed_at")
        ),
        "lessons_read": list(
            LessonRead.objects.filter(person=person).order_by("pk").values("lesson__title_zh", "at")
        ),
        "engagements": list(
            Engagement.objects.filter(person=person)
            .order_by("pk")
            .values("entry__team__name_zh", "kind", "at", "revoked_at")
        ),
        "entries_looked_at": list(
            View.objects.filter(person=person).order_by("pk").values("entry__team__name_zh", "at")
        ),
        "referral_links": list(
            links.values(
                "code",
                "organisation__name_zh",
                "entry__team__name_zh",
                "team__name_zh",
                "made_at",
                "revoked_at",
            )
        ),
    }


def erase(person: Person) -> None:
    """Take back and forget what she gave; in a round that is frozen it stays, of an account without a name: its
    figures are computed again from it."""
    now = clock.now()
    Engagement.objects.filter(person=person, entry__round__freezes_at__gt=now).delete()
    View.objects.filter(person=person, entry__round__freezes_at__gt=now).delete()
    ReferralLink.objects.filter(person=person).delete()
    LessonRead.objects.filter(person=person).delete()
    CourseResult.objects.filter(person=person).delete()
