"""Addresses that mails and invitations lead to; shop/urls.py serves them (a test looks)."""

from urllib.parse import urlencode

from django.conf import settings


def _page(language: str, path: str, **query: str) -> str:
    tail = f"?{urlencode(query)}" if query else ""
    return f"{settings.SITE_URL}/{language}/{path}{tail}"


def sign_in(language: str) -> str:
    """Where one signs in."""
    return _page(language, "sign-in/")


def password_forgotten(language: str) -> str:
    """Where one asks for a new password."""
    return _page(language, "password/")


def second_factor(language: str) -> str:
    """Where the second factor is set up, given and ended."""
    return _page(language, "account/second-factor/")


def email_verify(language: str, token: str) -> str:
    """Where the owner of a new account's mailbox confirms it."""
    return _page(language, "confirm/", token=token)


def email_change(language: str, token: str) -> str:
    """Where the owner of a new mailbox confirms the change."""
    return _page(language, "confirm/", change=token)


def password_reset(language: str, token: str) -> str:
    """Where a new password is chosen."""
    return _page(language, "password/new/", token=token)


def invitation(language: str, token: str) -> str:
    """Where an invitation is accepted."""
    return _page(language, "invitation/", token=token)


def organisation(language: str) -> str:
    """Where a coordinator finds the organisation."""
    return _page(language, "organisations/")


def desk(language: str) -> str:
    """Where a team's people work."""
    return _page(language, "desk/")


def set_up(language: str, token: str) -> str:
    """Where whoever holds the server's link becomes the shop's operator."""
    return _page(language, "set-up/", link=token)


def role_invitation(language: str, token: str) -> str:
    """Where somebody accepts a role."""
    return _page(language, "role/", token=token)


def my_questions(language: str) -> str:
    """Where somebody reads what was answered to her."""
    return _page(language, "account/questions/")


def desk_questions(language: str) -> str:
    """Where those to a team are answered."""
    return _page(language, "desk/questions/")


def questions(language: str) -> str:
    """Where questions are answered."""
    return _page(language, "office/questions/")


def office(language: str) -> str:
    """Where whoever is appointed to something works."""
    return _page(language, "office/")
