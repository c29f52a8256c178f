"""What programs are told of a group (orders.actions.webhook_note): that it is on, for which goods, and how many units."""

from collections.abc import Sequence

from core.api.ids import global_id
from orders.actions.webhook_note import Happening, Kind, listening, note
from together.events import GroupConfirmed
from together.models import GroupPurchase


def confirmed(events: Sequence[GroupConfirmed]) -> None:
    """To its team and to the shop: nothing of the organisation, nor of who sits in it."""
    groups = GroupPurchase.objects.filter(pk__in=[event.group_id for event in events])
    note(
        Kind.GROUP_CONFIRMED,
        lambda: listening(groups.values("variant__product__team")),
        lambda: map(_of, groups.select_related("variant__product__team").order_by("pk")),
    )


def _of(group: GroupPurchase) -> Happening:
    uid, team = global_id("GroupPurchase", group.uid), group.variant.product.team
    facts = {
        "group": uid,
        "team": global_id("Team", team.uid),
        "variant": global_id("Variant", group.variant.uid),
        "units": group.units_held,
    }
    return Happening(f"group {group.uid.hex[:16]}", facts, {team.pk: {}})
