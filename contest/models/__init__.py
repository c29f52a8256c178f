from contest.models.plan import RoundPlan
from contest.models.registration import Registration
from contest.models.rulebook import Rulebook

__all__ = ["Registration", "RoundPlan", "Rulebook"]
