# SPDX-License-Identifier: MIT
"""3CX's call records, as it writes them to a file or a socket: 26 fields, times in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..lines import NOT_CLOSED, fields_of, lines_of
from ..part import Part, Refused
from ..reading import Reading
from ..sources import Place, kind_of

_FIELDS = [
    "historyid",
    "callid",
    "duration",
    "time-start",
    "time-answered",
    "time-end",
    "reason-terminated",
    "from-no",
    "to-no",
    "from-dn",
    "to-dn",
    "dial-no",
    "reason-changed",
    "final-number",
    "final-dn",
    "bill-code",
    "bill-rate",
    "bill-cost",
    "bill-name",
    "chain",
    "from-type",
    "to-type",
    "final-type",
    "from-dispname",
    "to-dispname",
    "final-dispname",
]
_PARTIES = {"Extension": "extension", "Line": "external", "Queue": "queue", "IVR": "ivr", "RingGroup": "extension"}
_PHONE = "Extension"


class ThreeCX:
    name = "3cx"
    about = "from-type, to-type and final-type say who is who; a call that was moved on does not say by whom"

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @staticmethod
    def recognises(head: list[str]) -> bool:
        return all(text.startswith("Call ") and "Chain:" in text for text in head[:2])

    def parts(self, path: Place) -> Iterator[Part]:
        reading, findings = self._reading, self._reading.findings
        if not isinstance(path, Path) or kind_of(path) != "text":
            raise Refused(f"{path}: 3CX's call records are lines of text; this is none")
        for row, (line, text) in enumerate(lines_of(path, findings, reading.encoding), 1):
            findings.records += 1
            fields = fields_of(text)
            wrong = _wrong(fields, text)
            if fields is None or wrong:
                findings.damage(path.name, line, wrong)
                reading.explain(row, f"line {line}: damaged: {wrong}")
                continue
            told = dict(zip(_FIELDS, fields))
            # Without a zone of its own, and always UTC.
            time = reading.time(told["time-start"] + "Z")
            reading.explain_fields(row, told, ("from-dispname", "to-dispname", "final-dispname"))
            for extension, src, dst, leg, note in _taken(told):
                reading.explain(row, f"part: extension {extension}, {src} to {dst}, leg {leg}. {note}".rstrip(". "))
                yield Part(
                    path.name,
                    row,
                    str(row),
                    time,
                    reading.redaction.number(extension) if extension else None,
                    src,
                    dst,
                    leg,
                    False,
                    note,
                    asked=extension != "",
                )


def _wrong(fields: list[str] | None, text: str) -> str:
    if not text.startswith("Call "):
        return "no call record of 3CX: it begins with Call"
    if fields is None:
        return NOT_CLOSED
    # 26 and a comma. A name with a comma in it cannot be told from two fields; names come last, and are not needed.
    if len(fields) < len(_FIELDS) + 1:
        return f"{len(fields)} fields; expected {len(_FIELDS)} and a comma behind: half a line?"
    if not fields[_FIELDS.index("chain")].startswith("Chain:"):
        return "no Chain: in field 20; a field before it has a comma in it, or the order is not 3CX's own"
    return ""


def _taken(told: dict[str, str]) -> Iterator[tuple[str | None, str | None, str | None, str, str]]:
    """Who took part: extension (empty: nobody who is asked), src, dst, leg and a note."""
    src, dst = _PARTIES.get(told["from-type"]), _PARTIES.get(told["to-type"])
    parts = []
    if told["from-type"] == _PHONE:
        parts.append((told["from-dn"], src, dst, "src", ""))
    if told["to-type"] == _PHONE:
        parts.append((told["to-dn"], src, dst, "dst", ""))
    moved = told["final-dn"] not in ("", told["to-dn"])
    if moved and told["final-type"] == _PHONE:
        parts.append((told["final-dn"], src, dst if dst in ("queue", "ivr") else "extension", "dst", ""))
    if moved and told["to-type"] == _PHONE:
        note = "moved on: by a transfer, a forward or a pickup, which a record does not tell apart"
        parts.append((told["to-dn"], "extension", None, "src", note))
    yield from parts or [("", src, dst, "dst", "nobody answered; whom it rang is in no record")]
