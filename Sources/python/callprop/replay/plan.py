# SPDX-License-Identifier: MIT
"""The one plan, in SQL that DuckDB and Spark both run. It counts; it decides nothing. Records are grouped by status and facts, the library
decides each group once, and its answers come back as the table ``decided``.

Tables: ``calls`` as of `intake`; ``changes(extension, status, granted, time, sequence)``; ``weeks(week)`` and ``quarters(quarter, weekday, hour)`` as of
`times`; ``chosen(extension)``. A status' span is cut into weekly pieces, so that both engines join by equality: a join by ranges takes five
times as long, and Spark has no ASOF join."""

from __future__ import annotations

from .times import QUARTER, WEEK

#: What is the same for all calls of a group. ``had``: the extension has had a status by then; one that was taken away is null.
GROUP = ("had", "status", "granted", "src", "dst", "leg", "callback", "asked")
_FOREVER = 9223372036854775807

_SPANS = f"""spans AS (SELECT extension, status, granted, time AS since,
  coalesce(lead(time) OVER (PARTITION BY extension ORDER BY time, sequence), {_FOREVER}) AS until FROM changes),
pieces AS (SELECT extension, status, granted, since, until, week FROM spans JOIN weeks ON week > since - {WEEK} AND week < until),
placed AS (SELECT /*+ BROADCAST(s) */ s.since IS NOT NULL AS had, s.status, s.granted,
  c.file, c.row, c.rows, c.time, c.extension, c.src, c.dst, c.leg, c.callback, c.note, c.asked
  FROM calls c LEFT JOIN pieces s
  ON c.extension = s.extension AND s.week = c.time - c.time % {WEEK} AND c.time >= s.since AND c.time < s.until@CHOSEN@)"""

_WITHOUT = """placed AS (SELECT false AS had, CAST(NULL AS @TEXT@) AS status, CAST(NULL AS @TEXT@) AS granted,
  c.file, c.row, c.rows, c.time, c.extension, c.src, c.dst, c.leg, c.callback, c.note, c.asked FROM calls c@CHOSEN@)"""


class Plan:
    """The plan of one question: with a history of statuses, or without; of all extensions, or of those that were chosen."""

    def __init__(self, history: bool, chosen: bool) -> None:
        where = " WHERE c.extension IN (SELECT extension FROM chosen)" if chosen else ""
        placed = _SPANS if history else _WITHOUT.replace("@TEXT@", "STRING")
        self._with = f"WITH {placed.replace('@CHOSEN@', where)}"

    def by_hour(self) -> str:
        """How many calls each group has, in each hour of the week; null for calls without a time."""
        of = ", ".join(GROUP)
        return f"""{self._with}
SELECT /*+ BROADCAST(q) */ {of}, weekday, hour, count(*) AS n
FROM placed LEFT JOIN quarters q ON q.quarter = time - time % {QUARTER} GROUP BY {of}, weekday, hour"""

    def by_extension(self) -> str:
        """How many calls each group has, of each extension."""
        of = ", ".join(GROUP)
        return f"{self._with}\nSELECT {of}, extension, count(*) AS n FROM placed GROUP BY {of}, extension"

    def calls(self, where: str, limit: int | None) -> str:
        """The calls themselves with what was decided of them, as ``decided`` has it: `GROUP`, and before, after, required and reasons."""
        same = " AND ".join(f"p.{name} IS NOT DISTINCT FROM d.{name}" for name in GROUP)
        some = "" if limit is None else f" LIMIT {limit}"
        return f"""{self._with}
SELECT /*+ BROADCAST(d) */ p.file, p.row, p.rows, p.time, p.extension, p.status, p.src, p.dst, p.leg, p.callback, p.note,
  d.required, d.before, d.before_reason, d.after, d.after_reason
FROM placed p JOIN decided d ON {same} WHERE {where}
ORDER BY p.time NULLS LAST, p.file, p.row, p.leg DESC, p.extension{some}"""


def span() -> str:
    """From when to when the calls are, for the tables of weeks and quarters."""
    return "SELECT min(time), max(time), count(*) FROM calls"
