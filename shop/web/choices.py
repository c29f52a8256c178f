"""What the shop's own select boxes offer, in the reader's words."""

from collections.abc import Callable

from accounts.models import ApiToken, Appointment, Membership, Organisation
from accounts.models.appointment import OF_A_TEAM
from catalog.food_label import Allergen, NutritionPer
from catalog.illustrations import KINDS
from catalog.models import ApplicationPaper, Certificate, ListingReview, ListingSheet, Lot, Product, TeamNews
from contest.models import (
    Case,
    Conflict,
    ImportBatch,
    Partner,
    ProjectMapping,
    Registration,
    RelatedParty,
    Stage,
    Target,
)
from core import language
from core.choices import Choices
from core.language import say
from impact.models import Household, HouseholdStatus, Round, ShareCorrection
from orders.models import InvoiceWish, Setback, Shipment, Webhook, WebhookMessage
from orders.reads.closure import EVERYTHING
from orders.reads.figures import Step


def _drawings() -> list[tuple[str, str]]:
    return [(kind, names[language.current() == "en"]) for kind, names in KINDS.items()]


def _languages() -> list[tuple[str, str]]:
    """Each in its own words, whatever the reader speaks."""
    return [("ZH", "中文"), ("EN", "English")]


def _states_of_teams() -> list[tuple[str, str]]:
    words = {
        "ACTIVE": say("在用", "At work"),
        "UNVERIFIED": say("带头人没核验", "Leader not verified"),
        "AT_REST": say("已停用", "Suspended"),
    }
    return [(state, str(said)) for state, said in words.items()]


def _findings() -> list[tuple[str, str]]:
    return [("true", str(say("没问题", "All is fine"))), ("false", str(say("要改", "To be mended")))]


def _no_allergens() -> list[tuple[str, str]]:
    return [
        ("false", str(say("不说明", "Nothing is said"))),
        ("true", str(say("八类都没有，也不会带进去", "None of them, and none can come in"))),
    ]


def _upheld() -> list[tuple[str, str]]:
    return [
        ("false", str(say("不成立，维持结果", "No: the result stays"))),
        ("true", str(say("成立，随后发布新版", "Yes: a new version follows"))),
    ]


def _team_roles() -> list[tuple[str, str]]:
    return [(role.name, str(role.words)) for role in map(Appointment.Role, OF_A_TEAM)]


CHOICES: dict[str, Callable[[], list[tuple[str, str]]]] = {
    "organisation_kind": Organisation.Kind.offered,
    "role": Membership.Role.offered,
    "language": _languages,
    "product_kind": Product.Kind.offered,
    "product_state": Product.State.offered,
    "application_paper": ApplicationPaper.Kind.offered,
    "storage": Product.Storage.offered,
    "allergen": Allergen.offered,
    "no_allergens": _no_allergens,
    "nutrition_per": NutritionPer.offered,
    "storage_or_all": lambda: [("", str(EVERYTHING)), *Product.Storage.offered()],
    "lot_level": Lot.Level.offered,
    "sheet_kind": ListingSheet.Kind.offered,
    "certificate_kind": Certificate.Kind.offered,
    "illustration": _drawings,
    "token_scope": ApiToken.Scope.offered,
    "webhook_event": Webhook.Kind.offered,
    "shipment_state": Shipment.State.offered,
    "team_list_state": _states_of_teams,
    "household_kind": HouseholdStatus.Kind.offered,
    "invoice_kind": InvoiceWish.Kind.offered,
    "news_kind": TeamNews.Kind.offered,
    "setback_kind": Setback.Kind.offered,
    "setback_reason": Setback.Reason.offered,
    "team_role": _team_roles,
    "household_state": Household.State.offered,
    "organisation_state": Organisation.State.offered,
    "round_level": Round.Level.offered,
    "conflict_kind": Conflict.Kind.offered,
    "import_scope": ImportBatch.Scope.offered,
    "import_grade": ImportBatch.Grade.offered,
    "canonical_channel": ProjectMapping.Canonical.offered,
    "stage_kind": Stage.Kind.offered,
    "partner_role": Partner.Role.offered,
    "target_kind": lambda: [one for one in Target.Kind.offered() if one[0] != "AMOUNT"],
    "registration_state": Registration.State.offered,
    "case_decision": Case.Decision.offered,
    "case_reason": Case.Reason.offered,
    "related_party_kind": RelatedParty.Kind.offered,
    "figures_step": Step.offered,
    "finding": _findings,
    "upheld": _upheld,
}

# The same by one value, which a page names as the API does: `{{ h.state|called:"household_state" }}`.
CALLED: dict[str, type[Choices]] = {
    "organisation_state": Organisation.State,
    "role": Membership.Role,
    "token_scope": ApiToken.Scope,
    "webhook_event": WebhookMessage.Kind,
    "webhook_state": WebhookMessage.State,
    "listing_decision": ListingReview.Decision,
    "household_state": Household.State,
    "storage": Product.Storage,
    "correction_state": ShareCorrection.State,
}
