"""Links by which people and organisations call others to an entry, a team or the shop."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Organisation
from accounts.models.person import a_code
from catalog.models import Team
from impact.models import Entry


def a_link_code() -> str:
    return a_code(10)


class ReferralLink(models.Model):
    """A person's link, or her organisation's; whoever comes by it brings that one's mobiliser code for seven days.

    To an `entry`, a `team`, or with neither to the shop. Taken back it leads on and brings nothing.
    """

    code = models.CharField(max_length=12, unique=True, default=a_link_code)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="referral_links"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, related_name="+", help_text="for which she made it"
    )
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, null=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(entry=None) | Q(team=None), name="a_link_leads_to_one_place"),
            models.UniqueConstraint(
                fields=["person", "organisation", "entry", "team"],
                condition=Q(revoked_at=None),
                nulls_distinct=False,
                name="one_link_a_person_and_place",
            ),
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"  # never its code: whoever has it calls in her name
