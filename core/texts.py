"""What of a text can be seen: marks without a shape go, and every character that somebody's name is written with stays.

Python's own tables of characters are some years old: what they do not know yet (newer Han characters, new emoji)
is taken for visible. What is invisible is named here instead, by Unicode's Default_Ignorable_Code_Point.
"""

import re
import unicodedata

# Joiners, selectors and tags change the shape of the character before them: an emoji of a family, a flag, the
# very form in which somebody's name is written. Behind nothing they are nothing.
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_JOINERS = "\u200c\u200d"
_TAGS = "\U000e0020-\U000e007f"
_FILLERS = "\u115f\u1160\u3164\uffa0\u17b4\u17b5\U00016fe4\U0001d159"
_OTHERS = (
    "\u00ad\u034f\u061c\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffc"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
)
_CONTROLS = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    f"{chr(n + 0xFFFE)}{chr(n + 0xFFFF)}" for n in range(0, 0x110000, 0x10000)
)
_NEVER_SEEN = re.compile(f"[{_OTHERS}{_CONTROLS}{_FILLERS}{_NONCHARACTERS}]+")
_ANY_INVISIBLE = re.compile(f"[{_OTHERS}{_CONTROLS}{_FILLERS}{_NONCHARACTERS}{_SELECTORS}{_JOINERS}{_TAGS}]+")
_A_FLAG = re.compile(f"(\U0001f3f4[{_TAGS}]+\U000e007f)|[{_TAGS}]+")
_ALONE = re.compile(
    rf"(?:(?<=\s)|^)[{_SELECTORS}{_JOINERS}]+|[{_JOINERS}]+(?=\s|$)|(?<=[{_JOINERS}])[{_JOINERS}]+"
    rf"|(?<=[{_SELECTORS}])[{_SELECTORS}]+"
)
# Has no ink and is no space to Python: braille's blank pattern.
_BLANK = str.maketrans("\u2800", " ")
_HALF_WIDTH = {c + 0xFEE0: c for c in range(0x21, 0x7F)}


def without_invisible(text: str) -> str:
    """The text without any mark that has no shape of its own; for addresses, numbers and codes."""
    return _ANY_INVISIBLE.sub("", text)


def code(text: str) -> str:
    """A code as it is printed on a parcel or a poster: keyboards for Chinese write it full-width, people in groups."""
    return "".join(narrow(text).split())


def narrow(text: str) -> str:
    """The text with full-width characters as ASCII, without what is invisible; its spaces stay."""
    return without_invisible(text).translate(_HALF_WIDTH)


def visible(text: str) -> str:
    """The text as it is seen; joiners, selectors and tags stay where they shape what they stand behind."""
    plain = _NEVER_SEEN.sub("", text.translate(_BLANK))
    if plain.isascii():
        return plain
    plain = _A_FLAG.sub(lambda found: found[1] or "", plain)
    return _ALONE.sub("", plain)


def has_ink(text: str) -> bool:
    """Whether anything would be seen of it: accents and selectors alone are nothing."""
    return any(
        not c.isspace() and unicodedata.category(c)[0] not in "MZ"
        for c in without_invisible(text.translate(_BLANK))
    )
