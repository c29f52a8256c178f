"""Sabotages of claims: an answer that nobody may contradict, a shop that decides twice, a claim that stands anyhow."""

from tests.guard.sabotages import Sabotage

CLAIMS = [
    Sabotage(
        "what is owed does not wait for a buyer who may still disagree",
        "orders/reads/claim.py",
        "    return waits | Q(state=State.ANSWERED, answered_at__gte=since)",
        "    return waits",
        "tests/orders/test_claim_replies.py -k left_alone",
    ),
    Sabotage(
        "the team goes on answering what lies before the shop",
        "orders/actions/claim.py",
        "    if claim.state == State.OFFICE and not decides:",
        "    if False:",
        "tests/orders/test_claim_replies.py -k brought_before",
    ),
    Sabotage(
        "a claim stands where nobody's word has led it",
        "orders/verify_claims.py",
        "WHERE c.state NOT IN ('refunded', 'declined')",
        "WHERE false",
        "tests/orders/test_claim_replies.py -k verify_finds",
    ),
    Sabotage(
        "one more photo of a claim is anybody's to see",
        "shop/web/buying/claim.py",
        "    if found is None:\n        raise Http404(claim)\n",
        "    if found is None:\n        from orders.models import Claim\n\n        found = Claim.objects.get(uid=uid_of(claim, 'Claim'))\n",
        "tests/orders/test_claim_replies.py -k six_photos",
    ),
    Sabotage(
        "what is sent in place of others is paid to their households by nobody",
        "impact/actions/replacement.py",
        "    parts = {lot: fen for lot, fen in households_part(replacement).items() if fen}\n",
        "    parts = {}\n",
        "tests/orders/test_replaced.py -k households_have_their_part",
    ),
    Sabotage(
        "a refund takes back what the team paid for what it sent in place of others",
        "impact/reads/positions.py",
        'return _positions(order_uids, f"NOT IN {_OF_REPLACEMENTS}")',
        'return _positions(order_uids, "IS NOT NULL")',
        "tests/orders/test_replaced.py -k 'refunded or card_dispute'",
    ),
    Sabotage(
        "what is to come back is paid for before it has come",
        "orders/actions/claim.py",
        "if amount_minor and not send_back else None",
        "if amount_minor else None",
        "tests/orders/test_returns.py -k money_waits",
    ),
    Sabotage(
        "a return that came stands beside its claim, and nobody looks",
        "orders/verify_claims.py",
        "OR r.state = 'received' AND y.refund_id IS NULL",
        "OR false AND y.refund_id IS NULL",
        "tests/orders/test_returns.py -k verify_finds",
    ),
    Sabotage(
        "nobody looks whether what was replaced is booked",
        "impact/verify/replacements.py",
        "        if does != {lot: fen for lot, fen in should.items() if fen}:",
        "        if False:",
        "tests/orders/test_replaced.py -k verify_finds",
    ),
    Sabotage(
        "nobody looks whether what was replaced is counted",
        "catalog/verify.py",
        "          <> (coalesce(r.held, 0), coalesce(r.sold, 0), coalesce(r.returned, 0), coalesce(r.replaced, 0))",
        "          <> (coalesce(r.held, 0), l.units_sold, coalesce(r.returned, 0), l.units_replaced)",
        "tests/orders/test_replaced.py -k verify_finds",
    ),
    Sabotage(
        "a carrier's label is kept when nothing is sent by it any more",
        "orders/people.py",
        "    labels, _ = ReturnLabel.objects.exclude(return_parcel__state__in=ReturnParcel.TO_BE_SENT_BACK).delete()",
        "    labels = 0",
        "tests/web/test_return_label.py -k it_is_gone",
    ),
    Sabotage(
        "verify does not see a carrier's label that went too soon",
        "orders/verify_claims.py",
        "OR l.id IS NULL AND r.labelled_at IS NOT NULL AND r.state IN ('offered', 'agreed', 'sent')",
        "",
        "tests/web/test_return_label.py -k verify_finds",
    ),
    Sabotage(
        "what is no label is taken for one",
        "orders/actions/return_label.py",
        '    if not head.startswith(b"%PDF-"):',
        "    if False:",
        "tests/web/test_return_label.py -k no_label_is_refused",
    ),
]
