# SPDX-License-Identifier: MIT
"""The properties as a PBX's REST interface serves them: as a WSGI application, ``callprop.rest:application``, and the same as an ASGI
application, ``callprop.rest:asgi``.

==========================================  =======================================================
``GET /extension/call_property/``           the eight properties, a JSON array, as the library gives it
``GET /extension/call_property/{mnemo}``    one of them; 404 when there is none
``GET /openapi.json``                       this interface, as OpenAPI 3.1, with the prefix under which it is mounted
==========================================  =======================================================

Paths count as they are written; the list without the slash at its end, and a property with one, are redirected (308). ``HEAD`` answers like
``GET`` without the body; other methods are answered with 405 and ``Allow``. Each body has an ``ETag``, and ``If-None-Match`` is answered with
304. The body of an error is ``{"error": {"status": 404, "message": "…"}}``. What a request carries in its body is not read.

Any server of WSGI or ASGI runs it: ``gunicorn --workers 2 callprop.rest:application``, or ``uvicorn callprop.rest:asgi``.

Web pages of other origins are let in where the application is made for them: ``wsgi_application(["https://crm.example"])``, or
``asgi_application(["*"])`` for all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import TYPE_CHECKING, Any

from .resource import LIST, Answer, Request, Resource, mounted

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["LIST", "application", "asgi", "asgi_application", "wsgi_application"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApplication = Callable[[Scope, Receive, Send], Awaitable[None]]


def wsgi_application(origins: Iterable[str] = ()) -> WSGIApplication:
    """A WSGI application, for the web pages of these origins too. Any number of threads and processes may call it.

    Raises ``ValueError`` about what is no origin.
    """
    resource = Resource(origins)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return start(resource.answer(wsgi_request(environ)), environ, start_response)

    return application


def asgi_application(origins: Iterable[str] = ()) -> ASGIApplication:
    """The same as an ASGI 3 application. An answer takes microseconds, so that it needs no thread."""
    resource = Resource(origins)

    async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            answer = resource.answer(_asgi_request(scope))
            headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
            await send({"type": "http.response.start", "status": answer.status.value, "headers": headers})
            body = b"" if scope["method"] == "HEAD" else answer.body
            await send({"type": "http.response.body", "body": body})
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
        else:
            raise NotImplementedError(f"callprop has no {scope['type']}")

    return asgi


def wsgi_request(environ: WSGIEnvironment) -> Request:
    """The request of a WSGI server."""
    return Request(
        environ.get("REQUEST_METHOD", ""),
        environ.get("PATH_INFO", ""),
        # WSGI has bytes of the address as characters.
        mounted(environ.get("SCRIPT_NAME", "").encode("latin-1", "replace")),
        lambda name: environ.get(f"HTTP_{name.upper().replace('-', '_')}", ""),
    )


def start(answer: Answer, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answers through WSGI."""
    start_response(f"{answer.status.value} {answer.status.phrase}", answer.headers)
    return [] if environ.get("REQUEST_METHOD") == "HEAD" or not answer.body else [answer.body]


def _asgi_request(scope: Scope) -> Request:
    prefix, path = scope.get("root_path", "").rstrip("/"), scope["path"]
    # Servers differ in whether the prefix is a part of the path.
    if prefix and (path == prefix or path.startswith(f"{prefix}/")):
        path = path[len(prefix) :]

    def header(name: str) -> str:
        wanted = name.encode("latin-1")
        return ", ".join(value.decode("latin-1") for given, value in scope["headers"] if given.lower() == wanted)

    return Request(scope["method"], path, mounted(prefix), header)


async def _live(receive: Receive, send: Send) -> None:
    """There is nothing to start and nothing to end."""
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


application: WSGIApplication = wsgi_application()
asgi: ASGIApplication = asgi_application()
