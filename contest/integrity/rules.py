"""Every rule with its detector, and the thresholds that a round's rulebook gives it."""

from collections.abc import Mapping
from typing import Any

from contest.integrity import buying, goods, refunds, related, talk  # noqa: F401  each notes its detectors
from contest.integrity.finding import detectors
from contest.models import RoundPlan
from contest.scoring.rulebook import default_parameters
from impact.models import Round

DETECTORS = detectors()
OFF = "off"


def thresholds_of(round_: Round) -> Mapping[str, Any]:
    """The section "integrity" of the round's rulebook; where it has none yet, or the rulebook leaves a rule out, the
    defaults."""
    plan = RoundPlan.objects.filter(round=round_).select_related("rulebook").first()
    chosen = plan.rulebook.parameters.get("integrity", {}) if plan and plan.rulebook else {}
    return {**default_parameters()["integrity"], **chosen}
