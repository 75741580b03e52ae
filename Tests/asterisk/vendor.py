# SPDX-License-Identifier: MIT
"""The vendor's API as the source of statuses: its answer as a file, and its event `call-status-change` by the relay of examples/python."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from real_calls import Failed

from answers import logged, no
from calls import call
from desk import Desk
from host import ROOT
from injection import rings
from lab import until
from pbx import callprop_conf
from setups import Setup

RELAY = ROOT / "examples/python/status_relay.py"
SECRET = "a secret of the relay"

# As the API answers: more members than count here, ids that are numbers, names in any language, an id as text.
ANSWER = [
    {
        "id": 1,
        "name": "At work",
        "client_id": None,
        "color": "#00ff00",
        "property_list": ["li", "lo", "ri", "ro", "qli", "qri"],
    },
    {"id": 2, "name": "Обед", "client_id": 12, "property_list": ["li", "lo"], "is_default": False},
    {"id": 7, "name": "Do not disturb", "client_id": 12, "property_list": []},
    {"id": "x-9", "name": "  Callbacks ", "property_list": ["cq", "lo"]},
    {"id": 10, "name": None, "property_list": ["all"]},
    # Two of a name, one of the file's, and one that has the id of another for its name.
    {"id": 20, "name": "Twice", "property_list": ["li"]},
    {"id": 21, "name": "Twice", "property_list": ["ri"]},
    {"id": 22, "name": "li+lo", "property_list": []},
    {"id": 23, "name": "7", "property_list": ["all"]},
]
STATUSES = {
    "At work": ("1", "li,lo,qli,qri,ri,ro"),
    "Обед": ("2", "li,lo"),
    "Do not disturb": ("7", ""),
    "Callbacks": ("x-9", "cq,lo"),
    "10": ("10", "all"),
    "Twice (20)": ("20", "li"),
    "Twice (21)": ("21", "ri"),
    "li+lo (22)": ("22", ""),
    "7 (23)": ("23", "all"),
    "li+lo": ("", "li,lo"),
}
# How a status is written, and which one that is.
WORDS = {
    "At work": "At work",
    "1": "At work",
    "Обед": "Обед",
    "2": "Обед",
    "x-9": "Callbacks",
    "7": "Do not disturb",
    "10": "10",
    "li+lo": "li+lo",
    "22": "li+lo (22)",
}
NO_WORDS = ("Twice", "3", "at work", "Lunch", "07", "", "x-9 ")

FILE = "statuses_file = answer.json"
LARGEST = 4 * 1024 * 1024  # bytes
# What is wrong with an answer, and what is said of it.
MISTAKES = {
    "": "/callprop/etc/answer.json:1: ",
    "{}": "/callprop/etc/answer.json: expected a JSON array of statuses",
    '[{"id":1,"name":"A","property_list":["li"]}': "/callprop/etc/answer.json:1: ",
    "[1]": "/callprop/etc/answer.json: status 1 of the array: expected an object",
    '[{"name":"A","property_list":[]}]': "/callprop/etc/answer.json: status 1 of the array: expected an id",
    '[{"id":1.5,"name":"A","property_list":[]}]': "/callprop/etc/answer.json: status 1 of the array: expected an id",
    '[{"id":null,"name":"A","property_list":[]}]': "/callprop/etc/answer.json: status 1 of the array: expected an id",
    '[{"id":1,"name":3,"property_list":[]}]': "/callprop/etc/answer.json: status 1 of the array: expected a name",
    '[{"id":1,"name":"a\\nb","property_list":[]}]': "/callprop/etc/answer.json: status 1 of the array: expected a name",
    '[{"id":1,"name":"A"}]': "/callprop/etc/answer.json: status 'A': expected property_list, an array of properties",
    '[{"id":1,"name":"A","property_list":null}]': "/callprop/etc/answer.json: status 'A': expected property_list",
    '[{"id":1,"name":"A","property_list":"li"}]': "/callprop/etc/answer.json: status 'A': expected property_list",
    '[{"id":1,"name":"A","property_list":[1]}]': None,
    '[{"id":1,"name":"A","property_list":[]},{"id":1,"name":"B","property_list":[]}]': "/callprop/etc/answer.json: the id 1 is there already",
    '[{"id":1,"name":"A","property_list":[]},{"id":2,"name":"A","property_list":[]},{"id":3,"name":"A (1)","property_list":[]}]': (
        "/callprop/etc/answer.json: status 'A (1)' is there already"
    ),
    "[]\0": "/callprop/etc/answer.json: has a NUL byte",
    "\0": "/callprop/etc/answer.json: has a NUL byte",
    f"[]{' ' * LARGEST}": "/callprop/etc/answer.json: is too large",
}


class Relay:
    """The relay, as a process of its own."""

    def __init__(self, *options: str):
        self.process = subprocess.Popen(
            [sys.executable, str(RELAY), "--listen", "127.0.0.1:8070", "--user", "test", *options],
            env={**os.environ, "CALLPROP_RELAY_SECRET": SECRET.replace(" ", "-"), "CALLPROP_AMI_SECRET": "test"},
            stderr=subprocess.PIPE,
            text=True,
        )
        if "listening" not in self.process.stderr.readline():
            raise Failed("the relay does not start")

    def post(self, text: str, secret: str = SECRET) -> tuple[int, str]:
        request = urllib.request.Request(f"http://127.0.0.1:8070/{secret.replace(' ', '-')}", text.encode())
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode().strip()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode().strip()

    def event(self, **fields: str) -> tuple[int, str]:
        usual = {
            "extension_id": "5102",
            "old_status_id": "1",
            "new_status_id": "2",
            "client_id": "12",
            "change_dt": now(),
        }
        return self.post(urllib.parse.urlencode({**usual, **fields}))

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.process.stderr.close()


def now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()) + f".{time.time_ns() // 1000 % 1000000:06}"


def source(desk: Desk) -> str:
    return desk.pbx.rx("dialplan eval function EXTENSION_STATUS(102,source)").partition("Result: ")[2].strip()


def configure(desk: Desk, answer: object, **extensions: str) -> None:
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    (desk.pbx.etc / "answer.json").write_text(text, encoding="utf-8")
    desk.pbx.configure(callprop_conf(**extensions).replace("default = all", f"default = all\n{FILE}"))


def look(desk: Desk) -> None:
    pbx = desk.pbx
    configure(desk, "\ufeff" + json.dumps(ANSWER))
    before = len(pbx.log())
    desk.check("the answer as it is: read", True, "successfully" in pbx.rx("module reload res_callprop.so"))
    desk.check("two of a name are told", True, logged(pbx, before, "the one with the id 21 is 'Twice (21)'"))
    pbx.manager.forget()
    pbx.manager.action("CallpropListStatuses")
    until(lambda: pbx.manager.named("CallpropListStatusesComplete"))
    listed = {s["Status"]: (s["Id"], s["Granted"]) for s in pbx.manager.named("CallpropStatusOfFile")}
    desk.check("the statuses", STATUSES, {name: listed.get(name) for name in STATUSES})
    for word, name in WORDS.items():
        pbx.manager.action("CallpropSetStatus", Extension="102", Status=word)
        desk.check(f"set to {word}", name, desk.status("102"))
    for word in NO_WORDS:
        answer = pbx.manager.action("CallpropSetStatus", Extension="102", Status=word)
        desk.check(
            f"set to {word!r}", no("status", word) if word else "the header Status is missing", answer.get("Message")
        )
    desk.check("no such status: nothing changes", "li+lo (22)", desk.status("102"))
    files(desk)
    kept(desk)
    events(desk)


def files(desk: Desk) -> None:
    """What the file says of extensions, and files that are refused."""
    pbx = desk.pbx
    pbx.rx("callprop unset status 102")
    for word, name in (("Обед", "Обед"), ("7", "Do not disturb"), ("", "all")):
        configure(desk, ANSWER, e102=word)
        pbx.rx("module reload res_callprop.so")
        desk.check(f"102 = {word}", name, desk.status("102"))
    configure(desk, ANSWER)
    conf = (pbx.etc / "callprop.conf").read_text()
    line = conf.splitlines().index(FILE) + 1
    pbx.configure(conf.replace("default = all\n", "default = 2\n"))
    pbx.rx("module reload res_callprop.so")
    desk.check("default = 2", "Обед", desk.status("102"))
    for answer, complaint in MISTAKES.items():
        configure(desk, answer)
        said, response = desk.refusal()
        place = f"callprop.conf:{line}: " + (f"statuses_file: {complaint}" if complaint else "status 'A': ")
        desk.check(f"refused: {answer.strip()[:200]!r}", (True, "Error"), (said.startswith(place) or said, response))
    (pbx.etc / "answer.json").unlink()
    said = desk.refusal()[0]
    desk.check(
        "refused: no file",
        f"callprop.conf:{line}: statuses_file: /callprop/etc/answer.json: No such file or directory",
        said,
    )
    configure(desk, ANSWER)
    pbx.configure((pbx.etc / "callprop.conf").read_text().replace("[statuses]\n", "[statuses]\n2 = all\n"))
    desk.check("refused: an id that is a name", True, "the id 2 is the name of another status" in desk.refusal()[0])
    desk.check("refused: nothing changes", "Обед", desk.status("102"))
    configure(desk, [*ANSWER[1:], {"id": 30, "name": "Newer", "property_list": ["li", "vx"]}], e102="30")
    before = len(pbx.log())
    pbx.rx("module reload res_callprop.so")
    desk.check("a newer property: told", True, logged(pbx, before, "what is unknown grants nothing"))
    desk.check("a newer property: the rest counts", "Newer", desk.status("102"))


def kept(desk: Desk) -> None:
    """A status that is called otherwise later is the same one; one that is gone grants nothing."""
    pbx = desk.pbx
    configure(desk, ANSWER)
    pbx.rx("module reload res_callprop.so")
    pbx.manager.action("CallpropSetStatus", Extension="102", Status="Обед")
    configure(desk, [{**one, "name": "Lunch"} if one["id"] == 2 else one for one in ANSWER])
    time.sleep(1.2)  # AstDB writes in seconds
    pbx.stop()
    pbx.start()
    desk.check("renamed, and restarted", ("Lunch", "run-time"), (desk.status("102"), source(desk)))
    configure(desk, [one for one in ANSWER if one["id"] != 2])
    pbx.rx("module reload res_callprop.so")
    desk.check("gone: a call", ("403", ""), rings(desk, call("101", "102"), ("403", ""), {}))
    desk.check("gone: shown", True, "no such status" in pbx.rx("callprop show extensions"))
    configure(desk, ANSWER)
    pbx.rx("module reload res_callprop.so")
    desk.check("back", "Обед", desk.status("102"))


def events(desk: Desk) -> None:
    """The event, by the relay."""
    pbx = desk.pbx
    pbx.rx("callprop unset status 102")
    mapping = pbx.base / "extensions.csv"
    mapping.write_text("5101,101\n5102,102\n5999,999\n")
    relay = Relay("--client", "12", "--client", "13=other", "--extensions", str(mapping))
    try:
        for what, fields, status, result in (
            ("lunch", {"new_status_id": "2"}, ("Обед", "run-time"), ("403", "")),
            ("at work", {"old_status_id": "2", "new_status_id": "1"}, ("At work", "run-time"), ("200", "102")),
            (
                "from no status",
                {"old_status_id": "", "new_status_id": "7"},
                ("Do not disturb", "run-time"),
                ("403", ""),
            ),
            ("to no status", {"old_status_id": "7", "new_status_id": ""}, ("all", "file"), ("200", "102")),
            ("null to lunch", {"old_status_id": "null"}, ("Обед", "run-time"), ("403", "")),
            ("lunch to null", {"old_status_id": "2", "new_status_id": "null"}, ("all", "file"), ("200", "102")),
            ("null to null", {"old_status_id": "None", "new_status_id": "None"}, ("all", "file"), ("200", "102")),
        ):
            began = time.monotonic()
            answer = relay.event(**fields)
            pbx.manager.action("Ping")
            took = time.monotonic() - began
            desk.check(f"event, {what}: within a second", (200, True), (answer[0], took < 1 or took))
            desk.check(f"event, {what}: the status", status, (desk.status("102"), source(desk)))
            desk.check(f"event, {what}: a call", result, rings(desk, call("trunk", "102"), result, {}))
        refused(desk, relay)
    finally:
        relay.end()


def refused(desk: Desk, relay: Relay) -> None:
    pbx = desk.pbx
    relay.event(new_status_id="7")
    good = "extension_id=5102&old_status_id=&new_status_id=1&client_id=12&change_dt=2099-01-01"
    for what, text, code, said in (
        ("another client", good.replace("client_id=12", "client_id=14"), 403, "client_id '14' is none of --client"),
        (
            "a client that Asterisk has not",
            good.replace("client_id=12", "client_id=13"),
            503,
            "102@other: no such extension",
        ),
        ("nobody", good.replace("5102", "5103"), 422, "no extension has the extension_id '5103'"),
        ("an extension that is not in the file", good.replace("5102", "5999"), 503, "999: no such extension"),
        ("a status that is not there", good.replace("status_id=1", "status_id=3"), 503, "102: no such status"),
        ("without a field", good.replace("&client_id=12", ""), 400, "no client_id"),
        ("without the new status", good.replace("&new_status_id=1", ""), 400, "no new_status_id"),
        ("twice", f"{good}&extension_id=5101", 400, "a field is there twice"),
        (
            "a line break",
            good.replace("status_id=1", "status_id=1%0D%0AAction:+Originate"),
            400,
            "new_status_id: expected an id",
        ),
        ("a line break in the extension", good.replace("5102", "5102%0A"), 400, "extension_id: expected an id"),
        ("no form", '{"extension_id": 5102}', 400, "not a form"),
        ("not UTF-8", good.replace("status_id=1", "status_id=%FF"), 400, ""),
        (
            "an earlier change",
            good.replace("2099-01-01", "2020-01-01"),
            200,
            "102: a later change was carried out already",
        ),
    ):
        answer = relay.post(text)
        desk.check(f"event, {what}", (code, True), (answer[0], answer[1].startswith(said) or answer[1]))
        desk.check(f"event, {what}: nothing changes", "Do not disturb", desk.status("102"))
    desk.check("event, without the secret", (404, "not here"), relay.post(good, "another"))
    desk.check("event, without the secret: nothing changes", "Do not disturb", desk.status("102"))
    # Asterisk is away for a while; then the relay finds it again.
    pbx.stop()
    desk.check("event, Asterisk is away", 503, relay.event(new_status_id="1")[0])
    pbx.start()
    pbx.manager.forget()
    desk.check("event, Asterisk is back", 200, relay.event(new_status_id="1")[0])
    with contextlib.suppress(IndexError):
        until(lambda: pbx.manager.named("CallpropStatus"))
    told = [(e["Status"], e["By"], e["Who"]) for e in pbx.manager.named("CallpropStatus")]
    desk.check("event, who", [("At work", "AMI", "vendor")], told)


SETUPS = [Setup("vendor", look)]
