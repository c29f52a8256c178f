"""The stand-in: each text is a file, as mails are; for a machine on which nobody has a contract with a house."""

import secrets
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone


def body(template: str, language: str, facts: dict[str, str]) -> str:
    """What whoever reads it sees: what the house's template is to say, word for word."""
    return render_to_string(f"sms/{template}.{language}.txt", {"site": settings.SITE_URL, **facts}).strip()


class Files:
    """Writes `<folder>/<moment>-<random>.txt`: to whom, then the words."""

    def __init__(self, folder: str):
        self.folder = Path(folder)

    def send(self, number: str, template: str, language: str, facts: dict[str, str]) -> None:
        """Write it down."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{timezone.localtime():%Y%m%d-%H%M%S-%f}-{secrets.token_hex(3)}.txt"
        (self.folder / name).write_text(f"To: {number}\n\n{body(template, language, facts)}\n")
