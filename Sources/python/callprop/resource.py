# SPDX-License-Identifier: MIT
"""The answers of the REST resource, whatever carries them: :mod:`callprop.rest` has them for WSGI and for ASGI."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import quote

from . import _abi
from .catalogue import get_json
from .errors import Error, UnknownProperty
from .openapi import openapi_json

LIST = "/extension/call_property/"
METHODS = ("GET", "HEAD")
JSON = "application/json"

_ORIGIN = re.compile(r"\*|[a-z][a-z0-9+.-]*://[^/?#\s,*]+")


class Request(NamedTuple):
    """What counts of a request."""

    method: str
    path: str  #: below the prefix
    prefix: str  #: where the application is mounted, encoded as in an address; see :func:`mounted`
    header: Callable[[str], str]  #: the header of this name, in lower case; "" where there is none


class Answer(NamedTuple):
    """What is answered. The body of HEAD is not to be sent."""

    status: HTTPStatus
    headers: list[tuple[str, str]]
    body: bytes


class Resource:
    """The resource, for the web pages of these origins: ``https://crm.example``, or ``*`` for all. It keeps no state."""

    def __init__(self, origins: Iterable[str] = ()) -> None:
        if isinstance(origins, str):
            raise TypeError('origins: expected a list, such as ["https://crm.example"], not text')
        self.origins: frozenset[str] = frozenset(origins)
        for origin in self.origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"origins: {origin!r} is none; expected one such as https://crm.example:8443, or *")

    def answer(self, request: Request) -> Answer:
        """The answer to any request."""
        answer = _answer(request)
        if not self.origins:
            return answer
        origin = request.header("origin")
        allowed = "*" if "*" in self.origins else origin if origin in self.origins else ""
        headers = [] if allowed == "*" else [("Vary", "Origin")]
        if allowed:
            headers += [("Access-Control-Allow-Origin", allowed), ("Access-Control-Expose-Headers", "ETag")]
            asks_first = request.method == "OPTIONS" and request.header("access-control-request-method")
            if asks_first and answer.status == HTTPStatus.METHOD_NOT_ALLOWED:
                headers += [
                    ("Access-Control-Allow-Methods", ", ".join(METHODS)),
                    ("Access-Control-Allow-Headers", "If-None-Match"),
                    ("Access-Control-Max-Age", "86400"),
                ]
                return Answer(HTTPStatus.NO_CONTENT, headers, b"")
        return answer._replace(headers=answer.headers + headers)


def mounted(prefix: str | bytes) -> str:
    """The prefix of an application as it stands in an address: "" or "/pbx"."""
    name = quote(prefix if isinstance(prefix, bytes) else prefix.encode("utf-8", "replace")).strip("/")
    return f"/{name}" if name else ""


def entity_tag(body: bytes) -> str:
    """The ETag of a body: another one for every other body, also by another version of the library."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def error(status: HTTPStatus, message: str, *headers: tuple[str, str]) -> Answer:
    """An error, as all are answered."""
    body = error_body(status.value, message)
    return Answer(status, [("Content-Type", JSON), *headers, ("Content-Length", str(len(body)))], body)


def error_body(status: int, message: str) -> bytes:
    """The body of every error."""
    return json.dumps({"error": {"status": status, "message": message}}).encode()


def _answer(request: Request) -> Answer:
    body_of = _resource(request.path, request.prefix)
    try:
        if body_of is None:
            return _elsewhere(request)
        if request.method not in METHODS:
            return _no_such_method()
        body = body_of()
    except UnknownProperty:
        return error(HTTPStatus.NOT_FOUND, f"no such property; {LIST} has all of them")
    except Error as problem:
        return error(HTTPStatus.SERVICE_UNAVAILABLE, problem.text)
    return found(body, JSON, request)


def found(body: bytes, kind: str, request: Request, *headers: tuple[str, str]) -> Answer:
    """A body with its ETag, or that the client has it."""
    tag = entity_tag(body)
    known = [("ETag", tag), ("Cache-Control", "no-cache"), *headers]
    if _is_known(tag, request.header("if-none-match")):
        return Answer(HTTPStatus.NOT_MODIFIED, known, b"")
    return Answer(HTTPStatus.OK, [("Content-Type", kind), *known, ("Content-Length", str(len(body)))], body)


def _no_such_method() -> Answer:
    return error(HTTPStatus.METHOD_NOT_ALLOWED, f"expected {' or '.join(METHODS)}", ("Allow", ", ".join(METHODS)))


def _resource(path: str, prefix: str) -> Callable[[], bytes] | None:
    """What gives the body of a path; None for a path that is nothing."""
    if path == LIST:
        return lambda: _abi.list_json().encode()
    if path == "/openapi.json":
        return lambda: openapi_json(prefix).encode()
    if path.startswith(LIST):
        mnemo = path[len(LIST) :]
        return None if "/" in mnemo else lambda: get_json(mnemo).encode()
    return None


def _elsewhere(request: Request) -> Answer:
    """What is said of a path that is nothing. The list without its slash, and a property with one, are meant to be what they nearly are."""
    mnemo = request.path[len(LIST) : -1] if request.path.startswith(LIST) and request.path.endswith("/") else None
    meant = LIST if request.path == LIST[:-1] else None
    if mnemo and "/" not in mnemo:
        get_json(mnemo)  # or raises that there is none
        meant = LIST + mnemo
    if meant is None:
        return error(HTTPStatus.NOT_FOUND, f"no such resource; see {LIST} and /openapi.json")
    if request.method not in METHODS:
        return _no_such_method()
    return error(HTTPStatus.PERMANENT_REDIRECT, f"see {meant}", ("Location", request.prefix + meant))


def _is_known(tag: str, if_none_match: str) -> bool:
    # Weakly compared, as RFC 9110 has it. Our own tags hold no comma.
    given = [item.strip() for item in if_none_match.split(",")]
    return "*" in given or tag in given or f"W/{tag}" in given
