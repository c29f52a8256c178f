"""What an authenticator app is set up by, drawn: a QR code, and secrets in groups that people can copy."""

from io import BytesIO

import segno
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.language import say

register = template.Library()


@register.simple_tag
def qr(text: str) -> SafeString:
    """The text as a QR code, dark on light whatever the page's colours are: cameras read no other."""
    drawn = BytesIO()
    made = segno.make(text, error="m", micro=False)
    made.save(
        drawn, kind="svg", scale=5, light="#fff", xmldecl=False, svgns=False, svgclass=None, lineclass=None
    )
    # segno's own lines and numbers; the text is in them as squares.
    return format_html(
        '<span role="img" aria-label="{}">{}</span>', _CALLED, mark_safe(drawn.getvalue().decode())
    )


_CALLED = say("二维码：给验证器应用扫描", "QR code for your authenticator app")


@register.simple_tag
def in_groups(text: str, size: int = 4) -> str:
    """Letters in groups, as people read them to each other; whoever types them may leave the spaces out."""
    return " ".join(text[at : at + size] for at in range(0, len(text), size))
