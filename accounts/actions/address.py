"""Addresses that a person has things sent to; an order keeps its own copy."""

from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.clean import line, phone_number
from accounts.models import Address, Person
from accounts.reads import address_of, addresses_of, region_to_send_to
from core.language import say
from core.refusals import Invalid, every

MOST = 20


def save(
    person: Person,
    *,
    recipient: str,
    phone: str,
    region: str,
    street: str,
    uid: UUID | None = None,
    is_default: bool = False,
) -> Address:
    """Add an address, or change one of the person's own; the first one is the usual one."""
    written = validated(recipient=recipient, phone=phone, region=region, street=street)
    with transaction.atomic():
        _lock(person)
        address = address_of(person, uid) if uid else Address(person=person)
        others = addresses_of(person).exclude(pk=address.pk)
        if not uid and others.count() >= MOST:
            raise Invalid(say("最多保存 {n} 个地址。", "At most {n} addresses are kept.", n=MOST))
        for field, value in written.items():
            setattr(address, field, value)
        if is_default:
            others.filter(is_default=True).update(is_default=False)
        address.is_default = is_default or address.is_default or not others.filter(is_default=True).exists()
        address.save()
    return address


def validated(*, recipient: str, phone: str, region: str, street: str) -> dict[str, Any]:
    """Somebody's name, telephone and door, each made plain or refused under its name."""
    return every(
        {
            "recipient": lambda: line(recipient, "recipient", 60),
            "phone": lambda: phone_number(phone),
            "region": lambda: region_to_send_to(region),
            "street": lambda: line(street, "street", 200),
        }
    )


def delete(person: Person, uid: UUID) -> None:
    """Forget one of the person's own; the newest of the others becomes the usual one."""
    with transaction.atomic():
        _lock(person)
        address = address_of(person, uid)
        address.delete()
        heir = addresses_of(person).first()
        if heir and not heir.is_default:
            heir.is_default = True
            heir.save(update_fields=["is_default"])


def _lock(person: Person) -> None:
    # Two forms sent at once would each find no usual address, and both would become it.
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
