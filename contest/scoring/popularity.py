"""The popularity rate: engagement by Wilson's lower bound, spread over areas, or a share of all likes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from contest.scoring.exact import ONE, ZERO
from contest.scoring.inputs import Inputs
from contest.scoring.measures import Field, Part


def wilson(engaged: int, viewers: int, z: Decimal) -> Decimal:
    """The lower bound of the rate `engaged / viewers` (0 to 1): three of three do not beat a large sample by luck."""
    if not viewers:
        return ZERO
    n = Decimal(viewers)
    rate = min(engaged, viewers) / n
    square = z * z
    spread_ = z * ((rate * (1 - rate) + square / (4 * n)) / n).sqrt()
    return max(ZERO, (rate + square / (2 * n) - spread_) / (1 + square / n))


def engagement(chosen: Mapping[str, Any], inputs: Inputs) -> Part:
    """Of the rate that earns full marks; nothing where too few verified people looked."""
    engaged, viewers = inputs.engaged, inputs.viewers
    if viewers < chosen["least_viewers"]:
        return Part(ZERO, f"{viewers} < {chosen['least_viewers']} → 0")
    bound = wilson(engaged, viewers, Decimal(chosen["z_hundredths"]) / 100)
    full = Decimal(chosen["full_bps"]) / 10_000
    return Part(
        min(ONE, bound / full), f"min(1, WilsonLB({engaged}, {viewers}) ÷ {full}), WilsonLB = {bound:.10f}"
    )


def spread(chosen: Mapping[str, Any], inputs: Inputs) -> Part:
    """Areas with enough supporters, of all areas."""
    return Part(min(ONE, Decimal(inputs.areas) / chosen["areas"]), f"{inputs.areas} ÷ {chosen['areas']}")


def like_share(inputs: Inputs, field: Field) -> Part:
    """Its part of all who engaged in the round: whoever wins one takes from the others."""
    total = max(field.engaged, Decimal(inputs.engaged))
    return Part(Decimal(inputs.engaged) / total if total else ZERO, f"{inputs.engaged} ÷ {total}")
