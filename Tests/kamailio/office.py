# SPDX-License-Identifier: MIT
"""The office of the test, and its calls: which call needs which property, written down by hand from the vendor's
sentences, and not taken from the library."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

MNEMOS = ("all", "cq", "li", "lo", "qli", "qri", "ri", "ro")
DESCRIPTION = "a status of the test"

# Four statuses for each property: who has one of them is the extension that is asked.
ONLY, ALL, OTHERS, NOTHING = "only it", "all", "the others", "nothing"
COLUMNS = (ONLY, ALL, OTHERS, NOTHING)

OPEN = "300"  # an extension that lets everything through: the other end of calls between two extensions
CHANGING = "301"  # its status is changed during the test
QUEUE, MENU, OUTSIDE = "600", "700", "0049301234567"
UNKNOWN = "399"


def granted(mnemo: str, column: str) -> list[str]:
    """The property_list of an extension in the column of a property."""
    others = [other for other in MNEMOS if other not in ("all", mnemo)]
    return {ONLY: [mnemo], ALL: ["all"], OTHERS: others, NOTHING: []}[column]


def extension(mnemo: str, column: str) -> str:
    """The extension that is asked: 100, 101 … 173."""
    return str(100 + 10 * MNEMOS.index(mnemo) + COLUMNS.index(column))


def status_id(number: str) -> int:
    return int(number)


def statuses() -> str:
    """As the PBX's REST API answers it."""
    items = [(extension(mnemo, column), granted(mnemo, column)) for mnemo in MNEMOS for column in COLUMNS]
    items += [(OPEN, ["all"])]
    answer = [{"id": status_id(number), "name": f"Status {number}", "description": DESCRIPTION, "color": "#2e8b57",
               "property_list": properties} for number, properties in items]  # fmt: skip
    return json.dumps({"statuses": answer, "total": len(answer)})


def office(trunk: str, pbx: str) -> dict[str, Any]:
    extensions = {extension(mnemo, column): 0 for mnemo in MNEMOS for column in COLUMNS} | {OPEN: 0}
    assigned = {number: status_id(number) for number in extensions} | {CHANGING: status_id(OPEN)}
    return {"extensions": assigned, "queues": [QUEUE], "menus": [MENU], "emergency": ["911", "999"], "outside": "[0+][0-9]{3,15}",
            "trunk": f"sip:{trunk}", "pbx": f"sip:{pbx}"}  # fmt: skip


@dataclass(frozen=True)
class Path:
    """A way that a call can take. In caller and number, "?" is the extension that is asked."""

    needs: str
    leg: str
    what: str
    sender: str
    caller: str
    number: str
    says: str = ""
    rings: str = "phones"


CALLBACK = ",callback=true"
SILENT = extension("lo", NOTHING)
ONLY_LO = extension("lo", ONLY)
# fmt: off
PATHS = (
    Path("lo", "src", "it calls a colleague", "phones", "?", OPEN),
    Path("lo", "src", "it calls a queue", "phones", "?", QUEUE, rings="pbx"),
    Path("lo", "src", "it calls a voice menu", "phones", "?", MENU, rings="pbx"),
    Path("ro", "src", "it calls an outside number", "phones", "?", OUTSIDE, rings="trunk"),
    Path("li", "dst", "a colleague calls it", "phones", OPEN, "?"),
    Path("ri", "dst", "an outside number calls it", "trunk", OUTSIDE, "?"),
    Path("li", "dst", "a colleague, through a menu", "pbx", OPEN, "?", "src=extension,dst=ivr,leg=dst"),
    Path("ri", "dst", "an outside number, through a menu", "pbx", OUTSIDE, "?", "src=external,dst=ivr,leg=dst"),
    Path("qli", "dst", "a colleague, through a queue", "pbx", OPEN, "?", "src=extension,dst=queue,leg=dst"),
    Path("qri", "dst", "an outside number, through a queue", "pbx", OUTSIDE, "?",
         "src=external,dst=queue,leg=dst,callback=false"),
    Path("cq", "src", "callback: rung as the queue's agent", "pbx", OUTSIDE, "?", "src=queue,dst=external,leg=src" + CALLBACK),
    Path("cq", "src", "callback: the agent's outside number", "pbx", "?", OUTSIDE, "src=queue,dst=external,leg=src" + CALLBACK,
         rings="trunk"),
    Path("lo", "src", "callback: rung to call a colleague", "pbx", OPEN, "?", "src=extension,dst=extension,leg=src" + CALLBACK),
    Path("ro", "src", "callback: rung to call outside", "pbx", OUTSIDE, "?", "src=extension,dst=external,leg=src" + CALLBACK),
    Path("ro", "src", "callback: its outside number", "pbx", "?", OUTSIDE, "src=extension,dst=external,leg=src" + CALLBACK,
         rings="trunk"),
    Path("li", "dst", "callback: a colleague is connected", "pbx", OPEN, "?", "src=extension,dst=extension,leg=dst" + CALLBACK),
    Path("ri", "dst", "callback: an outside number is", "pbx", OUTSIDE, "?", "src=external,dst=extension,leg=dst" + CALLBACK),
    Path("li", "dst", "callback: the queue's agent is", "pbx", OPEN, "?", "src=queue,dst=extension,leg=dst" + CALLBACK),
    Path("qli", "dst", "callback: queue to queue", "pbx", OPEN, "?", "src=queue,dst=queue,leg=dst" + CALLBACK),
)
# fmt: on


@dataclass(frozen=True)
class Call:
    """One INVITE, and what is to come of it: who rings, or the words that the reason of the 403 holds."""

    sender: str
    caller: str
    number: str
    says: str = ""
    rings: str = ""
    reason: str = ""
    code: str = "403"  # of a call that is denied


def call_of(path: Path, mnemo: str, column: str) -> Call:
    """The call of a path, asking the extension in the column of the property."""
    asked = extension(mnemo, column)
    caller, number = (asked if text == "?" else text for text in (path.caller, path.number))
    permitted = {"all", path.needs} & set(granted(mnemo, column))
    if permitted:
        return Call(path.sender, caller, number, path.says, rings=path.rings)
    return Call(path.sender, caller, number, path.says, reason=f"which needs {path.needs} (")


# Each way with the property that it needs; and "all", which no call needs, but which stands in for any.
ROWS = (*((path.needs, path) for path in PATHS), ("all", PATHS[3]), ("all", PATHS[8]))

NO_LI, ONLY_LI, ONLY_RI = (extension("li", OTHERS), extension("li", ONLY), extension("ri", ONLY))
# fmt: off
PITFALLS = (
    ("a caller that is no extension", Call("phones", UNKNOWN, OPEN, code="407")),
    ("a number that means nothing", Call("phones", OPEN, UNKNOWN, reason="nothing here has this number")),
    ("the same from outside", Call("trunk", OUTSIDE, UNKNOWN, reason="from outside is for an extension")),
    ("the same from the PBX", Call("pbx", OUTSIDE, UNKNOWN, "src=external,dst=queue,leg=dst", reason="extensions and outside")),
    ("an extension, percent-encoded", Call("phones", OPEN, "%3300", reason="nothing here has this number")),
    ("outside to outside", Call("trunk", OUTSIDE, OUTSIDE, reason="from outside is for an extension")),
    ("outside with an extension's From", Call("trunk", OPEN, ONLY_LI, reason="which needs ri (")),
    ("outside to a queue, which the PBX takes", Call("trunk", OUTSIDE, QUEUE, rings="pbx")),
    ("a sender that is not in the list", Call("stranger", OPEN, OPEN, reason="address is neither")),
    ("a phone that speaks as the PBX", Call("phones", OPEN, NO_LI, "src=external,dst=extension,leg=dst",
                                     reason="which needs li (")),
    ("outside that speaks as the PBX", Call("trunk", OUTSIDE, ONLY_LI, "src=extension,dst=ivr,leg=dst",
                                    reason="which needs ri (")),
    ("the PBX without its header", Call("pbx", OPEN, OPEN, reason="did not say with")),
    ("the PBX with a call that cannot happen", Call("pbx", OPEN, OPEN, "src=ivr,dst=extension,leg=dst",
                                                    reason="no call that can")),
    ("the PBX with nonsense", Call("pbx", OPEN, OPEN, "src=external;dst=ivr", reason="no call that can")),
    ("the PBX outside, as if to ring inside", Call("pbx", ONLY_RI, OUTSIDE, "src=external,dst=extension,leg=dst",
                                                  reason="describes another call")),
    ("an emergency number, nothing granted", Call("phones", SILENT, "911", rings="trunk")),
    ("another emergency number", Call("phones", SILENT, "999", rings="trunk")),
    ("an emergency number, all granted", Call("phones", OPEN, "911", rings="trunk")),
    ("an emergency number, unknown caller", Call("phones", UNKNOWN, "911", rings="trunk")),
    ("an emergency number, by the PBX", Call("pbx", SILENT, "911", rings="trunk")),
    ("an emergency number, from outside", Call("trunk", OUTSIDE, "911", reason="from outside is for an extension")),
    ("an emergency number, by a stranger", Call("stranger", OPEN, "911", reason="address is neither")),
    ("what begins with one", Call("phones", ONLY_LO, "9110301234", reason="nothing here has this number")),
    ("what ends with one, which is outside", Call("phones", ONLY_LO, "00911", reason="which needs ro (")),
    ("one with more behind it", Call("phones", ONLY_LO, "911,0301234", reason="nothing here has this number")),
    ("one, percent-encoded", Call("phones", ONLY_LO, "%3911", reason="nothing here has this number")),
    ("the PBX outside for no extension", Call("pbx", UNKNOWN, OUTSIDE, "src=extension,dst=external,leg=src",
                                              reason="no such extension")),
)
# fmt: on
