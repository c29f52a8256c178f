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
]
