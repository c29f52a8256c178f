"""Those who come to the door of a house that counts who enters."""

import json
from http.cookies import SimpleCookie

from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from core.fast import Door

BODY = {"query": "{ thing { name } }"}


class Reply:
    """What comes out of the door."""

    def __init__(self, status: str, headers: list[tuple[str, str]], content: bytes, is_from_the_door: bool):
        self.status_code, self.headers, self.content = int(status[:3]), dict(headers), content
        self.is_from_the_door = is_from_the_door
        self.cookies = SimpleCookie("; ".join(value for name, value in headers if name == "Set-Cookie"))


class Caller:
    """Somebody who comes to the door of a house that counts who enters."""

    def __init__(self):
        self.entered, self.headers = 0, {}
        application = WSGIHandler()

        def house(environ, start_response):
            self.entered += 1
            return application(environ, start_response)

        self.door = Door(house)

    def come(self, environ):
        before, told = self.entered, []
        content = b"".join(self.door(environ, lambda status, headers, *_: told.extend([status, headers])))
        return Reply(told[0], told[1], content, self.entered == before)

    def get(self, address, **headers):
        return self.come(RequestFactory().get("/graphql", address, **headers).environ)


def ask(caller, body=BODY, **headers):
    return caller.come(
        RequestFactory()
        .post("/graphql", json.dumps(body), content_type="application/json", **caller.headers, **headers)
        .environ
    )


def is_from_the_door(reply):
    return reply.is_from_the_door
