"""How a product comes to be on the shelf: drafted by its team, looked at by an operator, published."""

from collections.abc import Callable, Mapping
from copy import copy
from functools import partial
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person, Region
from catalog import after_sale, clean, search
from catalog.actions import address, card, desk, food_label, waiting
from catalog.actions.missing import NotReady, missing
from catalog.events import ProductReviewed
from catalog.illustrations import KINDS, kind_for
from catalog.models import Category, ListingReview, Product, Team
from catalog.reads import is_changed
from catalog.reads.changes import facts
from catalog.reads.former import approved_names
from catalog.reads.papers import lapsed
from catalog.remarks import clean_remarks
from core import outbox
from core.language import say
from core.refusals import Conflict, Invalid, every

State, Changes = Product.State, Product.Changes

TEXTS = (
    *("name_zh", "name_en", "summary_zh", "summary_en", "story_zh", "story_en"),
    *("storage_advice_zh", "storage_advice_en", "ingredients_zh", "ingredients_en"),
    *("producer_zh", "producer_en", "licence_number", "return_rule_zh", "return_rule_en"),
)
# What an operator has checked: changed on a published product, it is looked at again.
REVIEWED = {
    *("name_zh", "name_en", "kind", "category", "origin", "storage"),
    *("ingredients_zh", "ingredients_en", "producer_zh", "producer_en", "licence_number"),
    *food_label.PLAIN,
}

CHANGED_SINCE = say(
    "暂停期间团队改过需要审核的内容。请先看一遍，再“通过并上架”。",
    "Its team has changed what an operator looks at since it was suspended. Please look at it, then approve it.",
)

PAPER_WAITS = say(
    "它的旧证书已过期，新的还没看过。请先看一遍，再“通过并上架”。",
    "Its paper has run out, and nobody has seen the new one. Please look at it, then approve it.",
)
NOT_AS_SEEN = say(
    "您看过之后，团队又改过这件商品。请再看一遍。",
    "Its team has changed it since you looked. Please look at it again.",
)


def create_product(team: Team, by: Person | None, *, name_zh: str, **fields: Any) -> Product:
    """Begin a listing; what is missing may follow, and nobody else sees it until it is published."""
    desk.must_at_desk(by, team.id)
    if not team.is_active:
        raise Conflict(say("团队已停用。", "This team is not active."))
    slug = fields.pop("slug", None)
    product = begun(team, name_zh=name_zh, **fields)
    product.slug = address.chosen(Product, slug) if slug else address.made_of(Product, product.name_zh)
    with transaction.atomic():
        product.save()
        audit.record(by, "create", "Product", product.uid, team=team.code)
    return product


def begun(team: Team, *, name_zh: str, **fields: Any) -> Product:
    """A listing as it would be begun, without an address and kept nowhere; refused with all that cannot be right."""
    given = {
        "category": None,
        "kind": None,
        "storage": Product.Storage.FRESH if fields.get("kind") == Product.Kind.FRESH else Product.Storage.DRY,
        "origin": team.county,
        "producer_zh": team.producer_zh,
        "producer_en": team.producer_en,
        "licence_number": team.licence_number,
        "after_sale_hours": after_sale.FRESH
        if fields.get("kind") == Product.Kind.FRESH
        else after_sale.OTHER,
    }
    category = fields.get("category")
    given["illustration"] = kind_for(name_zh, category.slug if category else "")
    product = Product(team=team)
    _write(product, {**given, **fields, "name_zh": name_zh})
    return product


def fields_changed(product: Product, **fields: Any) -> set[str]:
    """Which of its fields would be others; refused with all that cannot be right. Nothing is written."""
    return _write(copy(product), fields)


def _move(product: Product) -> None:
    """With an approved name the address changes too, not before: a name that waits is nobody's to read. The one of
    before leads on for ever."""
    names = approved_names(product)
    if names and address.move(product, names[0], product.name_zh):
        product.save(update_fields=["slug"])


def change_product(product: Product, by: Person | None, *, seen: int | None = None, **fields: Any) -> Product:
    """Change what is said of a product; what an operator has checked is looked at again when it changes. Refused where its
    team has written anything of it since the version that was `seen`."""
    with transaction.atomic():
        row = desk.opened(product, by, seen=seen)
        was = row.name_zh
        changed = _write(row, fields)
        if not changed:
            return row
        if row.published_at is None:
            changed |= address.follow_name(row, was, row.name_zh)  # nobody has come by that address yet
        row.save(update_fields=sorted(changed))
        waiting.touch(row)
        audit.record(by, "change", "Product", row.uid, fields=sorted(changed))
        if changed & REVIEWED:
            look_again(row, by)
        card.refresh([row.id])
        search.index([row.id])
    return row


def look_again(product: Product, by: Person | None) -> None:
    """Take a published product off the shelf until an operator has looked at it again; a suspended one is not resumed
    before she has."""
    if product.state == State.PUBLISHED:
        product.move_to(State.SUBMITTED, submitted_at=timezone.now(), submitted_by=by)
    elif product.state == State.SUSPENDED:
        approval_ends(product.variants)


def approval_ends(variants: Any) -> None:
    """These are other than what an operator has seen."""
    variants.update(approved_price_minor=None, approved_household_bps=None)


def submit(product: Product, by: Person | None) -> Product:
    """Ask an operator to publish it; refused with all that is missing."""
    with transaction.atomic():
        row = desk.opened(product, by)
        if lacking := missing(row):
            raise NotReady(lacking)
        row.move_to(State.SUBMITTED, submitted_at=timezone.now(), submitted_by=by)
        audit.record(by, "submit", "Product", row.uid)
    return row


def withdraw(product: Product, by: Person | None) -> Product:
    """Take it back from review, to go on writing; of one that is approved, what waits beside that, which stays."""
    desk.must_at_desk(by, product.team_id)
    with transaction.atomic():
        row = _locked(product)
        if row.state == State.SUBMITTED:
            row.move_to(State.DRAFT)
        elif row.changes_state != Changes.NONE and row.state in (State.PUBLISHED, State.SUSPENDED):
            waiting.withdraw(row)
            waiting.touch(row)
        else:
            raise Conflict()
        audit.record(by, "withdraw", "Product", row.uid)
    return row


def _locked(product: Product) -> Product:
    locked = Product.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("team").get(pk=product.pk)


def approve(
    product: Product, by: Person | None, comment: str = "", *, version: int | None = None
) -> ListingReview:
    """An operator, not of the team, has looked at it: it is published, or what waits beside what is sold is sold from
    now on. With the `version` that she has seen it is refused where the team has changed it since; what is sold of it
    meanwhile makes no other of it."""
    desk.must_decide(by, product.team, "catalog.decide_listing")
    comment = clean.paragraphs(comment, "comment")
    with transaction.atomic():
        row = _locked(product)
        if version is not None and not row.written_version <= version <= row.version:
            raise Conflict(NOT_AS_SEEN)
        is_live = row.is_published
        if is_live and row.changes_state != Changes.WAITING:
            raise Conflict()
        waiting.write_over(row)
        if lacking := missing(row):
            raise NotReady(lacking)
        if not is_live:
            _move(row)
            row.move_to(State.PUBLISHED, published_at=row.published_at or timezone.now())
        _seen(row)
        review = _reviewed(
            row, by, ListingReview.Decision.APPROVED, comment, seen=facts(row), is_of_changes=is_live
        )
        card.refresh([row.id])
        search.index([row.id])
    return review


def _seen(product: Product) -> None:
    """From here a rise of price, or a fall of the households' part, is measured."""
    for variant in product.variants.select_related("story"):
        variant.approved_price_minor = variant.price_minor
        variant.approved_household_bps = variant.story.household_bps if variant.story else None
        variant.save(update_fields=["approved_price_minor", "approved_household_bps"])


def return_with_comment(
    product: Product, by: Person | None, comment: str, remarks: Mapping[str, str | None] | None = None
) -> ListingReview:
    """An operator asks for changes, and says which: of the whole, or of single parts (`catalog.remarks.Spot`)."""
    desk.must_decide(by, product.team, "catalog.decide_listing")
    comment, about_parts = clean.paragraphs(comment, "comment"), clean_remarks(remarks or {})
    if not comment and not about_parts:
        words = say("请写明需要修改什么。", "Say what should be changed.")
        raise Invalid(words, field="comment")
    with transaction.atomic():
        row = _locked(product)
        if is_live := row.is_published and row.changes_state == Changes.WAITING:
            waiting.return_to_team(row)
        else:
            row.move_to(State.CHANGES_REQUESTED)
        returned = ListingReview.Decision.RETURNED
        return _reviewed(row, by, returned, comment, is_of_changes=is_live, remarks=about_parts or None)


def _reviewed(product: Product, by: Person | None, decision: str, comment: str, **more: Any) -> ListingReview:
    review = _tell(product, by, decision, comment, **more)
    audit.record(by, f"listing_{decision}", "Product", product.uid, review=review.id)
    return review


def _tell(
    product: Product,
    by: Person | None,
    decision: str,
    comment: str,
    *,
    seen: dict[str, Any] | None = None,
    remarks: dict[str, str] | None = None,
    is_of_changes: bool = False,
) -> ListingReview:
    """Keep the word, and write it to the team."""
    facts_of_it = {"decision": decision, "comment": comment, "seen": seen, "remarks": remarks}
    review = product.listing_reviews.create(reviewer=by, submitted_by=product.submitted_by, **facts_of_it)
    outbox.record(ProductReviewed(product.id, review.id, is_of_changes))
    return review


def suspend(product: Product, by: Person | None, reason: str = "") -> Product:
    """An operator takes one product off the shelf; its team is told why."""
    desk.must_decide(by, product.team, "catalog.decide_listing")
    reason = line(reason, "reason", 400, required=by is not None)
    with transaction.atomic():
        held = stop(product, by, reason)
        _tell(held, by, ListingReview.Decision.SUSPENDED, reason)
    return held


def stop(product: Product, by: Person | None, reason: str = "") -> Product:
    """Off the shelf, on it or not: nothing sold of it is sent. Its team is told by whoever asks."""
    desk.must_decide(by, product.team, "catalog.decide_listing")
    with transaction.atomic():
        if product.state != State.PUBLISHED:
            approval_ends(product.variants)  # what waits for an operator was seen by none
        return _moved(product, by, State.SUSPENDED, "suspend", reason=reason)


def resume(product: Product, by: Person | None) -> Product:
    """An operator puts it back on the shelf as it was; what waits beside that waits on. What its team has changed of the
    product itself meanwhile is approved, not resumed."""
    desk.must_decide(by, product.team, "catalog.decide_listing")
    if product.state != State.SUSPENDED:
        raise Conflict()
    if lacking := missing(product):
        raise NotReady(lacking)
    if lapsed(product, seen_alone=True):
        raise Conflict(PAPER_WAITS)
    with transaction.atomic():
        # Locked, as for a deed of its team: what changes at this moment is seen, or waits.
        row = _locked(product)
        if is_changed(row):
            raise Conflict(CHANGED_SINCE)
        _moved(product, by, State.PUBLISHED, "resume")
        _tell(product, by, ListingReview.Decision.RESUMED, "")
    return product


def archive(product: Product, by: Person | None) -> Product:
    """Its team offers it no longer; what was ordered is still sent."""
    desk.must_at_desk(by, product.team_id)
    return _moved(product, by, State.ARCHIVED, "archive")


def _moved(product: Product, by: Person | None, state: str, action: str, **facts: str) -> Product:
    with transaction.atomic():
        product.move_to(state)
        audit.record(by, action, "Product", product.uid, **facts)
        card.refresh([product.id])
        search.index([product.id])
    return product


def _write(product: Product, fields: dict[str, Any]) -> set[str]:
    """Put what was given on the product; which fields are different now."""
    changed = set()
    for name, plain in every({name: partial(PLAIN[name], value) for name, value in fields.items()}).items():
        column = f"{name}_id" if name in ("category", "origin") else name
        if getattr(product, column) != getattr(plain, "pk", plain):
            setattr(product, name, plain)
            changed.add(name)
    if changed & food_label.PLAIN.keys():
        food_label.check(product)
    if "season_months" in changed and not product.season_months:
        raise Invalid(clean.CHOOSE_MONTHS, field="season_months")
    return changed


def _chosen(model: type[models.Model], name: str) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if not isinstance(value, model):
            raise Invalid(say("请选择一项。", "Please choose one."), field=name)
        return value

    return check


# What may be written on a product, and how each is made plain; anything else is a mistake of ours.
PLAIN: dict[str, Callable[[Any], Any]] = {
    **{name: partial(clean.text_for, Product, name, required=name == "name_zh") for name in TEXTS},
    "kind": lambda value: clean.one_of(value, "kind", Product.Kind.values),
    "storage": lambda value: clean.one_of(value, "storage", Product.Storage.values),
    **food_label.PLAIN,
    "category": _chosen(Category, "category"),
    "origin": _chosen(Region, "origin"),
    "illustration": lambda value: clean.one_of(value, "illustration", KINDS),
    "season_months": clean.months,
    "shelf_life_days": lambda value: value and clean.whole(value, "shelf_life_days", 1, 10_000),
    "dispatch_days": lambda value: clean.whole(value, "dispatch_days", 0, 60),
    "after_sale_hours": lambda value: clean.whole(
        value, "after_sale_hours", after_sale.LEAST, after_sale.MOST
    ),
}
