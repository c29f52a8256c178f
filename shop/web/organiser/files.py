"""Files of outside results: a statement that comes in, its quarantine that goes out and comes back corrected."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_POST

from accounts.actions import audit
from accounts.reads import signed_in
from contest.actions.batch import Statement, upload
from contest.actions.repair import repair
from contest.models import ImportBatch
from contest.reads import importing
from core import language, numbers, rates
from core.api.ids import key_of, uid_of
from core.language import say
from core.refusals import Invalid, Refusal, SecondFactorRequired, every
from shop.web.act import NO_FILE, back, ours, spoken, to_second_factor
from shop.web.sheet import sheet

FORMS = ("csv", "xlsx")


@require_POST
def upload_import(request: HttpRequest) -> HttpResponse:
    """Take a platform's statement in, with what was signed of it; a worker reads it."""

    def done(file: Any) -> str:
        person, posted = signed_in(request), request.POST
        slug, _, tail = key_of(posted.get("round", ""), "Round", field="round").partition("/")
        level, _, region = tail.partition("/")
        round_ = importing.round_of(person, slug, level, region)
        source = importing.source_of(uid_of(posted.get("source", ""), "OutsideSource", field="source"))
        upload(person, round_, source, file, statement_of(posted))
        return str(say("收到了，正在读取。", "It has come, and is being read."))

    return received(request, "upload_import", done)


@require_POST
def repair_import(request: HttpRequest) -> HttpResponse:
    """Take corrected rows of a statement's quarantine in."""

    def done(file: Any) -> str:
        person = signed_in(request)
        uid = uid_of(request.POST.get("batch", ""), "ImportBatch", field="batch")
        found = repair(importing.batch_of(person, uid), person, file)
        return str(
            say(
                "收下 {mended} 行，{wrong} 行仍有错，{passed} 行不在隔离区。",
                "{mended} rows were taken, {wrong} are still wrong, {passed} were none that wait.",
                **vars(found),
            )
        )

    return received(request, "repair_import", done)


def received(request: HttpRequest, name: str, done: Callable[[Any], str]) -> HttpResponse:
    """Give the form's file to the deed and go on, or go back to the form with why not."""
    language.activate(spoken(request))
    file = request.FILES.get("file")
    if file is None:
        return back(request, name, [("file", str(NO_FILE))])
    try:
        person = signed_in(request)
        rates.demand("imports file", str(person.uid), 30, 60)
        words = done(file)
    except SecondFactorRequired:
        return to_second_factor(request, name)
    except Refusal as refusal:
        refused = [refusal, *refusal.beside]
        return back(request, name, [(_field(one), str(one)) for one in refused])
    messages.success(request, words)
    return HttpResponseRedirect(ours(request, "next"))


# Of a refusal's field, the field of the form.
_FIELDS = {
    "stated_on": "statedOn",
    "covers_from": "coversFrom",
    "covers_to": "coversTo",
    "control_rows": "controlRows",
    "control_amount_minor": "controlAmountMinor",
    "control_refund_minor": "controlRefundMinor",
}


def _field(refusal: Refusal) -> str:
    name = refusal.field[-1] if refusal.field else "file"
    return _FIELDS.get(name, name)


def statement_of(posted: QueryDict) -> Statement:
    """What a form says of a statement: yuan and days as people write them. INVALID on each field that is neither."""

    def text(name: str) -> str:
        return (posted.get(name) or "").strip()

    def amount(name: str) -> int:
        try:
            return numbers.scaled(text(name), 2, numbers.MONEY)
        except numbers.NotANumber:
            raise Invalid(
                say("请填写金额，例如 1280.50。", "An amount, such as 1280.50."), field=name
            ) from None

    def whole(name: str) -> int:
        try:
            return numbers.whole(text(name))
        except numbers.NotANumber:
            raise Invalid(say("请填写整数。", "A whole number."), field=name) from None

    def day(name: str, needed: bool = False) -> date | None:
        try:
            return date.fromisoformat(text(name)) if text(name) or needed else None
        except ValueError:
            raise Invalid(say("请填写日期。", "A date is needed."), field=name) from None

    return Statement(
        **every(
            {
                "scope": lambda: text("scope").lower(),
                "grade": lambda: text("grade").lower(),
                "stated_on": lambda: day("statedOn", needed=True),
                "covers_from": lambda: day("coversFrom"),
                "covers_to": lambda: day("coversTo"),
                "control_rows": lambda: whole("controlRows"),
                "control_amount_minor": lambda: amount("controlAmountMinor"),
                "control_refund_minor": lambda: amount("controlRefundMinor"),
            }
        )
    )


def quarantine_file(request: HttpRequest, lang: str, batch: str, form: str) -> HttpResponse:
    """A statement's rows that could not be taken, each with why; corrected it is sent in once more."""
    language.activate(lang)
    by: Any = request.user
    if form not in FORMS or not by.is_authenticated:
        raise Http404("quarantine")
    try:
        found: ImportBatch = importing.batch_of(by, uid_of(batch, "ImportBatch"))
    except Refusal:
        raise Http404("quarantine") from None
    if not (importing.may_import(by, found.round) or importing.may_approve(by, found.round)):
        raise Http404("quarantine")
    heads, rows = importing.quarantine_sheet(found)
    table = list(rows)
    with transaction.atomic():
        audit.record(by, "download", "ImportBatch", found.uid, rows=len(table), quarantine=True)
    return sheet(f"quarantine-{found.source.platform}-{found.stated_on:%Y%m%d}", heads, table, form)
