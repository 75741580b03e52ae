# SPDX-License-Identifier: MIT
"""The properties as a PBX's REST interface serves them: a WSGI application, ``callprop.rest:application``.

==========================================  =======================================================
``GET /extension/call_property/``           the eight properties, a JSON array, as the library gives it
``GET /extension/call_property/{mnemo}``    one of them; 404 when there is none
``GET /openapi.json``                       this interface, as OpenAPI 3.1
==========================================  =======================================================

Paths count as they are written, with or without the slash at the end. ``HEAD`` answers like ``GET`` without the body; other
methods are answered with 405 and ``Allow``. Each body has an ``ETag``, and ``If-None-Match`` is answered with 304. The body of an error is
``{"error": {"status": 404, "message": "…"}}``. What a request carries in its body is not read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from . import _abi
from .catalogue import get_json
from .errors import Error, UnknownProperty
from .openapi import openapi_json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LIST = "/extension/call_property/"
METHODS = ("GET", "HEAD")


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The WSGI application. It keeps no state, and may be called by any number of threads and processes."""
    method = environ.get("REQUEST_METHOD", "")
    resource = _resource(environ.get("PATH_INFO", ""))
    headers = [("Content-Type", "application/json")]
    try:
        if resource is None:
            status, body = _error(HTTPStatus.NOT_FOUND, f"no such resource; see {LIST} and /openapi.json")
        elif method not in METHODS:
            status, body = _error(HTTPStatus.METHOD_NOT_ALLOWED, f"expected {' or '.join(METHODS)}")
            headers.append(("Allow", ", ".join(METHODS)))
        else:
            status, body = HTTPStatus.OK, resource()
            tag = entity_tag(body)
            headers += [("ETag", tag), ("Cache-Control", "no-cache")]
            if _is_known(tag, environ.get("HTTP_IF_NONE_MATCH", "")):
                start_response("304 Not Modified", headers[1:])
                return []
    except UnknownProperty:
        status, body = _error(HTTPStatus.NOT_FOUND, f"no such property; {LIST} has all of them")
    except Error as problem:
        status, body = _error(HTTPStatus.SERVICE_UNAVAILABLE, problem.text)
    headers.append(("Content-Length", str(len(body))))
    start_response(f"{status.value} {status.phrase}", headers)
    return [] if method == "HEAD" else [body]


def entity_tag(body: bytes) -> str:
    """The ETag of a body: another one for every other body, also by another version of the library."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _resource(path: str) -> Callable[[], bytes] | None:
    """What gives the body of a path; None for a path that is nothing."""
    if path == LIST:
        return lambda: _abi.list_json().encode()
    if path == "/openapi.json":
        return lambda: openapi_json().encode()
    if path.startswith(LIST):
        mnemo = path[len(LIST) :]
        return None if "/" in mnemo else lambda: get_json(mnemo).encode()
    return None


def _is_known(tag: str, if_none_match: str) -> bool:
    # Weakly compared, as RFC 9110 has it. Our own tags hold no comma.
    given = [item.strip() for item in if_none_match.split(",")]
    return "*" in given or tag in given or f"W/{tag}" in given


def _error(status: HTTPStatus, message: str) -> tuple[HTTPStatus, bytes]:
    return status, error_body(status.value, message)


def error_body(status: int, message: str) -> bytes:
    """The body of every error."""
    return json.dumps({"error": {"status": status, "message": message}}).encode()
