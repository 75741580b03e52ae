# SPDX-License-Identifier: MIT
"""The REST resource on the standard library's server: for trying out. In earnest run ``callprop.rest:application`` under gunicorn."""

from __future__ import annotations

import io
import socket
import socketserver
import sys
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from .rest import LIST, application, error_body


class _Handler(WSGIRequestHandler):
    timeout = 10  # seconds for a client to say what it wants
    server_version = "callprop"
    sys_version = ""
    # What the server itself refuses, such as an oversized request, is answered like the rest.
    error_content_type = "application/json"
    error_message_format = error_body(0, "%").decode().replace("0", "%(code)d").replace('"%"', '"%(message)s"')

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """A message may quote the request, and so is not for the status line nor for JSON as it is."""
        super().send_error(code, None, explain)


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:
        # Not that of WSGIServer, which asks the network for this machine's name.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was too slow or went away, or for which the standard library has no answer (HTTP/0.9): one line."""
        print(f"callprop: {client_address[0]}: {sys.exc_info()[1]!r}", file=sys.stderr, flush=True)


class _Server6(_Server):
    address_family = socket.AF_INET6


def server(host: str, port: int) -> WSGIServer:
    """A server on this address, which is listening already. Port 0: any that is free, see ``server_port``. Raises ``OSError``."""
    kind = _Server6 if ":" in host else _Server
    listening = kind((host, port), _Handler)
    listening.set_app(application)
    return listening


def serve(host: str, port: int) -> int:
    """Serves until it is interrupted. Returns the exit status, with which the process should end: stderr is left without a buffer."""
    try:
        listening = server(host, port)
    except OSError as problem:
        print(f"callprop: {host}:{port}: {problem.strerror or problem}", file=sys.stderr)
        return 2
    # Were a thread at writing its log into a buffer when the interpreter ends, that would abort the process: it wants the lock.
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), errors="backslashreplace", write_through=True)
    with listening:
        shown = f"[{host}]" if ":" in host else host
        print(
            f"callprop: serving http://{shown}:{listening.server_port}{LIST} (Ctrl-C ends it)",
            file=sys.stderr,
            flush=True,
        )
        try:
            listening.serve_forever()
        except KeyboardInterrupt:
            return 0
    return 0
