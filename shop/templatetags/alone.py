"""One thing to send at a time: a form with something to type is opened by itself, and then no other is on the page.

Without a script a button sends its own form and nothing else: whatever was typed in another would be lost. So a page
of several shows them as links; the link's page has that form alone, and what else the page tells to be read.
"""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import language
from core.language import say
from shop.web.acts import name_of_act

register = template.Library()

OPEN, IN_IT = "open", "_alone"
PUT_AWAY = say("先不写了", "Put it away")


def opened_on(request: Any) -> str:
    """Which form is open: the one that the address says, or that is to be shown as it was written."""
    return getattr(request, "opened", "") or name_of_act(request.GET.get(OPEN, ""))


def opens_for(request: Any, form: dict[str, Any]) -> bool:
    """Whether this form of a page that was just drawn is behind a link: then it is open, as soon as it is drawn anew."""
    key = "~".join(part for part in (form["act"], form.get("item", "")) if part)
    if opened_on(request) or key not in getattr(request, "can_open", ()):
        return False
    request.opened = key
    return True


def address_with(request: Any, key: str = "", at: str = "") -> str:
    """The page's address with this form opened, or with none."""
    query = request.GET.copy()
    query.pop(OPEN, None)
    if key:
        query[OPEN] = key
    return request.path + (f"?{query.urlencode()}" if query else "") + (f"#{at}" if at else "")


def is_hushed(context: template.Context) -> bool:
    """Whether another form is opened than the one that is being drawn, so that this one has no place."""
    return bool(opened_on(context["request"])) and not context.get(IN_IT)


class AloneNode(template.Node):
    """`{% alone "add_certificate" "加一份证书" "Add a certificate" at="papers" %}{% form … %}…{% endalone %}`: a link that opens it.

    Its name is its act's, with ~ and its item where there are several. `at` is where on the page it stands, `css` how its link looks. With `when=False` it is the page's one thing to
    type for this reader, and stands there as it is. `keeps` (an act) and `form` (its id): what is half written in that form waits.
    """

    def __init__(
        self, words: list[FilterExpression], options: dict[str, FilterExpression], content: NodeList
    ):
        self.words, self.options, self.nodelist = words, options, content

    def render(self, context: template.Context) -> str:
        """The form, the link that opens it, or nothing while another is open."""
        key, zh, en = (str(words.resolve(context)) for words in self.words)
        given: dict[str, Any] = {name: value.resolve(context) for name, value in self.options.items()}
        request = context["request"]
        at = str(given.get("at", ""))
        if not given.get("when", True):
            with context.push(**{IN_IT: True}):
                return self.nodelist.render(context)
        if opened_on(request) == key:
            request.is_opened = True
            with context.push(**{IN_IT: True}):
                content = self.nodelist.render(context)
            away = format_html('<a class="tap" href="{}">{}</a>', address_with(request, at=at), PUT_AWAY)
            return format_html('{}<p class="flush">{}</p>', SafeString(content), away)
        if opened_on(request):
            return ""
        request.can_open = {*getattr(request, "can_open", ()), key}
        label = zh if language.current() == "zh" else en
        where = address_with(request, key, at)
        if act := given.get("keeps"):
            link = turn(context, act, where, zh, en, form=given.get("form", ""))
            return format_html("<p>{}</p>", link)
        return format_html(
            '<p class="flush"><a class="{}" href="{}">{}</a></p>', given.get("css", "tap"), where, label
        )


@register.tag("alone")
def alone(parser: Parser, token: Token) -> AloneNode:
    """A form that is opened by itself."""
    _, key, zh, en, *rest = token.split_contents()
    options = token_kwargs(rest, parser)
    content = parser.parse(("endalone",))
    parser.delete_first_token()
    return AloneNode([parser.compile_filter(words) for words in (key, zh, en)], options, content)


@register.simple_tag(takes_context=True)
def opened(context: template.Context) -> str:
    """`{% opened as open %}`: which form is open; what else there is to press or to choose then has no place."""
    return opened_on(context["request"])


@register.simple_tag(takes_context=True)
def opening(context: template.Context, key: str, at: str = "") -> str:
    """The address that opens a form of this page."""
    return address_with(context["request"], key, at)


@register.simple_tag(takes_context=True)
def turn(context: template.Context, act: str, to: str, zh: str, en: str, *, form: str = "") -> SafeString:
    """A button that goes elsewhere for a moment (to another province) and keeps what is written in its form of `act`.

    It stands after the button that sends: Enter presses the first.
    """
    return format_html(
        '<button class="quiet" type="submit" formaction="/do/turn/?{}" name="turn" value="{}" formnovalidate{}>{}</button>',
        urlencode({"to": to}),
        act,
        format_html(' form="{}"', form) if form else "",
        zh if language.current() == "zh" else en,
    )


@register.simple_tag(takes_context=True)
def but_for(context: template.Context, name: str) -> str:
    """This page's address without one of its answers."""
    query = context["request"].GET.copy()
    query.pop(name, None)
    return context["request"].path + (f"?{query.urlencode()}" if query else "")
