"""Each sabotage: what is taken out of the code, and which tests must notice (run by tests/guard/sabotage.py)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sabotage:
    """What is broken, where, how, and who must notice."""

    why: str
    path: str
    old: str
    new: str
    tests: str  # pytest's arguments


SABOTAGES = [
    Sabotage(
        "whoever is owed money is erased at once",
        "accounts/actions/erasure.py",
        "        if not waits_for(person):",
        "        if True:",
        "tests/orders/test_people_owed.py",
    ),
    Sabotage(
        "a code of the second factor is good twice",
        "accounts/actions/second_factor.py",
        "SecondFactor.objects.filter(pk=app.pk, last_step__lt=step)",
        "SecondFactor.objects.filter(pk=app.pk)",
        "tests/accounts/test_second_factor.py -k twenty_who_give",
    ),
    Sabotage(
        "a stolen session moves money by the code that woke its role",
        "accounts/permissions.py",
        "(is_fresh_alone and not (person.factor and person.factor.is_fresh))",
        "False",
        "tests/orders/test_second_factor.py -k each_permission",
    ),
    Sabotage(
        "a fresh code counts in whichever browser has the session",
        "accounts/factor.py",
        'is_here = not is_late and devices.name_of(request) == kept["device"]',
        "is_here = not is_late",
        "tests/orders/test_second_factor.py -k no_other_browser",
    ),
    Sabotage(
        "a recalled lot's parcel may be sent",
        "orders/reads/stopped.py",
        '_to_come(RECALLED | out_of_date(), "variant", "order__uid")',
        '_to_come(out_of_date(), "variant", "order__uid")',
        "tests/orders/test_recalled.py",
    ),
    Sabotage(
        "a parcel past its best-before date may be sent",
        "orders/reads/stopped.py",
        '_to_come(RECALLED | out_of_date(), "variant", "order__uid")',
        '_to_come(RECALLED, "variant", "order__uid")',
        "tests/orders/test_out_of_date.py",
    ),
    Sabotage(
        "verify does not look at what was paid for a recalled lot",
        "orders/verify_rows.py",
        "WHERE p.is_kept AND p.succeeded_at > l.recalled_at",
        "WHERE false",
        "tests/orders/test_verify.py",
    ),
    Sabotage(
        "verify does not look at groups on a recalled lot",
        "together/verify.py",
        "WHERE g.state = 'confirmed' AND g.closed_at > l.recalled_at",
        "WHERE false",
        "tests/together/test_verify.py",
    ),
    Sabotage(
        "the lots' lock is taken away",
        "catalog/actions/stock.py",
        'return lots.order_by("id").select_for_update(of=("self",), no_key=True)',
        'return lots.order_by("id")',
        "tests/catalog/test_stock_races.py",
    ),
    Sabotage(
        "the group's lock is taken away",
        "together/actions/seat.py",
        "GroupPurchase.objects.select_for_update(no_key=True).get(pk=group.pk)",
        "GroupPurchase.objects.get(pk=group.pk)",
        "tests/together/test_races.py -k last_seat",
    ),
    Sabotage(
        "UNIQUE of a notice's event is dropped",
        "orders/migrations/0017_providers_side_by_side.py",
        """models.UniqueConstraint(fields=["event_id", "provider"], name="notice_once")""",
        """models.UniqueConstraint(fields=["event_id", "provider", "id"], name="notice_once")""",
        "tests/orders/test_payment_notices.py",
    ),
    Sabotage(
        "a notice's signature is not checked",
        "orders/provider/stripe/notices.py",
        "stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_SECONDS)",
        "pass",
        "tests/orders/test_payment_notices.py",
    ),
    Sabotage(
        "a notice from the future is believed",
        "orders/provider/stripe/notices.py",
        "if written > time.time() + TOLERANCE_SECONDS:",
        "if False:",
        "tests/orders/test_payment_notices.py",
    ),
    Sabotage(
        "another input under the same key is the same deed",
        "core/idempotency.py",
        "if row.input_hash != input_hash:",
        "if False:",
        "tests/core/test_idempotency.py",
    ),
    Sabotage(
        "a deed that is done is done again",
        "core/idempotency.py",
        "if isinstance(begun, Finished):\n        return None, begun.result",
        "if isinstance(begun, Finished):\n        begun = Held(0, 0)",
        "tests/core/test_idempotency.py",
    ),
    Sabotage(
        "more is given back than was paid",
        "orders/actions/refund_share.py",
        "if part.units > units_left:",
        "if False:",
        "tests/orders/test_refund.py",
    ),
    Sabotage(
        "a refund goes to the provider without a key of its own",
        "orders/provider/stripe/adapter.py",
        'made = self.client.v1.refunds.create(params, {"idempotency_key": f"refund:{name}"})',
        "made = self.client.v1.refunds.create(params)",
        "tests/orders/test_retries.py -k carries_a_key",
    ),
    Sabotage(
        "what a bank is deciding about is sent all the same",
        "orders/actions/shipment.py",
        "if any(order.contested_at for order in orders):",
        "if False:",
        "tests/orders/test_contested.py",
    ),
    Sabotage(
        "a refund that came back leaves its order refunded",
        "orders/actions/refund_failed.py",
        "if order.state != Order.State.REFUNDED:",
        "if True:",
        "tests/orders/test_refund_came_back.py",
    ),
    Sabotage(
        "an older answer overwrites a newer one",
        "orders/actions/dispute.py",
        "if asked_at and dispute.asked_at and asked_at <= dispute.asked_at:",
        "if False:",
        "tests/orders/test_contested.py",
    ),
    Sabotage(
        "what is refunded stays in the standings",
        "impact/actions/reversal.py",
        "    posting.write()\n    support.reverse(purchases)",
        "    posting.write()",
        "tests/impact/test_contest.py",
    ),
    Sabotage(
        "after a refund a household is said to gain all that it has",
        "impact/actions/posting.py",
        "{who: fen - before.get(who, 0) for who, fen in after.items()}",
        "dict(after)",
        "tests/impact/test_subsidiary.py",
    ),
    Sabotage(
        "what an order was before stays in the standings",
        "impact/actions/standings.py",
        "SELECT -1 AS sign",
        "SELECT 0 AS sign",
        "tests/impact/test_fold.py",
    ),
    Sabotage(
        "a delivery is acknowledged before it is made",
        "core/deliveries.py",
        """\
                it.run(*((one.event, read[one.event]) if it.prefetch else (one.event,)))
                self._done.append(one)
""",
        """\
                self._done.append(one)
                it.run(*((one.event, read[one.event]) if it.prefetch else (one.event,)))
""",
        "tests/core/test_outbox.py",
    ),
    Sabotage(
        "search's deliveries are acknowledged before they are made",
        "core/deliveries.py",
        "        else:\n            it.run(given)\n",
        "        else:\n            _mark_done(claimed)\n            it.run(given)\n",
        "tests/catalog/test_search_engine_away.py -k told_when",
    ),
    Sabotage(
        "a delivery is made once more by a twin",
        "core/deliveries.py",
        "if _mark_done(claimed) == len(claimed):",
        "if _mark_done(claimed) or True:",
        "tests/core/test_outbox.py",
    ),
    Sabotage(
        "money is a float",
        "core/money.py",
        "parts = [amount * weight // whole for weight in weights]",
        "parts = [round(amount * weight / whole) for weight in weights]",
        "tests/core/test_money.py",
    ),
    Sabotage(
        "what rounding owes is forgotten",
        "core/money.py",
        "return parts, [want - part * whole for want, part in zip(wants, parts, strict=True)]",
        "return parts, [0 for _ in parts]",
        "tests/core/test_money.py tests/guard/test_sums.py",
    ),
    Sabotage(
        "a field's access is not asked",
        "core/api/schema.py",
        "if allows(info.context, root):",
        "if True:",
        "tests/guard/test_access.py -k hears",
    ),
    Sabotage(
        "a mutation's access is not asked",
        "core/api/act.py",
        "if access.allows and not access.allows(request, None):",
        "if False:",
        "tests/shop/test_attacks.py -k true_id",
    ),
    Sabotage(
        "any key opens a guest's order",
        "orders/reads/order.py",
        "rows.filter(number=number, uid=uid, person=None)",
        "rows.filter(number=number, person=None)",
        "tests/shop/test_attacks.py -k link",
    ),
    Sabotage(
        "a document may cost what it likes",
        "core/api/guard.py",
        "if tally.cost > most:",
        "if False:",
        "tests/core/test_guard.py",
    ),
    Sabotage(
        "another site's form is believed",
        "core/api/view.py",
        "if not by_token and (reason := forged(request)):",
        "if False and (reason := forged(request)):",
        "tests/core/test_view.py",
    ),
    Sabotage(
        "the app may change the ledger",
        "core/grants.py",
        'APPEND = "SELECT, INSERT"',
        "APPEND = ALL",
        "tests/core/test_grants.py tests/guard/test_tampering.py -k role",
    ),
    Sabotage(
        "a family's details outlive its consent",
        "impact/actions/household.py",
        "withdrawn_at=timezone.now(), decline_reason=reason)\n    _destroy_details([household])",
        "withdrawn_at=timezone.now(), decline_reason=reason)",
        "tests/impact/test_households.py",
    ),
    Sabotage(
        "of two lots alike the one of a single household goes last",
        "catalog/actions/stock.py",
        "return 0, lot.best_before or lot.harvest_to, lot.id",
        "return 0, lot.best_before or lot.harvest_to, lot.level, lot.id",
        "tests/catalog/test_stock.py -k two_alike",
    ),
    Sabotage(
        "a cart that is poured into another is cut to what is left",
        "orders/actions/cart.py",
        "quantity=min(wanted, MOST_UNITS)",
        "quantity=min(wanted, there.variant.units_available)",
        "tests/orders/test_cart.py -k poured",
    ),
    Sabotage(
        "a recalled lot that was held is sold",
        "catalog/actions/stock.py",
        "WHERE %(state)s = 'sold' AND locked.state = 'recalled'",
        "WHERE %(state)s = 'sold' AND locked.state = 'none'",
        "tests/catalog/test_stock.py -k held_when",
    ),
    Sabotage(
        "a notice that came ahead of its payment is dropped",
        "orders/actions/notice.py",
        "waits = effect == Notice.WAITS and notice.received_at > timezone.now() - KEPT_FOR",
        "waits = False",
        "tests/orders/test_elsewhere.py -k kept_until",
    ),
    Sabotage(
        "another total than the buyer saw is taken",
        "orders/actions/checkout.py",
        "if (total := seen.goods_minor + (seen.shipping_minor or 0)) != expected_minor:",
        "if (total := seen.goods_minor + (seen.shipping_minor or 0)) < 0:",
        "tests/orders/test_checkout.py -k changed_since",
    ),
    Sabotage(
        "a comma stands anywhere in a number",
        "core/numbers.py",
        "[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+",
        "[0-9][0-9,]*",
        "tests/core/test_numbers.py",
    ),
    Sabotage(
        "a stranger's wrong tries slow the owner",
        "accounts/actions/sign_in.py",
        'lane = f"{hashed(email)}:{address}"',
        "lane = hashed(email)",
        "tests/accounts/test_patience.py -k owner_comes_in",
    ),
    Sabotage(
        "a cursor can be read",
        "core/opaque.py",
        'return AESSIV(HKDF(SHA256(), 64, salt=None, info=b"sheaf.opaque").derive(secret.encode()))',
        'return type("Plain", (), {"encrypt": lambda _, d, n: d, "decrypt": lambda _, d, n: d})()',
        "tests/core/test_cursors.py -k neither_id",
    ),
    Sabotage(
        "a guest counts as a person before her mailbox is proved",
        "impact/actions/support.py",
        "is_known_person=is_proved(order),",
        "is_known_person=True,",
        "tests/impact/test_contest_guests.py -k amount_alone",
    ),
    Sabotage(
        "what is won on appeal stays lost to the contest",
        "impact/actions/won_back.py",
        "    support.count_again([support.Purchase(transaction, order, again)])",
        "    support.count_again([])",
        "tests/orders/test_won_on_appeal.py",
    ),
    Sabotage(
        "the shop keeps what came back for goods that it called off",
        "orders/actions/chargeback.py",
        "idle = [row for row in rows if _is_idle(row)]",
        "idle = list[RefundLine]()",
        "tests/orders/test_won_on_appeal.py",
    ),
    Sabotage(
        "what a bank gave back of a held seat stays out of its escrow",
        "impact/actions/won_back.py",
        "escrow(order) if is_held else RESERVE",
        "RESERVE",
        "tests/orders/test_won_on_appeal.py",
    ),
    Sabotage(
        "verify does not look at what banks gave back",
        "orders/verify_rows.py",
        "r.state <> 'undone' AND r.amount_minor > d.lost_minor",
        "false",
        "tests/orders/test_won_on_appeal.py",
    ),
]
