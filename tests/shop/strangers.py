"""A small whole shop with something of everybody's in it, and strangers who know every id."""

from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.forms.models import model_to_dict
from django.utils import timezone

from accounts.actions import address as addresses
from accounts.actions import role_invitation as roles
from accounts.actions import token as tokens
from accounts.models import Invitation, Person
from accounts.places import SHOP
from contest.actions import question as questions
from contest.actions import related_party, rulebook
from contest.models import Case, Ceremony, Course, RegistrationAppeal, Task
from core import clock
from core.api.ids import global_id
from core.api.run import graphql_schema
from impact.actions import shares
from orders.actions import closure
from orders.models import Claim, Dispute, Payment, PaymentTrial, Refund, Review
from scripts.floors import standing
from tests.accounts.world import PASSWORD, Asker, a_link, a_person, an_organisation, holds
from tests.catalog.world import a_lot, a_product, a_team, a_variant
from tests.contest.committee import a_tie
from tests.contest.outside import a_mapping, a_source, a_statement, a_twin
from tests.contest.rounds import spoken_against
from tests.impact.world import a_round, households
from tests.orders.sold import Sold
from tests.orders.world import KASHGAR, WUHAN, Buyer, key
from tests.together.world import Together
from together.models import Seat

# What the shop writes of whoever asks, whatever comes of it.
OF_THE_ASKER = {"IdempotencyKey", "Session", "AuditEntry", "OutboxEvent", "Delivery", "Cart", "Person"}
# Doors that are open to anybody for what is their own, and ask for no id of a thing.
OWN = {
    *(
        "personExport",
        "personKeep",
        "personUpdate",
        "productCreate",
        "signIn",
        "signOut",
        "signUp",
        "shopSetUp",
    ),
    *("engagementGive", "engagementRevoke", "referralLinkMake"),
    *("lessonReadMark", "courseQuizAnswer"),
    *("passwordResetRequest", "groupPurchaseJoin", "buyNow", "cartLinesAdd", "cartUpdate", "addressSave"),
    *(
        "emailChangeRequest",
        "passwordChange",
        "personErase",
        "tokenCreate",
        "organisationPropose",
        "roleInvitationSend",
    ),
    *(
        "secondFactorBegin",
        "secondFactorConfirm",
        "secondFactorGive",
        "secondFactorEnd",
        "recoveryCodesRenew",
    ),
}


def a_case(entry: Any, by: Any) -> Case:
    """One that is decided, and that this manager of the entry's team has appealed."""
    now = clock.now()
    return Case.objects.create(
        round=entry.round,
        entry=entry,
        rule="F3",
        subject="address:示例",
        effect="hold",
        opened_at=now,
        evidence={"payers": 5},
        state="appealed",
        decision="excluded",
        reason="confirmed",
        decided_at=now,
        appeal="示例",
        appealed_at=now,
        appealed_by=by,
    )


def a_course(edition: Any, state: str = "published") -> Course:
    """A course with a lesson and a question."""
    course = Course.objects.create(edition=edition, state=state, title_zh="示例课程")
    course.lessons.create(position=0, title_zh="示例", text_zh="示例")
    course.quiz.create(position=0, question_zh="示例", options_zh=["对", "不对"], options_en=[], right=0)
    return course


class Town:
    """Everybody's things, by the names that inputs give them."""

    def __init__(self, till: Any, stand: Any, closed: str = KASHGAR):
        self.sold = Sold(till, stand)
        self.sold.arrive(0)
        self.sold.claim()
        self.sold.review()
        paid = Payment.objects.get(order=self.sold.row, is_kept=True)
        self.failed = Refund.objects.create(
            payment=paid, reason="late", amount_minor=5, state="failed", settled_at=timezone.now()
        )
        self.trial = PaymentTrial.objects.create(provider="stripe", mode="stand_in", amount_minor=400)
        self.dispute = Dispute.objects.create(
            payment=paid, provider_id=f"du_{paid.pk}", amount_minor=5, state="unclear", reason="示例"
        )
        flood = closure.open_incident(None, title_zh="示例", title_en="x", words_zh="示例", words_en="x")
        where = {"region_code": closed, "reason_zh": "示例", "reason_en": "x"}
        self.closure = closure.close_place(flood, None, **where)
        self.together = Together(till, stand)
        self.together.fill(1)
        self.owner = Buyer(a_person(phone="13700137000"))
        self.kept = self.owner.place(self.sold.lots[0])
        self.cart = self.owner.fill(self.sold.lots[0])
        union = self.together.union
        a_link(union, self.together.coordinator.person)
        person = self.owner.person
        self.address = addresses.save(
            person, recipient="示例", phone="13800138000", region=WUHAN, street="示例路"
        )
        self.appointment = holds(person, "observer")
        self.offer = roles.send(f"elsewhere{paid.pk}@example.com", "observer", SHOP, a_person(("owner",)))
        self.token, _ = tokens.create(person, "示例", PASSWORD, "1")
        self.proposed = an_organisation(coordinator=person, state="proposed", name_zh="示例未核实")
        team = self.sold.lots[0].variant.product.team
        self.household = households(team, 1)[0]
        self.entry = a_round(team, days=(5, 10, 15)).entries.get()
        self.question = questions.ask(self.entry.round.edition, self.sold.managers[0].person, "示例提问")
        self.tie = a_tie(self.entry)
        self.case = a_case(self.entry, self.sold.managers[0].person)
        self.near = related_party.declare(self.entry, "phone", "13900000000", None)
        self.objection, self.reexamination, self.award = spoken_against(self.entry)
        self.rules = rulebook.draft(self.entry.round, None)
        self.task = Task.objects.create(
            edition=self.entry.round.edition, title_zh="示例", due_on="2026-01-01", set_by=a_person()
        )
        self.ceremony = Ceremony.objects.create(
            edition=self.entry.round.edition,
            opens=self.entry.round,
            title_zh="示例",
            begins_at=timezone.now(),
        )
        self.guest = self.ceremony.guests.create(name="示例来宾")
        self.course, self.draft_course = (
            a_course(self.entry.round.edition),
            a_course(self.entry.round.edition, "draft"),
        )
        platform = a_source()
        self.mapping = a_mapping(platform, self.entry, approved_at=None)
        self.statement = a_statement(
            platform, self.entry.round, ("o1", 1_00), state="parsed", applied_at=None
        )
        self.twin = a_twin(platform, self.entry)
        self.registration = self.entry.registration
        self.appeal = RegistrationAppeal.objects.create(
            registration=self.registration,
            against="suspended",
            words="示例申诉",
            filed_by=self.sold.managers[0].person,
            filed_at=timezone.now(),
        )
        self.partner = self.entry.round.edition.partners.create(
            role="media", name_zh="示例台", name_en="Demo"
        )
        self.unsold = a_lot(self.sold.lots[0].variant, units=9, level=2)
        shares.share_out(self.unsold, {self.household.pk: 25_000}, self.sold.managers[0].person)
        product = self.unsold.variant.product
        self.paper = product.certificates.create(
            kind="test",
            number="示例1",
            issuer_zh="示例",
            issued_on=date(2026, 1, 1),
            expires_on=date(2030, 1, 1),
        )
        self.photo = product.pictures.create(
            file="pictures/x.webp", card_file="pictures/y.webp", width=1, height=1, position=0
        )

    @property
    def ids(self) -> dict[str, str]:
        """A true id for each input that asks for one, by its name, or by `mutation.name`."""
        product, lot = self.unsold.variant.product, self.unsold
        group = self.together.row
        gid = {
            "cartId": self.cart["id"],
            "cartLineUpdate.lineId": self.cart["lines"][0]["id"],
            "cartLineRemove.lineId": self.cart["lines"][0]["id"],
            "lineId": self.sold.line_id(),
            "shipmentId": self.sold.parcel_id(1),
            "claimId": global_id("Claim", Claim.objects.get(line__order=self.sold.row).uid),
            "paymentTrialLook.id": global_id("PaymentTrial", self.trial.uid),
            "paymentTrialRefund.id": global_id("PaymentTrial", self.trial.uid),
            "refundId": global_id("Refund", self.failed.uid),
            "incidentId": global_id("Incident", self.closure.incident.uid),
            "closureId": global_id("Closure", self.closure.uid),
            "disputeId": global_id("Dispute", self.dispute.uid),
            "reviewId": global_id("Review", Review.objects.get(line__order=self.sold.row).uid),
            **dict.fromkeys(
                ("listingApprove.id", "listingReturn.id", "listingSuspend.id", "listingResume.id"),
                global_id("Product", product.uid),
            ),
            **dict.fromkeys(
                (
                    *("accountClose.id", "accountOpenAgain.id", "accountSignOut.id"),
                    "accountSecondFactorEnd.id",
                ),
                global_id("Person", self.sold.managers[0].person.uid),
            ),
            "teamMemberEnd.member": global_id(
                "Appointment", self.sold.managers[0].person.appointments.get().uid
            ),
            **dict.fromkeys(
                (
                    *("householdVerify.id", "householdDecline.id", "householdDetailsOpen.id"),
                    "householdTakeOut.id",
                ),
                global_id("OfficeHousehold", self.household.uid),
            ),
            "task": global_id("Task", self.task.uid),
            "ceremony": global_id("OrganiserCeremony", self.ceremony.uid),
            "ceremonySave.id": global_id("OrganiserCeremony", self.ceremony.uid),
            "opens": global_id("Round", f"{self.entry.round.edition.slug}/provincial/"),
            "course": global_id("Course", self.course.uid),
            "lesson": global_id("Lesson", self.course.lessons.get().uid),
            "item": global_id("QuizItem", self.course.quiz.get().uid),
            "coursePublish.course": global_id("Course", self.draft_course.uid),
            "questionId": global_id("Question", self.question.uid),
            "editionSlug": self.entry.round.edition.slug,
            "edition": global_id("OfficeEdition", self.entry.round.edition.uid),
            "round": global_id("Round", f"{self.entry.round.edition.slug}/provincial/"),
            "entry": global_id("OrganiserEntry", self.entry.uid),
            "entryId": global_id("Entry", self.entry.uid),
            "entryNumber": self.entry.number,
            **dict.fromkeys(
                ("tieDeclare.entry", "sheetWrite.entry"),
                global_id("JudgedEntry", self.entry.uid),
            ),
            "source": global_id("OutsideSource", self.mapping.source.uid),
            "mapping": global_id("ProjectMapping", self.mapping.uid),
            "batch": global_id("ImportBatch", self.statement.uid),
            "twin": global_id("TwinSale", self.twin.uid),
            "objectionFile.entry": global_id("OwnEntry", self.entry.uid),
            "objection": global_id("Objection", self.objection.uid),
            "reexamination": global_id("ReExamination", self.reexamination.uid),
            "award": global_id("Award", self.award.uid),
            "conflict": global_id("JudgeConflict", self.tie.uid),
            "case": global_id("Case", self.case.uid),
            "caseAppeal.case": global_id("EntrantCase", self.case.uid),
            "relatedPartyDeclare.entry": global_id("EntrantEntry", self.entry.uid),
            "relatedPartyWithdraw.id": global_id("RelatedParty", self.near.uid),
            "judge": global_id("Judge", self.tie.judge.uid),
            "rulebook": global_id("Rulebook", self.rules.uid),
            **{
                f"registration{deed}.id": global_id("Registration", self.registration.uid)
                for deed in (
                    "Check",
                    "Decline",
                    "Approve",
                    "Withdraw",
                    "Suspend",
                    "Resume",
                    "Disqualify",
                    "AppealFile",
                )
            },
            "appeal": global_id("RegistrationAppeal", self.appeal.uid),
            "partner": global_id("Partner", self.partner.uid),
            "into": global_id("Round", f"{self.entry.round.edition.slug}/provincial/"),
            "groupId": global_id("GroupPurchase", group.uid),
            "seatId": global_id("Seat", Seat.objects.filter(group=group).first().uid),
            "organisationId": global_id("Organisation", self.together.union.uid),
            "organisation": global_id("Organisation", self.together.union.uid),
            "parent": global_id("Organisation", self.proposed.uid),
            "variantId": global_id("Variant", lot.variant.uid),
            "variant": global_id("Variant", lot.variant.uid),
            "variantSave.id": global_id("Variant", lot.variant.uid),
            "product": global_id("Product", product.uid),
            "team": global_id("Team", product.team.uid),
            **dict.fromkeys(
                ("teamUpdate.id", "teamAmend.id", "teamSuspend.id", "teamResume.id"),
                global_id("Team", product.team.uid),
            ),
            "lot": global_id("Lot", lot.uid),
            "household": global_id("Household", self.household.uid),
            "pictureDelete.id": global_id("Picture", self.photo.uid),
            "certificateRemove.id": global_id("Certificate", self.paper.uid),
            "tokenRevoke.id": global_id("ApiToken", self.token.uid),
            "invitationWithdraw.id": global_id(
                "Invitation", Invitation.objects.get(organisation=self.together.union).uid
            ),
            "roleInvitationWithdraw.id": global_id("RoleInvitation", self.offer.uid),
            "appointmentId": global_id("Appointment", self.appointment.uid),
            "appointmentEnd.id": global_id("Appointment", self.appointment.uid),
        }
        of_kind = {
            "course": self.course,
            "product": product,
            "lot": lot,
            "household": self.household,
            "address": self.address,
        }
        of_kind |= {"organisation": self.proposed, "membership": self.together.union.memberships.first()}
        for kind, row in of_kind.items():
            for act in graphql_schema().mutation_type.fields:
                if act.startswith(kind):
                    gid.setdefault(f"{act}.id", global_id(type(row).__name__, row.uid))
        return gid

    @property
    def texts(self) -> dict[str, str]:
        """What names a thing by a text and no id, by `mutation.name`."""
        edition, number = self.entry.round.edition.slug, self.entry.number
        return {
            **{
                f"{act}.edition": edition for act in ("ceremonySave", "courseSave", "taskSave", "tiesDeclare")
            },
            **{f"{act}.number": number for act in ("awardPropose", "entryPick")},
            "ceremonyLetIn.code": self.guest.code,
            "rulebookIndicatorAdd.key": "moves",
            "rulebookIndicatorAdd.measure": "people",
        }

    def input_of(self, act: str) -> dict[str, Any]:
        """A complete input of this mutation, all ids true and somebody else's."""
        argument = graphql_schema().mutation_type.fields[act].args.get("input")
        if argument is None:
            return {}
        fields = argument.type.of_type.fields
        # Where all may be left out, nothing given would ask for nothing: then all is given.
        return self._filled(act, fields) or {
            name: self._value(act, name, str(field.type)) for name, field in fields.items()
        }

    def _filled(self, act: str, fields: dict[str, Any]) -> dict[str, Any]:
        return {
            name: self._value(act, name, str(field.type))
            for name, field in fields.items()
            if str(field.type).endswith("!")
            or (name in ("id", "cartId") and f"{act}.product" not in self.ids)
        }

    def _value(self, act: str, name: str, kind: str) -> Any:
        plain = kind.strip("![]")
        if plain == "ID":
            return self.ids.get(f"{act}.{name}") or self.ids[name]
        if named := self.texts.get(f"{act}.{name}"):
            return named
        if plain.endswith("Input"):
            inner = graphql_schema().type_map[plain].fields
            return [{**self._filled(act, inner), **({"units": 1} if "units" in inner else {})}]
        if named := _NAMED.get(name):
            return named() if callable(named) else named
        if name == "number" and plain == "String":
            return self.sold.order["number"]
        if hasattr(graphql_schema().type_map[plain], "values"):
            return next(iter(graphql_schema().type_map[plain].values))
        return {"String": "示例文字", "Int": 1, "BigInt": 1, "Boolean": True, "UUID": key()}.get(
            plain, "2026-11-01"
        )


_NAMED: dict[str, Any] = {
    "expectedTotal": "1.00",
    "idempotencyKey": key,
    "phone": "13800138000",
    "region": WUHAN,
    "regionCode": WUHAN,
    "county": "420527",
    "email": "x@example.com",
    "minimumUnits": 2,
    "maximumUnits": 3,
    "closesAt": lambda: (timezone.now() + timedelta(days=1)).isoformat(),
    "carrier": "顺丰",
    "trackingNumber": "SF99999",
}


def strangers() -> dict[str, Buyer]:
    """Those who try: a guest, a person, another team's manager, another union's coordinator, one who was here."""
    person, coordinator = a_person(), Buyer(a_person())
    a_lot(a_variant(a_product(a_team(manager=person))))
    manager = Buyer(person)
    an_organisation(coordinator=coordinator.person)
    return {"guest": Buyer(), "person": Buyer(a_person()), "manager": manager, "coordinator": coordinator}


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of the shop, but for what is written of each asker."""
    models = [m for floor in standing()[1:] for m in apps.get_app_config(floor).get_models()]
    found = {}
    for model in models:
        if model.__name__ not in {*OF_THE_ASKER, "Region"}:
            found[model.__name__] = [model_to_dict(row) for row in model.objects.order_by("pk")]
    return found


def persons() -> list[dict[str, Any]]:
    """What is known of people."""
    columns = ("email", "password", "appointments__role", "is_active", "name")
    return list(Person.objects.order_by("pk", "appointments__pk").values(*columns))


def refusals(asker: Asker, act: str, **given: Any) -> set[str]:
    """The codes of the errors of a mutation; none when it was done."""
    return {error["code"] for error in asker.do(act, **given)["errors"]}
