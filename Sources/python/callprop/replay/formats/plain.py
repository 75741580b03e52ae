# SPDX-License-Identifier: MIT
"""Plain columns, for records that are known already: ``src``, ``dst``, ``leg``, ``callback``, ``extension``, ``time``."""

from __future__ import annotations

from collections.abc import Iterator

from ...calls import Leg, Party
from ..history import HISTORY
from ..lines import fields_of
from ..part import Part, Refused
from ..reading import Reading
from ..redaction import Redaction
from ..sources import Place, once, rows_of

COLUMNS = ("src", "dst", "leg", "callback", "extension", "time")
_NEEDED = {"src", "dst", "leg", "extension", "time"}
_UNKNOWN = ("", "?")
_VALUES: dict[str, tuple[str, ...]] = {
    "src": tuple(party.value for party in Party),
    "dst": tuple(party.value for party in Party),
    "leg": tuple(leg.value for leg in Leg),
    "callback": ("false", "true"),
}


class Plain:
    name = "plain"
    about = "each record says who is who; ? or nothing is a fact that is not known; no column callback is false"

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @staticmethod
    def recognises(head: list[str]) -> bool:
        # The Asterisk module's history has these columns, too.
        return {*(fields_of(head[0]) or [])} >= _NEEDED and not {*HISTORY} <= {*(fields_of(head[0]) or [])}

    def parts(self, path: Place) -> Iterator[Part]:
        reading, findings = self._reading, self._reading.findings
        places: dict[str, int] = {}
        width, row = 0, 0
        for line, fields, broken in rows_of(path, reading):
            if not places:
                places, width = _header(path, fields), len(fields)
                for name in places.keys() - {*COLUMNS}:
                    findings.notice(f"{path.name}: unknown column, not read: {name}")
                continue
            row += 1
            findings.records += 1
            wrong, told = (broken, {}) if broken else _checked(fields, places, width, reading.redaction)
            if wrong:
                findings.damage(path.name, line, wrong)
                reading.explain(row, f"line {line}: damaged: {wrong}")
                continue
            extension = told["extension"]
            part = Part(
                path.name,
                row,
                str(row),
                reading.time(told["time"]),
                None if extension in _UNKNOWN else reading.redaction.number(extension),
                fact_told("src", told["src"]),
                fact_told("dst", told["dst"]),
                fact_told("leg", told["leg"]),
                {"true": True, "false": False}.get(told["callback"]),
            )
            reading.explain_fields(row, told)
            yield part
        if not places:
            raise Refused(f"{path}: there is no line of text in it")


def _header(path: Place, names: list[str]) -> dict[str, int]:
    missing = sorted(_NEEDED - set(names))
    if missing:
        raise Refused(f"{path}: no column {', '.join(missing)}; expected a header with {', '.join(COLUMNS)}")
    return {name: place for place, name in enumerate(once(path, names))}


def _checked(fields: list[str], places: dict[str, int], width: int, hide: Redaction) -> tuple[str, dict[str, str]]:
    """What is wrong with a record, or nothing; and what it says."""
    if len(fields) != width:
        return f"{len(fields)} fields; expected {width}, as the header has", {}
    told = {name: fields[places[name]].strip() for name in COLUMNS if name in places}
    told.setdefault("callback", "false")
    for fact, values in _VALUES.items():
        if told[fact] not in values and told[fact] not in _UNKNOWN:
            return f"{fact}: no such value: {hide.text(told[fact][:40])!r}; expected {', '.join(values)} or ?", {}
    return "", told


def fact_told(name: str, text: str) -> str | None:
    """A fact, if it is one."""
    return text if text in _VALUES[name] else None
