"""Of what strangers ask for, nothing is kept without a bound: names of acts, words of a search, pages' addresses."""

import ast

import pytest
from django.test import Client

from catalog.search import words
from core.fast.responses import responses
from local.machine import ROOT
from scripts.floors import standing
from shop.web import document
from tests.core.test_bounds import grown

# Kept without a number of entries: what their arguments may be stands in the code, in a table of ours or in the settings.
FROM_THE_CODE = {
    "core/api/connections.py": {"connection_of", "sort_enum"},
    "core/api/documents.py": {"trusted"},
    "core/api/errors.py": {"error_code"},
    "core/api/lookahead.py": {"relations"},
    "core/api/run.py": {"the_schema"},
    "core/api/types.py": {"enum_of"},
    "core/fast/inline.py": {"inlined"},
    "core/api/files.py": {"names"},
    "core/labels.py": {"_route"},
    "shop/reference.py": {"homes", "nouns"},
    "shop/templatetags/builder.py": {"_blocks", "_read"},  # our own two texts
    "shop/web/builder/schema.py": {"_introspection"},
    "core/language.py": {"localizer"},
    "core/outbox.py": {"_named"},
    "core/papers/faces.py": {"_measured"},  # the two faces
    "core/patience.py": {"_script"},
    "core/rates.py": {"_script", "connected"},
    "core/rows.py": {"_type", "_insertable"},
    "accounts/permissions.py": {"_table", "_asking", "_fresh_alone", "_by_device"},
    "accounts/places.py": {"above"},  # of a region that there is: another raises, and nothing is kept
    "accounts/totp.py": {"_box"},  # the keys that are set
    "accounts/reads.py": {"_with_regions_below"},
    "accounts/shown.py": {"in_yuan", "in_words"},
    "catalog/api/search.py": {"_named_divisions"},
    "catalog/search/__init__.py": {"_made"},
    "catalog/search/elastic.py": {"client"},
    "catalog/search/words.py": {"_simplified"},
    "impact/sealing.py": {"_fernet"},
    "orders/actions/cart.py": {"_columns"},
    "orders/provider/__init__.py": {"_made"},
    "shop/pulse.py": {"broker"},
    "shop/web/found/doors.py": {"release"},
    # Called with the name that settings give the table.
    "core/api/scopes.py": {"_table"},
    "shop/web/acts.py": {"acts"},
    # Called with names of documents that `exists` has found.
    "shop/web/document.py": {
        "_all",
        "acts_documents",
        "text_of",
        "variables_of",
        "fields_of",
        "_named_for_refill",
    },
    "orders/holding.py": {"_made"},
}


def kept_without_a_number(path) -> set[str]:
    """Functions of a file whose results are kept for ever."""
    tree = ast.parse(path.read_text())
    aliases = {"cache"} | {
        name.asname
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "functools"
        for name in node.names
        if name.name == "cache" and name.asname
    }
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(one, ast.Name) and one.id in aliases for one in node.decorator_list)
    }


def test_what_is_kept_for_ever_is_known():
    """A new one says here what its arguments may be, or has a bound."""
    found = {}
    for path in (path for floor in standing() for path in sorted((ROOT / floor).rglob("*.py"))):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(("local/", "shop/demo/")) and (kept := kept_without_a_number(path)):
            found[name] = kept
    extra = {name: kept - FROM_THE_CODE.get(name, set()) for name, kept in found.items()}
    assert {name: kept for name, kept in extra.items() if kept} == {}


@pytest.mark.django_db
def test_names_of_acts_that_are_none_leave_nothing_behind(caplog):
    caplog.set_level("CRITICAL", "django.request")  # pytest keeps what is logged
    client = Client()
    client.post("/do/none/")

    def fill():
        for n in range(200):
            assert client.post(f"/do/{'x' * 8_000}{n}/").status_code == 404

    # Of 1.6 MB of names: 2.8 were all of them kept. The test's own client keeps some 128 addresses, 1.2 MB, and what it
    # hung on signals.
    assert grown(fill) < 2_000_000
    assert document.act_document("sign_in") and not document.act_document("none")


def test_words_of_a_search_are_kept_while_they_are_short():
    def fill():
        for n in range(600):
            words.syllables("橙子" * 30 + chr(0x4E00 + n))

    assert grown(fill) < 300_000
    short = words.MOST_KEPT * 2_500  # bytes, were each as long as may be
    assert short <= 20_000_000
    assert words.syllables("橙子") == ("cheng", "zi") and len(words.syllables("橙子" * 30)) == 60


@pytest.mark.django_db
def test_pages_under_odd_addresses_weigh_what_they_may(monkeypatch):
    monkeypatch.setattr(responses.cached, "most", 1_000_000)
    responses.forget()
    client = Client()
    for n in range(40):
        client.get(f"/zh/?odd={n}{'x' * 20_000}")
    assert responses.cached.size <= 1_000_000
    assert responses.cached.size == sum(one.weight for one in responses.cached._held.values())
