# SPDX-License-Identifier: MIT
"""The REST resource: the application itself, and its description. test_serve.py asks it over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

import callprop
from callprop import Error, ErrorCode, _abi, openapi, rest
from conftest import REPOSITORY, names
from expected import MNEMOS
from web import LIST, PATHS, SERVE, Answer, running

Asked = Callable[..., Answer]


def ask_wsgi(
    method: str, path: str, headers: dict[str, str] | None = None, prefix: str = "", origins: Sequence[str] = ()
) -> Answer:
    """Asks the application, watched by the standard library's checker of WSGI."""
    application = rest.wsgi_application(origins) if origins else rest.application
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": ""}
    environ["SCRIPT_NAME"] = prefix.encode().decode("latin-1")
    environ.update({f"HTTP_{name.upper().replace('-', '_')}": value for name, value in (headers or {}).items()})
    setup_testing_defaults(environ)
    environ["wsgi.input"] = io.BytesIO(b"")
    started: list[Any] = []
    answer: Any = validator(application)(environ, lambda status, headers, *_: started.append((status, headers)))  # type: ignore[arg-type,return-value,func-returns-value]
    body = b"".join(answer)
    answer.close()
    ((status, given),) = started
    assert len(dict(given)) == len(given)
    return Answer(int(status.split()[0]), dict(given), body)


def ask_asgi(
    method: str, path: str, headers: dict[str, str] | None = None, prefix: str = "", origins: Sequence[str] = ()
) -> Answer:
    """Asks the ASGI application, by an event loop of one turn: it waits for nothing."""
    application = rest.asgi_application(origins) if origins else rest.asgi
    sent: list[Any] = []
    raw = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    # As uvicorn has it, the prefix is a part of the path. WSGI has bytes as characters.
    whole = prefix.rstrip("/") + path.encode("latin-1").decode("utf-8", "replace")
    scope = {"type": "http", "method": method, "path": whole, "root_path": prefix, "headers": raw}
    run(application, scope, [], sent)
    start, body = sent
    assert (start["type"], body["type"]) == ("http.response.start", "http.response.body")
    given = [(name.decode(), value.decode()) for name, value in start["headers"]]
    assert len(dict(given)) == len(given) and all(name == name.lower() for name, _ in given)
    return Answer(start["status"], {name.title().replace("Etag", "ETag"): value for name, value in given}, body["body"])


def run(application: rest.ASGIApplication, scope: dict[str, Any], received: list[Any], sent: list[Any]) -> None:
    async def receive() -> Any:
        return received.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    with contextlib.suppress(StopIteration):
        coroutine: Any = application(scope, receive, send)
        coroutine.send(None)


@pytest.fixture(params=[ask_wsgi, ask_asgi], ids=["WSGI", "ASGI"])
def ask(request: pytest.FixtureRequest) -> Asked:
    asked: Asked = request.param
    return asked


@pytest.mark.parametrize(("path", "body"), PATHS, ids=names(PATHS))
def test_a_resource_is_exactly_the_librarys_json(ask: Asked, path: str, body: bytes) -> None:
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


def test_different_bodies_have_different_tags(ask: Asked) -> None:
    paths = [path for path, _ in PATHS] + ["/openapi.json"]
    assert len({ask("GET", path).headers["ETag"] for path in paths}) == len(paths)


NOWHERE = [
    "", "/", "/extension", f"{LIST}rx", f"{LIST}rx/", f"{LIST}LI", f"{LIST}/", f"{LIST}li//", f"{LIST}li/lo", f"{LIST} li",
    f"{LIST}li\0", f"{LIST}\xd0\xbb", f"{LIST}../call_property/li", "/openapi.json/", f"{LIST}{'x' * 60000}", "//extension/call_property/",
]  # fmt: skip


@pytest.mark.parametrize("path", NOWHERE, ids=names([[path] for path in NOWHERE]))
def test_what_is_not_there_is_404_in_json(ask: Asked, path: str) -> None:
    for headers in ({}, {"If-None-Match": "*"}):
        answer = ask("GET", path, headers)
        is_one = (
            path.startswith(LIST) and path.rstrip("/") != LIST[:-1] and "/" not in path[len(LIST) :].removesuffix("/")
        )
        message = (
            f"no such property; {LIST} has all of them" if is_one else f"no such resource; see {LIST} and /openapi.json"
        )
        assert (answer.status, json.loads(answer.body)) == (404, {"error": {"status": 404, "message": message}})
        assert answer.headers == {"Content-Type": "application/json", "Content-Length": str(len(answer.body))}
        head = ask("HEAD", path, headers)
        assert (head.status, head.headers, head.body) == (404, answer.headers, b"")


@pytest.mark.parametrize("path", ["/", f"{LIST}/", f"{LIST}rx/", f"{LIST}li/lo"])
def test_what_is_nowhere_has_no_methods(ask: Asked, path: str) -> None:
    answer = ask("POST", path)
    assert answer.status == 404 and "Allow" not in answer.headers


@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")
@pytest.mark.parametrize("path", [LIST, f"{LIST}li", f"{LIST}rx", "/openapi.json", LIST[:-1], f"{LIST}li/"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "BREW"])
def test_another_method_is_405_with_what_is_allowed(ask: Asked, method: str, path: str) -> None:
    answer = ask(method, path)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert json.loads(answer.body) == {"error": {"status": 405, "message": "expected GET or HEAD"}}


def test_no_memory_is_503(ask: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise Error(ErrorCode.MEMORY, -1, "callprop: out of memory")

    monkeypatch.setattr(openapi, "_parts", [])
    monkeypatch.setattr(_abi, "list_json", fail)
    monkeypatch.setattr(_abi, "get_json", fail)
    for path in (LIST, f"{LIST}li", "/openapi.json"):
        answer = ask("GET", path)
        assert (answer.status, json.loads(answer.body)["error"]["message"]) == (503, "callprop: out of memory")


PREFIXES: list[tuple[str, str]] = [
    ("", ""),
    ("/pbx", "/pbx"),
    ("/pbx/", "/pbx"),
    ("/a/b", "/a/b"),
    ("//evil.example", "/evil.example"),
    ('/a "b"\\', "/a%20%22b%22%5C"),
    ("/пбх", "/%D0%BF%D0%B1%D1%85"),
]


@pytest.mark.parametrize(("prefix", "shown"), PREFIXES, ids=names(PREFIXES))
def test_what_it_says_of_addresses_has_the_prefix_under_which_it_is_mounted(
    ask: Asked, prefix: str, shown: str
) -> None:
    answer = ask("GET", "/openapi.json", prefix=prefix)
    assert json.loads(answer.body)["servers"] == [{"url": shown or "/"}]
    assert (answer.headers["ETag"] == ask("GET", "/openapi.json").headers["ETag"]) == (not shown)
    assert ask("GET", LIST, prefix=prefix) == ask("GET", LIST)
    assert ask("GET", LIST[:-1], prefix=prefix).headers["Location"] == shown + LIST


@pytest.mark.third_party
def test_it_can_be_mounted_in_fastapi() -> None:
    import fastapi

    app = fastapi.FastAPI()
    app.mount("/pbx", rest.asgi)
    for path, status in ((f"/pbx{LIST}", 200), (f"/pbx{LIST}ri", 200), (f"/pbx{LIST[:-1]}", 308), (LIST, 404)):
        sent: list[Any] = []
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "headers": [],
            "query_string": b"",
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        async def send(message: Any, sent: list[Any] = sent) -> None:
            sent.append(message)

        asyncio.run(app(scope, receive, send))
        assert sent[0]["status"] == status, path
        if status == 308:
            assert (b"location", f"/pbx{LIST}".encode()) in sent[0]["headers"]


def test_the_description_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    document = openapi.document
    monkeypatch.setattr(openapi, "document", lambda server: (made.append(server), document(server))[1])
    monkeypatch.setattr(openapi, "_parts", [])
    bodies = [ask_wsgi("GET", "/openapi.json", prefix=prefix).body for prefix in ("", "/a", "", "/b")]
    assert bodies[0] == bodies[2] and len(set(bodies)) == 3 and len(made) == 1


SLASHES: list[tuple[str, str]] = [(LIST[:-1], LIST), *((f"{LIST}{mnemo}/", f"{LIST}{mnemo}") for mnemo in MNEMOS)]


@pytest.mark.parametrize(("path", "meant"), SLASHES, ids=names(SLASHES))
def test_a_slash_too_many_or_too_few_is_redirected(ask: Asked, path: str, meant: str) -> None:
    answer = ask("GET", path)
    assert (answer.status, answer.headers["Location"]) == (308, meant)
    assert json.loads(answer.body) == {"error": {"status": 308, "message": f"see {meant}"}}
    assert ask("HEAD", path) == answer._replace(body=b"")
    assert ask("GET", path, {"If-None-Match": "*"}) == answer
    assert ask("GET", meant).status == 200


# ---- Web pages of other origins ------------------------------------------------------------------------

OURS, OTHER = "https://crm.example", "https://evil.example"
ALLOWS = "Access-Control-Allow-Origin"


def test_no_other_origin_is_let_in_unless_it_is_meant(ask: Asked) -> None:
    for method in ("GET", "OPTIONS"):
        answer = ask(method, LIST, {"Origin": OURS, "Access-Control-Request-Method": "GET"})
        assert ALLOWS not in answer.headers and "Vary" not in answer.headers


@pytest.mark.parametrize("path", [LIST, f"{LIST}li", f"{LIST}rx", "/openapi.json", LIST[:-1], "/nowhere"])
def test_an_origin_that_is_meant_is_let_in_and_no_other(ask: Asked, path: str) -> None:
    for origins in ([OURS], [OURS, "http://localhost:3000"]):
        for method in ("GET", "HEAD"):
            plain = ask(method, path)
            for headers, allowed in (
                ({"Origin": OURS}, OURS),
                ({"Origin": OTHER}, None),
                ({"Origin": "null"}, None),
                ({}, None),
            ):
                answer = ask(method, path, headers, origins=origins)
                assert answer[::2] == plain[::2] and answer.headers.pop("Vary") == "Origin"
                assert answer.headers.pop(ALLOWS, None) == allowed
                assert answer.headers.pop("Access-Control-Expose-Headers", None) == (allowed and "ETag")
                assert answer.headers == plain.headers
    for headers in ({"Origin": OTHER}, {}):
        answer = ask("GET", path, headers, origins=["*"])
        assert answer.headers[ALLOWS] == "*" and "Vary" not in answer.headers
    tag = ask("GET", LIST).headers["ETag"]
    known = ask("GET", LIST, {"Origin": OURS, "If-None-Match": tag}, origins=[OURS])
    assert (known.status, known.headers[ALLOWS]) == (304, OURS)


def test_a_browser_that_asks_first_is_answered(ask: Asked) -> None:
    asks = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
    for path in (LIST, f"{LIST}li", "/openapi.json"):
        for origins in ([OURS], ["*"]):
            answer = ask("OPTIONS", path, {"Origin": OURS, **asks}, origins=origins)
            assert (answer.status, answer.body) == (204, b"")
            assert answer.headers[ALLOWS] == {OURS: OURS, "*": "*"}[origins[0]]
            assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
            assert answer.headers["Access-Control-Allow-Headers"] == "If-None-Match"
            assert answer.headers["Access-Control-Max-Age"] == "86400"
        assert ask("OPTIONS", path, {"Origin": OTHER, **asks}, origins=[OURS]).status == 405
        assert ask("OPTIONS", path, {"Origin": OURS}, origins=[OURS]).status == 405
    assert ask("OPTIONS", "/nowhere", {"Origin": OURS, **asks}, origins=[OURS]).status == 404


NO_ORIGINS = ["", "null", "crm.example", "https://", "https://crm.example/", "https://a b", "https://*", "https://a,https://b", "https://a\n", "HTTPS://a", "**"]  # fmt: skip


@pytest.mark.parametrize("origin", NO_ORIGINS, ids=names([[origin] for origin in NO_ORIGINS]))
def test_what_is_no_origin_is_refused_at_once(origin: str) -> None:
    for make in (rest.wsgi_application, rest.asgi_application):
        with pytest.raises(ValueError, match=r"expected one such as https://crm\.example:8443, or \*"):
            make([OURS, origin])
        with pytest.raises(TypeError, match="expected a list"):
            make(OURS)


# ---- ASGI alone ----------------------------------------------------------------------------------------


def test_asgi_knows_a_prefix_that_is_no_part_of_the_path() -> None:
    for path, root, status in (
        (LIST, "/pbx", 200),
        (f"/pbx{LIST}", "/pbx", 200),
        (f"/pbx{LIST}", "/pbx/", 200),
        (f"/pbx{LIST}", "", 404),
        (f"/pbxy{LIST}", "/pbx", 404),
        ("/pbx", "/pbx", 404),
    ):
        sent: list[Any] = []
        scope = {"type": "http", "method": "GET", "path": path, "root_path": root, "headers": []}
        run(rest.asgi, scope, [], sent)
        assert sent[0]["status"] == status, (path, root)
    sent = []
    run(rest.asgi, {"type": "http", "method": "GET", "path": LIST, "headers": []}, [], sent)
    assert sent[0]["status"] == 200


@pytest.mark.parametrize(
    ("prefix", "shown"),
    [
        ("//evil.example", "/evil.example"),
        ("https://evil.example", "/https%3A//evil.example"),
        ("/\\evil.example", "/%5Cevil.example"),
        ("/a\r\nX: y", "/a%0D%0AX%3A%20y"),
        ("/\udcff\ud800", "/%3F%3F"),
    ],
)
def test_a_prefix_leads_nowhere_else_whatever_it_is(prefix: str, shown: str) -> None:
    sent: list[Any] = []
    scope = {"type": "http", "method": "GET", "path": LIST[:-1], "root_path": prefix, "headers": []}
    run(rest.asgi, scope, [], sent)
    assert sent[0]["status"] == 308 and dict(sent[0]["headers"])[b"location"] == f"{shown}{LIST}".encode()


def test_asgi_lives_with_its_server_and_refuses_what_is_not_http() -> None:
    sent: list[Any] = []
    run(rest.asgi, {"type": "lifespan"}, [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}], sent)
    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    sent = []
    run(rest.asgi, {"type": "websocket"}, [{"type": "websocket.connect"}], sent)
    assert sent == [{"type": "websocket.close", "code": 1000}]
    with pytest.raises(NotImplementedError, match="callprop has no mqtt"):
        run(rest.asgi, {"type": "mqtt"}, [], [])


# ---- The description -----------------------------------------------------------------------------------


def test_the_description_is_that_which_was_published(ask: Asked) -> None:
    """Programs are made from it: whatever changes in it is to be meant, and to be changed in Tests/cases too."""
    document = json.loads(ask("GET", "/openapi.json").body)
    published = json.loads((REPOSITORY / "Tests/cases/openapi.json").read_text(encoding="utf-8"))
    published["info"]["version"] = callprop.__version__
    published["components"]["schemas"]["Property"]["examples"] = [dataclasses.asdict(callprop.list()[0])]
    assert document == published and set(document["paths"]) == {LIST, f"{LIST}{{mnemo}}"}
    mnemos = document["components"]["schemas"]["Property"]["properties"]["mnemo"]["enum"]
    assert mnemos == document["paths"][f"{LIST}{{mnemo}}"]["parameters"][0]["schema"]["enum"] == [*MNEMOS]


@pytest.mark.thorough
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
                    "20",
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
