"""In, out and passwords."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.actions import sign_in as door
from accounts.models import ApiToken, AuditEntry
from tests.accounts.world import PASSWORD, Asker, a_person, at_once, the_mail, token_in

pytestmark = pytest.mark.django_db
NEW = "a-brand-new-one-9"


def errors_of(email, password):
    """The errors of a sign-in."""
    return Asker().do("signIn", email=email, password=password)["errors"]


def test_whoever_signs_out_is_a_guest_again():
    mei = a_person()
    asker = Asker()
    asker.done("signIn", email=mei.email, password=PASSWORD)
    assert asker.who() == mei.email
    asker.done("signOut")
    assert asker.who() is None


def test_signing_in_opens_a_new_session_and_keeps_what_the_guest_had_in_it():
    mei, asker = a_person(), Asker()
    session = asker.client.session
    session["cart"] = "mine"
    session.save()
    guests = session.session_key
    asker.client.cookies["session"] = guests
    asker.done("signIn", email=mei.email, password=PASSWORD)
    assert asker.client.session.session_key != guests
    assert asker.client.session["cart"] == "mine"


def test_a_wrong_password_an_unknown_address_an_unproved_and_a_closed_account_sound_alike():
    mei = a_person()
    unproved = a_person(email_verified_at=None)
    closed = a_person(is_active=False)
    wrong = errors_of(mei.email, "not-hers-at-all")
    assert wrong == errors_of("nobody@example.com", PASSWORD)
    assert wrong == errors_of(unproved.email, PASSWORD)
    assert wrong == errors_of(closed.email, PASSWORD)
    assert wrong[0]["code"] == "INVALID"


def test_a_password_is_never_cut_short():
    longest = "ab3" * 66 + "xy"
    mei = a_person()
    mei.set_password(longest)
    mei.save()
    assert errors_of(mei.email, longest + "!")[0]["code"] == "INVALID"
    assert errors_of(mei.email, longest) == []


def test_who_came_in_and_who_tried_is_logged_and_nobody_named(caplog):
    mei = a_person()
    with caplog.at_level("INFO", logger="sheaf.security"):
        errors_of(mei.email, "not-hers-at-all")
        errors_of(mei.email, PASSWORD)
    tried, came = [record.getMessage() for record in caplog.records if record.name == "sheaf.security"]
    assert tried.startswith("wrong password: account ") and came.startswith(
        f"signed in by password: person {mei.uid}"
    )
    assert tried.split()[-1] == came.split()[-1], "from one address"
    assert mei.email not in caplog.text and "127.0.0.1" not in tried + came


def test_an_address_tries_thirty_times_a_minute_whatever_account_it_tries():
    codes = [errors_of(f"a{n}@example.com", "wrong")[0]["code"] for n in range(31)]
    assert codes == ["INVALID"] * 30 + ["TOO_MANY_REQUESTS"]


def test_a_forgotten_password_is_replaced_by_the_link_once(run_deliveries):
    mei = a_person(language="en", email_verified_at=None)
    old = Asker(mei)
    Asker().done("passwordResetRequest", email=mei.email)
    run_deliveries()
    message = the_mail()
    assert message.subject == "Choose a new password" and "/en/password/new/?token=" in message.body
    token = token_in(message)
    asker = Asker()
    asker.done("passwordReset", "viewer { email }", token=token, password=NEW)
    assert asker.who() == mei.email, "the link proves the mailbox, so she is in"
    assert old.who() is None, "sessions opened with the old password have ended"
    assert Asker().refused("passwordReset", token=token, password="yet-another-one-3") == "INVALID"
    assert errors_of(mei.email, PASSWORD)[0]["code"] == "INVALID"
    assert errors_of(mei.email, NEW) == []


def test_asking_for_an_unknown_address_gets_the_same_answer_and_no_mail(run_deliveries):
    assert Asker().do("passwordResetRequest", email="nobody@example.com") == {"errors": []}
    run_deliveries()
    assert mail.outbox == []


def test_the_link_for_a_new_password_runs_out_after_an_hour(run_deliveries, monkeypatch):
    mei = a_person()
    Asker().done("passwordResetRequest", email=mei.email)
    run_deliveries()
    token = token_in(the_mail())
    generator = door._links
    then = generator._now() + timedelta(hours=1, seconds=2)
    monkeypatch.setattr(type(generator), "_now", lambda self: then)
    assert Asker().refused("passwordReset", token=token, password=NEW) == "INVALID"


def test_a_forged_link_for_a_new_password_is_refused(run_deliveries):
    mei, li = a_person(), a_person()
    Asker().done("passwordResetRequest", email=mei.email)
    run_deliveries()
    token = token_in(the_mail())
    for forged in (
        "",
        "-",
        "x",
        f"{li.uid.hex}-{token.partition('-')[2]}",
        f"{mei.uid.hex}-x-y",
        "é" * 32 + "-a",
    ):
        assert Asker().refused("passwordReset", token=forged, password=NEW) == "INVALID"


def test_changing_the_password_ends_other_sessions_and_all_tokens():
    mei = a_person()
    here, there = Asker(mei), Asker(mei)
    text = here.done("tokenCreate", "text", name="script", password=PASSWORD)["text"]
    assert Asker(token=text).who() == mei.email
    assert here.refused("passwordChange", currentPassword="wrong", newPassword=NEW) == "INVALID"
    assert here.refused("passwordChange", currentPassword=PASSWORD, newPassword="short") == "INVALID"
    here.done("passwordChange", currentPassword=PASSWORD, newPassword=NEW)
    assert here.who() == mei.email
    assert there.who() is None
    assert Asker(token=text).send("{ viewer { email } }")["errors"][0]["extensions"]["code"] == "BAD_TOKEN"
    assert AuditEntry.objects.filter(actor=mei, deed="change_password").count() == 1


def test_a_token_acts_for_its_person_until_it_is_revoked():
    mei = a_person()
    answer = Asker(mei).done("tokenCreate", "text token { id name }", name=" my  script ", password=PASSWORD)
    text = answer["text"]
    assert text.startswith("sheaf_") and answer["token"]["name"] == "my script"
    row = ApiToken.objects.get()
    assert text not in str(vars(row)) and len(row.token_sha256) == 64
    script = Asker(token=text)
    assert script.ask("{ viewer { tokens { id scopes } } }")["viewer"]["tokens"] == [
        {"id": answer["token"]["id"], "scopes": ["READ", "BUY", "DESK"]}
    ]
    Asker(mei).done("tokenRevoke", id=answer["token"]["id"])
    assert script.send("{ viewer { email } }")["errors"][0]["extensions"]["code"] == "BAD_TOKEN"
    assert Asker(mei).ask("{ viewer { tokens { id } } }")["viewer"]["tokens"] == []


def test_a_token_needs_the_password_and_runs_out():
    mei = a_person()
    asker = Asker(mei)
    assert asker.refused("tokenCreate", name="x", password="wrong") == "INVALID"
    assert asker.refused("tokenCreate", name="x", password=PASSWORD, days=366) == "INVALID"
    assert asker.refused("tokenCreate", name="x", password=PASSWORD, days=0) == "INVALID"
    text = asker.done("tokenCreate", "text", name="x", password=PASSWORD, days=1)["text"]
    assert Asker(token=text).who() == mei.email
    ApiToken.objects.update(expires_at=timezone.now())
    assert "errors" in Asker(token=text).send("{ viewer { email } }")


def test_a_token_of_a_closed_account_opens_nothing():
    mei = a_person()
    text = Asker(mei).done("tokenCreate", "text", name="x", password=PASSWORD)["text"]
    mei.is_active = False
    mei.save()
    assert "errors" in Asker(token=text).send("{ viewer { email } }")


def test_somebody_elses_token_does_not_exist():
    mei, eve = a_person(), a_person()
    token = Asker(mei).done("tokenCreate", "token { id }", name="x", password=PASSWORD)["token"]
    assert Asker(eve).refused("tokenRevoke", id=token["id"]) == "NOT_FOUND"
    assert ApiToken.objects.get().revoked_at is None


@pytest.mark.parametrize(
    ("act", "given"),
    [
        ("personUpdate", {"name": "x"}),
        ("personErase", {"password": PASSWORD}),
        ("personExport", {"password": PASSWORD}),
        ("passwordChange", {"currentPassword": PASSWORD, "newPassword": NEW}),
        ("emailChangeRequest", {"email": "a@example.com", "password": PASSWORD}),
        ("emailChangeConfirm", {"token": "x"}),
        ("tokenCreate", {"name": "x", "password": PASSWORD}),
        ("tokenRevoke", {"id": "x"}),
        ("addressDelete", {"id": "x"}),
        ("invitationAccept", {"token": "x"}),
        ("membershipEnd", {"id": "x"}),
    ],
)
def test_a_guest_is_asked_to_sign_in(act, given):
    assert Asker().refused(act, **given) == "SIGN_IN_REQUIRED"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_one_link_at_one_moment_one_is_let_in():
    for _ in range(10):
        mei = a_person()
        token = door.reset_token(mei)
        askers = [Asker(), Asker()]
        given = [{"token": token, "password": f"a-brand-new-one-{n}"} for n in range(2)]
        said = at_once(2, lambda n, at=askers, given=given: at[n].do("passwordReset", **given[n])["errors"])
        assert sorted(len(errors) for errors in said) == [0, 1]
        first = 0 if said[0] == [] else 1
        assert [asker.who() for asker in askers] == [mei.email if n == first else None for n in range(2)]
        mei.refresh_from_db()
        assert mei.check_password(given[first]["password"])


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_one_link_for_a_new_address_at_one_moment_one_does(run_deliveries):
    mei = a_person()
    asker = Asker(mei)
    asker.done("emailChangeRequest", email="new@example.com", password=PASSWORD)
    run_deliveries()
    token = next(token_in(m, "change") for m in mail.outbox if m.to == ["new@example.com"])
    askers = [Asker(mei), Asker(mei)]
    said = at_once(2, lambda n: askers[n].do("emailChangeConfirm", token=token)["errors"])
    assert sorted(len(errors) for errors in said) == [0, 1]
    assert AuditEntry.objects.filter(deed="change_email").count() == 1


def test_a_link_for_a_new_address_holds_once_even_after_she_has_moved_back(run_deliveries, wall_clock):
    mei = a_person()
    asker, old = Asker(mei), mei.email

    def link_to(email):
        mail.outbox.clear()
        wall_clock(61)
        asker.done("emailChangeRequest", email=email, password=PASSWORD)
        run_deliveries()
        return next(token_in(m, "change") for m in mail.outbox if m.to == [email])

    first = link_to("new@example.com")
    asker.done("emailChangeConfirm", token=first)
    asker.done("emailChangeConfirm", token=link_to(old))
    assert asker.refused("emailChangeConfirm", token=first) == "INVALID"
    assert asker.who() == old
