"""What a column may say has its words in one place, in both languages."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Choices as Plain
from django.test import RequestFactory
from django.utils.choices import CallableChoiceIterator

from catalog.models import Certificate, Lot, Product
from core import language
from core.api.types import enum_of
from core.choices import Choices, NumberedChoices, words_of
from orders.models import Dispute, Order, Shipment
from orders.models.claim import Claim
from shop.templatetags.web import payment_method
from tests.accounts.world import an_operator

ROOT = Path(__file__).resolve().parents[2]
# What the demo's teams write of their own goods is theirs, whatever it goes by; the stand-in is another house.
# Texts to begin from are for a kind of goods, and no words for it.
ELSEWHERE = ("tests/", "bench/", "local/", "shop/demo/", "catalog/samples.py")


def below(kinds: type[Plain]) -> Iterator[type[Plain]]:
    for one in kinds.__subclasses__():
        yield one
        yield from below(one)


def choices() -> list[type[Plain]]:
    """Every set of choices of the house."""
    made = (one for one in below(Plain) if list(one) and not one.__module__.startswith(("django", "tests")))
    return sorted(set(made), key=lambda one: (one.__module__, one.__qualname__))


def test_each_choice_has_words_in_both_languages_and_no_two_of_a_set_sound_alike():
    assert len(choices()) >= 30
    for kinds in choices():
        assert issubclass(kinds, Choices | NumberedChoices), f"{kinds} has no words"
        told = [(one.words.zh, one.words.en) for one in kinds]
        assert all(zh and en for zh, en in told)
        assert len({zh for zh, _ in told}) == len({en for _, en in told}) == len(told), kinds
        others = {tuple(one.others) for one in kinds}
        assert len(others) == 1, f"{kinds}: what somebody else reads is said of each"
        assert all(said.zh and said.en for one in kinds for said in one.others.values())


def test_every_column_with_choices_knows_their_words():
    columns = [field for model in apps.get_models() for field in model._meta.fields if field.choices]
    # What a function lists are names that settings give (a provider's): they are no words, and shown as they are.
    named = [field for field in columns if isinstance(field.choices, CallableChoiceIterator)]
    assert {field.name for field in named} == {"provider"}
    ours = [f for f in columns if f not in named and not f.model.__module__.startswith("django")]
    assert len(ours) >= 30
    bare = [field for field in ours if list(words_of(field)) != [value for value, _ in field.flatchoices]]
    assert not bare


def sentences(node: ast.AST) -> bool:
    """Whether words for people stand in it."""
    texts = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant))
    return any(isinstance(text, str) and re.search(r"\w \w|[\u4e00-\u9fff]", text) for text in texts)


def tables(tree: ast.AST) -> Iterator[tuple[int, set[str]]]:
    """The line and the keys of each dict with words for values: constants, and the last name of `Order.State.PAID`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict) and len(node.keys) > 1 and any(map(sentences, node.values)):
            keys = {
                key.attr if isinstance(key, ast.Attribute) else str(key.value)
                for key in node.keys
                if isinstance(key, ast.Attribute | ast.Constant)
            }
            if len(keys) == len(node.keys):
                yield node.lineno, keys


def members(kinds: type[Plain]) -> list[set[str]]:
    return [set(kinds.names), {str(value) for value in kinds.values}]


def second_tables(source: str) -> list[int]:
    """The lines of dicts whose keys are all of one set of choices, and whose values hold words."""
    sets = [names for kinds in choices() for names in members(kinds)]
    return [line for line, keys in tables(ast.parse(source)) if any(keys <= names for names in sets)]


def test_no_table_of_words_by_a_choice_stands_outside_the_choices():
    listed = subprocess.run(
        ["git", "ls-files", "*.py"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    files = [f for f in listed.split() if not f.startswith(ELSEWHERE) and (ROOT / f).exists()]
    assert len(files) > 300
    found = {f: lines for f in files if (lines := second_tables((ROOT / f).read_text()))}
    assert not found, f"words that belong on the choice: {found}"


@pytest.mark.parametrize(
    "table",
    [
        'X = {Order.State.PAID: say("已付款", "Paid"), Order.State.HELD: say("等待", "Held")}',
        'X = {"PAID": "Paid, to be sent", "HELD": "Paid, and held"}',
        'def f(s):\n    return {State.OPEN: ("开", "Open"), State.LOST: ("输", "Lost")}[s]',
    ],
)
def test_such_a_table_would_be_found(table: str):
    assert second_tables(table)


def test_no_page_says_a_choice_in_words_of_its_own():
    """`{% if x.state == "VERIFIED" %}{% say "已核实" …`: the very words of the choice, written a second time."""
    written = re.compile(r'== "([A-Z_]+)" %}\s*(?:<[^>]*>\s*)?{% say "([^"]*)"')
    known = {(one.name, one.words.zh) for kinds in choices() for one in kinds}
    pages = sorted((ROOT / "shop" / "web").rglob("*.html"))
    assert len(pages) > 50 and ("VERIFIED", "已核实") in known
    found = [
        (page.name, said) for page in pages for said in written.findall(page.read_text()) if said in known
    ]
    assert not found


def test_the_schema_says_a_choice_in_its_words():
    told = enum_of(Order, "state")._meta.enum
    assert told("held").name == "HELD"
    sdl = (ROOT / "schema.graphql").read_text()
    for kinds in (Order.State, Shipment.State, Claim.State, Certificate.Kind):
        for one in kinds:
            assert f'"""{one.words.en.rstrip(".")}."""\n  {one.name}\n' in sdl


def test_a_certificate_is_called_alike_by_whoever_adds_it_and_whoever_reads_it():
    with language.use("en"):
        offered = dict(Certificate.Kind.offered())
    assert offered["ORIGIN"] == "Certificate of origin" == Certificate.Kind("origin").words.en


def test_who_lost_to_a_buyers_bank_is_told_otherwise_to_the_buyer():
    assert (
        Dispute.State.LOST.words.en == "Lost" and Dispute.State.LOST.to_buyer.en == "Given back by the bank"
    )
    assert Product.Storage("dry").words.en == "Room temperature"
    assert Product.Storage("dry").parcel.en == "Dry goods"


def test_a_way_to_pay_that_the_shop_does_not_know_is_shown_as_its_provider_calls_it():
    with language.use("en"):
        assert [payment_method(name) for name in ("wechat_pay", "link", "")] == ["WeChat Pay", "link", ""]
    with language.use("zh"):
        assert [payment_method(name) for name in ("wechat_pay", "link", "")] == ["微信支付", "link", ""]


def test_a_form_says_beside_the_words_what_they_mean():
    with language.use("en"):
        assert Lot.Level.offered()[0] == ("0", "Team’s pool: no record of who grew what")
    with language.use("zh"):
        assert Lot.Level.offered()[0] == ("0", "团队合批：没有分户记录")


@pytest.mark.django_db
def test_operators_read_and_filter_states_in_their_language():
    room = admin.site._registry[Shipment]
    request = RequestFactory().get("/operators/orders/shipment/")
    request.user = an_operator()
    tell = next(c for c in room.get_list_display(request) if getattr(c, "__name__", "") == "state")
    for speech, word in (("zh", "运输中"), ("en", "On its way")):
        with language.use(speech):
            assert tell(Shipment(state="shipped")) == word
            changes = room.get_changelist_instance(request)
            shown = [str(one["display"]) for one in changes.filter_specs[0].choices(changes)]
            assert word in shown and "Shipped" not in shown and len(shown) == len(Shipment.State) + 1
