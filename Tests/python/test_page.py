# SPDX-License-Identifier: MIT
"""The page for people, as `callprop serve` sends it. Tests/page has it in a browser."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

import callprop
from callprop import Error, ErrorCode, Properties, _abi, page
from callprop.statuses import Status, read_statuses
from conftest import REPOSITORY, Python, names
from expected import ALL_CALLS, MNEMOS, Call, can_happen, permitted, required
from web import PATHS, Answer, running

STATUSES = REPOSITORY / "examples/office/statuses.json"
OFFICE = read_statuses(STATUSES.read_bytes())
OWN = ["/", "/page.css", "/page.js", "/matrix", "/decisions?property_list=li"]
CALLS = [*filter(can_happen, ALL_CALLS)]


def ask(target: str, method: str = "GET", statuses: list[Status] = OFFICE, **headers: str) -> Answer:
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": query}
    environ.update(headers)
    setup_testing_defaults(environ)
    environ["wsgi.input"] = io.BytesIO(b"")
    started: list[Any] = []
    application: Any = validator(page.page_application(statuses, "A & <title>"))
    answer = application(environ, lambda status, headers, *_: started.append((status, headers)))
    body = b"".join(answer)
    answer.close()
    ((status, given),) = started
    return Answer(int(status.split()[0]), dict(given), body)


@pytest.mark.parametrize("path", OWN)
def test_nothing_but_the_pages_own_script_may_run(path: str) -> None:
    answer = ask(path)
    assert answer.status == 200 and answer.headers["Content-Length"] == str(len(answer.body))
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


KINDS_OF_FILE = {"/": "text/html", "/page.css": "text/css", "/page.js": "text/javascript"}


@pytest.mark.parametrize("path", OWN)
def test_it_is_served_as_the_rest_is(path: str) -> None:
    answer = ask(path)
    kind = KINDS_OF_FILE.get(path)
    assert answer.headers["Content-Type"] == (f"{kind}; charset=utf-8" if kind else "application/json")
    assert ask(path, "HEAD") == answer._replace(body=b"")
    unchanged = ask(path, HTTP_IF_NONE_MATCH=answer.headers["ETag"])
    assert (unchanged.status, unchanged.body) == (304, b"")
    for method in ("POST", "PUT", "DELETE"):
        refused = ask(path, method)
        assert (refused.status, refused.headers["Allow"]) == (405, "GET, HEAD")
        assert json.loads(refused.body) == {"error": {"status": 405, "message": "expected GET or HEAD"}}


def test_everything_else_is_the_rest_resources() -> None:
    for path, body in PATHS:
        assert ask(path).body == body
    assert ask("/openapi.json").status == 200
    for path in ("/page", "/page.py", "/index.html", "/matrix/", "/../page.py", "//", "/decisions/"):
        assert ask(path).status == 404, path


class Reader(HTMLParser):
    """The words and marks of the page: its tags with their attributes, and its tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.options: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag == "option":
            self.options.append((dict(attrs)["value"] or "", ""))
        elif tag == "i" and self.rows:
            self.rows[-1][-1] += ", "

    def handle_data(self, data: str) -> None:
        inside = self.tags[-1][0] if self.tags else ""
        if inside == "option":
            self.options[-1] = (self.options[-1][0], self.options[-1][1] + data)
        elif self.rows and self.rows[-1] and inside not in ("footer", "p", "a"):
            self.rows[-1][-1] += data.strip()


def test_its_matrix_is_as_expected() -> None:
    read = Reader(ask("/").body.decode())
    head, *rows = read.rows
    assert head == ["Kind of call", "needs", *(status.name for status in OFFICE)]
    leg, found = "", {}
    for row in rows:
        if len(row) == 1:
            leg = {"Our extension makes the call": "src", "Our extension is rung": "dst"}[row[0]]
            continue
        kind, needs, *marks = row
        src, dst = kind.replace(", callback", "").split(" to ")
        found[Call(src, dst, leg, kind.endswith(", callback"))] = (needs, marks)
    words = {True: "✓permitted", False: "–denied"}
    assert found == {
        call: (required(call), [words[permitted(status.granted.mnemos, call)] for status in OFFICE]) for call in CALLS
    }
    classes = [attributes["class"] for tag, attributes in read.tags if tag == "td" and "class" in attributes]
    assert classes == [{"✓permitted": "yes", "–denied": "no"}[mark] for _, marks in found.values() for mark in marks]


def test_its_ticks_are_the_properties_and_it_can_start_from_each_status() -> None:
    read = Reader(ask("/").body.decode())
    ticks = [attributes["value"] for tag, attributes in read.tags if tag == "input"]
    assert ticks == [*MNEMOS]
    assert not any("checked" in attributes for _, attributes in read.tags)
    wanted = [("", "nothing"), *((",".join(status.granted.mnemos), status.name) for status in OFFICE)]
    assert [(value, text.split("\n")[0]) for value, text in read.options] == wanted
    for entry in callprop.list():
        assert entry.description.replace("'", "&#x27;") in ask("/").body.decode()


HOSTILE = [
    "<script>document.title='x'</script>", "</option><script>1</script>", '"><img src=x onerror=alert(1)>', "' onclick='x", "<!--", "&lt;b&gt;", "${version}",
    "$version", "</title>", "\ud800", "\x00", "\u202e", "]]>", "{{7*7}}",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE, ids=names([[name] for name in HOSTILE]))
def test_whatever_a_name_is_it_is_text(name: str) -> None:
    plain = Reader(ask("/", statuses=[Status("1", "x", Properties(0))]).body.decode())
    body = ask("/", statuses=[Status("1", name, Properties(0))]).body.decode()
    read = Reader(body)
    # The same tags with the same attributes, but for the one that is the name.
    for with_x, with_name in zip(plain.tags, read.tags):
        assert with_x[0] == with_name[0] and with_x[1].keys() == with_name[1].keys()
    assert len(read.tags) == len(plain.tags)
    assert read.rows[0][2] == {"\ud800": "\\ud800", "\x00": "\\x00", "\u202e": "\\u202e"}.get(name, name)


# Characters that hide, or turn round what stands beside them, and how they are shown.
UNSEEN = [
    *range(0x20),
    *range(0x7F, 0xA0),
    0xAD,
    0x61C,
    *range(0x200B, 0x2010),
    *range(0x2028, 0x202F),
    *range(0x2060, 0x2070),
    0xFEFF,
    0xFFF9,
    0xE0001,
    0xE0061,
]


def test_nothing_in_a_name_hides_or_turns_round_what_stands_beside() -> None:
    name = "".join(f"a{chr(number)}" for number in UNSEEN)
    assert len(UNSEEN) > 90
    body = ask("/", statuses=[Status("1", name, Properties(0))]).body.decode()
    assert not {chr(number) for number in UNSEEN if number != 0x0A}.intersection(body)
    read = Reader(body)
    for shown in (read.rows[0][2], read.options[1][1].split("\n")[0]):
        assert shown.count("a\\") == len(UNSEEN) and "\\u202e" in shown and "\\u200f" in shown
    for name in ("Обед", "午休", "غداء", "צהריים", "Pause déjeuner", "☕ 🍜"):
        read = Reader(ask("/", statuses=[Status("1", name, Properties(0))]).body.decode())
        assert read.rows[0][2] == name
        # Words that are written from right to left keep to themselves.
        assert [tag for tag, attributes in read.tags if attributes.get("dir") == "auto"] == ["option", "span"]


def test_the_title_is_text() -> None:
    assert "<title>callprop: A &amp; &lt;title&gt;</title>" in ask("/").body.decode()


@pytest.mark.thorough
def test_the_decisions_are_the_librarys_for_every_set() -> None:
    for number in range(256):
        granted = Properties(number)
        document = json.loads(ask(f"/decisions?property_list={str(granted).replace(',', '%2C')}").body)
        assert document["granted"] == [*granted.mnemos] and len(document["decisions"]) == len(CALLS)
        for decision in document["decisions"]:
            call = Call(**decision["call"])
            assert decision["allowed"] is permitted([*granted.mnemos], call)
        asked = [Call(**decision["call"]) for decision in document["decisions"]]
        assert sorted(asked) == sorted(CALLS)
        text = ask(f"/decisions?property_list={granted}").body.decode()
        for call in asked[:: 1 + number % 7]:
            words = f"src={call.src},dst={call.dst},leg={call.leg},callback={str(call.callback).lower()}"
            assert _abi.explain_json(str(granted).encode(), words.encode()) in text


BAD_QUERIES: list[tuple[str, str]] = [
    ("", "expected property_list once, such as ?property_list=li,lo"),
    ("property_list", ""),
    ("property_list=li&property_list=lo", "expected property_list once"),
    ("property_list=li&x=1", "expected property_list once"),
    ("granted=li", "expected property_list once"),
    ("property_list=lx", 'property_list: no such property: "lx"; expected all, cq, li, lo, qli, qri, ri or ro'),
    ("property_list=li,", "property_list"),
    ("property_list=%00all", "property_list has a NUL; expected text without one"),
    ("property_list=%ff", "the query cannot be read; expected ?property_list=li,lo"),
    ("property_list=%3Cscript%3E", "property_list: no such property"),
    ("&" * 1000, "the query cannot be read"),
    ("property_list=" + "l" * 70000, "property_list"),
]


@pytest.mark.parametrize(("query", "says"), BAD_QUERIES, ids=names(BAD_QUERIES))
def test_a_bad_question_is_an_error_and_no_decision(query: str, says: str) -> None:
    answer = ask(f"/decisions?{query}")
    if query == "property_list":  # which is an empty list
        assert not any(decision["allowed"] for decision in json.loads(answer.body)["decisions"])
        return
    assert answer.status == 400 and answer.headers["Content-Type"] == "application/json"
    document = json.loads(answer.body)
    assert document["error"]["status"] == 400 and document["error"]["message"].startswith(says), document


def test_without_memory_there_is_an_error_and_no_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise Error(ErrorCode.MEMORY, -1, "buffer: no memory")

    monkeypatch.setattr(page, "explain_json", fail)
    answer = ask("/decisions?property_list=all")
    assert (answer.status, json.loads(answer.body)) == (503, {"error": {"status": 503, "message": "buffer: no memory"}})


def test_serve_shows_the_statuses_of_a_file_or_each_property_alone(python: Python, tmp_path: Path) -> None:
    newer = tmp_path / "newer.json"
    newer.write_text('[{"id": 1, "name": "New", "property_list": ["li", "video"]}]')
    started = r"http://127.0.0.1:(\d+)/ and http://127.0.0.1:\d+/extension/call_property/"
    for options, arguments, title in (
        (["--statuses", str(STATUSES)], [str(STATUSES)], "The statuses of statuses.json"),
        (["--known", "--statuses", str(newer)], ["--known", str(newer)], "The statuses of newer.json"),
        ([], [], "Each property alone"),
    ):
        with running(["-m", "callprop", "serve", "--port", "0", *options], started) as server:
            matrix = server.get("/matrix")
            assert matrix.body.decode() + "\n" == python.callprop("matrix", *arguments, "--json").stdout
            assert f"<title>callprop: {title}</title>" in server.get("/").body.decode()
            assert server.get("/page.js").body == page._asset("page.js")
            assert json.loads(server.get("/decisions?property_list=li,lo").body)["granted"] == ["li", "lo"]
    refused = python.callprop("serve", "--port", "0", "--statuses", newer)
    assert refused.returncode == 2 and "video" in refused.stderr and refused.stderr.count("\n") == 1


def test_the_script_decides_nothing() -> None:
    """It has no mnemo and no party in it: what it shows is what it was told."""
    words = re.findall(r"[a-z_]+", page._asset("page.js").decode().lower())
    # li is an element of HTML too.
    assert {*MNEMOS, "extension", "external", "queue", "ivr", "required", "matched"}.intersection(words) == {"li"}
    text = page._asset("page.js").decode() + page._asset("index.html").decode()
    for risky in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        "style=",
        "onclick",
    ):
        assert risky not in text
