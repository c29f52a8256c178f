"""Addresses that this floor's mails lead to."""

from django.conf import settings

from impact.models import Round


def judging_tab(round_: Round) -> str:
    """The committee's tab of the organiser's desk."""
    return f"{settings.SITE_URL}/zh/organiser/{round_.edition.slug}/{round_.level}/judging/"


def judges_desk(round_: Round, language: str) -> str:
    """A judge's desk in a round."""
    return f"{settings.SITE_URL}/{language}/judge/{round_.edition.slug}/{round_.level}/"
