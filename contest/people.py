"""What this floor keeps of a person: told on export, forgotten on erasure."""

from typing import Any

from django.db.models import Model

from accounts.models import Person
from contest.models import (
    Archive,
    Award,
    AwardFile,
    AwardNote,
    Case,
    CaseItem,
    Ceremony,
    CeremonyGuest,
    Conflict,
    CourseResult,
    Engagement,
    ImportBatch,
    Judge,
    LessonRead,
    Objection,
    Pick,
    ProjectMapping,
    QuarantinedRow,
    ReExamination,
    ReferralLink,
    Registration,
    RegistrationAppeal,
    RelatedParty,
    Result,
    Rulebook,
    Sheet,
    StageList,
    Task,
    TwinSale,
    View,
)
from contest.sealing import open_up
from core import clock
from orders.reads.order import orders_of

# Who did which step, and by which moment that is told. It stays for good, of an account without a name: who checked, and
# that another approved, is what a result stands on.
STEPS: dict[type[Model], dict[str, str]] = {
    Archive: {"by": "at"},
    Award: {"proposed_by": "proposed_at", "approved_by": "approved_at", "delivered_by": "delivered_at"},
    AwardFile: {"by": "at"},
    AwardNote: {"by": "at"},
    Case: {"decided_by": "decided_at", "answered_by": "answered_at"},
    Ceremony: {"opened_by": "opened_at"},
    CeremonyGuest: {"let_in_by": "came_at"},
    Conflict: {"decided_by": "decided_at"},
    ImportBatch: {
        "uploaded_by": "uploaded_at",
        "approved_by": "approved_at",
        "rolled_back_by": "rolled_back_at",
    },
    Objection: {"answered_by": "answered_at"},
    Pick: {"by": "at"},
    ProjectMapping: {"proposed_by": "created_at", "approved_by": "approved_at"},
    QuarantinedRow: {"repaired_by": "repaired_at"},
    ReExamination: {"decided_by": "decided_at"},
    Registration: {
        "applied_by": "applied_at",
        "checked_by": "checked_at",
        "approved_by": "approved_at",
        "decided_by": "decided_at",
    },
    RegistrationAppeal: {"decided_by": "filed_at", "answered_by": "answered_at"},
    RelatedParty: {"declared_by": "declared_at"},
    Result: {"published_by": "published_at"},
    Rulebook: {"frozen_by": "frozen_at"},
    StageList: {"drawn_by": "drawn_at"},
    Task: {"set_by": "due_on", "ended_by": "ended_at"},
    TwinSale: {"decided_by": "decided_at"},
}


def export(person: Person) -> dict[str, Any]:
    """What she likes, follows and shares, which entries she has looked at, her links and courses, what she has judged, what
    she has said for a team, what of hers a rule keeps out of a score, and each step that she took; in plain values."""
    links = ReferralLink.objects.filter(person=person).order_by("pk")
    results = CourseResult.objects.filter(person=person).order_by("pk")
    return {
        **_said(person),
        "kept_out_of_scores": _left_out(person),
        "contest_steps": [
            {"what": f"{model.__name__}.{column}", "at": at}
            for model, columns in STEPS.items()
            for column, moment in columns.items()
            for at in model._default_manager.filter(**{column: person})
            .order_by("pk")
            .values_list(moment, flat=True)
        ],
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


def _said(person: Person) -> dict[str, Any]:
    """Her words for a team, and what it was told."""
    objections = Objection.objects.filter(filed_by=person).order_by("pk")
    appeals = RegistrationAppeal.objects.filter(filed_by=person).order_by("pk")
    about_cases = Case.objects.filter(appealed_by=person).order_by("pk")
    team = "entry__team__name_zh"
    return {
        "objections": list(objections.values(team, "words", "filed_at", "answer", "answered_at")),
        "registration_appeals": list(
            appeals.values("registration__team__name_zh", "words", "filed_at", "answer", "answered_at")
        ),
        "case_appeals": list(about_cases.values(team, "rule", "appeal", "appealed_at", "answered_at")),
    }


def _left_out(person: Person) -> list[dict[str, Any]]:
    """What a rule of integrity has found of her own: her likes, follows and shares, and her orders."""
    items = CaseItem.objects.filter(person=person) | CaseItem.objects.filter(
        order_uid__in=orders_of(person).values("uid")
    )
    told = items.order_by("pk").values("case__rule", "case__entry__team__name_zh", "part", "found_at")
    return [dict(one) for one in told]


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
    figures are computed again from it. What she has said for a team and the steps that she took stay so too, and so does
    what a rule has found: a result stands on them."""
    now = clock.now()
    Engagement.objects.filter(person=person, entry__round__freezes_at__gt=now).delete()
    View.objects.filter(person=person, entry__round__freezes_at__gt=now).delete()
    ReferralLink.objects.filter(person=person).delete()
    LessonRead.objects.filter(person=person).delete()
    CourseResult.objects.filter(person=person).delete()
    # Her sheets stay, of an account without a name: a result stands on them. Where she lives and whom she knows go.
    Judge.objects.filter(person=person).update(county=None, declared_ties="")
