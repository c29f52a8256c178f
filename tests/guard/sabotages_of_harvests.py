"""Sabotages of late and short harvests: goods out of turn, money twice, sent and given back, households that go short."""

from tests.guard.sabotages import Sabotage

SHORT = "tests/orders/test_setback.py -k short_harvest"
HARVESTS = [
    Sabotage(
        "goods of a short harvest go out in the order in which they were asked about",
        "orders/actions/setback_follow.py",
        "sorted(due, key=lambda row: (row.paid_at, row.line_id))",
        "sorted(due, key=lambda row: -row.pk)",
        SHORT,
    ),
    Sabotage(
        "what is undecided is sent",
        "orders/reads/stopped.py",
        " | undecided_in()))",
        "))",
        "tests/orders/test_setback.py -k not_decided",
    ),
    Sabotage(
        "a choice that was changed is carried out",
        "orders/actions/setback_follow.py",
        "if not is_waiting or not reads.due(now).filter(pk=pk).exists():",
        "if not is_waiting:",
        "tests/orders/test_setback_n39.py -k never_both",
    ),
    Sabotage(
        "the other lot's households get nothing",
        "shop/reactions.py",
        'Reactions(at_once=["impact.actions.redrawn.redraw"])',
        "Reactions()",
        "tests/orders/test_setback.py -k households_have",
    ),
    Sabotage(
        "it is done while money is on its way",
        "orders/reads/setback.py",
        ".exists() or on_their_way.exists()",
        ".exists()",
        "tests/orders/test_setback.py -k refund_that_fails",
    ),
    Sabotage(
        "what of a line was sent and given back for its harvest is not looked at",
        "orders/verify_setbacks.py",
        "WHERE l.refunded_units < c.back",
        "WHERE FALSE",
        "tests/orders/test_setback.py -k row_that_breaks",
    ),
    Sabotage(
        "choices that do not come to what was sold are not looked at",
        "orders/verify_setbacks.py",
        "WHERE c.state NOT IN ('asked') AND {_DECIDED} <> c.units",
        "WHERE FALSE",
        "tests/orders/test_setback.py -k row_that_breaks",
    ),
]
