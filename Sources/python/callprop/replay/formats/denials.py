# SPDX-License-Identifier: MIT
"""What the Asterisk module denied: the rows ``denial`` of its history, with the facts that it was asked. Replayed by the same history,
each must be refused again."""

from __future__ import annotations

from collections.abc import Iterator

from ..history import DENIAL, HISTORY
from ..lines import fields_of
from ..part import Part, Refused
from ..reading import Reading
from ..sources import Place, once, rows_of
from ..took import Took, parts_of
from .plain import fact_told

_FLAGS = {"true": True, "false": False, "1": True, "0": False}


class Denials:
    name = "asterisk-denials"
    about = "each denial says which facts were asked; a permission is in no row"

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @staticmethod
    def recognises(head: list[str]) -> bool:
        return {*HISTORY, *DENIAL} <= {*(fields_of(head[0]) or [])}

    def parts(self, path: Place) -> Iterator[Part]:
        reading = self._reading
        names: list[str] = []
        for number, (line, fields, broken) in enumerate(rows_of(path, reading)):
            if not names:
                names = once(path, fields)
                if not {*HISTORY, *DENIAL} <= {*names}:
                    raise Refused(f"{path}: no history; expected a header with {', '.join((*HISTORY, *DENIAL))}")
                continue
            reading.findings.records += 1
            wrong = broken
            if not wrong and len(fields) != len(names):
                wrong = f"{len(fields)} fields; expected {len(names)}, as the header has: half a line?"
            if wrong:
                reading.findings.damage(path.name, line, wrong)
                reading.explain(number, f"line {line}: damaged: {wrong}")
                continue
            told = dict(zip(names, fields))
            if told["event"] != "denial" or told.get("client", "") != reading.client:
                continue
            reading.explain_fields(number, told, ("who",))
            took = Took(
                told["extension"] or None,
                fact_told("src", told["src"]),
                fact_told("dst", told["dst"]),
                fact_told("leg", told["leg"]),
                _FLAGS.get(told["callback"]),
                told.get("reason", ""),
            )
            yield from parts_of(reading, path.name, [number], reading.time(told["time"]), [took])
