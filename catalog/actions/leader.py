"""The leader by whom a team is known: named by the team, verified by an operator who is none of it."""

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.models import Person
from catalog import clean
from catalog.actions import desk
from catalog.models import Leader, Team
from core.language import say
from core.refusals import Conflict

TEXTS = ("name_zh", "name_en", "words_zh", "words_en")
NOT_AS_SEEN = say(
    "您看过之后，团队换了带头人的名字。请再看一遍。",
    "Its team has named another leader since you looked. Please look again.",
)


def introduce(team: Team, by: Person | None, **texts: str) -> Leader:
    """Say who leads the team. Another name, in either language, is another person, who has to be verified again."""
    desk.must_manage(by, team.id)
    with transaction.atomic():
        leader = Leader.objects.select_for_update().filter(team=team).first() or Leader(team=team)
        before = name_of(leader)
        for name, value in texts.items():
            if name not in TEXTS:
                raise TypeError(f"a leader has no {name} to write")
            setattr(leader, name, clean.text_for(Leader, name, value, required=name == "name_zh"))
        if name_of(leader) != before:
            leader.verified_at = leader.verified_by = None
        leader.save()
        audit.record(by, "introduce_leader", "Team", team.uid, is_verified=leader.verified_at is not None)
    return leader


def name_of(leader: Leader) -> str:
    """By what an operator has checked her: her name, as it stands in both languages."""
    return f"{leader.name_zh} · {leader.name_en}" if leader.name_en else leader.name_zh


def verify(leader: Leader, by: Person | None, *, seen: str | None = None) -> Leader:
    """An operator, none of the team, has met the leader. With the name that she has `seen` it is refused where the
    team has named somebody else since."""
    desk.must_decide(by, leader.team, "catalog.keep_teams")
    with transaction.atomic():
        # Locked, so that no other name is written under the one that is verified.
        row = Leader.objects.select_for_update(of=("self",)).select_related("team").get(pk=leader.pk)
        if name_of(row) != (name_of(leader) if seen is None else seen):
            raise Conflict(NOT_AS_SEEN)
        if row.verified_at is None:
            row.verified_at, row.verified_by = timezone.now(), by
            row.save(update_fields=["verified_at", "verified_by"])
            audit.record(by, "verify_leader", "Team", row.team.uid)
    return row
