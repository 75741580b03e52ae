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

from callprop import Properties, serve
from callprop.statuses import Status
from conftest import Python, names
from web import LIST, PATHS, SERVE, Server, running

GUNICORN = (
    ["-m", "gunicorn", "--bind", "127.0.0.1:0", "--no-control-socket", "callprop.rest:application"],
    r"http://127.0.0.1:(\d+)",
)


UVICORN = (["-m", "uvicorn", "--port", "0", "--no-access-log", "callprop.rest:asgi"], r"http://127\.0\.0\.1:(\d+)")
SERVERS = {"serve": SERVE, "gunicorn": GUNICORN, "uvicorn": UVICORN}


@pytest.fixture(
    scope="module",
    params=["serve", *(pytest.param(name, marks=pytest.mark.third_party) for name in ("gunicorn", "uvicorn"))],
)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with running(*SERVERS[request.param]) as found:
        yield found


@pytest.mark.third_party
@pytest.mark.parametrize(
    ("command", "environment", "path"),
    [
        (GUNICORN, {"SCRIPT_NAME": "/pbx"}, "/pbx"),
        ((["-m", "uvicorn", "--root-path", "/pbx", *UVICORN[0][2:]], UVICORN[1]), {}, ""),
    ],
    ids=["gunicorn", "uvicorn"],
)
def test_under_a_prefix_the_description_says_so(
    monkeypatch: pytest.MonkeyPatch, command: tuple[list[str], str], environment: dict[str, str], path: str
) -> None:
    """uvicorn is asked as by a proxy that takes the prefix away."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with running(*command) as server:
        assert json.loads(server.get(f"{path}/openapi.json").body)["servers"] == [{"url": "/pbx"}]
        assert server.get(path + LIST[:-1]).headers["Location"] == f"/pbx{LIST}"
        assert server.get(path + LIST).status == 200


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
        (LIST[:-1], "GET", 308),
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
    ("an oversized path", b"GET /" + b"x" * 100000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", (0, 400, 414)),
    (
        "an oversized header",
        f"GET {LIST} HTTP/1.1\r\nHost: localhost\r\nX: {'x' * 100000}\r\n\r\n".encode(),
        (0, 400, 431),
    ),
    (
        "too many headers",
        f"GET {LIST} HTTP/1.1\r\nHost: localhost\r\n{''.join(f'X{n}: x{chr(13)}{chr(10)}' for n in range(500))}\r\n".encode(),
        (400, 431),
    ),
    ("a path that is not UTF-8", b"GET " + LIST.encode() + b"%ff%fe HTTP/1.1\r\nHost: localhost\r\n\r\n", (404,)),
    ("a hostile path", b"GET /%0d%0aX-Evil:%201 HTTP/1.1\r\nHost: localhost\r\n\r\n", (404,)),
    (
        "a length that is a lie",
        f"GET {LIST} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nConnection: close\r\n\r\nx".encode(),
        (200, 400),
    ),
    (
        "a negative length",
        f"GET {LIST} HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\nConnection: close\r\n\r\n".encode(),
        (200, 400),
    ),
    (
        "a tag of 60 KB",
        f"GET {LIST} HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: {',' * 60000}\r\nConnection: close\r\n\r\n".encode(),
        (200, 400, 431),
    ),
]


# What uvicorn takes, and hands on.
GENEROUS = {
    "no such version": (200,),
    "an oversized path": (404,),
    "an oversized header": (200,),
    "too many headers": (200,),
}


@pytest.mark.parametrize(("what", "raw", "statuses"), MALFORMED, ids=names(MALFORMED))
def test_malformed_and_oversized_requests_do_no_harm(
    server: Server, request: pytest.FixtureRequest, what: str, raw: bytes, statuses: tuple[int, ...]
) -> None:
    if "uvicorn" in request.node.name:
        statuses += GENEROUS.get(what, ())
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
            assert b"\r\nContent-Type: application/json\r\n" in head and b"\r\nServer: callprop\r\n" in head
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


@contextlib.contextmanager
def listening() -> Iterator[Server]:
    """The package's own server in this process, where it can be changed."""
    with serve.server("127.0.0.1", 0) as found:
        thread = threading.Thread(target=lambda: found.serve_forever(0.01), daemon=True)
        thread.start()
        try:
            yield Server("127.0.0.1", found.server_port)
        finally:
            found.shutdown()
            thread.join()


@pytest.mark.thorough
@pytest.mark.parametrize("sent", [b"", b"GET ", f"GET {LIST} HTTP/1.1\r\nHost: localhost\r\n".encode()])
def test_a_client_that_is_slow_is_not_waited_for_however_it_is_slow(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sent: bytes
) -> None:
    """Also one that sends a byte now and then: the time is for the whole request."""
    monkeypatch.setattr(serve, "PATIENCE", 0.6)
    for every in (100.0, 0.1):
        with listening() as server, socket.create_connection((server.host, server.port), timeout=0.1) as connection:
            connection.sendall(sent)
            start = time.monotonic()
            answer, last = None, start
            while answer is None:
                assert time.monotonic() - start < 5
                try:
                    answer = connection.recv(100)
                except (TimeoutError, socket.timeout):  # one class since 3.10
                    pass
                except ConnectionError:
                    answer = b""
                if answer is None and time.monotonic() - last > every:
                    with contextlib.suppress(ConnectionError):
                        connection.sendall(b"x")
                    last = time.monotonic()
            assert answer == b"" and time.monotonic() - start > 0.4
            until = time.monotonic() + 5
            said = ""
            while not said and time.monotonic() < until:
                said += capsys.readouterr().err
        assert re.fullmatch(r"callprop: 127\.0\.0\.1: (TimeoutError|timeout)\('timed out',?\)\n", said), said


@pytest.mark.thorough
def test_a_client_that_does_not_read_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(serve, "PATIENCE", 0.5)
    statuses = [Status("", "x" * 100_000, Properties(0)) for _ in range(60)]
    with serve.server("127.0.0.1", 0, statuses) as found, socket.socket() as connection:
        thread = threading.Thread(target=lambda: found.serve_forever(0.01), daemon=True)
        thread.start()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", found.server_port))
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        until = time.monotonic() + 10
        said = ""
        while "timed out" not in said and time.monotonic() < until:
            time.sleep(0.05)
            said += capsys.readouterr().err
        found.shutdown()
        thread.join()
    assert "timed out" in said


def test_no_more_than_so_many_are_served_at_a_time_and_the_others_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 100 <= serve.MOST <= 500
    monkeypatch.setattr(serve, "MOST", 5)
    with listening() as server, contextlib.ExitStack() as silent:
        held = []
        for _ in range(5):
            held.append(silent.enter_context(socket.create_connection((server.host, server.port))))
            held[-1].sendall(b"GET ")
        time.sleep(0.1)
        for _ in range(20):
            refused = server.get(LIST)
            assert (refused.status, refused.headers["Content-Type"]) == (503, "application/json")
            assert json.loads(refused.body)["error"]["status"] == 503
        # Where one goes, another may come.
        held[0].close()
        for _ in range(20):
            until = time.monotonic() + 5
            while (status := server.get(LIST).status) == 503 and time.monotonic() < until:
                pass
            assert status == 200


def test_neither_python_nor_its_version_is_told() -> None:
    with running(*SERVE) as server:
        for raw in (
            f"GET {LIST} HTTP/1.1\r\n\r\n".encode(),
            b"GET / HTTP/1.0\r\n\r\n",
            b"GET /nowhere HTTP/1.0\r\n\r\n",
            b"GET /" + b"x" * 100000 + b" HTTP/1.1\r\n\r\n",
            b"noise\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
        ):
            answer = server.send(raw)
            head = answer.partition(b"\r\n\r\n")[0]
            servers = re.findall(rb"(?im)^server: (.*?)\r?$", head)
            assert servers == ([b"callprop"] if head.startswith(b"HTTP/") else []), head
            for word in (b"Python", b"WSGIServer", sys.version.split()[0].encode()):
                assert word not in answer


def is_answered(server: Server) -> bool:
    with socket.create_connection((server.host, server.port), timeout=1) as connection:
        connection.sendall(b"GET \r\n\r\n")
        try:
            return bool(connection.recv(100))
        except OSError:
            return False


@pytest.mark.thorough
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


@pytest.mark.parametrize("to", ["2>/dev/full", "2>&-"])
def test_where_its_log_cannot_be_written_it_answers_and_is_silent(to: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["sh", "-c", f'exec "$@" {to}', "sh", sys.executable, "-m", "callprop", "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            server = Server("127.0.0.1", port)
            until = time.monotonic() + 30
            while not is_listening(server):
                assert time.monotonic() < until and process.poll() is None
            for _ in range(3):
                assert server.get(LIST).status == 200 and server.get("/").status == 200
                assert server.send(b"GET \r\n\r\n") and b" 400" in server.send(bytes(range(1, 256)) + b"\r\n\r\n")
                with socket.create_connection((server.host, port)) as gone:
                    gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    gone.sendall(b"GET /")
            assert server.get(LIST).status == 200
            process.send_signal(signal.SIGINT)
            assert (*process.communicate(timeout=30), process.returncode) == (b"", None, 0)
        finally:
            process.kill()


def is_listening(server: Server) -> bool:
    try:
        socket.create_connection((server.host, server.port), timeout=1).close()
    except OSError:
        return False
    return True


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
