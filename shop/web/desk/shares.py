"""What follows the acts that say who grew a lot, and those that put it right."""

from typing import Any

from django.http import HttpRequest

from core.language import say
from shop.web.acts import Act, Lines, saved, says


def weighed(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """Of how many households, and how much they grew together; each stands beside its own field."""
    grams = [share["grams"] for share in variables["shares"]]
    return [
        (say("农户", "Households"), str(len(grams))),
        (say("合计", "Together"), f"{sum(grams) / 1000:,.10g} kg"),
        (say("头一份卖出之前还能改", "Until the first unit is sold it can still be mended"), ""),
    ]


def corrected(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """The same of weights that are asked to be put right, and what follows once another agrees."""
    *sums, _ = weighed(request, variables)
    words = say(
        "别人同意以后生效：还没到期的钱跟着转，已经应付的不收回，差的由团队补",
        "In force once another agrees: what is set aside follows, what is owed stays, the team makes up the rest",
    )
    return [*sums, (words, "")]


SHARES = {
    "share_out_lot": Act(follow=saved, look=weighed),
    "correct_shares": Act(
        follow=says(
            say("已申请，等县里核实的人看。", "Asked for: whoever verifies in your county looks at it.")
        ),
        look=corrected,
    ),
    "withdraw_correction": Act(follow=says(say("已撤回。", "Taken back.")), undone_by="correct_shares"),
    # What was read stands in the form, to be looked over: nothing is done yet.
    "import_weights": Act(undone_by="share_out_lot"),
}
