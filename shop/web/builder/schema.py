"""The schema as programs of GraphQL read it, for the explorer: the shop itself answers introspection with DEBUG alone."""

import json
from functools import cache
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_response_headers
from django.views.decorators.http import require_safe
from graphql import introspection_from_schema

from core.api.reply import unchanged
from core.api.run import graphql_schema

SECONDS = 3600


@cache
def _introspection() -> tuple[bytes, str]:
    """Its bytes and their tag; it changes with a release alone."""
    told = json.dumps({"data": introspection_from_schema(graphql_schema())}, ensure_ascii=False).encode()
    return told, f'"{sha256(told).hexdigest()[:32]}"'


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """What introspection would answer, the same for everybody: schema.graphql says no more and no less."""
    body, tag = _introspection()
    if unchanged(request.META, tag):
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(body, content_type="application/json")
    answer.headers["ETag"] = tag
    patch_response_headers(answer, SECONDS)
    return answer
