# SPDX-License-Identifier: MIT
"""Statuses of files: in whatever an API wraps them, found by id or name, and those of a newer API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from callprop import Properties
from callprop.statuses import NewerStatusError, Status, StatusError, read_statuses
from conftest import Python, names

PERMITTED, DENIED, FAILED = 0, 1, 2
RING = "src=external,dst=ivr,leg=dst"

BAD_FILES: list[tuple[str, bytes, str]] = [
    ("empty", b"", "line 1: Expecting value"),
    ("no JSON", b"{\n]", "line 2: "),
    ("not UTF-8", b'["\xff"]', "'utf-8' codec can't decode byte"),
    ("two documents", b"[]\n[]", "line 2: Extra data"),
    ("a number", b"1", "expected a list of statuses, an object with one such list in it, or one status\n"),
    (
        "an object without a list",
        b'{"error": {"code": 403}}',
        "expected a list of statuses, an object with one such list in it, or one status; this object has none\n",
    ),
    ("nothing of the kind", b'{"errors": ["denied"]}', "errors[0]: expected an object"),
    (
        "lists of other things",
        b'{"items": [], "errors": [1]}',
        "expected a list of statuses, an object with one such list in it, or one status; this object has several: ",
    ),
    (
        "two lists of statuses",
        b'{"data": {"items": [{"id": 1, "property_list": []}], "old": [{"id": 1, "property_list": ["all"]}]}}',
        'expected a list of statuses, an object with one such list in it, or one status; this object has several: "data.items", "data.old"\n',
    ),
    (
        "statuses by id",
        b'{"1": {"id": 1, "property_list": []}, "2": {"id": 2, "property_list": ["all"]}}',
        'expected a list of statuses, an object with one such list in it, or one status; this object has several: "1", "2"\n',
    ),
    (
        "many lists",
        json.dumps({f"n{number}": [] for number in range(9)}).encode(),
        'expected a list of statuses, an object with one such list in it, or one status; this object has several: "n0", "n1", "n2", "n3", "n4", ...\n',
    ),
    (
        "a status without properties",
        b'[{"id": 1}]',
        "statuses[0]: property_list: the JSON object has no member property_list; expected one",
    ),
    ("a status without a name", b'[{"property_list": []}]', "statuses[0]: expected an id, a name, or both"),
    ("an id that is true", b'[{"id": true, "property_list": []}]', "statuses[0]: expected an id"),
    ("an id of many digits", b'[{"id": 1' + b"0" * 5000 + b', "property_list": []}]', "statuses[0]: expected an id"),
    ("a name that is a list", b'[{"name": [], "property_list": []}]', "statuses[0]: expected an id"),
    ("a status that is none", b'{"statuses": ["all"]}', "statuses[0]: expected an object"),
    ("something among statuses", b'{"data": [{"id": 1, "property_list": []}, 5]}', "data[1]: expected an object"),
    (
        "the second is wrong",
        b'[{"id": 1, "property_list": []}, {"id": 2, "property_list": ["lx"]}]',
        'statuses[1]: property_list: no such property: "lx"; expected all, cq, li, lo, qli, qri, ri or ro; --known reads a status of a newer API',
    ),
    (
        "a mnemo in capitals",
        b'[{"id": 1, "property_list": ["ALL"]}]',
        'statuses[0]: property_list: no such property: "ALL"',
    ),
    (
        "a new one beside it",
        b'[{"id": 1, "property_list": ["video", "Li"]}]',
        "statuses[0]: property_list: no such property",
    ),
    ("a number for a mnemo", b'[{"id": 1, "property_list": [5]}]', "statuses[0]: property_list"),
    (
        "a huge number for a mnemo",
        b'[{"id": 1, "property_list": [1' + b"0" * 5000 + b"]}]",
        "statuses[0]: property_list",
    ),
    (
        "a list twice",
        b'[{"id": 1, "property_list": [], "property_list": ["all"]}]',
        'statuses[0]: an object has the same key twice: "property_list"',
    ),
    (
        "a name twice",
        b'{"name": "A", "name": "B", "property_list": []}',
        'status: an object has the same key twice: "name"',
    ),
    (
        "an envelope with a list twice",
        b'{"data": [], "data": [{"id": 1, "property_list": ["all"]}]}',
        'an object has the same key twice: "data"',
    ),
    (
        "an envelope in one with a list twice",
        b'{"data": {"items": [], "items": [{"id": 1, "property_list": ["all"]}]}}',
        'an object has the same key twice: "items"',
    ),
    ("nested too deeply", b"[" * 100000, ""),
    ("objects nested too deeply", b'{"a":' * 100000, ""),
    (
        "a list that is too deep",
        b'{"a":' * 9 + b'{"b":[{"id":1,"property_list":["all"]}]}' + b"}" * 9,
        "expected a list",
    ),
    (
        "a property list nested too deeply",
        b'[{"id":1,"property_list":' + b"[" * 500 + b"]" * 500 + b"}]",
        "statuses[0]: property_list",
    ),
]


@pytest.mark.parametrize(("what", "content", "says"), BAD_FILES, ids=names(BAD_FILES))
def test_a_bad_file_is_refused_whole(python: Python, tmp_path: Path, what: str, content: bytes, says: str) -> None:
    path = tmp_path / "statuses.json"
    path.write_bytes(content)
    for arguments in (["matrix", str(path)], ["allows", f"@{path}", RING], ["allows", f"@{path}:1", RING]):
        done = python.callprop(*arguments)
        assert (done.returncode, done.stdout) == (FAILED, "") and done.stderr.startswith(f"callprop: {path}: {says}"), (
            done
        )
        # --known is advised where it helps, and nowhere else.
        assert ("--known" in done.stderr) is ("--known" in says), done
    with pytest.raises(StatusError) as raised:
        read_statuses(content)
    assert isinstance(raised.value, NewerStatusError) is ("--known" in says)


LI = Properties.LI
LUNCH = {"id": 2, "name": "Lunch", "property_list": ["li"]}
# As the vendor's API tells of a status.
VENDORS = {
    **LUNCH,
    "create_dt": "2026-03-01T09:00:00+03:00",
    "dealer_id": None,
    "client_id": 7,
    "extra_params": {"id": 9, "name": "x", "property_list": ["all"], "nested": [{"property_list": ["all"]}]},
}
ONE = [Status("2", "Lunch", LI)]
STATUS_FILES: list[tuple[str, list[Status]]] = [
    (json.dumps(LUNCH), ONE),
    (json.dumps(VENDORS), ONE),
    (json.dumps([VENDORS]), ONE),
    *(
        (json.dumps({name: [VENDORS], "total": 1, "next": None, "links": {"self": "…"}}), ONE)
        for name in ("statuses", "data", "items", "results", "result", "rows", "objects", "extension_status", "список")
    ),
    (json.dumps({"data": {"items": [VENDORS]}, "meta": {"page": 1}}), ONE),
    (json.dumps({"_embedded": {"statuses": [VENDORS]}, "_links": {}}), ONE),
    (json.dumps({"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": [LUNCH]}}}}}}}}}), ONE),
    (json.dumps({"data": VENDORS, "errors": []}), ONE),
    (json.dumps({"results": [VENDORS], "warnings": ["old"], "errors": []}), ONE),
    (json.dumps({"results": [VENDORS], "current": {**LUNCH, "id": 3}}), ONE),
    (json.dumps({"statuses": [LUNCH], "deleted": [{**LUNCH, "id": 3}]}), ONE),
    ("\ufeff" + json.dumps([LUNCH]), ONE),
    ('{"id": 2, "name": "Lunch", "property_list": ["li"], "extra_params": {"a": 1, "a": 2}, "x": 1, "x": 2}', ONE),
    ('{"id": 2, "name": "Lunch", "property_list": ["li"], "n": 1' + "0" * 5000 + ', "f": -1.5e400}', ONE),
    ('{"id": 2, "property_list": ["li"]}', [Status("2", "2", LI)]),
    ('{"name": "Lunch", "property_list": ["li"]}', [Status("", "Lunch", LI)]),
    ('{"id": "x", "name": "", "property_list": ["li"], "more": [{}]}', [Status("x", "", LI)]),
    ('{"id": 0, "name": null, "property_list": ["li"]}', [Status("0", "0", LI)]),
    ('{"property_list": ["li"], "id": null, "name": "Lunch", "statuses": 1}', [Status("", "Lunch", LI)]),
    (
        '[{"id": 2, "property_list": ["li"]}, {"id": 3, "property_list": []}]',
        [Status("2", "2", LI), Status("3", "3", Properties(0))],
    ),
    ('{"statuses": [{"id": 2, "property_list": ["li"]}], "more": 1}', [Status("2", "2", LI)]),
    ('{"statuses": []}', []),
    ('{"items": [], "total": 0}', []),
    ("[]", []),
]


EVERYTHING = {"id": 1, "name": "A", "property_list": ["all"]}
# What may be meant for the statuses, and holds none.
EMPTY = ([], [{"id": 1}], [{}], [{"id": 1, "properties": ["li"]}])
# Where else a status may stand.
ELSEWHERE: list[dict[str, object]] = [
    {"default": EVERYTHING},
    {"deleted": [EVERYTHING]},
    {"meta": {"default": EVERYTHING}},
    {"archive": {"items": [EVERYTHING]}},
]


@pytest.mark.parametrize("place", ["data", "items", "results", "rows", "список"])
@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=names([[*entry] for entry in ELSEWHERE]))
def test_where_the_statuses_are_none_no_other_is_taken(place: str, elsewhere: dict[str, object]) -> None:
    nothing: tuple[object, ...] = EMPTY if place in ("rows", "список") else (*EMPTY, None)
    for known in (False, True):
        for empty in nothing:
            for document in (
                {place: empty, **elsewhere},
                {**elsewhere, place: empty},
                {"page": {place: empty}, **elsewhere},
            ):
                with pytest.raises(StatusError):
                    read_statuses(json.dumps(document), known)
        for scalars in (["x"], [1], [None], [[]]):
            if not any(isinstance(value, list) or "items" in value for value in elsewhere.values()):  # type: ignore[operator]
                with pytest.raises(StatusError):
                    read_statuses(json.dumps({place: scalars, **elsewhere}), known)
    deep: object = {"data": []}
    for _ in range(12):
        deep = {"in": deep}
    with pytest.raises(StatusError, match="nested over 8 deep"):
        read_statuses(json.dumps({**elsewhere, "answer": deep}))


def test_a_list_called_statuses_is_what_it_says_also_when_it_is_empty() -> None:
    for elsewhere in ELSEWHERE:
        assert read_statuses(json.dumps({"statuses": [], **elsewhere})) == []
        assert read_statuses(json.dumps({**elsewhere, "statuses": [LUNCH]})) == ONE
        assert read_statuses(json.dumps({**elsewhere, "statuses": None})) == []


@pytest.mark.parametrize("given", [5, None, True, 1.5, [LUNCH], LUNCH, object(), {1}])
def test_what_is_no_text_is_refused_by_name(given: object) -> None:
    with pytest.raises(
        TypeError, match=r"^text: expected JSON as str or bytes, such as the body of the API's answer, not "
    ):
        read_statuses(given)  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "found"), STATUS_FILES, ids=names(STATUS_FILES))
def test_a_file_of_statuses_is_read(text: str, found: list[Status]) -> None:
    assert read_statuses(text) == read_statuses(text.encode()) == read_statuses(text, known=True) == found


# Other lists of an answer, in which no status can be.
BESIDE: list[dict[str, Any]] = [
    {"links": [{"rel": "self", "href": "/statuses"}]},
    {"_links": [{"href": "/statuses?page=2"}, {"rel": "next", "href": None}]},
    {"meta": {"links": [{"url": None, "label": "« Previous", "active": False}], "page": 1}},
    {"warnings": [{"code": 7, "text": "old"}], "facets": [{"field": "client", "count": 1}]},
    {"errors": [{"code": 1}], "pages": [1, 2]},
    {"sort": [{"by": "create_dt"}, 5, None]},
    {"links": [], "_links": []},
]
# What may be meant for statuses, or is some.
MAY_BE: list[dict[str, Any]] = [
    {"links": [{"name": "next", "href": "/"}]},
    {"links": [{"href": "/"}, {"id": 7}]},
    {"links": [{"href": "/", "property_list": ["all"]}]},
    {"included": [{"type": "client", "id": "7"}]},
    {"links": [{}]},
    {"links": [{"href": "/"}, {}]},
    {"items": [{"title": "Lunch", "permissions": ["li"]}]},
    {"meta": {"data": [{"code": "2"}]}},
    {"deleted": [{"id": 3, "name": "X", "property_list": ["all"]}]},
]


@pytest.mark.parametrize("place", ["data", "items", "results", "rows", "список", "statuses"])
def test_lists_in_which_no_status_can_be_do_not_stand_in_the_way(place: str) -> None:
    for envelope in (lambda inner: inner, lambda inner: {"answer": inner}):
        for beside in BESIDE:
            for document in ({place: [LUNCH], **beside}, {**beside, place: [LUNCH]}):
                for known in (False, True):
                    assert read_statuses(json.dumps(envelope(document)), known) == ONE, document
        for other in MAY_BE:
            for document in ({place: [LUNCH], **other}, {**other, place: [LUNCH]}):
                if place in other or (place == "statuses" and "answer" not in envelope(document)):
                    continue
                with pytest.raises(StatusError, match="this object has several"):
                    read_statuses(json.dumps(envelope(document)))
    for links in ([], [{"rel": "self", "href": "/"}], [{"url": None}, {"url": "/2"}]):
        for name in ("links", "_links"):
            for document in ({"data": LUNCH, name: links}, {"meta": {name: links}, "status": LUNCH}):
                assert read_statuses(json.dumps(document)) == ONE
    for links in ([{"id": 1}], [{"name": "a"}], [{}], [{"href": "/"}, EVERYTHING]):
        with pytest.raises(StatusError):
            read_statuses(json.dumps({"data": LUNCH, "links": links}))
    for beside in BESIDE:
        # Nor are they statuses where there are none.
        with pytest.raises(StatusError):
            read_statuses(json.dumps(beside))
        with pytest.raises(StatusError):
            read_statuses(json.dumps({**beside, "data": {"a": 1}}))


NEWER = {"id": 1, "name": "New", "property_list": ["li", "video", "fax"]}


def test_a_status_of_a_newer_api_is_refused_or_read_without_what_is_new(python: Python, tmp_path: Path) -> None:
    said = 'property_list: no such property: "video"; expected all, cq, li, lo, qli, qri, ri or ro'
    text = json.dumps({"data": [LUNCH, NEWER]})
    with pytest.raises(NewerStatusError) as raised:
        read_statuses(text)
    assert str(raised.value) == f"data[1]: {said}"
    assert read_statuses(text, known=True) == [*ONE, Status("1", "New", LI, f"data[1]: {said}")]
    for wrong in ("[1]", '["a b"', '"li;lo"', "{}", "null"):
        with pytest.raises(StatusError):
            read_statuses('[{"id": 1, "property_list": %s}]' % wrong, known=True)

    path = tmp_path / "new.json"
    path.write_text(text)
    inside = "src=extension,dst=extension,leg=dst"
    refused = f"callprop: {path}: data[1]: {said}; --known reads a status of a newer API without what is new\n"
    warned = f"callprop: warning: {path}: data[1]: {said}; read without it\n"
    for arguments, status, stdout, stderr in (
        (["allows", f"@{path}:New", inside], FAILED, "", refused),
        (["allows", f"@{path}:Lunch", inside], FAILED, "", refused),
        (["allows", "--known", f"@{path}:New", inside], PERMITTED, "permitted\n", warned),
        (["allows", "--known", f"@{path}:New", RING], DENIED, "denied\n", warned),
        (["allows", "--known", f"@{path}:Lunch", inside], PERMITTED, "permitted\n", ""),
        (
            ["allows", "--known", "li, video", inside],
            PERMITTED,
            "permitted\n",
            f"callprop: warning: {said} (at byte 4); read without it\n",
        ),
        (["allows", "--known", "li", inside], PERMITTED, "permitted\n", ""),
        (
            ["allows", "--known", "video", inside],
            DENIED,
            "denied\n",
            f"callprop: warning: {said} (at byte 0); read without it\n",
        ),
        (["allows", "--known", "li;lo", inside], FAILED, "", None),
    ):
        done = python.callprop(*arguments)
        assert (done.returncode, done.stdout) == (status, stdout) and stderr in (None, done.stderr), done
    explained = python.callprop("explain", "--known", f"@{path}:New", inside)
    assert explained.stdout.startswith("Permitted: ") and explained.stderr == warned
    matrix = python.callprop("matrix", "--known", path)
    assert matrix.stdout.startswith("1 Lunch: li\n2 New: li\n") and matrix.stderr == warned and matrix.returncode == 0
    assert python.callprop("matrix", path).stderr == refused


@pytest.mark.parametrize("word", ["", " ", "ALL", "Ri", " li", "qLI\t", "RO "])
def test_a_mnemo_that_is_ours_written_otherwise_is_of_no_newer_api(word: str) -> None:
    for mnemos in ([word], ["li", word], [word, "video"], ["video", word]):
        text = json.dumps([{"id": 1, "property_list": mnemos}])
        for known in (False, True):
            with pytest.raises(StatusError, match=r"statuses\[0\]: property_list: no such property: "):
                read_statuses(text, known)
    for word in ("video", "alle", "r", "li2", "cqq"):
        assert read_statuses(json.dumps([{"id": 1, "property_list": ["li", word]}]), True)[0].granted == LI


def ways_to_write(word: str) -> list[str]:
    """Statuses in which a mnemo of ours is written so, alone and beside others."""
    return [
        word,
        f"li,{word}",
        f"all, {word}",
        f"video ,{word} ",
        f"{word},video",
        f"\ufeff{word}",
        json.dumps([word]),
        json.dumps(["all", "video", word]),
        f' ["\\u{ord(word[0]):04x}{word[1:]}"] ',
        json.dumps(["video", f" {word.lower()}"]),
        json.dumps({"property_list": ["video", word], "x": {"property_list": ["all"]}}),
        '{"property_list": ["video", ""], "n": 1' + "0" * 5000 + "}",
    ]


def test_a_status_on_the_command_line_is_read_as_strictly_as_a_file(python: Python) -> None:
    """With --known, too: what no newer API has is an error, not a denial that a script takes for an answer."""
    given = [status for word in ("ALL", "Ri", "aLL", "LO") for status in ways_to_write(word)]
    lines = "".join(f"{status}\t{RING}\n" for status in given).encode()
    for arguments in ([], ["--known"]):
        done = python.callprop("allows", *arguments, "--batch", input=lines)
        assert (done.returncode, done.stdout) == (FAILED, "error\n" * len(given)), done
        assert done.stderr.count("property_list: no such property: ") == len(given)
        for status in ("ALL", "all,video,ALL", '["Ri"]'):
            for command in ("allows", "explain"):
                done = python.callprop(command, *arguments, "--", status, RING)
                assert (done.returncode, done.stdout) == (FAILED, ""), status
                assert done.stderr.startswith("callprop: property_list: no such property: "), done
    known = (("video", DENIED), ("all,video", PERMITTED), ("alle,ri", PERMITTED), ('["r","fax"]', DENIED))
    for status, found in known:
        done = python.callprop("allows", "--known", status, RING)
        assert done.returncode == found and done.stderr.count("read without it") == 1


def test_the_one_status_that_is_meant_is_found_or_the_others_are_named(python: Python, tmp_path: Path) -> None:
    files = {
        "one.json": '{"id": 1, "name": "A", "property_list": ["ri"]}',
        "two:3.json": '[{"id": 1, "name": "A", "property_list": []}, {"name": "\\u001bB", "property_list": ["ri"]}]',
        "none.json": "[]",
        "nameless.json": '[{"id": "5", "name": "", "property_list": ["ri"]}]',
        "colon.json": '[{"id": 1, "name": "Sales: out", "property_list": ["ri"]}, {"id": "a:b:", "name": ":", "property_list": []}]',
        "colon.json:Sales": '[{"id": 1, "name": " out", "property_list": []}]',
        "a:b": '[{"id": 1, "name": "c:d", "property_list": ["ri"]}]',
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    meant = "meant; name one of them, @{0}:ID or @{0}:NAME, of: {1}\n"
    unnamed = "callprop: {0}: no name is behind the colon; expected @{0}:ID or @{0}:NAME, of: {1}\n"
    both = meant.format("two:3.json", "1 A, \\x1bB")
    for status, code, said in (
        ("@one.json", PERMITTED, "permitted\n"),
        ("@one.json:1", PERMITTED, "permitted\n"),
        ("@one.json:A", PERMITTED, "permitted\n"),
        ("@one.json:B", FAILED, "callprop: one.json: no status is " + meant.format("one.json", "1 A")),
        *(
            (f"@{given}:", FAILED, unnamed.format(given, of))
            for given, of in (("one.json", "1 A"), ("two:3.json", "1 A, \\x1bB"), ("-", "A"), ("nameless.json", "5"))
        ),
        ("@nameless.json:5", PERMITTED, "permitted\n"),
        ("@two:3.json:\x1bB", PERMITTED, "permitted\n"),
        ("@two:3.json:A", DENIED, "denied\n"),
        ("@two:3.json", FAILED, f"callprop: two:3.json: 2 statuses are {both}"),
        ("@two:3.json:C", FAILED, f"callprop: two:3.json: no status is {both}"),
        ("@none.json", FAILED, "callprop: none.json: no status is " + meant.format("none.json", "none")),
        ("@nothing:1", FAILED, "callprop: nothing: No such file or directory\n"),
        ("@nothing:1:2", FAILED, "callprop: nothing: No such file or directory\n"),
        # The longest that is there is the file.
        ("@colon.json:1", PERMITTED, "permitted\n"),
        ("@colon.json:a:b:", DENIED, "denied\n"),
        ("@colon.json::", DENIED, "denied\n"),
        ("@colon.json:Sales: out", DENIED, "denied\n"),
        ("@./colon.json:Sales: out", DENIED, "denied\n"),
        ("@a:b", PERMITTED, "permitted\n"),
        ("@a:b:c:d", PERMITTED, "permitted\n"),
    ):
        done = python.callprop("allows", status, RING, cwd=tmp_path, input=b'{"name": "A", "property_list": ["all"]}')
        assert (done.returncode, done.stdout + done.stderr) == (code, said), status
    (tmp_path / "colon.json:Sales").unlink()
    assert python.callprop("allows", "@colon.json:Sales: out", RING, cwd=tmp_path).stdout == "permitted\n"


def test_of_many_statuses_an_error_names_twenty(python: Python, tmp_path: Path) -> None:
    for number, more in ((20, ""), (21, ", and 1 more"), (500, ", and 480 more")):
        path = tmp_path / "many.json"
        path.write_text(
            json.dumps([{"id": index, "name": f"n{index}", "property_list": []} for index in range(number)])
        )
        shown = ", ".join(f"{index} n{index}" for index in range(20))
        done = python.callprop("allows", f"@{path}", RING)
        assert done.stderr == (
            f"callprop: {path}: {number} statuses are meant; name one of them, @{path}:ID or @{path}:NAME, of: {shown}{more}\n"
        )


def test_a_file_that_is_given_as_a_status_or_the_other_way_round_is_told(python: Python, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(LUNCH))
    (tmp_path / "statuses").write_text(json.dumps([LUNCH]))
    (tmp_path / "all").write_text("[]")
    (tmp_path / "folder").mkdir()
    for given, meant in (
        ("one.json", "@one.json"),
        ("./one.json", "@./one.json"),
        ("one.json:Lunch", "@one.json:Lunch"),
        ("statuses", "@statuses"),
        ("statuses:Lunch", "@statuses:Lunch"),
        ("gone.json:Lunch", "@gone.json:Lunch"),
        ("-", "@-"),
    ):
        for arguments in (["allows", given, RING], ["explain", given, RING]):
            done = python.callprop(*arguments, cwd=tmp_path, input=b"")
            assert (done.returncode, done.stdout) == (FAILED, "") and done.stderr.endswith(
                f"; did you mean {meant}?\n"
            ), done
    for given in ("folder", "lx", "", "nothing", '{"a":1}', ":one.json", "li,"):
        done = python.callprop("allows", given, RING, cwd=tmp_path)
        assert "did you mean" not in done.stderr, done
    assert python.callprop("allows", "all", RING, cwd=tmp_path).stdout == "permitted\n"
    assert python.callprop("matrix", "@one.json", cwd=tmp_path).stderr == (
        "callprop: @one.json: No such file or directory; did you mean one.json?\n"
    )
    assert python.callprop("matrix", "@gone", cwd=tmp_path).stderr == "callprop: @gone: No such file or directory\n"


def test_a_status_may_come_through_a_pipe(python: Python) -> None:
    status = json.dumps({"id": 2, "name": "Обед", "property_list": ["ri"]}).encode()
    assert python.callprop("allows", "@-", RING, input=status).stdout == "permitted\n"
    assert "1 Обед: ri\n" in python.callprop("matrix", "-", input=status).stdout
    two = b'[{"id": 1, "name": "A", "property_list": []}, {"id": 1, "name": "B", "property_list": ["all"]}]'
    assert python.callprop("allows", "@-:1", RING, input=two).returncode == FAILED
    hostile = b'{"id": 1, "name": "\\u001b[2J\\n+", "property_list": []}'
    assert "1 \\x1b[2J\\n+: nothing\n" in python.callprop("matrix", "-", input=hostile).stdout
    colon = b'[{"id": 1, "name": "a:b", "property_list": ["ri"]}]'
    assert python.callprop("allows", "@-:a:b", RING, input=colon).stdout == "permitted\n"
