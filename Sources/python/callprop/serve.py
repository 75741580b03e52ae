# SPDX-License-Identifier: MIT
"""The page for people and the REST resource on the standard library's server: for trying out. In earnest run ``callprop.rest:application``
under gunicorn, or ``callprop.rest:asgi`` under uvicorn.

Who is slow is not waited for, however he is slow: a request is to be there within `PATIENCE` seconds as a whole, and an answer is to be taken
within as many. No more than `MOST` are served at a time."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import socketserver
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

from .addressed import ADDRESS, only_for
from .matrix import single_properties
from .output import say
from .page import page_application
from .resource import LIST, error_body
from .statuses import Status

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PATIENCE = 10.0
MOST = 256

_BUSY = error_body(503, f"over {MOST} requests at a time")
_REFUSAL = (
    b"HTTP/1.0 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 10\r\nContent-Length: %d\r\n\r\n%b"
    % (
        len(_BUSY),
        _BUSY,
    )
)


class _Timed(io.RawIOBase):
    """What a client sends, until a moment: a byte now and then does not put it off."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self._connection = connection
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class _Log(io.TextIOWrapper):
    """stderr without a buffer. Where it is closed or full nobody is told, and who asked gets the answer all the same."""

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            super().flush()


def _log() -> _Log:
    # Where stderr is closed, its number may by now be that of a connection.
    file = io.FileIO(os.devnull if sys.stderr is None else 2, "w", closefd=sys.stderr is None)
    return _Log(file, errors="backslashreplace", write_through=True)


class _Answers(ServerHandler):
    server_software = "callprop"


class _Handler(WSGIRequestHandler):
    # What the server itself refuses, such as an oversized request, is answered like the rest.
    error_content_type = "application/json"
    error_message_format = error_body(0, "%").decode().replace("0", "%(code)d").replace('"%"', '"%(message)s"')

    def setup(self) -> None:
        super().setup()
        self.rfile = io.BufferedReader(_Timed(self.connection, time.monotonic() + PATIENCE))

    def handle(self) -> None:
        """As the standard library's, which would name itself and Python."""
        self.raw_requestline = self.rfile.readline(65537)
        if len(self.raw_requestline) > 65536:
            self.requestline = self.request_version = self.command = ""
            self.send_error(414)
        elif self.parse_request():
            self.connection.settimeout(PATIENCE)
            environment = self.get_environ()
            environment[ADDRESS] = str(self.connection.getsockname()[0])
            answers = _Answers(self.rfile, self.wfile, sys.stderr, environment, multithread=True)  # type: ignore[arg-type]
            answers.request_handler = self  # type: ignore[attr-defined]
            answers.run(self.server.get_app())  # type: ignore[attr-defined]

    def version_string(self) -> str:
        return "callprop"

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """A message may quote the request, and so is not for the status line nor for JSON as it is."""
        self.connection.settimeout(PATIENCE)
        super().send_error(code, None, explain)


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *arguments: Any) -> None:
        self._served: set[Any] = set()
        super().__init__(*arguments)

    def server_bind(self) -> None:
        # Not that of WSGIServer, which asks the network for this machine's name.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serves in a thread of its own, or refuses at once."""
        if len(self._served) < MOST:
            self._served.add(request)
            super().process_request(request, client_address)
            return
        request.setblocking(False)
        with contextlib.suppress(OSError):
            request.send(_REFUSAL)
        self.shutdown_request(request)

    def shutdown_request(self, request: Any) -> None:
        self._served.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was too slow or went away, or for which the standard library has no answer (HTTP/0.9): one line."""
        say(f"{client_address[0]}: {sys.exc_info()[1]!r}")


class _Server6(_Server):
    address_family = socket.AF_INET6


def server(
    host: str,
    port: int,
    statuses: Sequence[Status] | None = None,
    title: str = "Each property alone",
    hosts: Sequence[str] = (),
) -> WSGIServer:
    """A server on this address, which is listening already. Port 0: any that is free, see ``server_port``. Requests to other names than localhost,
    this address and ``hosts`` are refused. Raises ``OSError``."""
    kind = _Server6 if ":" in host else _Server
    listening = kind((host, port), _Handler)
    pages = page_application(single_properties() if statuses is None else statuses, title)
    listening.set_app(only_for([host, *hosts], pages))
    return listening


def serve(
    host: str,
    port: int,
    statuses: Sequence[Status] | None = None,
    title: str = "Each property alone",
    hosts: Sequence[str] = (),
) -> int:
    """Serves until it is interrupted. Returns the exit status, with which the process should end: stderr is left without a buffer."""
    log = _log()
    try:
        listening = server(host, port, statuses, title, hosts)
    except OSError as problem:
        say(f"{host}:{port}: {problem.strerror or problem}")
        return 2
    # Were a thread at writing its log into a buffer when the interpreter ends, that would abort the process: it wants the lock.
    sys.stderr = log
    with listening:
        address = f"http://{f'[{host}]' if ':' in host else host}:{listening.server_port}"
        say(f"serving {address}/ and {address}{LIST} (Ctrl-C ends it)")
        try:
            listening.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0
