"""Try the payments before anybody buys: a smallest payment on the provider's page, and its way back."""

import logging
from datetime import timedelta

from django.utils import timezone

from accounts.actions import audit
from accounts.models import Person
from accounts.permissions import must
from core import language
from core.language import say
from core.refusals import Conflict, Refusal
from orders.links import trial_page
from orders.models import PaymentTrial
from orders.provider import of_new_payments, provider
from orders.provider.port import Attempt, Away, Noun, PaymentSeen, RefundAttempt, RefundSeen, Refused, Was

log = logging.getLogger("sheaf.payments")
TITLE = say("试收一笔款（随后退回）", "Test payment (given back)")


class ProviderSaidNo(Refusal):
    """The payment provider did not take a test; the sentence tells its reason."""

    code = "PROVIDER_SAID_NO"


def begin(by: Person) -> PaymentTrial:
    """Open a page where the smallest payment can be made; the trial says where. Raises ProviderSaidNo."""
    must(by, "accounts.keep_shop")
    name = of_new_payments()
    till = provider(name)
    trial = PaymentTrial.objects.create(
        provider=name, mode=till.mode, amount_minor=max(till.least_minor, 100), by=by
    )
    audit.record(by, "begin", "PaymentTrial", trial.uid, amount_minor=trial.amount_minor)
    here = trial_page(language.current())
    attempt = Attempt(
        payment=trial.uid,
        order=trial.uid,
        noun=Noun.PAGE,
        amount_minor=trial.amount_minor,
        title=str(TITLE),
        language=language.current(),
        ends_at=timezone.now() + till.page_lives + timedelta(minutes=1),
        success_url=here,
        cancel_url=here,
    )
    try:
        begun = till.begin(attempt)
    except (Refused, Away) as failure:
        raise _no(failure) from failure
    trial.page_ref, trial.payment_ref, trial.url = begun.page_ref, begun.payment_ref, begun.url
    trial.save(update_fields=["page_ref", "payment_ref", "url"])
    return trial


def look(trial: PaymentTrial, by: Person) -> PaymentTrial:
    """Ask the provider how payment and refund stand now."""
    must(by, "accounts.keep_shop")
    till = provider(trial.provider)
    noun, id = (Noun.PAGE, trial.page_ref) if trial.page_ref else (Noun.PAYMENT, trial.payment_ref)
    try:
        seen = till.look(noun, id) if id else None
        back = till.look(Noun.REFUND, trial.refund_ref) if trial.refund_ref else None
    except Away as failure:
        raise _no(failure) from failure
    if isinstance(seen, PaymentSeen):
        trial.payment_was, trial.payment_ref = seen.state.value, seen.payment_ref or trial.payment_ref
    if isinstance(back, RefundSeen):
        trial.refund_was = back.state.value
    trial.save(update_fields=["payment_was", "payment_ref", "refund_was"])
    return trial


def refund(trial: PaymentTrial, by: Person) -> PaymentTrial:
    """Ask the provider to give it back; asked twice it is given once. Raises Conflict before it was paid."""
    trial = look(trial, by)
    if trial.payment_was != Was.SUCCEEDED:
        raise Conflict(
            say("还没有付款成功，无从退款。", "It has not been paid yet: there is nothing to give back.")
        )
    attempt = RefundAttempt(
        refund=trial.uid,
        attempt=1,
        payment_ref=trial.payment_ref,
        amount_minor=trial.amount_minor,
        requested_at=timezone.now(),
    )
    try:
        seen = provider(trial.provider).refund(attempt)
    except (Refused, Away) as failure:
        raise _no(failure) from failure
    trial.refund_ref, trial.refund_was = seen.id, seen.state.value
    trial.save(update_fields=["refund_ref", "refund_was"])
    audit.record(by, "refund", "PaymentTrial", trial.uid, amount_minor=trial.amount_minor)
    return trial


def _no(failure: Exception) -> ProviderSaidNo:
    log.warning("a test payment was not taken: %s", failure)
    words = say(
        "支付方没有接受：{why}",
        "The payment provider did not take it: {why}",
        why=f"{type(failure).__name__} {failure}"[:200],
    )
    return ProviderSaidNo(words)
