"""A whole edition by the moved clock, from the first announcement to the superseding result, through the API alone."""

import pytest

from contest.models import Registration
from contest.scoring.inputs import Inputs
from contest.scoring.rulebook import default_parameters
from contest.scoring.score import score
from core.api.ids import global_id
from impact.models import Standing
from tests.contest.scores import mark
from tests.contest.whole import DAYS, Whole, holds_true, somebody, street, strike
from tests.figures import full
from tests.orders.conftest import no_rates  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_rates")]
SELL, WAIT = 12, full(60, 12)
ALL = SELL + WAIT
PRICE = 3690
RESULT = """version state reason rulebookSha256 rows { rank total advances entry { number } }
  adjusted { number kind amount { minor } } reexaminations { state cause entry { number } }"""


def points(entry: int, judge: int) -> int:
    """What a judge gives an entry by each criterion."""
    return 60 + (7 * entry + 3 * judge) % 40


def judged_by(entry: int) -> list[int]:
    """The judges who mark an entry: five of nine where it sells, else three."""
    return [n for n in range(9) if (entry + n) % 9 < (5 if entry < SELL else 3)]


def total(entry: int, **inputs: int) -> str:
    """An entry's score by hand, from figures that are written out."""
    given = Inputs(1, judges=mark(*(points(entry, n) for n in judged_by(entry))), **inputs)
    return str(score(default_parameters(), [given])[1].total)


def test_a_whole_edition_is_played_through_the_api_alone(till, a_stand):
    whole = Whole(till, a_stand)
    whole.build(SELL, WAIT)
    whole.create()
    sha256 = whole.write_rules()
    before_it_opens(whole)
    orders = while_it_is_open(whole)
    closed_and_judged(whole)
    published_and_objected_to(whole, sha256)
    final_and_carried_on(whole)
    looked_at_once_more(whole, orders)
    holds_true()


def before_it_opens(whole: Whole) -> None:
    """All teams apply, are checked by their counties and let in by their province."""
    whole.comes(DAYS["registrationOpensAt"])
    assert whole.phase() == "REGISTRATION"
    whole.register()
    assert [len(whole.entries), Registration.objects.filter(state="live").count()] == [ALL, ALL]
    whole.comes(DAYS["registrationClosesAt"])
    assert whole.phase() == "READY"
    whole.comes(DAYS["opensAt"])
    assert whole.phase() == "OPEN"


def while_it_is_open(whole: Whole) -> list:
    """Twelve entries sell, the first the most; ten people and more buy of the first five. One more sells by a platform,
    another is found to have five buyers at one address."""
    whole.sold(
        *((lot, SELL - n, street()) for n, lot in enumerate(whole.lots) for _ in range(11 if n < 5 else 1)),
        *((whole.lots[4], 1, "示例路九号") for _ in range(5)),
    )
    orders = [whole.buy(whole.lots[n], units, somebody()) for n, units in ((0, 2), (1, 30), (2, 1))]
    whole.comes(30)
    assert whole.decide_case() == {
        "rule": "F3", "state": "HELD", "excluded": {"minor": 5 * PRICE}, "entry": {"number": whole.entries[4].number},
    }  # fmt: skip
    whole.take_in(whole.entries[3], rows=5, yuan=1000)
    whole.seat_judges(9)
    for n, judge in enumerate(whole.judges):
        whole.declare(judge, whole.villages[9].team.code if n == 1 else "")
    # Two have bought of an entry that they are to judge.
    for n, of in ((1, 8), (2, 7)):
        whole.buy(whole.lots[of], 1, whole.judges[n])
    strike()
    assert [len(whole.queue(judge)) for judge in whole.judges] == [ALL, ALL - 2, ALL - 1, *[ALL] * 6]
    return orders


def closed_and_judged(whole: Whole) -> None:
    """Ties are decided, sheets written under seal and opened together, and the round freezes by itself."""
    tied = whole.decide_ties()
    assert sorted(state for _, state in tied) == ["CONFIRMED", "CONFIRMED", "WAIVED"]
    whole.comes(DAYS["closesAt"])
    assert whole.phase() == "SETTLING"
    for i, entry in enumerate(whole.entries):
        for n in judged_by(i):
            seen = (
                global_id("JudgedEntry", entry.uid) in whole.queue(whole.judges[n]) if n in (1, 2) else True
            )
            if seen:
                whole.mark(whole.judges[n], entry, points(i, n))
    assert not whole.desk("committee { isOpened }")["committee"]["isOpened"]
    whole.comes(DAYS["judgingClosesAt"])
    assert whole.desk("committee { isOpened }")["committee"]["isOpened"]
    assert whole.province.asks.refused("resultPublish", round=whole.round) == "TOO_LATE"
    whole.comes(DAYS["freezesAt"])
    assert whole.phase() == "FROZEN"


def published_and_objected_to(whole: Whole, sha256: str) -> None:
    """What comes of it is exact; one team says that something is missing, and is answered."""
    whole.province.asks.done("resultPublish", round=whole.round)
    told = whole.result(RESULT)
    assert (told["version"], told["state"], told["rulebookSha256"]) == (1, "PROVISIONAL", sha256)
    assert [row["rank"] for row in told["rows"]] == list(range(1, ALL + 1))
    leads = [whole.entries[n].number for n in (3, 2, 1, 0, 4, 10)]
    assert [row["entry"]["number"] for row in told["rows"] if row["advances"]] == leads
    common = {"households": 10, "household_share_bps": 5_000, "areas": 1}
    totals = {row["entry"]["number"]: row["total"] for row in told["rows"]}
    # 11 × 9 units here and 5,000.00 by the platform, whose five buyers may be others.
    first = {"amount_minor": 99 * PRICE + 500_000, "person_times": 16, **common}
    assert totals[leads[0]] == total(3, **first) == "29.5599"
    # Of 16 purchases the five at one address stay out.
    fifth = {"amount_minor": 88 * PRICE, "person_times": 11, **common}
    assert totals[leads[4]] == total(4, **fifth) == "24.8652"
    of_20 = whole.villages[20].manager.asks
    (own,) = of_20.ask("{ resultDesk { entries { id mayObject } } }")["resultDesk"]["entries"]
    of_20.done("objectionFile", entry=own["id"], words="我们的一笔销售没有算进去。")


def final_and_carried_on(whole: Whole) -> None:
    """It is not final before the objection is answered; then six are in the national round with nothing yet."""
    whole.comes(DAYS["objectionsCloseAt"])
    assert whole.phase() == "PROVISIONAL"
    (objection,) = whole.desk("results { objections { id state } }")["results"]["objections"]
    answer = {"isUpheld": False, "words": "查过了，没有漏算。"}
    figures = list(Standing.objects.filter(entry__in=whole.entries).order_by("pk").values())
    whole.province.asks.done("objectionAnswer", objection=objection["id"], **answer)
    whole.comes(DAYS["objectionsCloseAt"], seconds=60)
    assert (whole.phase(), whole.result("state")) == ("FINAL", {"state": "FINAL"})
    sent = Registration.objects.filter(round__level="national").order_by("pk")
    assert [row.advanced_from_id for row in sent] == [whole.entries[n].pk for n in (3, 2, 1, 0, 4, 10)]
    assert {row.state for row in sent} == {"live"}
    fresh = Standing.objects.filter(entry__in=sent.values("entry"))
    assert set(fresh.values_list("net_minor", "person_times", "organisations")) == {(0, 0, 0)}
    assert fresh.count() == 6
    assert list(Standing.objects.filter(entry__in=whole.entries).order_by("pk").values()) == figures


def looked_at_once_more(whole: Whole, orders: list) -> None:
    """A late refund stands beside the result; much of it opens a re-examination, and a new version says why."""
    first, second = whole.result(RESULT), whole.villages[1].manager
    number = whole.entries[1].number
    whole.give_back(orders[1], second, 1)
    told = whole.result(RESULT)
    assert told == {**first, "adjusted": [beside(number, PRICE)]}
    whole.give_back(orders[1], second, 29)
    told = whole.result(RESULT)
    assert told["adjusted"] == [beside(number, 30 * PRICE)] and told["rows"] == first["rows"]
    opened = {"state": "OPEN", "cause": "REFUNDS", "entry": {"number": number}}
    assert told["reexaminations"] == [opened]
    reason = "冻结后的退款超过冻结金额的百分之五。"
    whole.province.asks.done("resultSupersede", round=whole.round, reason=reason)
    again = whole.result(RESULT)
    assert (again["version"], again["state"], again["reason"]) == (2, "FINAL", reason)
    assert again["reexaminations"] == [{**opened, "state": "SUPERSEDED"}]
    totals = {row["entry"]["number"]: row["total"] for row in again["rows"]}
    common = {"households": 10, "household_share_bps": 5_000, "areas": 1}
    given = {"amount_minor": 121 * PRICE, "person_times": 11, **common}
    assert totals[number] == total(1, **given)
    others = [row for row in again["rows"] if row["entry"]["number"] != number]
    assert others == [row for row in first["rows"] if row["entry"]["number"] != number]
    old = whole.result(RESULT, version=1)
    assert (old["state"], old["rows"]) == ("SUPERSEDED", first["rows"])


def beside(number: str, minor: int) -> dict:
    """What was given back to an entry since the freeze, as everybody reads it."""
    return {"number": number, "kind": "REFUND", "amount": {"minor": minor}}
