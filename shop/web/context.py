"""What every template may ask for beside its page's data."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.shop import band, this_shop


def shop(request: HttpRequest) -> dict[str, Any]:
    """The shop's own facts; whether its money is real, and whether what is shown is made up: then every page says so."""
    return {"this_shop": this_shop(), "band": band(), "demo_data": settings.DEMO != "none"}
