"""The door for clients: size, content type, JSON, guard, validation, execution; always JSON, never a trace."""

import json
import logging
from math import isfinite
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from graphql import DocumentNode

from core import fast, language, outage
from core.api.asker import asker, remember_write
from core.api.csrf import forged
from core.api.documents import trusted
from core.api.errors import INTERNAL, internal_words
from core.api.extensions import mentioned
from core.api.files import count
from core.api.guard import Unacceptable, check_tally, limit, tally_of
from core.api.reply import as_bytes, etag_of, unchanged
from core.api.run import Answer, Prepared, answer, checked, documents, graphql_schema, open_document
from core.api.spending import may_spend
from core.middleware import address_of
from core.numbers import MOST_CHARACTERS, body_length

log = logging.getLogger("sheaf.api")


@csrf_exempt  # checked below, so that the answer is JSON; a bearer token needs none
def graphql(request: HttpRequest) -> HttpResponse:
    """Answer one document by JSON: 200 with data and errors; 4xx where it was not executed, 503 in an outage, 500 where the
    API broke."""
    try:
        if request.method == "GET":
            return _get(request)
        if request.method == "POST":
            return _post(request)
        raise Unacceptable("METHOD_NOT_ALLOWED", "Use POST, or GET for a trusted query.", 405)
    except Unacceptable as no:
        response = _failed(request, no.code, no.message, no.status)
        if no.status == 405:
            response.headers["Allow"] = "GET, POST"
        if no.status == 429:
            response.headers["Retry-After"] = "60"
        return response
    except Exception as failure:
        if outage.is_one(failure):
            outage.noted(failure)
            response = _failed(request, outage.UNAVAILABLE, str(outage.WORDS), 503)
            response.headers["Retry-After"] = str(outage.RETRY_SECONDS)
            return response
        log.exception("the API broke")
        return _failed(request, INTERNAL, internal_words(request), 500)


def _post(request: HttpRequest) -> HttpResponse:
    body = _read(request)
    by_token = _identify(request)
    if not by_token and (reason := forged(request)):
        raise Unacceptable("CSRF", reason, 403)
    variables = body.get("variables") or {}
    if identity := body.get("documentId"):
        prepared, cost = _trusted(identity), 1
    else:
        prepared, cost = _open(request, body.get("query"), variables)
    _same_name(prepared, body.get("operationName"))
    _spend(request, cost)
    cached, (data, errors) = _answer(request, prepared, variables)
    response = _reply(request, cached, data, errors)
    if cached is not None:
        fast.remember(request, cached, cost)
    elif prepared.kind == "mutation":
        remember_write(request, response)
    return response


def _get(request: HttpRequest) -> HttpResponse:
    """A trusted query, so that browsers and a CDN may keep the answer."""
    identity = request.GET.get("documentId")
    if not identity:
        raise Unacceptable("METHOD_NOT_ALLOWED", "GET is for trusted documents, by documentId.", 405)
    _identify(request)
    prepared = _trusted(identity)
    if prepared.kind != "query":
        raise Unacceptable("METHOD_NOT_ALLOWED", "GET is for queries.", 405)
    variables = _json(request.GET.get("variables") or "{}")
    if not isinstance(variables, dict):
        raise Unacceptable("BAD_REQUEST", "variables must be an object.")
    _spend(request, 1)
    cached, (data, errors) = _answer(request, prepared, variables)
    response = _reply(request, cached, data, errors)
    response.headers["Cache-Control"] = "private, no-cache" if cached is None else "public, max-age=1"
    response.headers["Vary"] = "Accept-Language, Cookie, Authorization"
    response.headers["ETag"] = cached.etag if cached else etag_of(response.content)
    if cached is not None:
        fast.remember(request, cached, 1)
    if response.status_code == 200 and unchanged(request.META, response.headers["ETag"]):
        response.status_code, response.content = 304, b""
    return response


def _read(request: HttpRequest) -> dict[str, Any]:
    size = body_length(request.META)
    if size is None or size > limit("body_bytes"):
        raise Unacceptable("TOO_LARGE", f"A request has at most {limit('body_bytes')} bytes.", 413)
    if request.content_type != "application/json" or request.headers.get("Content-Encoding"):
        raise Unacceptable("UNSUPPORTED_MEDIA_TYPE", "Send uncompressed application/json.", 415)
    raw = request.body
    if len(raw) > limit("body_bytes"):
        raise Unacceptable("TOO_LARGE", f"A request has at most {limit('body_bytes')} bytes.", 413)
    body = _json(raw)
    if isinstance(body, list):
        raise Unacceptable("NO_BATCHING", "Send one document at a time.")
    kinds = {"query": str, "documentId": str, "operationName": str, "variables": dict}
    if not isinstance(body, dict) or any(
        body.get(name) is not None and not isinstance(body[name], kind) for name, kind in kinds.items()
    ):
        raise Unacceptable("BAD_REQUEST", "Send an object with query or documentId, and variables.")
    return body


def _json(raw: bytes | str) -> Any:
    try:
        text = raw.decode() if isinstance(raw, bytes) else raw
        value = json.loads(text, parse_int=_an_int, parse_float=_a_float, parse_constant=_no_constant)
        _only_text(value)
    except (ValueError, RecursionError):
        raise Unacceptable("BAD_JSON", "This is not JSON, or not in UTF-8.") from None
    return value


def _an_int(digits: str) -> int:
    if len(digits) > MOST_CHARACTERS:
        raise ValueError("too long")
    return int(digits)


def _a_float(digits: str) -> float:
    """Infinity comes as 1e999 too."""
    if len(digits) > MOST_CHARACTERS or not isfinite(value := float(digits)):
        raise ValueError(digits)
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _only_text(value: Any) -> None:
    """What PostgreSQL cannot hold as text is refused here: U+0000 and halves of characters."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            one.encode()
            if "\0" in one:
                raise ValueError
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one


def _identify(request: HttpRequest) -> bool:
    """Put the owner of a bearer token in place of the session's person."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return False
    reader = getattr(settings, "API_TOKEN_READER", None)
    person = import_string(reader)(request) if reader and scheme.lower() == "bearer" and token else None
    if person is None:
        raise Unacceptable("BAD_TOKEN", "This token is unknown, expired or revoked.", 401)
    request.user = person
    return True


def _trusted(identity: str) -> Prepared:
    text = trusted().get(identity)
    if text is None:
        raise Unacceptable("UNKNOWN_DOCUMENT", "No trusted document has this hash.", 404)
    return documents.prepare(text)


def _open(request: HttpRequest, text: str | None, variables: dict[str, Any]) -> tuple[Prepared, int]:
    if not text:
        raise Unacceptable("BAD_REQUEST", "Send a query, or the documentId of a trusted document.")
    if getattr(settings, "TRUSTED_DOCUMENTS_ONLY", False) and "documents" not in getattr(
        request, "api_scopes", ()
    ):
        raise Unacceptable("UNTRUSTED_DOCUMENT", "Only trusted documents are served here.", 403)
    prepared, tree = open_document(text)
    cost = _cost(request, tree, variables)
    return prepared or documents.keep(text, checked(text, tree)), cost


def _cost(request: HttpRequest, tree: DocumentNode, variables: dict[str, Any]) -> int:
    try:
        tally = tally_of(graphql_schema(), tree, variables)
    except RecursionError:
        raise Unacceptable("TOO_DEEP", "The document's fragments nest too deep.") from None
    check_tally(tally, request.user.is_authenticated)
    return tally.cost


def _same_name(prepared: Prepared, name: str | None) -> None:
    if name and name != prepared.name:
        raise Unacceptable("BAD_REQUEST", "operationName names no operation of this document.")


def _spend(request: HttpRequest, cost: int) -> None:
    """Rates by cost a minute, for a person and for an address."""
    spenders = [("address", address_of(request))]
    if request.user.is_authenticated:
        spenders.append(("person", asker(request)))
    if not all(may_spend(kind, who, cost) for kind, who in spenders):
        raise Unacceptable("TOO_MANY_REQUESTS", "Too much in one minute; wait a little.", 429)


def _answer(
    request: HttpRequest, prepared: Prepared, variables: dict[str, Any]
) -> tuple[fast.CachedResponse | None, Answer]:
    count(prepared.hash)
    with language.use(getattr(request, "language", "zh")):
        return answer(request, prepared, variables, limit("resolver_seconds"))


def _reply(
    request: HttpRequest, cached: fast.CachedResponse | None, data: Any, errors: list[dict[str, Any]]
) -> HttpResponse:
    # Nothing ran when the variables did not fit; then there is no data to tell of.
    unfit = cached is None and data is None and any("path" not in error for error in errors)
    content = cached.body if cached else as_bytes(data, errors, mentioned(request))
    if len(content) > limit("answer_bytes"):
        raise Unacceptable("ANSWER_TOO_LARGE", f"An answer has at most {limit('answer_bytes')} bytes.")
    return HttpResponse(content, status=400 if unfit else 200, content_type="application/json")


def _failed(request: HttpRequest, code: str, message: str, status: int) -> HttpResponse:
    extensions = {"code": code, "requestId": getattr(request, "id", "-")}
    content = json.dumps({"errors": [{"message": message, "extensions": extensions}]}, ensure_ascii=False)
    return HttpResponse(content.encode(), status=status, content_type="application/json")
