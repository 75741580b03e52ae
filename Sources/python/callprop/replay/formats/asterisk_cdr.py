# SPDX-License-Identifier: MIT
"""Asterisk's call detail records: ``cdr.csv``, exports and reports of the table ``cdr``. The rows of one call are put together."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from ..lines import fields_of
from ..part import Part, Refused
from ..reading import Reading
from ..sources import Place, once, rows_of
from ..took import parts_of
from .cdr_columns import Columns, columns_of
from .cdr_rows import Row, is_local, local_pair, took_part

#: So many calls wait for more rows of theirs. They are written as they end, so that those of one are near each other.
WAITING = 20_000


class AsteriskCDR:
    name = "asterisk-cdr"
    about = "a channel names its device, surely; what was dialled is by application, by channel, or by declared number"

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    @staticmethod
    def recognises(head: list[str]) -> bool:
        return any(columns_of(fields_of(text) or []) for text in head)

    def parts(self, path: Place) -> Iterator[Part]:
        waiting = _Waiting()
        for row in self._rows(path):
            for rows in waiting.take(row):
                yield from self._parts(path, rows)
        for rows in waiting.rest():
            yield from self._parts(path, rows)

    def _rows(self, path: Place) -> Iterator[Row]:
        reading, findings = self._reading, self._reading.findings
        columns: Columns | None = None
        number = 0
        for line, fields, broken in rows_of(path, reading):
            if columns is None:
                columns = columns_of(fields)
                if columns is not None and columns.is_header:
                    once(path, fields)
                    continue
            number += 1
            findings.records += 1
            wrong = broken or (
                columns.wrong(fields)
                if columns
                else "no CDR: neither cdr.csv, nor a report, nor a header with channel, dst and start or calldate"
            )
            told = columns.told(fields) if columns and not wrong else {}
            if not wrong and "/" not in told["channel"]:
                wrong = "channel: expected TECH/NAME-number, such as PJSIP/101-00000001"
            if wrong:
                findings.damage(path.name, line, wrong)
                reading.explain(number, f"line {line}: damaged: {wrong}")
                continue
            reading.explain_fields(number, told, ("clid", "cnam", "outbound_cnam", "dst_cnam"))
            yield Row(number, reading.time(told["start"]), told)
        if columns is None:
            raise Refused(f"{path}: no CDR of Asterisk in any line")

    def _parts(self, path: Place, rows: list[Row]) -> Iterator[Part]:
        times = [row.time for row in rows if row.time is not None]
        numbers = [row.number for row in rows]
        taken = took_part(rows, self._reading.office)
        yield from parts_of(self._reading, path.name, numbers, min(times, default=None), taken)


class _Waiting:
    """Calls whose rows are still coming: those of the same caller's channel, and of the two halves of a Local channel."""

    def __init__(self) -> None:
        self._calls: OrderedDict[int, list[Row]] = OrderedDict()
        self._call_of: dict[str, int] = {}

    def take(self, row: Row) -> Iterator[list[Row]]:
        """Takes a row in. Gives the calls that have waited long enough."""
        names = _names(row)
        joined = {self._call_of[name] for name in names if self._call_of.get(name) in self._calls}
        call = min(joined, default=row.number)
        rows = [row]
        for other in joined:
            rows += self._calls.pop(other)
        # The caller's own rows first: a Local channel's is about the same call, further on.
        rows.sort(key=lambda each: (is_local(each.get("channel")), each.number))
        self._calls[call] = rows
        for each in rows:
            self._call_of.update(dict.fromkeys(_names(each), call))
        while len(self._calls) > WAITING:
            yield self._calls.popitem(last=False)[1]
        if len(self._call_of) > 8 * WAITING:
            self._call_of = {name: of for name, of in self._call_of.items() if of in self._calls}

    def rest(self) -> Iterator[list[Row]]:
        yield from self._calls.values()


def _names(row: Row) -> list[str]:
    """What rows of one call have in common."""
    names = [f"uniqueid {row.get('uniqueid')}"] if row.get("uniqueid") else []
    names += [f"pair {local_pair(end)}" for end in (row.get("channel"), row.get("dstchannel")) if is_local(end)]
    return names
