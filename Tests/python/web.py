# SPDX-License-Identifier: MIT
"""What the tests of the REST resource share: its paths, and a server in a process of its own."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

from callprop import _abi
from expected import MNEMOS

LIST = "/extension/call_property/"

PATHS: list[tuple[str, bytes]] = [(LIST, _abi.list_json().encode())]
PATHS += [(f"{LIST}{mnemo}", str(_abi.get_json(mnemo.encode())).encode()) for mnemo in MNEMOS]


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Server(NamedTuple):
    host: str
    port: int

    def send(self, raw: bytes) -> bytes:
        """What comes back for these bytes, until the server ends it."""
        with socket.create_connection((self.host, self.port), timeout=30) as connection:
            answer = b""
            # Who refuses a request may end the connection before it is all sent.
            with contextlib.suppress(OSError):
                connection.sendall(raw)
                connection.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionError):
                while part := connection.recv(65536):
                    answer += part
            return answer

    def get(
        self, path: str, method: str = "GET", headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            # Some servers write the names in small letters.
            named = {name.title().replace("Etag", "ETag"): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, answer.read())
        finally:
            connection.close()


@contextlib.contextmanager
def running(command: list[str], started: str, host: str = "127.0.0.1") -> Iterator[Server]:
    """A server that says on stderr where it listens. It ends by Ctrl-C, in silence."""
    process = subprocess.Popen([sys.executable, *command], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stderr is not None
    try:
        said = ""
        while not (found := re.search(started, said)):
            line = process.stderr.readline().decode()
            assert line, f"ended: {said}"
            said += line
        os.set_blocking(process.stderr.fileno(), False)
        server = Server(host, int(found[1]))
        yield server
        assert process.poll() is None, "the server ended"
        # Until the end of an answer: who is still writing one when Ctrl-C comes says so.
        with contextlib.suppress(OSError):
            server.send(b"GET / HTTP/1.0\r\n\r\n")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        rest_of_it = (process.stderr.read() or b"").decode()
        assert "Traceback" not in rest_of_it, rest_of_it
    finally:
        process.kill()
        process.communicate()


SERVE = (["-m", "callprop", "serve", "--port", "0"], r"http://127.0.0.1:(\d+)/")
