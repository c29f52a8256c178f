"""What every template may ask for beside its page's data."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shop(request: HttpRequest) -> dict[str, Any]:
    """Whether what is shown is made up: then every page says so."""
    return {"demo_data": settings.DEMO != "none"}
