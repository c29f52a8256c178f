"""One's own data, to take along."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core import language
from core.api.documents import ask
from shop.web.sheet import to_keep


def my_data(request: HttpRequest, lang: str) -> HttpResponse:
    """All that the shop knows of whoever is signed in, as JSON; she gives her password once more, in the form on her
    account's page."""
    language.activate(lang)
    details = reverse("details", kwargs={"lang": lang})
    if not request.user.is_authenticated:
        return redirect(f"{reverse('sign_in', kwargs={'lang': lang})}?next={details}")
    if request.method != "POST":
        return redirect(f"{details}#data")
    asked = "mutation($password: String!) { personExport(input: {password: $password}) { json errors { message } } }"
    data, _ = ask(request, asked, {"password": request.POST.get("password", "")})
    told = (data or {}).get("personExport") or {}
    if not told.get("json"):
        for error in told.get("errors") or ():
            messages.error(request, error["message"])
        return redirect(f"{details}?open=data#data")
    return to_keep(
        HttpResponse(told["json"], content_type="application/json; charset=utf-8"), "sheaf-my-data.json"
    )
