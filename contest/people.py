"""What this floor keeps of a person: told on export, forgotten on erasure."""

from typing import Any

from accounts.models import Person
from contest.models import CourseResult, Engagement, Judge, LessonRead, ReferralLink, Sheet, View
from contest.sealing import open_up
from core import clock


def export(person: Person) -> dict[str, Any]:
    """What she likes, follows and shares, which entries she has looked at, her links and courses, and what she has judged,
    in plain values."""
    links = ReferralLink.objects.filter(person=person).order_by("pk")
    results = CourseResult.objects.filter(person=person).order_by("pk")
    return {
        "judged": [_judged(judge) for judge in Judge.objects.filter(person=person).order_by("pk")],
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


def _judged(judge: Judge) -> dict[str, Any]:
    """What she has declared, and her sheets. What was found to tie her to an entry would tell her of it, and sealed marks are
    told to nobody."""
    sheets = []
    for sheet in Sheet.objects.filter(judge=judge).order_by("pk"):
        told = {"state": sheet.state, "sha256": sheet.sha256, "submitted_at": sheet.submitted_at}
        if sheet.state == Sheet.State.DRAFT:
            told |= {name: open_up(sheet.sealed)[name] for name in ("marks", "comment")}
        elif sheet.opened_at is not None:
            told |= {"marks": sheet.marks, "comment": sheet.comment}
        sheets.append(told)
    return {
        "edition": judge.edition.slug,
        "county": judge.county_id,
        "declared_at": judge.declared_at,
        "declared_ties": judge.declared_ties,
        "sheets": sheets,
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
    # Her sheets stay, of an account without a name: a result stands on them. Where she lives and whom she knows go.
    Judge.objects.filter(person=person).update(county=None, declared_ties="")
