"""The cart's page is one form: whichever of its buttons is pressed, every quantity that was changed is kept first."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_POST

from core import language
from core.api.asker import remember_write
from orders.actions.cart import MOST_LINES
from shop.web.act import back, do, ours, spoken


@require_POST
def keep_cart(request: HttpRequest) -> HttpResponse:
    """Change the quantities, take a line out, take the new prices, use a coupon or none; then stay, or go on to checkout."""
    language.activate(spoken(request))
    names = []
    for name, field, given in _acts(request.POST):
        names.append(name)
        _, refused = do(request, name, given)
        if refused:
            return back(request, "keep_cart", [(field, message) for _, message in refused])
    onward = request.POST.get("on") == "checkout"
    if onward and request.user.is_authenticated:
        do(request, "send_to_usual", _given())
    response = HttpResponseRedirect(f"/{language.current()}/checkout/" if onward else _stays(request, names))
    remember_write(request, response)
    return response


def _stays(request: HttpRequest, names: list[str]) -> str:
    """The cart again; at its coupon, where that was asked for: on a phone it stands below the goods."""
    at = "#coupon" if {"use_coupon", "leave_coupon"} & {*names} else ""
    return ours(request, "next") + at


def _acts(posted: QueryDict) -> Iterator[tuple[str, str, QueryDict]]:
    """(act, the field that it is about, what it is given) of all that was asked for."""
    removed = posted.get("remove", "")
    lines = [name.removeprefix("quantity.") for name in posted if name.startswith("quantity.")]
    for line in lines[:MOST_LINES]:
        field = f"quantity.{line}"
        written = str(posted[field])
        if line != removed and written.strip() != posted.get(f"was.{line}"):
            yield "change_quantity", field, _given(line=line, quantity=written)
    if removed:
        yield "remove_line", "", _given(line=removed)
    if posted.get("accept"):
        yield "accept_prices", "", _given()
    code, was = posted.get("couponCode", "").strip(), posted.get("was.couponCode", "")
    if posted.get("coupon"):
        yield "leave_coupon", "", _given(isLeft=str(posted["coupon"] == "leave"))
    elif code and code != was:
        yield "use_coupon", "couponCode", _given(couponCode=code)
    elif was and not code:
        # Emptied: the code is taken off, and whichever coupon needs none counts again.
        yield "leave_coupon", "couponCode", _given(isLeft="False")


def _given(**fields: str) -> QueryDict:
    given = QueryDict(mutable=True)
    given.update(fields)
    return given
