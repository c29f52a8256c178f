"""The short link of a text: to an order's page, with what a guest needs to open it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from core import language
from orders.links import opened_by, page_of, proof_for
from orders.models import Order

_LETTERS = 12


def short_link(request: HttpRequest, key: str) -> HttpResponse:
    """On to the page; with a key that opens nothing she is asked to sign in there, whether there is such an order or not."""
    key = key.upper()
    number = "-".join(key[at : at + 4] for at in range(0, _LETTERS, 4))
    order = Order.objects.filter(number=number).first()
    if order is not None and opened_by(order, key):
        return redirect(page_of(order, proof=proof_for(order)))
    return redirect(f"/{language.current()}/order/{number}/")
