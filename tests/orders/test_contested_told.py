"""What a dispute means is said to the buyer and to the team that would send, true of where it stands."""

from html import unescape

import pytest
from django.test import Client

from core.language import use
from orders.models import Dispute
from orders.reads.held_back import Why
from tests.orders.paid import Paid
from tests.orders.test_contested import contested, moves
from tests.orders.world import Buyer, settle_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]


@pytest.fixture
def paid(till, a_stand):
    made = Paid(till, a_stand)
    settle_all()
    return made


SEEN = """query($number: String!, $token: String) { order(number: $number, token: $token) { disputes {
    state isOver amount { minor } lost { minor } openedAt answerBy closedAt meaning advice } } }"""


def told(paid, language):
    """What the buyer is told by the API and shown on her page, which say the same."""
    path = f"/{language}/order/{paid.order['number']}/?token={paid.order['token']}"
    page = unescape(Client().get(path).content.decode())
    with use(language):
        (seen,) = Buyer(language=language).ask(SEEN, **paid.order)["order"]["disputes"]
    assert seen["meaning"] in page and seen["advice"] in page
    held = "等银行裁定，先不发" if language == "zh" else "held back until the bank has decided"
    assert (held in page) is (paid.row.contested_at is not None and paid.row.state == "paid")
    return seen


@pytest.mark.parametrize(
    ("way", "said", "never"),
    [
        ([], "Until then nothing that is not sent yet is sent. Refunds wait", "goes on"),
        (["under_review"], "We have answered your bank", "goes on"),
        (["something_new"], "checked by an operator", "goes on"),
        (["won"], "the payment stands. The order goes on as usual.", "nothing"),
        (["lost"], "given you ¥164.90. The order has ended", "goes on"),
        (
            ["lost", "appeal_under_review"],
            "gave you ¥164.90; it now looks at it again. The order has",
            "goes on",
        ),
        (
            ["lost", "appeal_under_review", "won"],
            "it has taken back. ¥164.90 of it is for goods that were called off and not sent. That money is yours",
            "goes on",
        ),
        (["prevented"], "given you ¥164.90. The order has ended", "goes on"),
    ],
)
def test_the_buyer_reads_what_a_dispute_means_as_it_stands(paid, till, a_stand, way, said, never):
    id = contested(till, a_stand)
    settle_all()
    for status in way:
        moves(till, a_stand, id, status)
    row = Dispute.objects.get()
    for language in ("zh", "en"):
        seen = told(paid, language)
        assert seen["state"] == row.state.upper() and seen["isOver"] is (row.state in Dispute.ENDED)
        assert bool(seen["answerBy"]) is (row.state == "open") and bool(seen["closedAt"]) is seen["isOver"]
    assert said in seen["meaning"] and never not in seen["meaning"]


def test_of_a_mere_question_the_buyer_reads_that_refunds_are_possible(paid, till, a_stand):
    contested(till, a_stand, status="warning_needs_response")
    assert "Refunds are still possible." in told(paid, "en")["meaning"]


def test_what_took_nothing_is_said_to_have_taken_nothing(paid, till, a_stand):
    moves(till, a_stand, contested(till, a_stand, status="warning_needs_response"), "prevented")
    assert "no money moved. The order goes on as usual." in told(paid, "en")["meaning"]


def test_of_a_part_that_was_lost_the_rest_goes_on_and_says_so(paid, till, a_stand):
    moves(till, a_stand, contested(till, a_stand, amount=5000), "lost")
    seen = told(paid, "en")
    assert seen["meaning"] == "Your bank has decided and given you ¥50.00. The rest goes on as usual."
    assert (seen["amount"]["minor"], seen["lost"]["minor"]) == (5000, 5000)


def test_another_currency_is_told_without_a_number_that_would_be_read_as_yuan(paid, till, a_stand):
    contested(till, a_stand, currency="usd", amount=2300)
    assert told(paid, "zh")["amount"] is None


def test_an_order_without_a_dispute_says_nothing_of_one(paid):
    assert Buyer().ask(SEEN, **paid.order)["order"]["disputes"] == []


HELD = "{ desk { parcelsHeldBack heldBack { number reasons explanations since } } }"


def test_the_desk_names_a_parcel_that_is_held_back_and_all_that_holds_it(paid, till, a_stand):
    id = contested(till, a_stand)
    product = paid.lots[0].variant.product
    product.state = "suspended"
    product.save()
    (held,) = paid.team.ask(HELD)["desk"]["heldBack"]
    assert (held["number"], held["reasons"]) == (paid.order["number"], ["CONTESTED", "SUSPENDED"])
    desk = Client()
    desk.force_login(paid.managers[0])
    for language in ("zh", "en"):
        page = unescape(desk.get(f"/{language}/desk/orders/").content.decode())
        with use(language):
            assert all(str(why.words) in page for why in (Why.CONTESTED, Why.SUSPENDED))
    moves(till, a_stand, id, "won")
    (held,) = paid.team.ask(HELD)["desk"]["heldBack"]
    assert (held["reasons"], held["since"]) == (["SUSPENDED"], None)
    product.state = "published"
    product.save()
    assert paid.team.ask(HELD)["desk"] == {"parcelsHeldBack": 0, "heldBack": []}
