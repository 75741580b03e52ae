# SPDX-License-Identifier: MIT
"""The REST resource: the application itself, and its description. test_serve.py asks it over HTTP."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

import callprop
from callprop import Error, ErrorCode, _abi, rest
from conftest import REPOSITORY, names
from expected import MNEMOS
from web import LIST, PATHS, SERVE, Answer, running


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
