"""The JSON shapes of the money objects, with every field a caller may read: used by the endpoints and the import."""

from __future__ import annotations

from typing import Any

from .account import Account, new_id
from .methods import NO_DETAILS
from .store import Row

FEE_BPS, FEE_FIXED = 290, 30
SETTLES_IN = 2 * 86_400


def fee(amount: int) -> int:
    """What the provider keeps of a payment."""
    return (amount * FEE_BPS + 5_000) // 10_000 + FEE_FIXED


def intent(account: Account, amount: int, currency: str, types: list[str], **fields: Any) -> Row:
    """A PaymentIntent that waits for a payment method."""
    made = account.stamp(
        "payment_intent", id=fields.pop("id", None), created=fields.pop("created", None),
        amount=amount, amount_capturable=0, amount_received=0, amount_details={"tip": {}}, currency=currency,
        status="requires_payment_method", capture_method="automatic_async", confirmation_method="automatic",
        payment_method=None, payment_method_types=types, payment_method_options={},
        automatic_payment_methods=None, allowed_payment_method_types=None, excluded_payment_method_types=None,
        payment_method_configuration_details=None, latest_charge=None, last_payment_error=None, next_action=None,
        cancellation_reason=None, canceled_at=None, customer=None, customer_account=None, description=None,
        receipt_email=None, metadata={}, application=None, application_fee_amount=None, on_behalf_of=None,
        processing=None, review=None, setup_future_usage=None, shipping=None, source=None,
        statement_descriptor=None, statement_descriptor_suffix=None, transfer_data=None, transfer_group=None,
    )  # fmt: skip
    made["client_secret"] = new_id(f"{made['id']}_secret")
    made.update(_session=None, _attempt=0, _return_url=None)
    made.update(fields)
    return made


def charge(account: Account, of: Row, method: Row, details: Row, **fields: Any) -> Row:
    """A charge of a PaymentIntent, not yet captured."""
    made = account.stamp(
        "charge", id=fields.pop("id", None), created=fields.pop("created", None),
        amount=of["amount"], amount_captured=0, amount_refunded=0, captured=False, paid=True, refunded=False,
        disputed=False, status="succeeded", currency=of["currency"], payment_intent=of["id"],
        payment_method=method["id"], payment_method_details=details, balance_transaction=None,
        billing_details=method.get("billing_details") or dict(NO_DETAILS),
        customer=of["customer"], description=of["description"], metadata=dict(of["metadata"]),
        receipt_email=of["receipt_email"], receipt_number=None, receipt_url=None, application=None,
        application_fee=None, application_fee_amount=None, calculated_statement_descriptor="SHEAF",
        failure_balance_transaction=None, failure_code=None, failure_message=None, fraud_details={},
        on_behalf_of=None, outcome={
            "type": "authorized", "network_status": "approved_by_network", "reason": None, "risk_level": "normal",
            "seller_message": "Payment complete.",
        },
        radar_options={}, review=None, shipping=of["shipping"], source=None, source_transfer=None,
        statement_descriptor=None, statement_descriptor_suffix=None, transfer_data=None,
        transfer_group=of["transfer_group"],
    )  # fmt: skip
    made.update(fields)
    return made


def balance(account: Account, type: str, amount: int, currency: str, source: str, **fields: Any) -> Row:
    """A movement of the account's balance."""
    kept = fields.pop("fee", 0)
    made = account.stamp(
        "balance_transaction", id=fields.pop("id", None), created=fields.pop("created", None),
        amount=amount, fee=kept, net=amount - kept, currency=currency, type=type, reporting_category=type,
        source=source, status="pending", balance_type="payments", description=None, exchange_rate=None,
        fee_details=[{"amount": kept, "application": None, "currency": currency,
                      "description": "Stripe processing fees", "type": "stripe_fee"}] if kept else [],
    )  # fmt: skip
    made.update(fields)
    made["available_on"] = made["created"] + SETTLES_IN
    if made["available_on"] <= account.now():
        made["status"] = "available"
    return made


def refund(account: Account, of: Row, amount: int, **fields: Any) -> Row:
    """A refund of a charge."""
    made = account.stamp(
        "refund", id=fields.pop("id", None), created=fields.pop("created", None),
        amount=amount, currency=of["currency"], charge=of["id"], payment_intent=of["payment_intent"],
        payment_method=of["payment_method"], customer=None, customer_account=None, description=None,
        destination_details={"type": of["payment_method_details"]["type"]}, failure_balance_transaction=None,
        failure_reason=None, instructions_email=None, next_action=None, pending_reason=None, receipt_number=None,
        source_transfer_reversal=None, transfer_reversal=None, balance_transaction=None, metadata={}, reason=None,
        status="succeeded",
    )  # fmt: skip
    made.update(fields)
    return made


def session(account: Account, amount: int, currency: str, types: list[str], **fields: Any) -> Row:
    """An open Checkout Session on the hosted page."""
    shipping = fields.pop("amount_shipping", 0)
    made = account.stamp(
        "checkout.session", id=fields.pop("id", None), created=fields.pop("created", None),
        amount_subtotal=amount - shipping, amount_total=amount, currency=currency, mode="payment", status="open",
        payment_status="unpaid", payment_intent=None, payment_method_types=types, ui_mode="hosted_page",
        total_details={"amount_discount": 0, "amount_shipping": shipping, "amount_tax": 0},
        success_url=None, cancel_url=None, client_reference_id=None, client_secret=None, customer=None,
        customer_account=None, customer_creation="if_required", customer_details=None, customer_email=None,
        expires_at=account.now() + 86_400, locale=None, metadata={}, payment_method_options={},
        adaptive_pricing={"enabled": False}, after_expiration=None, allow_promotion_codes=None,
        allowed_payment_method_types=None, excluded_payment_method_types=None,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        billing_address_collection=None, collected_information=None, consent=None, consent_collection=None,
        currency_conversion=None, custom_fields=[], discounts=[], invoice=None, invoice_creation=None,
        custom_text={"after_submit": None, "shipping_address": None, "submit": None,
                     "terms_of_service_acceptance": None},
        origin_context=None, payment_link=None, payment_method_collection="if_required",
        payment_method_configuration_details=None, permissions=None, phone_number_collection={"enabled": False},
        presentment_details=None, recovered_from=None, redirect_on_completion=None, return_url=None,
        saved_payment_method_options=None, setup_intent=None, shipping_address_collection=None,
        shipping_cost=None, shipping_options=[], submit_type=None, subscription=None, tax_id_collection=None,
        wallet_options=None,
    )  # fmt: skip
    made["url"] = f"{account.base_url}/pay/{made['id']}"
    made.update(_items=[], _intent={})
    made.update(fields)
    return made
