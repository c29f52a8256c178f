"""One more or one fewer on a product's page, where no script does it: the page comes back with the new number."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from core import numbers
from orders.actions.cart import MOST_UNITS
from shop.web.act import ours
from shop.web.once import filled_in, slip_of

STEPS = {"more": 1, "fewer": -1}


@require_POST
def step_quantity(request: HttpRequest) -> HttpResponse:
    """Nothing is put anywhere yet: the form is shown again as if it had come back, with the size that was chosen."""
    quantity = 1
    with suppress(numbers.NotANumber):
        quantity = numbers.scaled(request.POST.get("quantity", ""), 0)
    stepped = quantity + STEPS.get(request.POST.get("step", ""), 0)
    values = {"quantity": [str(min(max(stepped, 1), MOST_UNITS))]}
    if variant := request.POST.get("variant", "")[:200]:
        values["variant"] = [variant]
    slip_of(request).put("form", filled_in("add_to_cart", values))
    return HttpResponseRedirect(f"{ours(request, 'back').partition('#')[0]}#buy")
