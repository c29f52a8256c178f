"""A team that is not there yet: who was invited to bring it, what she writes of it, and the papers beside that."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Region
from catalog.models.team import Team
from core.choices import Choices
from core.language import say
from core.states import StateMachine


class TeamApplication(StateMachine, models.Model):
    """An invitation to a mailbox or a number, then what whoever proves that it is hers writes of her team, until its county
    lets it in. One row from the first letter to the team, so that nothing is lost between the two."""

    class State(Choices):
        INVITED = "invited", say("已邀请", "Invited")
        WRITING = "writing", say("在填写", "Being written")
        SUBMITTED = "submitted", say("等县里看", "With the county")
        RETURNED = "returned", say("请补充", "To be completed")
        REFUSED = "refused", say("未通过", "Not accepted")
        ADMITTED = "admitted", say("已建团队", "A team")
        WITHDRAWN = "withdrawn", say("邀请已收回", "Taken back")

    MOVES = {
        State.INVITED: {State.WRITING, State.WITHDRAWN},
        State.WRITING: {State.SUBMITTED, State.WITHDRAWN},
        State.SUBMITTED: {State.RETURNED, State.REFUSED, State.ADMITTED},
        State.RETURNED: {State.SUBMITTED, State.WITHDRAWN},
        State.REFUSED: set(),
        State.ADMITTED: set(),
        State.WITHDRAWN: set(),
    }
    # In these its county looks at none of its papers: they are not handed in, or never will be.
    UNSEEN = (State.INVITED, State.WRITING, State.WITHDRAWN)
    # In these she writes.
    OPEN = (State.INVITED, State.WRITING, State.RETURNED)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(blank=True, help_text="to whom the invitation went")
    phone = models.CharField(max_length=20, blank=True, help_text="or to which number, as E.164")
    county = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(help_text="until when it can be begun")
    state = models.CharField(max_length=10, choices=State.choices, default=State.INVITED)
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    name_zh = models.CharField(max_length=80, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    village_zh = models.CharField(max_length=60, blank=True)
    leader_zh = models.CharField(max_length=40, blank=True, help_text="who leads it")
    leader_en = models.CharField(max_length=60, blank=True)
    is_woman = models.BooleanField(default=False, help_text="as the leader herself has told")
    producer_zh = models.CharField(max_length=120, blank=True, help_text="the body that answers for the food")
    licence_number = models.CharField(max_length=60, blank=True)
    goods = models.CharField(max_length=400, blank=True, help_text="what it grows or makes, and how much")
    linking_zh = models.CharField(
        max_length=400, blank=True, help_text="how households gain by what it sells"
    )
    saved_at = models.DateTimeField(null=True, help_text="when she wrote on it last")
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True, help_text="what is to be completed, or why not")
    team = models.OneToOneField(Team, on_delete=models.PROTECT, null=True, related_name="application")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(email="", phone=""),
                name="an_application_was_invited_somehow",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(applicant=None) | ~Q(decided_by=F("applicant")),
                name="nobody_decides_about_her_own_application",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("returned", "refused")) | ~Q(reason=""),
                name="an_application_sent_back_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state="admitted", team__isnull=False) | ~Q(state="admitted") & Q(team=None),
                name="an_admitted_application_is_a_team",
            ),
            models.UniqueConstraint(
                fields=["email", "phone"],
                condition=Q(state__in=("invited", "writing", "submitted", "returned")),
                name="one_application_of_a_way_is_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["county", "submitted_at"],
                condition=Q(state="submitted"),
                name="applications_to_look_at",
            ),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="applications_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.uid}"  # never to whom: this text reaches logs


class ApplicationPaper(models.Model):
    """A paper that stands behind an application: read by whoever wrote it and whoever decides, and by nobody else."""

    class Kind(Choices):
        LICENCE = "licence", say("营业执照或合作社登记", "Business licence or registration")
        FOOD = "food", say("食品生产或经营许可", "Food licence")
        VILLAGE = "village", say("村里的证明", "A word from the village")
        OTHER = "other", say("其他", "Something else")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(TeamApplication, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    is_pdf = models.BooleanField(help_text="else a picture, as WebP")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"


class ApplicationPaperFile(models.Model):
    """What lies in such a paper; apart, so that no list of papers reads it."""

    paper = models.OneToOneField(
        ApplicationPaper, on_delete=models.CASCADE, primary_key=True, related_name="file"
    )
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"file of {self.pk}"
