"""What departments found at a team, as its team, the departments and the office read it."""

from catalog.api.access import HELD
from catalog.models import DepartmentCheck
from core.api.types import ModelType


class DepartmentCheckType(ModelType):
    """What a department found when it looked."""

    class Meta:
        model = DepartmentCheck
        fields = ("is_fine", "words", "at")
        access = HELD
        about = {
            "is_fine": "Whether all was as it should be.",
            "words": "What it found; empty where nothing was to be said.",
            "at": "When.",
        }
