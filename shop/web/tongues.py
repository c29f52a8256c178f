"""What a page shows in the other language says so, and is read out as what it is.

A name that has no English stands on an English page in Chinese, a review as it was written, and no template knows which:
so it is told by the letters, once for all pages, when a page has been made.
"""

import re

from shop.web.holes import has_hole

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_MARKS = "\u3000-\u303f\uff01-\uff65\u2018-\u201f\u2026·"
# Letters within a word, as in 鄂ICP备, are of it.
_CHINESE = re.compile(rf"[{_HAN}](?:(?:[{_HAN}{_MARKS}0-9 ]|[A-Za-z]++(?=[{_HAN}]))*[{_HAN}{_MARKS}])?")
# Two words of English at least: one alone is a name, a unit or a code, and those are said alike.
# Never a part of an entity such as &amp;, and none of what has no space in it, as a hash. Possessive throughout, so that no text takes longer than its length.
_GAP = rf"(?=[^\s&A-Za-z{_HAN}{_MARKS}]*\s)[^&A-Za-z{_HAN}{_MARKS}]++"
_ENGLISH = re.compile(
    rf"(?<![&#A-Za-z])[A-Za-z]{{3,}}+(?:(?:{_GAP}[A-Za-z](?![A-Za-z]))*+{_GAP}[A-Za-z]{{2,}}+)++"
)
# A tag, and what follows it up to the next.
_PIECE = re.compile(r"<(/?)([a-z][a-z0-9]*)((?:[^<>\"]++|\"[^\"]*+\")*+)>([^<]++)")
# Elements that hold text and no other elements.
_PLAIN = {"title", "option", "textarea"}
_NO_TEXT = {"script", "style"}
_SAID = re.compile(r"\slang=")  # on a line of its own, too
_CODES = {"zh": "zh-Hans", "en": "en"}


def marked(html: str, language: str) -> str:
    """The page in that language, with a `lang` on each text of the other.

    >>> marked("<p>By <b>橘乡合作社</b> of Zigui</p>", "en")
    '<p>By <b lang="zh-Hans">橘乡合作社</b> of Zigui</p>'
    >>> marked("<p>Rated 好吃, 会再来 by a buyer</p><option>湖北</option>", "en")
    '<p>Rated <span lang="zh-Hans">好吃</span>, <span lang="zh-Hans">会再来</span> by a buyer</p><option lang="zh-Hans">湖北</option>'
    >>> marked('<a lang="en" href="/en/">In English please</a><td>Sweet and fresh</td><td>SF Express</td><td>5 kg</td>', "zh")
    '<a lang="en" href="/en/">In English please</a><td lang="en">Sweet and fresh</td><td>SF Express</td><td>5 kg</td>'
    >>> marked('<a href="/zh/"\\n  lang="zh-Hans">中文</a>', "en")
    '<a href="/zh/"\\n  lang="zh-Hans">中文</a>'
    """
    # A page is read through in some milliseconds; one that is kept for all guests is so once.
    run, code = (_CHINESE, _CODES["zh"]) if language == "en" else (_ENGLISH, _CODES["en"])

    def said(found: re.Match[str]) -> str:
        end, tag, attributes, text = found.groups()
        if tag in _NO_TEXT or _SAID.search(attributes) or not run.search(text) or has_hole(text):
            return found[0]
        # All that the element holds: it says so itself.
        is_all = not end and run.fullmatch(text.strip()) and html.startswith(f"</{tag}>", found.end())
        if is_all or (tag in _PLAIN and not end):
            return f'<{tag}{attributes} lang="{code}">{text}'
        return f"<{end}{tag}{attributes}>" + run.sub(lambda one: f'<span lang="{code}">{one[0]}</span>', text)

    return _PIECE.sub(said, html)
