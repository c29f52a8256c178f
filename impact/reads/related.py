"""Whether somebody is of a household behind a team, said with yes or no: its telephone and account never leave this floor."""

from collections.abc import Iterable
from typing import NamedTuple

from impact.marks import mark_of_account, mark_of_phone
from impact.models import Edition, HouseholdDetail
from impact.sealing import unseal_facts


class Sighting(NamedTuple):
    """A telephone, and where it is known the account that money came from, as somebody gave them."""

    phone: str = ""
    account: str = ""


def of_households(edition: Edition, team_id: int, seen: Iterable[Sighting]) -> dict[Sighting, set[str]]:
    """Which of these are a household's of this team, and by what: "phone", "account". Others are not in it.

    Details are opened for the comparison alone, as keyed hashes, and forgotten with it. Those that were destroyed when a
    family left are like nobody's.
    """
    seen = set(seen)
    if not seen:
        return {}
    phones, accounts = set(), set()
    for sealed in HouseholdDetail.objects.filter(household__team=team_id).values_list("sealed", flat=True):
        facts = unseal_facts(sealed)
        phones.add(mark_of_phone(edition, str(facts.get("phone") or "")))
        accounts.add(mark_of_account(edition, str(facts.get("bank_account") or "")))
    found: dict[Sighting, set[str]] = {}
    for one in seen:
        if one.phone and mark_of_phone(edition, one.phone) in phones - {""}:
            found.setdefault(one, set()).add("phone")
        if one.account and mark_of_account(edition, one.account) in accounts - {""}:
            found.setdefault(one, set()).add("account")
    return found
