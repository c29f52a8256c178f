"""Who is what, where, and from when to when: every power of this shop hangs on such a row."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models.organisation import Link, Organisation
from accounts.models.region import Region
from core.choices import Choices
from core.language import say

_SHOP = {"region": None, "organisation": None, "subject": None}


class Role(Choices):
    """What somebody is appointed to; what each may is said by the shop's one table."""

    OWNER = "owner", say("店主", "Owner")
    OPERATOR = "operator", say("运营", "Operator")
    COUNTY_VERIFIER = "county_verifier", say("县级核验员", "County verifier")
    CITY_OFFICER = "city_officer", say("市级专员", "City officer")
    QUALITY_CHECKER = "quality_checker", say("质量检查员", "Quality checker")
    LOGISTICS_CHECKER = "logistics_checker", say("物流检查员", "Logistics checker")
    UNION_VERIFIER = "union_verifier", say("工会核验员", "Union verifier")
    OBSERVER = "observer", say("观察员", "Observer")
    WOMENS_OFFICER = "womens_officer", say("妇女工作专员", "Women’s affairs officer")
    FINANCE_MAKER = "finance_maker", say("财务经办", "Finance maker")
    FINANCE_APPROVER = "finance_approver", say("财务审批", "Finance approver")
    MEDIA_OFFICER = "media_officer", say("宣传专员", "Media officer")
    ORGANISER = "organiser", say("大赛组织者", "Organiser")
    JUDGE = "judge", say("评委", "Judge")
    ENTRANT = "entrant", say("参赛人", "Entrant")
    IMPORTER = "importer", say("导入经办", "Importer")
    IMPORT_APPROVER = "import_approver", say("导入审批", "Import approver")
    AUDITOR = "auditor", say("审计员", "Auditor")
    TEAM_MANAGER = "team_manager", say("团队管理员", "Team manager")
    LEADER = "leader", say("带头人", "Leader")
    PACKER = "packer", say("打包员", "Packer")
    ORGANISATION_FINANCE = "organisation_finance", say("单位财务", "Organisation’s finance officer")


# Where each role can be held. A subject is what stands on a floor above and is known here by its uid: a team, an edition.
FITS = {
    "shop": (
        *(Role.OWNER, Role.OPERATOR, Role.COUNTY_VERIFIER, Role.QUALITY_CHECKER, Role.LOGISTICS_CHECKER),
        *(Role.UNION_VERIFIER, Role.OBSERVER, Role.FINANCE_MAKER, Role.FINANCE_APPROVER, Role.MEDIA_OFFICER),
        Role.WOMENS_OFFICER,
        *(Role.ORGANISER, Role.IMPORTER, Role.IMPORT_APPROVER, Role.AUDITOR),
    ),
    "region": (
        *(Role.OPERATOR, Role.COUNTY_VERIFIER, Role.CITY_OFFICER, Role.QUALITY_CHECKER),
        *(Role.LOGISTICS_CHECKER, Role.UNION_VERIFIER, Role.OBSERVER, Role.MEDIA_OFFICER, Role.ORGANISER),
        Role.WOMENS_OFFICER,
        *(Role.IMPORTER, Role.IMPORT_APPROVER, Role.AUDITOR),
    ),
    "organisation": (Role.OBSERVER, Role.ORGANISATION_FINANCE),
    "subject": (
        *(Role.ORGANISER, Role.JUDGE, Role.ENTRANT, Role.AUDITOR),
        *(Role.TEAM_MANAGER, Role.LEADER, Role.PACKER),
    ),
}
# The others that are held at a subject are held at an edition.
OF_A_TEAM = (Role.TEAM_MANAGER, Role.LEADER, Role.PACKER)
# Never both, in terms and places that overlap; the trigger of accounts/migrations refuses them too.
APART = (
    (Role.JUDGE, Role.ENTRANT),
    (Role.ORGANISER, Role.AUDITOR),
    (Role.IMPORTER, Role.IMPORT_APPROVER),
    (Role.FINANCE_MAKER, Role.FINANCE_APPROVER),
)


def partners(role: str) -> set[Role]:
    """The roles that nobody holds beside this one."""
    return {b if role == a else a for a, b in APART if role in (a, b)}


def kind_of_place(region: object, organisation: object, subject: object) -> str:
    """What it is of: the key of `FITS`."""
    return "region" if region else "organisation" if organisation else "subject" if subject else "shop"


def _fits() -> Q:
    one_of: Q = Q(role__in=FITS["shop"], **_SHOP)
    for kind in ("region", "organisation", "subject"):
        others = {name: None for name in _SHOP if name != kind}
        one_of |= Q(role__in=FITS[kind], **{f"{kind}__isnull": False}, **others)
    return one_of


class AtAPlace(models.Model):
    """A role at a place with a term: an appointment, or an invitation to one. No place is the whole shop."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    role = models.CharField(max_length=24, choices=Role.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    subject = models.UUIDField(null=True, blank=True, help_text="the uid of a team or an edition")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True, help_text="the first moment outside the term")
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Appointment(AtAPlace):
    """A person's role at a place, in its term; ended, never deleted. `by` is None where the shop set itself up."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="appointments"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    end_reason = models.CharField(max_length=200, blank=True)

    Role = Role

    class Meta:
        indexes = [models.Index(fields=["role", "subject"], name="appointments_by_role")]
        constraints = [
            models.CheckConstraint(condition=_fits(), name="a_role_is_held_where_it_fits"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="an_appointment_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | (Q(ends_at__isnull=False) & ~Q(end_reason="")),
                name="whoever_ends_an_appointment_says_why",
            ),
            models.CheckConstraint(condition=Q(by=None) | ~Q(by=F("person")), name="nobody_appoints_herself"),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.uid}"


class RoleInvitation(AtAPlace, Link):
    """A role that waits for whoever has this mailbox to accept it, by a link that is in her letter alone."""

    class Meta:
        indexes = [
            models.Index(
                fields=["email"],
                condition=Q(used_at=None, withdrawn_at=None),
                name="role_invitations_that_wait",
            )
        ]
        constraints = [
            models.CheckConstraint(condition=_fits(), name="an_invitation_is_to_a_place_that_fits"),
            models.CheckConstraint(condition=~Q(email=""), name="a_role_is_offered_to_a_mailbox"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="an_offered_term_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.uid}"
