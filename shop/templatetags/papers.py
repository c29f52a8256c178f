"""What papers have too, on a page."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.papers.qr import squares

register = template.Library()


@register.simple_tag
def qr(text: str, words: str) -> SafeString:
    """A QR code as a drawing that no other address is asked for; `words` say what it is for whoever does not see it."""
    rows = squares(text)
    path = "".join(
        f"M{right} {down}h1v1h-1z" for down, row in enumerate(rows) for right, dark in enumerate(row) if dark
    )
    drawn = mark_safe(f'<path d="{path}" fill="#23302a"/>')
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {n} {n}" width="220" height="220">'
        '<rect width="100%" height="100%" fill="#fff"/>{}</svg>',
        words,
        drawn,
        n=len(rows),
    )
