"""Every page and act is a document that the schema answers, and every form asks for what its act takes."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from core.api import documents
from local.machine import ROOT
from shop.web.acts import acts
from shop.web.document import HERE, act_document, acts_documents, variables_of
from shop.web.form import OURS
from tests.shop.tour import routed

# Posted to addresses of their own (shop/web/desk/picture.py), and what they read of a form.
UPLOADS = {
    "upload_picture": {"product", "photo", "altZh", "altEn"},  # with a product's words beside them
    # All lines of a cart at once (shop/web/buying/keep_cart.py), each by these acts.
    "keep_cart": {"couponCode"},
    # Shipping rates as a file, looked at and then taken (shop/web/setup/rates.py).
    "look_at_rates": {"file"},
    "import_rates": {"rates"},
    "upload_logo": {"photo"},
    # To whom a cart goes, as a file (shop/web/buying/people.py).
    "import_people": {"file"},
    # Tracking numbers as a file, looked at and then taken (shop/web/desk/numbers.py).
    "import_numbers": {"team", "file"},
    "send_numbers": {"sheet", "correct", "isMeant"},
    # A team's products, sizes and lots as files (shop/web/desk/tables.py).
    "import_listings": {"team", "kind", "file"},
    # What each household brought, as a file that fills the form (shop/web/desk/weights.py).
    "import_weights": {"lot", "file"},
    # Statements of outside platforms (shop/web/organiser/files.py).
    "upload_import": {
        *("round", "source", "file", "scope", "grade", "statedOn", "coversFrom", "coversTo"),
        *("controlRows", "controlAmountMinor", "controlRefundMinor"),
    },
    "repair_import": {"batch", "file"},
    # Papers beside an award (shop/web/organiser/award_file.py).
    "upload_award_file": {"award", "file"},
    # Invoices that a team has issued (shop/web/desk/invoice.py).
    "upload_invoice": {"team", "orders", "number", "amountMinor", "file", "xml"},
    "upload_red_invoice": {"team", "blue", "number", "amountMinor", "file", "xml"},
    # The carrier's label of what comes back (shop/web/desk/label.py).
    "upload_return_label": {"return", "file", "carrier", "trackingNumber"},
}
# Files that a form sends beside its act's variables, and a carrier that stands once for all rows.
BESIDE = {act: {"photo"} for act in ("make_claim", "dispute_claim", "bring_claim", "add_claim_photos")}
BESIDE |= {"send_parcels": {"carrier"}, "add_application_paper": {"file"}}
BY_OTHERS = {
    "change_quantity",
    "remove_line",
    "accept_prices",
    "leave_coupon",
    "send_to_usual",
    "keep_wish",
}
FORM = re.compile(r'{% form "(\w+)"(.*?)%}(.*?){% endform %}', re.DOTALL)
CARRIES = re.compile(r'carries="(\w+)"')
OR_ACT = re.compile(r'or_act="(\w+)"')
FIELDS = (
    re.compile(r'{% (?:field|explained|region_field|place_field) "(\w+)"'),
    re.compile(r'<(?:input|select|textarea)[^>]* name="(\w+)"'),
)
INCLUDE = re.compile(r'{% include "([\w/]+\.html)"[^%]*%}')
HIDDEN = re.compile(r"{% hidden (.*?) %}")


@cache
def templates() -> dict[str, str]:
    """The text of each template, with what it includes inside a form put in its place."""
    found = {str(p.relative_to(HERE)): p.read_text() for p in HERE.glob("**/*.html")}

    def whole(text: str) -> str:
        return INCLUDE.sub(lambda part: whole(found[part[1]]), text)

    return {name: whole(text) for name, text in found.items()}


def or_acts() -> dict[str, str]:
    """Which deed one of a form's own buttons does with its fields, by the form's act."""
    found = [FORM.findall(text) for text in templates().values()]
    return {act: other[1] for one in found for act, options, _ in one if (other := OR_ACT.search(options))}


def forms() -> list[tuple[str, str, set[str]]]:
    """(template, act, its fields) of every form that does a deed."""
    return [
        (name, act, _fields(content))
        for name, text in templates().items()
        for act, _, content in FORM.findall(text)
    ]


def carried() -> dict[str, str]:
    """Which deed's button elsewhere on its page sends a form along, by the form's act."""
    found = {}
    for text in templates().values():
        for act, options, _ in FORM.findall(text):
            if carries := CARRIES.search(options):
                found[act] = carries[1]
    return found


def _fields(content: str) -> set[str]:
    named = {name for pattern in FIELDS for name in pattern.findall(content)}
    named |= {pair.partition("=")[0] for given in HIDDEN.findall(content) for pair in given.split()}
    if 'name="kg.' in content:
        named.add("shares")
    if 'name="answer.' in content:
        named.add("answers")
    if "{% mark_field" in content:
        named.add("marks")
    if "{% row_field" in content:
        named.add("lines")
    if "{% number_field" in content:
        named.add("parcels")
    if "{% price_field" in content:
        named.add("prices")
    if "part.field" in content:
        named |= {"farmGateBps", "labourBps", "dividendBps", "teamBps", "reserveBps"}
    return named


def test_every_document_is_answered_by_the_schema_and_none_is_too_dear():
    assert documents.problems() == []


def test_every_form_does_a_deed_that_there_is():
    assert set(UPLOADS) <= set(routed())
    assert [(name, act) for name, act, _ in forms() if not act_document(act) and act not in UPLOADS] == []


def test_every_form_has_the_fields_that_its_act_asks_for_and_no_others():
    wrong = []
    for name, act, fields in forms():
        if act in UPLOADS:
            wrong += [(name, act, field) for field in fields - UPLOADS[act]]
            continue
        variables = dict(variables_of(act_document(act)))
        fields -= BESIDE.get(act, set())
        if along := carried().get(act):
            # What it carries beside its own is the other deed's.
            fields -= UPLOADS.get(along) or set(variables_of(act_document(along))) - set(variables)
        needed = {v for v, kind in variables.items() if kind.is_required} - OURS - {"idempotencyKey"}
        wrong += [(name, act, field) for field in fields ^ (fields & set(variables)) | (needed - fields)]
    assert wrong == []


def test_every_act_is_done_somewhere():
    used = {act for _, act, _ in forms()} | {"merge_cart"} | BY_OTHERS | set(carried().values())
    amid = {name for name, act in acts().items() if act.is_amid}
    used |= {act for act in amid for page in templates().values() if f'formaction="/do/{act}/"' in page}
    assert acts_documents().keys() - used - set(or_acts().values()) == set()


def test_whichever_of_its_deeds_a_form_does_it_asks_for_the_same():
    for act, other in or_acts().items():
        assert variables_of(act_document(act)) == variables_of(act_document(other)), act


def test_no_template_has_a_style_or_a_script_of_its_own():
    own = re.compile(r'\sstyle="|\son\w+="|<style|<script(?! src=)')
    paths = sorted(HERE.glob("**/*.html"))
    assert len(paths) > 200 and [path for path in paths if own.search(path.read_text())] == []


def said_in_chinese() -> Iterator[tuple[str, str]]:
    """Every Chinese text that a person reads: of the pages, of the mails, and what the code says."""
    for name, html in templates().items():
        yield from ((name, text) for text in re.findall(r'{% say "([^"]*)"', html))
        yield from ((name, text) for text in re.findall(r"%}([^%{]+)(?:{\w+}[^%{]*)*{% english %}", html))
    for mail in ROOT.glob("*/templates/mail/*.zh.txt"):
        yield mail.name, re.sub(r"{%.*?%}", "", re.sub(r"{{.*?}}", "文", mail.read_text()))
    for path in ROOT.glob("[a-z]*/**/*.py"):
        if path.parts[len(ROOT.parts)] == "tests":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            called = isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("say", "Words")
            if called and node.args and isinstance(node.args[0], ast.Constant):
                yield path.name, node.args[0].value


def test_chinese_is_written_with_chinese_punctuation():
    half = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]")
    texts = list(said_in_chinese())
    assert [(name, text) for name, text in texts if half.search(text)] == []
    assert len(texts) > 600 and len({name for name, _ in texts}) > 100


def test_every_stylesheet_is_linked_once_and_the_widths_come_last():
    linked = re.findall(r'rel="stylesheet" href="{% static "(.*?)" %}"', (HERE / "base.html").read_text())
    static = HERE / "static"
    assert sorted(linked) == sorted(p.relative_to(static).as_posix() for p in static.glob("style/*.css"))
    assert linked[-1] == "style/screens.css"
