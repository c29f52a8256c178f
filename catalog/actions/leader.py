"""The leader by whom a team is known: named by the team, verified by an operator who is none of it."""

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person
from catalog import clean
from catalog.actions import desk
from catalog.models import Leader, Team
from core.language import say
from core.refusals import Conflict, NotAllowed

TEXTS = ("name_zh", "name_en", "words_zh", "words_en")
NOT_AS_SEEN = say(
    "您看过之后，团队换了带头人的名字。请再看一遍。",
    "Its team has named another leader since you looked. Please look again.",
)


def introduce(team: Team, by: Person | None, is_woman: bool | None = None, **texts: str) -> Leader:
    """Say who leads the team: its managers do, or an operator for them. Another name, in either language, is another
    person, who has to be verified again, and by somebody else.

    `is_woman` is what the leader says of herself; None leaves it, and with another name nothing is known of it.
    """
    desk.must_there(by, team, "catalog.introduce_leader")
    with transaction.atomic():
        leader = Leader.objects.select_for_update().filter(team=team).first() or Leader(team=team)
        before = name_of(leader)
        for name, value in texts.items():
            if name not in TEXTS:
                raise TypeError(f"a leader has no {name} to write")
            setattr(leader, name, clean.text_for(Leader, name, value, required=name == "name_zh"))
        if name_of(leader) != before:
            leader.verified_at = leader.verified_by = leader.declined_at = None
            leader.introduced_by, leader.is_woman, leader.decline_reason = by, False, ""
            leader.introduced_at = timezone.now()
        if is_woman is not None:
            leader.is_woman = is_woman
        leader.save()
        audit.record(by, "introduce_leader", "Team", team.uid, is_verified=leader.verified_at is not None)
    return leader


def name_of(leader: Leader) -> str:
    """By what an operator has checked her: her name, as it stands in both languages."""
    return f"{leader.name_zh} · {leader.name_en}" if leader.name_en else leader.name_zh


def verify(leader: Leader, by: Person | None, *, seen: str | None = None) -> Leader:
    """An operator, none of the team, has met the leader. With the name that she has `seen` it is refused where the
    team has named somebody else since."""
    with transaction.atomic():
        row = _seen(leader, by, seen)
        if row.verified_at is None:
            row.verified_at, row.verified_by = timezone.now(), by
            row.declined_at, row.decline_reason = None, ""
            row.save(update_fields=["verified_at", "verified_by", "declined_at", "decline_reason"])
            audit.record(by, "verify_leader", "Team", row.team.uid)
    return row


def decline(leader: Leader, by: Person | None, reason: str, *, seen: str | None = None) -> Leader:
    """An operator could not find that she leads the team, and says why; whoever introduced her reads it at the desk.

    Raises Conflict for one who is verified, or is another than was seen.
    """
    reason = line(reason, "reason", 200)
    with transaction.atomic():
        row = _seen(leader, by, seen)
        if row.verified_at is not None:
            raise Conflict(say("带头人已经核验过了。", "The leader has been verified already."))
        row.declined_at, row.decline_reason = timezone.now(), reason
        row.save(update_fields=["declined_at", "decline_reason"])
        audit.record(by, "decline_leader", "Team", row.team.uid)
    return row


def _seen(leader: Leader, by: Person | None, seen: str | None) -> Leader:
    """The leader as she is now, locked so that no other name is written under the one that is decided about."""
    desk.must_decide(by, leader.team, "catalog.keep_teams")
    row = Leader.objects.select_for_update(of=("self",)).select_related("team").get(pk=leader.pk)
    if name_of(row) != (name_of(leader) if seen is None else seen):
        raise Conflict(NOT_AS_SEEN)
    if by is not None and row.introduced_by_id == by.pk:
        words = say("您介绍的带头人，由别人核验。", "You introduced this leader: somebody else verifies.")
        raise NotAllowed(words)
    return row
