"""Who may what stands in one table; whatever is asked for is in it, and a role's columns are read in one place."""

import re
from collections.abc import Iterable
from typing import Any

import pytest

from accounts import permissions
from accounts.models import Person
from accounts.permissions import Role, holders, may
from local.machine import ROOT
from scripts import floors
from shop.permissions import OPERATOR, OWNER, PERMISSIONS
from tests.accounts.world import a_person

ASKED = re.compile(r"""["']((?:accounts|catalog|orders|together|impact|contest|fair)\.[a-z_]+)["']""")


def sources() -> dict[str, str]:
    found = {str(path.relative_to(ROOT)): path.read_text() for path in floors.modules()}
    return {name: text for name, text in found.items() if not name.startswith(("local/", "shop/permissions"))}


def test_every_permission_of_the_table_is_asked_for_somewhere_and_no_other_is():
    callers = re.compile(r"\b(?:may|must|holders|must_decide|_check)\(")
    asked = {
        name
        for text in sources().values()
        if callers.search(text)
        for line in text.splitlines()
        for name in ASKED.findall(line)
        if callers.search(line) or name in PERMISSIONS
    }
    assert asked == set(PERMISSIONS)


def test_the_columns_of_roles_are_read_in_one_place():
    naming = {name for name, text in sources().items() if re.search(r"\bis_(staff|superuser)\b", text)}
    # The model has the columns, its words name them for operators.
    assert naming == {"accounts/permissions.py", "accounts/models/person.py", "accounts/columns.py"}


def of_roles(roles: Iterable[Role], **fields: Any) -> Person:
    """Somebody who has these and no other."""
    return a_person(**{column: role in roles for role, column in permissions.COLUMNS.items()}, **fields)


def opens_to_those_alone(permission: str, roles: frozenset[Role]) -> None:
    """Each of these roles by itself opens it, no other does, nor does an account that is closed."""
    others, closed = of_roles(set(Role) - roles), of_roles(Role, is_active=False)
    assert not any(may(one, permission) for one in (None, others, closed))
    each = [of_roles({role}) for role in roles]
    assert each and all(may(one, permission) for one in each)
    assert list(holders(permission)) == each


@pytest.mark.django_db
@pytest.mark.parametrize("permission", PERMISSIONS)
def test_a_role_that_is_not_held_or_whose_account_is_closed_opens_nothing(permission):
    opens_to_those_alone(permission, PERMISSIONS[permission])


@pytest.mark.django_db
def test_a_permission_of_several_roles_is_opened_by_each(monkeypatch):
    monkeypatch.setitem(PERMISSIONS, "orders.refund", OPERATOR | OWNER)
    opens_to_those_alone("orders.refund", frozenset(Role))
    both = of_roles(Role)
    assert list(holders("orders.refund")).count(both) == 1


@pytest.mark.django_db
def test_a_permission_that_nobody_wrote_down_is_an_error_and_not_a_no():
    with pytest.raises(KeyError):
        may(a_person(), "orders.refnd")
    with pytest.raises(KeyError):
        holders("orders.refnd")
