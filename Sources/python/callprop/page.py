# SPDX-License-Identifier: MIT
"""The page for people of ``callprop serve``: the matrix of some statuses, and a status to compose.

=====================================  ==========================================================================
``GET /``                              the page, with ``/page.css`` and ``/page.js``
``GET /matrix``                        the matrix of the statuses in JSON, as ``callprop matrix --json`` has it
``GET /decisions?property_list=li,lo``  each kind of call with such a status: the library's explanations, in JSON
=====================================  ==========================================================================

Everything else is the REST resource's. The page holds names that anybody may have thought of: each is escaped, and nothing but the page's own
script may run in it, whatever it holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from http import HTTPStatus
from importlib import resources
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from ._version import VERSION
from .calls import Call
from .catalogue import list_properties
from .decisions import allows, explain_json, required
from .errors import Error, ErrorCode
from .matrix import KINDS, matrix_json
from .output import printable
from .properties import Properties
from .resource import JSON, METHODS, Answer, Request, error, found
from .rest import application, start, wsgi_request
from .statuses import Status

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Nothing but what this server itself serves, and no page around it.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)

ASSETS = {"/page.css": "text/css; charset=utf-8", "/page.js": "text/javascript; charset=utf-8"}


def page_application(statuses: Sequence[Status], title: str) -> WSGIApplication:
    """The page about these statuses as a WSGI application, with the REST resource below it."""
    whole = _page(statuses, title).encode("utf-8", "backslashreplace")

    def pages(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = wsgi_request(environ)
        if request.path in ASSETS:
            answer = _read(request, _asset(request.path[1:]), ASSETS[request.path])
        elif request.path == "/":
            answer = _read(request, whole, "text/html; charset=utf-8")
        elif request.path == "/matrix":
            answer = _read(request, matrix_json(statuses).encode(), JSON)
        elif request.path == "/decisions":
            answer = _decisions(request, environ.get("QUERY_STRING", ""))
        else:
            return application(environ, start_response)
        return start(answer, environ, start_response)

    return pages


def _read(request: Request, body: bytes, kind: str) -> Answer:
    if request.method not in METHODS:
        message = f"expected {' or '.join(METHODS)}"
        return error(HTTPStatus.METHOD_NOT_ALLOWED, message, ("Allow", ", ".join(METHODS)), *HEADERS)
    return found(body, kind, request, *HEADERS)


def _decisions(request: Request, query: str) -> Answer:
    """Each kind of call with a status of the properties that the query names."""
    try:
        given = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=10)
        if [name for name, _ in given] != ["property_list"]:
            return error(HTTPStatus.BAD_REQUEST, "expected property_list once, such as ?property_list=li,lo", *HEADERS)
        granted = Properties.parse(given[0][1])
        decisions = ",".join(explain_json(granted, call) for call in KINDS)
    except Error as problem:
        is_short = problem.code is ErrorCode.MEMORY
        status = HTTPStatus.SERVICE_UNAVAILABLE if is_short else HTTPStatus.BAD_REQUEST
        return error(status, problem.text, *HEADERS)
    except ValueError:
        return error(HTTPStatus.BAD_REQUEST, "the query cannot be read; expected ?property_list=li,lo", *HEADERS)
    body = f'{{"granted":{json.dumps(granted.mnemos)},"decisions":[{decisions}]}}'
    return _read(request, body.encode(), JSON)


def _asset(name: str) -> bytes:
    return (resources.files("callprop") / "web" / name).read_bytes()


def _page(statuses: Sequence[Status], title: str) -> str:
    """The page. What stands in it is of the library or escaped here."""
    template = Template(_asset("index.html").decode())
    return template.substitute(
        title=_name(title),
        version=escape(VERSION),
        kinds=len(KINDS),
        properties="\n".join(map(_tick, list_properties())),
        statuses="\n".join(
            f'<option dir="auto" value="{escape(str(status.granted))}">{_name(status.name)}</option>'
            for status in statuses
        ),
        names="".join(
            f'<th scope="col"><span dir="auto" title="{_name(status.name)}">{_name(status.name)}</span></th>'
            for status in statuses
        ),
        rows="\n".join(_rows(statuses)),
    )


def _name(text: str) -> str:
    """A name as text of HTML, in which nothing is hidden and nothing turns round what stands beside: such characters are shown as escapes."""
    return escape(printable(text))


def _tick(entry: object) -> str:
    mnemo, name, description = (escape(str(getattr(entry, member))) for member in ("mnemo", "name", "description"))
    return (
        f'<label><input type="checkbox" name="property" value="{mnemo}">'
        f"<span><code>{mnemo}</code> <b>{name}</b><small>{description}</small></span></label>"
    )


def _rows(statuses: Sequence[Status]) -> Iterable[str]:
    for leg, title in (("src", "Our extension makes the call"), ("dst", "Our extension is rung")):
        yield f'<tbody><tr class="leg"><th scope="rowgroup" colspan="{len(statuses) + 2}"><span>{title}</span></th></tr>'
        for call in KINDS:
            if call.leg == leg:
                marks = "".join(_mark(allows(status.granted, call)) for status in statuses)
                yield f'<tr><th scope="row">{_named(call)}</th><td><code>{required(call)}</code></td>{marks}</tr>'
        yield "</tbody>"


def _named(call: Call) -> str:
    return f"{call.src} to {call.dst}{'<i>callback</i>' if call.callback else ''}"


def _mark(permitted: bool) -> str:
    return '<td class="yes">✓<span>permitted</span></td>' if permitted else '<td class="no">–<span>denied</span></td>'
