"""The leader by whom a team is known: named by the team, verified by an operator who is none of it."""

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.models import Person
from catalog import written
from catalog.actions import desk
from catalog.models import Leader, Team

TEXTS = ("name_zh", "name_en", "words_zh", "words_en")


def introduce(team: Team, by: Person | None, **texts: str) -> Leader:
    """Say who leads the team. Another name is another person, who has to be verified again."""
    desk.must_manage(by, team.id)
    with transaction.atomic():
        leader = Leader.objects.select_for_update().filter(team=team).first() or Leader(team=team)
        before = leader.name_zh
        for name, value in texts.items():
            if name not in TEXTS:
                raise TypeError(f"a leader has no {name} to write")
            setattr(leader, name, written.text_for(Leader, name, value, required=name == "name_zh"))
        if leader.name_zh != before:
            leader.verified_at = leader.verified_by = None
        leader.save()
        audit.record(by, "introduce_leader", "Team", team.uid, is_verified=leader.verified_at is not None)
    return leader


def verify(leader: Leader, by: Person | None) -> Leader:
    """An operator, none of the team, has met the leader."""
    desk.must_operate(by, leader.team)
    if leader.verified_at is None:
        leader.verified_at, leader.verified_by = timezone.now(), by
        with transaction.atomic():
            leader.save(update_fields=["verified_at", "verified_by"])
            audit.record(by, "verify_leader", "Team", leader.team.uid)
    return leader
