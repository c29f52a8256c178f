"""The shop's own facts: written where it was set up, and found in the office too."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


def shop(request: HttpRequest, lang: str) -> HttpResponse:
    """To the pages of its set-up, which stay."""
    return redirect("set_up", lang=lang)
