"""What is refilled of a refused form: what is said beside its fields, and nothing else; sealed, and gone when shown."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from shop.web import act
from shop.web.acts import acts
from shop.web.document import act_document, acts_documents, refilled_fields, variables_of
from tests.accounts.world import PASSWORD, a_person, an_organisation
from tests.web.test_documents import templates

pytestmark = pytest.mark.django_db
ACTS = sorted(acts_documents())
# A secret, a key, or what a family has told: typed again rather than kept.
NEVER = re.compile(r"password|token|key|proof|bank|photo|csrf", re.IGNORECASE)


def all_rows():
    """Every session's bytes, as whoever reads the table finds them, opened as Django's own code would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session")
        raw = "".join(text for (text,) in cursor.fetchall())
    return raw + json.dumps([row.get_decoded() for row in Session.objects.all()], ensure_ascii=False)


def test_each_act_keeps_fields_of_its_own_and_no_secret():
    assert len(ACTS) > 200
    for name in ACTS:
        kept = refilled_fields(act_document(name))
        assert kept <= set(variables_of(act_document(name))), name
        assert not [field for field in kept if NEVER.search(field)], name


def test_what_is_typed_into_a_form_of_ours_is_kept_unless_it_is_a_secret():
    """A new field is thought of: it is kept, or named here."""
    thrown_away = {("propose_household", "name"), ("propose_household", "phone"), ("look_at_rates", "file")}
    # What a team calls a household is forgotten as its name is.
    thrown_away |= {
        ("propose_household", "shortName"),
        ("rename_household", "shortName"),
        ("find_household", "name"),
    }
    thrown_away |= {("import_people", "file"), ("import_weights", "file"), ("import_numbers", "file")}
    thrown_away |= {("import_listings", "file")}
    thrown_away |= {("upload_import", "file"), ("repair_import", "file"), ("upload_award_file", "file")}
    thrown_away |= {("upload_return_label", "file"), ("add_application_paper", "file")}
    thrown_away |= {
        (f"upload_{kind}", file) for kind in ("invoice", "red_invoice") for file in ("file", "xml")
    }
    # Of somebody near to a team a keyed hash is kept, and nothing else.
    thrown_away |= {("declare_related_party", "value")}
    # What was meant of one number is asked anew of the next.
    sent_by = ("correct_number", "ship_group", "ship_parcel", "send_parcels")
    thrown_away |= {(form, "isMeant") for form in sent_by}
    # Codes are good once, or wrong: each is written anew.
    codes = (
        "confirm_second_factor",
        "end_second_factor",
        "give_second_factor",
        "renew_recovery_codes",
        "confirm_letter",
        "change_address",
        "add_number",
        "confirm_text",
        "sign_in_by_text",
    )
    thrown_away |= {(form, "code") for form in codes} | {("prove_device", "given")}
    lost = []
    for page in templates().values():
        for form in re.finditer(r'{% form "(\w+)"(.*?){% endform %}', page, re.DOTALL):
            may = acts()[form[1]].refilled or refilled_fields(act_document(form[1]))
            typed = set(re.findall(r'{% (?:field|explained) "(\w+)"', form[2]))
            lost += [(form[1], f) for f in sorted(typed - may) if not NEVER.search(f)]
    assert set(lost) - thrown_away == set()


def test_a_field_that_nobody_named_is_not_kept():
    client = Client()
    client.post(
        "/do/sign_in/", {"email": "somebody@example.com", "password": "wrong", "extra": "x", "lang": "en"}
    )
    client.get("/en/sign-in/")
    assert act.refill_of({}, frozenset()) == {}
    assert (
        refilled_fields(act_document("sign_in")) == {"email"}
        and refilled_fields(act_document("nothing")) == frozenset()
    )


def test_nothing_of_a_family_is_in_a_session(shelf):
    client = Client()
    client.force_login(shelf.manager)
    family = {
        "name": "王秀英户",
        "phone": "13912345678",
        "bankAccount": "6222020200112233445",
        "consented": "true",
    }
    client.post(
        "/do/propose_household/", {**family, "phone": "12", "county": "", "lang": "zh", "back": "/zh/desk/"}
    )
    rows = all_rows()
    for secret in ("王秀英户", "6222020200112233445", *(json.dumps("王秀英户").strip('"'),)):
        assert secret not in rows
    page = client.get("/zh/desk/households/").content.decode()
    assert "6222020200112233445" not in page and "王秀英户" not in page


def test_a_new_token_and_an_invitations_link_are_sealed_and_gone_when_shown():
    mei = a_person()
    union = an_organisation(coordinator=mei)
    client = Client()
    client.force_login(mei)
    made = {"name": "x", "password": PASSWORD, "days": "1", "scopes": "READ", "lang": "en"}
    client.post("/do/create_token/", {**made, "next": "/en/account/details/"})
    before = all_rows()
    shown = re.search(r"sheaf_[\w-]+", client.get("/en/account/details/").content.decode())
    assert shown and shown[0] not in before and shown[0] not in all_rows()
    assert "sheaf_" not in client.get("/en/account/details/").content.decode()
    client.post(
        "/do/invite/",
        {"organisation": _id(union), "role": "MEMBER", "lang": "en", "next": "/en/organisations/"},
    )
    before = all_rows()
    link = re.search(r"invitation/\?token=([\w-]+)", client.get("/en/organisations/").content.decode())
    assert link and link[1] not in before
    assert link[1] not in client.get("/en/organisations/").content.decode()


def test_an_address_that_was_refused_is_sealed_and_shown_once():
    mei = a_person()
    client = Client()
    client.force_login(mei)
    wrong = {"recipient": "示例收件人", "phone": "12", "street": "示例路 8 号", "region": "420106"}
    client.post("/do/save_address/", {**wrong, "lang": "zh", "back": "/zh/account/addresses/"})
    rows = all_rows()
    assert "示例路" not in rows and json.dumps("示例路").strip('"') not in rows
    assert "示例路 8 号" in client.get("/zh/account/addresses/?province=420000").content.decode()
    assert "示例路 8 号" not in client.get("/zh/account/addresses/?province=420000").content.decode()


def _id(organisation):
    from core.api.ids import global_id

    return global_id("Organisation", organisation.uid)


def test_no_list_of_what_is_never_kept_is_left():
    assert "NEVER_KEPT" not in Path(act.__file__).read_text()
