"""People and organisations in a few words, and a way to ask as one of them."""

import itertools
import json
import re
import threading
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import graphene
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

import accounts.api
from accounts.actions import invitation as invitations
from accounts.models import Appointment, Membership, Organisation, Person
from accounts.places import SHOP, Place
from core.api.schema import build_schema
from core.refusals import Refusal
from tests.factor import awake

PASSWORD = "orange-peel-42"
_count = itertools.count(1)


class Query(accounts.api.Query, graphene.ObjectType):
    """What may be read on this floor."""


class Mutation(accounts.api.Mutation, graphene.ObjectType):
    """What may be done on this floor."""


schema = build_schema(Query, Mutation)


def a_person(roles: Iterable[str] = (), **fields: Any) -> Person:
    """Somebody with a proved mailbox and the password PASSWORD, who holds these roles for the whole shop."""
    fields = {"email": f"person{next(_count)}@example.com", "email_verified_at": timezone.now(), **fields}
    person = Person.objects.create_user(password=fields.pop("password", PASSWORD), **fields)
    for role in roles:
        holds(person, role)
    return awake(person)


def holds(person: Person, role: str, where: Place = SHOP, **term: Any) -> Appointment:
    """She is that from now on, and has been for an hour, unless the term says another; nobody is told."""
    began = timezone.now() - timedelta(hours=1)
    place = {"region_id": where.region, "organisation_id": where.organisation, "subject": where.subject}
    person.forget_terms()
    return person.appointments.create(role=role, **place, **{"starts_at": began, **term})


def an_operator(**fields: Any) -> Person:
    """Somebody who runs the shop."""
    return a_person(("operator",), **fields)


def an_organisation(
    *, coordinator: Person | None = None, members: tuple[Person, ...] = (), **fields: Any
) -> Organisation:
    """A verified union in Wuhan with these people."""
    fields = {"kind": "union", "name_zh": "示例工会", "region_id": "420100", "state": "verified", **fields}
    organisation = Organisation.objects.create(**fields)
    for person, role in [(coordinator, "coordinator"), *((member, "member") for member in members)]:
        if person:
            organisation.memberships.create(person=person, role=role)
    return organisation


def at_once(count: int, deed: Any) -> list[Any]:
    """Run the deed on as many connections at the same moment; what each said."""
    barrier, said = threading.Barrier(count), [None] * count

    def run(n):
        try:
            barrier.wait()
            said[n] = deed(n)
        except Refusal as refusal:
            said[n] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def a_link(organisation: Organisation, by: Person, role: str = "member", email: str = "") -> str:
    """The token of a fresh invitation."""
    return invitations.create(organisation, by, role, email)[1]


def role_of(person: Person, organisation: Organisation) -> str | None:
    """The person's role there today, from the table."""
    part = Membership.objects.filter(person=person, organisation=organisation, ended_at=None).first()
    return part.role if part else None


class Asker:
    """A client of the API: a browser with a cookie jar, or a script with a token."""

    def __init__(
        self, person: Person | None = None, token: str = "", language: str = "en", address: str = "127.0.0.1"
    ):
        self.client = Client(headers={"Accept-Language": language}, REMOTE_ADDR=address)
        if person:
            self.client.force_login(person)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = self.send(document, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    def send(self, document: str, **variables: Any) -> dict[str, Any]:
        """The whole answer."""
        body = json.dumps({"query": document, "variables": variables})
        reply = self.client.post("/graphql", body, content_type="application/json", headers=self.headers)
        return json.loads(reply.content)

    def do(self, act: str, payload: str = "", **given: Any) -> dict[str, Any]:
        """The payload of a mutation."""
        kind = f"{act[0].upper()}{act[1:]}Input"
        head, call = (f"($input: {kind}!)", "(input: $input)") if given else ("", "")
        document = f"mutation{head} {{ {act}{call} {{ errors {{ code field message }} {payload} }} }}"
        return self.ask(document, **({"input": given} if given else {}))[act]

    def done(self, act: str, payload: str = "", **given: Any) -> dict[str, Any]:
        """The payload of a mutation that must not be refused."""
        answer = self.do(act, payload, **given)
        assert answer["errors"] == [], answer
        return answer

    def refused(self, act: str, **given: Any) -> str:
        """The code of the one refusal."""
        (error,) = self.do(act, **given)["errors"]
        return error["code"]

    def who(self) -> str | None:
        """The address of whoever is signed in here."""
        viewer = self.ask("{ viewer { email } }")["viewer"]
        return viewer and viewer["email"]


def the_mail() -> Any:
    """The one mail that was sent since the last look."""
    (message,) = mail.outbox
    mail.outbox.clear()
    return message


def token_in(message: Any, name: str = "token") -> str:
    """What a mail's link carries."""
    return re.search(rf"[?&]{name}=([^\s&]+)", message.body)[1]
