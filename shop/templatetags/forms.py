"""Forms as our pages write them: a deed, its fields with their labels, and beside each why it was refused."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from core import language
from core.language import Words, say
from core.templatetags.sheaf import idempotency_key, read_both
from shop.templatetags.alone import address_with, is_hushed
from shop.web.choices import CALLED, CHOICES
from shop.web.controls import CHOOSE, draw_below, draw_control, draw_field, draw_options, to_choose_from
from shop.web.document import act_document, variables_of
from shop.web.form import APART, is_apart
from shop.web.holes import hole, is_shared
from shop.web.refused import is_refused, summary

register = template.Library()

FORM, OF = "_form", "_of"
OPTIONAL = say("（可不填）", "(optional)")
# What may be left out at first, by what it is needed for.
BEFORE = {True: say("（提交前要有）", "(to submit)"), "opening": say("（开张前要有）", "(to open)")}
# Attributes that a field may be given as they are.
PLAIN = (
    *("autocomplete", "inputmode", "maxlength", "min", "max", "step", "pattern"),
    *("placeholder", "rows", "accept", "multiple", "list"),
)


class FormNode(template.Node):
    """`{% form "sign_in" next=url %} … {% endform %}`: posts to /do/sign_in/, says where to go and come back to.

    `or_act` names another deed that one of its own buttons does with the same fields.
    `carries` names a deed whose button, elsewhere on the page, sends this form along (its `first`), so that what is
    written here and not saved yet is not lost.
    With `of`, what stands here is a part of the form of that id, further up on the page: what is written in either is
    sent by the buttons of both.
    `item` tells forms of one act on a page apart; `at` is where on the page it stands, for the way back should
    it be refused; `files=True` sends files along; the key of an idempotent
    act is put in by itself.
    """

    def __init__(self, act: FilterExpression, options: dict[str, FilterExpression], content: NodeList):
        self.act, self.options, self.nodelist = act, options, content

    def render(self, context: template.Context) -> str:
        """The form, its hidden fields first."""
        if is_hushed(context):
            return ""
        act = self.act.resolve(context)
        given = {name: value.resolve(context) for name, value in self.options.items()}
        request = context["request"]
        here = request.get_full_path()
        item = str(given.get("item", ""))
        request.forms = getattr(request, "forms", 0) + 1
        hidden = {
            "lang": language.current(),
            "next": given.get("next") or address_with(request),
            "back": (given.get("back") or here) + (f"#{given['at']}" if given.get("at") else ""),
            **({"item": item} if item else {}),
            **({APART: "1"} if is_apart(request) else {}),
        }
        of = str(given.get("of", ""))
        acts = (act, str(given.get("or_act", "")))
        prefix, refused = f"f{request.forms}", _refused(context, acts, item)
        with context.push(**{FORM: (prefix, refused), OF: of, "form_act": act}):
            content = self.nodelist.render(context)
        told = _summary(request, prefix, refused, content)
        if of:
            field = '<input type="hidden" name="back.{}" value="{}" form="{}">'
            return told + format_html(field, act, hidden["back"], of) + SafeString(content)
        return format_html(
            '<form method="post" action="/do/{}/"{}{}{}>{}'
            '<input type="hidden" name="csrfmiddlewaretoken" value="{}">{}{}{}</form>',
            act,
            format_html(' class="{}"', given["css"]) if given.get("css") else "",
            format_html(' id="{}"', given["id"]) if given.get("id") else "",
            SafeString(' enctype="multipart/form-data"') if given.get("files") else "",
            told,
            hole("token") if is_shared(request) else get_token(request),
            format_html_join("", '<input type="hidden" name="{}" value="{}">', hidden.items()),
            idempotency_key(hole("key") if is_shared(request) else None) if _needs_a_key(act, given) else "",
            SafeString(content),
        )


def _needs_a_key(act: str, given: Mapping[str, Any]) -> bool:
    return any(_is_idempotent(deed) for deed in (act, given.get("carries")) if deed)


def _is_idempotent(act: str) -> bool:
    path = act_document(act)
    return bool(path) and "idempotencyKey" in variables_of(path)


def _refused(context: template.Context, acts: tuple[str, str], item: str) -> Mapping[str, Any]:
    """The form as it was refused, if it was this one."""
    form = context.get("form") or {}
    if not form.get("act") or form["act"] not in acts or form.get("item", "") != item:
        return {}
    drawn_on(context["request"]).add(form["act"])
    return form


def _summary(request: Any, prefix: str, refused: Mapping[str, Any], content: str) -> SafeString:
    """Why it was refused, above its fields; of several forms of that act, above the first."""
    if not is_refused(refused) or getattr(request, "is_told", False):
        return SafeString("")
    request.is_told = True
    return summary(refused, prefix, content)


def drawn_on(request: Any) -> set[str]:
    """Acts whose form was drawn on the page with what had been written into it."""
    if not hasattr(request, "drawn"):
        request.drawn = set()
    drawn: set[str] = request.drawn
    return drawn


def _form(context: template.Context) -> tuple[str, dict]:
    """The prefix of the form that is being drawn, and what was written into it."""
    return context.get(FORM) or ("f0", {})


@register.tag("form")
def form(parser: Parser, token: Token) -> FormNode:
    """A form that does a deed."""
    _, act, *rest = token.split_contents()
    options = token_kwargs(rest, parser)
    content = parser.parse(("endform",))
    parser.delete_first_token()
    return FormNode(parser.compile_filter(act), options, content)


@register.simple_tag(takes_context=True)
def field(
    context: template.Context,
    name: str,
    zh: str,
    en: str,
    hint_zh: str = "",
    hint_en: str = "",
    *,
    type: str = "text",
    value: Any = "",
    required: bool = True,
    later: bool | str = False,
    choices: Any = None,
    by: str = "value",
    named: str = "label",
    css: str = "",
    **plain: Any,
) -> SafeString:
    """A labelled control with its hint, what was written before, and why it was refused.

    `later`: a draft may lack it, and what is submitted may not; `"opening"`: nor a shop that opens.
    """
    prefix, form = _form(context)
    id, wrong = f"{prefix}-{name}", form.get("errors", {}).get(name, "")
    before = form["values"].get(name) if name in form.get("values", {}) else None
    hint = hint_zh if language.current() == "zh" else hint_en
    label = zh if language.current() == "zh" else en
    about = " ".join([f"{id}-hint"] * bool(hint) + [f"{id}-wrong"] * bool(wrong))
    attributes = {
        "id": id,
        "name": name,
        **({"required": True} if required and type != "file" else {}),
        **({"aria-describedby": about} if about else {}),
        **({"aria-invalid": "true"} if wrong else {}),
        **({"form": context[OF]} if context.get(OF) else {}),
        **({"inputmode": "numeric"} if type == "number" else {}),
        **{key: plain[key] for key in PLAIN if plain.get(key) not in (None, "")},
    }
    last = before[-1] if before else ("" if before is not None else value)
    options = CHOICES[choices]() if isinstance(choices, str) else _options(choices or (), by, named)
    control = draw_control(type, attributes, "" if last is None else last, options)
    below = draw_below(id, hint, wrong)
    note = "" if required else BEFORE[later] if later else OPTIONAL
    return draw_field(type, id, label, control, below, note=note, css=css)


class ExplainedNode(template.Node):
    """A field whose hint is a sentence."""

    def __init__(
        self, words: list[FilterExpression], options: dict[str, FilterExpression], hint: tuple[str, str]
    ):
        self.words, self.options, self.hint = words, options, hint

    def render(self, context: template.Context) -> str:
        """The field, its hint in the reader's language."""
        name, zh, en = (word.resolve(context) for word in self.words)
        options = {option: value.resolve(context) for option, value in self.options.items()}
        return field(context, name, zh, en, *self.hint, **options)


@register.tag
def explained(parser: Parser, token: Token) -> ExplainedNode:
    """`{% explained "words" "说说它" "In your words" type="textarea" %} 味道…… {% english %} Taste… {% endexplained %}`.

    What `field` draws, where its hint fills more than a line.
    """
    _, name, zh, en, *rest = token.split_contents()
    options = token_kwargs(rest, parser)
    words = [parser.compile_filter(word) for word in (name, zh, en)]
    return ExplainedNode(words, options, read_both(parser, "endexplained"))


def _options(things: Any, by: str, named: str) -> list[tuple[str, str]]:
    return [(thing[by], thing[named]) for thing in things]


@register.simple_tag(takes_context=True)
def region_field(
    context: template.Context, name: str, divisions: list[dict], provinces: list[dict], province: str = ""
) -> SafeString:
    """The counties of a province to choose from, by its divisions; a place without any stands for itself.

    None is chosen beforehand, not even the only one: a county that nobody chose is where nobody lives.
    """
    value = refill(context, name)
    groups = [format_html('<option value="">{}</option>', CHOOSE)]
    for division in divisions:
        below = [(county["code"], county["name"]) for county in division["children"]]
        listed = draw_options(below or [(division["code"], division["name"])], value)
        groups.append(
            format_html('<optgroup label="{}">{}</optgroup>', division["name"], listed) if below else listed
        )
    if not divisions:
        groups.append(
            draw_options([(p["code"], p["name"]) for p in provinces if p["code"] == province], value)
        )
    return _choice_of_places(context, name, say("区县", "County or district"), groups)


def _choice_of_places(
    context: template.Context, name: str, label: Words, groups: list[SafeString]
) -> SafeString:
    return format_html(
        '<div class="field"><label for="{0}">{1}</label><select id="{0}" name="{2}" required{3}>{4}</select>{5}</div>',
        field_id(context, name),
        label,
        name,
        invalid_attributes(context, name),
        SafeString("".join(groups)),
        wrong(context, name),
    )


@register.simple_tag(takes_context=True)
def row_field(context: Any, name: str, row: str, zh: str, en: str, value: Any = "") -> SafeString:
    """`{% row_field "units" line.id "退几份" "Units" %}`: a number that is asked of each row of a form and may be left out."""
    return field(
        context, f"{name}.{row}", zh, en, value=value, required=False, inputmode="decimal", maxlength=12
    )


@register.simple_tag(takes_context=True)
def place_field(
    context: template.Context, name: str, divisions: list[dict], provinces: list[dict], province: str = ""
) -> SafeString:
    """A whole province to choose, one of its divisions or one of their counties."""
    value = refill(context, name)
    places = [
        (p["code"], str(say("{x}（全境）", "All of {x}", x=p["name"])))
        for p in provinces
        if p["code"] == province
    ]
    groups = [draw_options(to_choose_from(places), value)]
    for division in divisions:
        below = [(county["code"], county["name"]) for county in division["children"]]
        whole = (division["code"], str(say("{x}（全境）", "All of {x}", x=division["name"])))
        listed = draw_options([whole, *below] if below else [(division["code"], division["name"])], value)
        groups.append(format_html('<optgroup label="{}">{}</optgroup>', division["name"], listed))
    return _choice_of_places(context, name, say("哪里", "Which place"), groups)


@register.simple_tag(takes_context=True)
def hidden(context: template.Context, **values: Any) -> SafeString:
    """Fields that the form sends unseen; those without a value are left out."""
    return format_html_join(
        "",
        '<input type="hidden" name="{}" value="{}">',
        ((name, value) for name, value in values.items() if value not in (None, "")),
    )


@register.simple_tag(takes_context=True)
def refill(context: template.Context, name: str, otherwise: Any = "") -> Any:
    """What was written in this field of this form before it was refused, else what is known."""
    _, form = _form(context)
    values = form.get("values", {}).get(name)
    return values[-1] if values else "" if otherwise is None else otherwise


@register.simple_tag(takes_context=True)
def refill_all(context: template.Context, name: str, otherwise: Any = ()) -> list[str]:
    """The same of boxes of which several may be ticked."""
    _, form = _form(context)
    return [str(v) for v in form.get("values", {}).get(name, otherwise or ())]


@register.simple_tag
def offered(choices: str) -> list[tuple[str, str]]:
    """`{% offered "token_scope" as choices %}`: (name, words in the reader's language) of each that may be chosen."""
    return CHOICES[choices]()


@register.filter
def called(name: str, choices: str) -> str:
    """`{{ h.state|called:"household_state" }}`: what a value that the API names is called."""
    return str(CALLED[choices][name].words)


@register.simple_tag(takes_context=True)
def wrong(context: template.Context, name: str) -> SafeString:
    """Why this field was refused, for a control that a template draws itself."""
    _, form = _form(context)
    why = form.get("errors", {}).get(name)
    if not why:
        return SafeString("")
    return format_html('<p class="wrong" id="{}-wrong">{}</p>', field_id(context, name), why)


@register.simple_tag(takes_context=True)
def invalid_attributes(context: template.Context, name: str) -> SafeString:
    """The attributes by which such a control says that it was refused, and where it is told why."""
    if not _form(context)[1].get("errors", {}).get(name):
        return SafeString("")
    return format_html(' aria-invalid="true" aria-describedby="{}-wrong"', field_id(context, name))


@register.simple_tag(takes_context=True)
def field_id(context: template.Context, name: str) -> str:
    """The id of a control of this form that a template draws itself."""
    return f"{_form(context)[0]}-{conditional_escape(name)}"
