# SPDX-License-Identifier: MIT
"""The REST resource over HTTP: on the standard library's server, which is the package's own, and on gunicorn."""

from __future__ import annotations

import contextlib
import http
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from callprop import serve
from conftest import Python, names
from web import LIST, PATHS, SERVE, Server, running

GUNICORN = (
    ["-m", "gunicorn", "--bind", "127.0.0.1:0", "--no-control-socket", "callprop.rest:application"],
    r"http://127.0.0.1:(\d+)",
)


@pytest.fixture(scope="module", params=["serve", pytest.param("gunicorn", marks=pytest.mark.third_party)])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with running(*{"serve": SERVE, "gunicorn": GUNICORN}[request.param]) as found:
        yield found


def test_over_http_the_answers_are_the_same(server: Server) -> None:
    for path, body in PATHS:
        answer = server.get(path)
        assert (answer.status, answer.body) == (200, body)
        assert (answer.headers["Content-Type"], answer.headers["Content-Length"]) == (
            "application/json",
            str(len(body)),
        )
        known = {"If-None-Match": answer.headers["ETag"]}
        assert server.get(path, headers=known)[::2] == (304, b"")
        head = server.get(path, "HEAD")
        assert (head.status, head.headers["Content-Length"], head.body) == (200, str(len(body)), b"")
    for path, method, status in (
        (f"{LIST}rx", "GET", 404),
        (LIST[:-1], "GET", 404),
        (LIST, "DELETE", 405),
        ("/%00", "GET", 404),
    ):
        answer = server.get(path, method)
        assert (answer.status, json.loads(answer.body)["error"]["status"]) == (status, status)
    assert server.get(f"{LIST}%6ci").body == PATHS[3][1]
    assert server.get(f"{LIST}?page=1").status == 200
    assert server.get(LIST, body=b"x" * 100000).status == 200
    assert server.get(LIST, "POST", body=b"x" * 100000).status == 405


# 0: the connection is ended without a word, which harms nobody. Who refuses a request before it is all sent may end it like that.
MALFORMED: list[tuple[str, bytes, tuple[int, ...]]] = [
    ("no request", b"\r\n\r\n", (0, 400)),
    ("noise", bytes(range(1, 256)) + b"\r\n\r\n", (400,)),
    ("no such version", f"GET {LIST} HTTP/9.9\r\n\r\n".encode(), (400, 505)),
    ("no version", f"GET {LIST}\r\n\r\n".encode(), (200, 400)),
    ("an oversized path", b"GET /" + b"x" * 100000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", (0, 400, 414)),
    ("an oversized header", f"GET {LIST} HTTP/1.1\r\nHost: x\r\nX: {'x' * 100000}\r\n\r\n".encode(), (0, 400, 431)),
    (
        "too many headers",
        f"GET {LIST} HTTP/1.1\r\nHost: x\r\n{''.join(f'X{n}: x{chr(13)}{chr(10)}' for n in range(500))}\r\n".encode(),
        (400, 431),
    ),
    ("a path that is not UTF-8", b"GET " + LIST.encode() + b"%ff%fe HTTP/1.1\r\nHost: x\r\n\r\n", (404,)),
    ("a hostile path", b"GET /%0d%0aX-Evil:%201 HTTP/1.1\r\nHost: x\r\n\r\n", (404,)),
    (
        "a length that is a lie",
        f"GET {LIST} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nConnection: close\r\n\r\nx".encode(),
        (200, 400),
    ),
    (
        "a negative length",
        f"GET {LIST} HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\nConnection: close\r\n\r\n".encode(),
        (200, 400),
    ),
    (
        "a tag of 60 KB",
        f"GET {LIST} HTTP/1.1\r\nHost: x\r\nIf-None-Match: {',' * 60000}\r\nConnection: close\r\n\r\n".encode(),
        (200, 400, 431),
    ),
]


@pytest.mark.parametrize(("what", "raw", "statuses"), MALFORMED, ids=names(MALFORMED))
def test_malformed_and_oversized_requests_do_no_harm(
    server: Server, what: str, raw: bytes, statuses: tuple[int, ...]
) -> None:
    answer = server.send(raw)
    head = answer.partition(b"\r\n\r\n")[0]
    found = re.match(rb"HTTP/1\.[01] (\d{3}) ", head)
    if not answer:
        status = 0
    elif found is not None:
        status = int(found[1])
    else:  # an answer to what looks like HTTP/0.9 has no head
        found_body = json.loads(answer)
        status = 200 if isinstance(found_body, list) else found_body["error"]["status"]
    assert status in statuses, answer[:500]
    assert b"X-Evil" not in head and b"Traceback" not in answer
    assert server.get(LIST).status == 200


def test_what_the_server_itself_refuses_is_json() -> None:
    with running(*SERVE) as server:
        for raw in (
            b"GET /" + b"x" * 100000 + b" HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        ):
            head, _, body = server.send(raw).partition(b"\r\n\r\n")
            assert b"\r\nContent-Type: application/json\r\n" in head and b"\r\nServer: callprop" in head
            status = http.HTTPStatus(int(head.split()[1]))
            said = json.loads(body)
            assert said == {"error": {"status": status.value, "message": said["error"]["message"]}}
            assert (
                head.splitlines()[0].decode().endswith(f" {status.value} {said['error']['message']}")
                and said["error"]["message"]
            )


def test_a_silent_client_does_not_keep_others_waiting() -> None:
    with running(*SERVE) as server, contextlib.ExitStack() as silent:
        for _ in range(20):
            connection = silent.enter_context(socket.create_connection((server.host, server.port)))
            connection.sendall(b"GET ")
        start = time.monotonic()
        assert server.get(LIST).status == 200
        assert time.monotonic() - start < 5


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_request_that_fails_is_one_line_of_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve._Handler, "timeout", 0.2)
    with serve.server("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        with socket.create_connection(("127.0.0.1", listening.server_port)) as connection:
            connection.sendall(b"GET ")
            assert connection.recv(100) == b""
        listening.shutdown()
        thread.join()
    said = capsys.readouterr().err
    assert re.fullmatch(r"callprop: 127\.0\.0\.1: (TimeoutError|timeout)\('timed out',?\)\n", said), said


def is_answered(server: Server) -> bool:
    with socket.create_connection((server.host, server.port), timeout=1) as connection:
        connection.sendall(b"GET \r\n\r\n")
        try:
            return bool(connection.recv(100))
        except OSError:
            return False


def test_ctrl_c_ends_it_also_while_it_waits_for_the_reader_of_its_log() -> None:
    command, started = SERVE
    with subprocess.Popen([sys.executable, *command], stderr=subprocess.PIPE) as process:
        try:
            assert process.stderr is not None
            found = re.search(started, process.stderr.readline().decode())
            assert found
            while is_answered(Server("127.0.0.1", int(found[1]))):
                pass
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
        finally:
            process.kill()


def listening_at(port: int) -> list[str]:
    """The IPv4 addresses at which something listens at this port, as the kernel says: no network is needed to know."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    places = [fields[1].split(":") for fields in lines if fields[3] == "0A"]  # TCP_LISTEN
    found = [address for address, number in places if int(number, 16) == port]
    return [socket.inet_ntoa(int(address, 16).to_bytes(4, sys.byteorder)) for address in found]


def test_serve_is_on_loopback_and_says_where(python: Python) -> None:
    with running(*SERVE) as server:
        taken = python.callprop("serve", "--port", str(server.port))
        assert (taken.returncode, taken.stderr) == (2, f"callprop: 127.0.0.1:{server.port}: Address already in use\n")
        assert listening_at(server.port) == ["127.0.0.1"]
    nowhere = python.callprop("serve", "--host", "no.such.host.invalid", "--port", "0")
    assert nowhere.returncode == 2 and nowhere.stderr.startswith("callprop: no.such.host.invalid:0: ")


@pytest.mark.skipif(not os.path.exists("/proc/net/if_inet6"), reason="this machine has no IPv6")
def test_serve_knows_ipv6() -> None:
    with running(
        ["-m", "callprop", "serve", "--host", "::1", "--port", "0"], r"http://\[::1\]:(\d+)/", "::1"
    ) as server:
        assert server.get(LIST).status == 200
