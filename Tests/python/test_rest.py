# SPDX-License-Identifier: MIT
"""The REST resource: the application itself, then over HTTP on the standard library's server and on gunicorn."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import io
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
from typing import Any, NamedTuple
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

import callprop
from callprop import Error, ErrorCode, _abi, rest, serve
from conftest import REPOSITORY, Python, names
from expected import MNEMOS

LIST = "/extension/call_property/"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def ask(method: str, path: str, headers: dict[str, str] | None = None) -> Answer:
    """Asks the application, watched by the standard library's checker of WSGI."""
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": ""}
    environ.update({f"HTTP_{name.upper().replace('-', '_')}": value for name, value in (headers or {}).items()})
    setup_testing_defaults(environ)
    environ["wsgi.input"] = io.BytesIO(b"")
    started: list[Any] = []
    answer: Any = validator(rest.application)(environ, lambda status, headers, *_: started.append((status, headers)))  # type: ignore[arg-type,return-value,func-returns-value]
    body = b"".join(answer)
    answer.close()
    ((status, given),) = started
    assert len(dict(given)) == len(given)
    return Answer(int(status.split()[0]), dict(given), body)


PATHS: list[tuple[str, bytes]] = [(LIST, _abi.list_json().encode())]
PATHS += [(f"{LIST}{mnemo}", str(_abi.get_json(mnemo.encode())).encode()) for mnemo in MNEMOS]


@pytest.mark.parametrize(("path", "body"), PATHS, ids=names(PATHS))
def test_a_resource_is_exactly_the_librarys_json(path: str, body: bytes) -> None:
    answer = ask("GET", path)
    assert (answer.status, answer.body) == (200, body)
    tag = answer.headers["ETag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    assert answer.headers == {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-cache",
        "ETag": tag,
    }
    assert ask("HEAD", path) == answer._replace(body=b"")
    assert ask("GET", path, {"If-None-Match": '"other"'}) == answer
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        for method in ("GET", "HEAD"):
            unchanged = ask(method, path, {"If-None-Match": known})
            assert unchanged == (304, {"ETag": tag, "Cache-Control": "no-cache"}, b"")


def test_different_bodies_have_different_tags() -> None:
    paths = [path for path, _ in PATHS] + ["/openapi.json"]
    assert len({ask("GET", path).headers["ETag"] for path in paths}) == len(paths)


NOWHERE = [
    "", "/", "/extension", "/extension/call_property", f"{LIST}rx", f"{LIST}LI", f"{LIST}li/", f"{LIST}/", f"{LIST}li/lo", f"{LIST} li",
    f"{LIST}li\0", f"{LIST}\xd0\xbb", f"{LIST}../call_property/li", "/openapi.json/", f"{LIST}{'x' * 60000}", "//extension/call_property/",
]  # fmt: skip


@pytest.mark.parametrize("path", NOWHERE, ids=names([[path] for path in NOWHERE]))
def test_what_is_not_there_is_404_in_json(path: str) -> None:
    for headers in ({}, {"If-None-Match": "*"}):
        answer = ask("GET", path, headers)
        is_one = path.startswith(LIST) and "/" not in path[len(LIST) :]
        message = (
            f"no such property; {LIST} has all of them" if is_one else f"no such resource; see {LIST} and /openapi.json"
        )
        assert (answer.status, json.loads(answer.body)) == (404, {"error": {"status": 404, "message": message}})
        assert answer.headers == {"Content-Type": "application/json", "Content-Length": str(len(answer.body))}
        head = ask("HEAD", path, headers)
        assert (head.status, head.headers, head.body) == (404, answer.headers, b"")


@pytest.mark.parametrize("path", ["/", LIST[:-1], f"{LIST}li/", f"{LIST}li/lo"])
def test_what_is_nowhere_has_no_methods(path: str) -> None:
    answer = ask("POST", path)
    assert answer.status == 404 and "Allow" not in answer.headers


@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")
@pytest.mark.parametrize("path", [LIST, f"{LIST}li", f"{LIST}rx", "/openapi.json"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "BREW"])
def test_another_method_is_405_with_what_is_allowed(method: str, path: str) -> None:
    answer = ask(method, path)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert json.loads(answer.body) == {"error": {"status": 405, "message": "expected GET or HEAD"}}


def test_no_memory_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise Error(ErrorCode.MEMORY, -1, "callprop: out of memory")

    monkeypatch.setattr(_abi, "list_json", fail)
    monkeypatch.setattr(_abi, "get_json", fail)
    for path in (LIST, f"{LIST}li", "/openapi.json"):
        answer = ask("GET", path)
        assert (answer.status, json.loads(answer.body)["error"]["message"]) == (503, "callprop: out of memory")


# ---- Over HTTP -----------------------------------------------------------------------------------------


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
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
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
        yield Server(host, int(found[1]))
        assert process.poll() is None, "the server ended"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        rest_of_it = (process.stderr.read() or b"").decode()
        assert "Traceback" not in rest_of_it, rest_of_it
    finally:
        process.kill()
        process.communicate()


SERVE = (["-m", "callprop", "serve", "--port", "0"], r"http://127.0.0.1:(\d+)/")
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


# ---- The description -----------------------------------------------------------------------------------


def test_the_description_is_that_which_was_published() -> None:
    """Programs are made from it: whatever changes in it is to be meant, and to be changed in Tests/cases too."""
    document = json.loads(ask("GET", "/openapi.json").body)
    published = json.loads((REPOSITORY / "Tests/cases/openapi.json").read_text(encoding="utf-8"))
    published["info"]["version"] = callprop.__version__
    published["components"]["schemas"]["Property"]["examples"] = [dataclasses.asdict(callprop.list()[0])]
    assert document == published and set(document["paths"]) == {LIST, f"{LIST}{{mnemo}}"}
    mnemos = document["components"]["schemas"]["Property"]["properties"]["mnemo"]["enum"]
    assert mnemos == document["paths"][f"{LIST}{{mnemo}}"]["parameters"][0]["schema"]["enum"] == [*MNEMOS]


@pytest.mark.third_party
def test_the_answers_are_as_the_description_says(tmp_path: Path) -> None:
    with running(*SERVE) as server:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run", f"http://127.0.0.1:{server.port}/openapi.json"),
                *(
                    "--checks",
                    "all",
                    "--phases",
                    "examples,coverage,fuzzing",
                    "--max-examples",
                    "50",
                    "--seed",
                    "1",
                    "--no-color",
                ),
            ],
            capture_output=True,
            text=True,
            cwd=tmp_path,  # where it leaves what it remembers
        )
        assert done.returncode == 0, done.stdout + done.stderr
        # GET and HEAD of two resources. Of a description with nothing in it, all answers would be right.
        operations, passed = (
            re.search(r"Tested: (\d+)", done.stdout),
            re.search(r"\b(\d+) generated, \1 passed", done.stdout),
        )
        assert operations and passed, done.stdout
        assert int(operations[1]) == 4 and int(passed[1]) > 100, done.stdout
