"""QR codes as squares, for whatever draws them."""

import segno

BORDER = 4  # light squares around it, without which no camera finds it


def squares(text: str) -> list[list[bool]]:
    """Rows of dark and light squares, the light border included; readable with a seventh of it smudged."""
    made = segno.make(text, error="m", micro=False, boost_error=False)
    return [[bool(dark) for dark in row] for row in made.matrix_iter(border=BORDER)]
