# SPDX-License-Identifier: MIT
"""The one plan, in SQL that DuckDB and Spark both run. It counts; it decides nothing. Records are grouped by status and facts, the library
decides each group once, and its answers come back as the table ``decided``.

Tables, each behind ``callprop_``, so that none is a user's: ``calls`` as of `intake`; ``changes(extension, status, granted, time, sequence)``; ``weeks(week)`` and ``quarters(quarter, weekday, hour)`` as of
`times`; ``chosen(extension)``. A status' span is cut into weekly pieces, so that both engines join by equality: a join by ranges takes five
times as long, and Spark has no ASOF join."""

from __future__ import annotations

from .times import QUARTER, WEEK

#: What is the same for all calls of a group. ``had``: the extension has had a status by then; one that was taken away is null.
GROUP = ("had", "status", "granted", "src", "dst", "leg", "callback", "asked")
_OF = ", ".join(GROUP)
_SAME = " AND ".join(f"p.{name} IS NOT DISTINCT FROM d.{name}" for name in GROUP)
_FOREVER = 9223372036854775807

_SPANS = f"""spans AS (SELECT extension, status, granted, time AS since,
  coalesce(lead(time) OVER (PARTITION BY extension ORDER BY time, sequence), {_FOREVER}) AS until FROM callprop_changes),
pieces AS (SELECT extension, status, granted, since, until, week FROM spans JOIN callprop_weeks ON week > since - {WEEK} AND week < until),
placed AS (SELECT /*+ BROADCAST(s) */ s.since IS NOT NULL AS had, s.status, s.granted,
  c.file, c.row, c.rows, c.time, c.extension, c.src, c.dst, c.leg, c.callback, c.note, c.asked
  FROM callprop_calls c LEFT JOIN pieces s
  ON c.extension = s.extension AND s.week = c.time - c.time % {WEEK} AND c.time >= s.since AND c.time < s.until@CHOSEN@)"""

_WITHOUT = """placed AS (SELECT false AS had, CAST(NULL AS @TEXT@) AS status, CAST(NULL AS @TEXT@) AS granted,
  c.file, c.row, c.rows, c.time, c.extension, c.src, c.dst, c.leg, c.callback, c.note, c.asked FROM callprop_calls c@CHOSEN@)"""


class Plan:
    """The plan of one question: with a history of statuses, or without; of all extensions, or of those that were chosen."""

    def __init__(self, history: bool, chosen: bool) -> None:
        where = " WHERE c.extension IN (SELECT extension FROM callprop_chosen)" if chosen else ""
        placed = _SPANS if history else _WITHOUT.replace("@TEXT@", "STRING")
        self._with = f"WITH {placed.replace('@CHOSEN@', where)}"

    def by_hour(self) -> str:
        """How many calls each group has, in each hour of the week; null for calls without a time. Quarters are counted first: they are few,
        and what comes behind has no more than these to look at."""
        return f"""{self._with},
counted AS (SELECT {_OF}, time - time % {QUARTER} AS quarter, count(*) AS n FROM placed GROUP BY {_OF}, time - time % {QUARTER})
SELECT /*+ BROADCAST(q) */ {_OF}, q.weekday, q.hour, CAST(sum(n) AS BIGINT) AS calls
FROM counted LEFT JOIN callprop_quarters q ON q.quarter = counted.quarter GROUP BY {_OF}, q.weekday, q.hour"""

    def by_extension(self) -> str:
        """How many calls each extension has of each answer, as ``decided`` has it."""
        return f"""{self._with},
counted AS (SELECT {_OF}, extension, count(*) AS n FROM placed GROUP BY {_OF}, extension)
SELECT /*+ BROADCAST(d) */ p.extension, d.before, d.after, CAST(sum(p.n) AS BIGINT) AS calls
FROM counted p JOIN callprop_decided d ON {_SAME} WHERE d.asked GROUP BY p.extension, d.before, d.after"""

    def calls(self, where: str, limit: int | None) -> str:
        """The calls themselves with what was decided of them, as ``decided`` has it: `GROUP`, and before, after, required and reasons."""
        some = "" if limit is None else f" LIMIT {limit}"
        return f"""{self._with}
SELECT /*+ BROADCAST(d) */ p.file, p.row, p.rows, p.time, p.extension, p.status, p.src, p.dst, p.leg, p.callback, p.note,
  d.required, d.before, d.before_reason, d.after, d.after_reason
FROM placed p JOIN callprop_decided d ON {_SAME} WHERE {where}
ORDER BY p.time NULLS LAST, p.file, p.row, p.leg DESC, p.extension{some}"""


def span() -> str:
    """From when to when the calls are, for the tables of weeks and quarters."""
    return "SELECT min(time), max(time), count(*) FROM callprop_calls"


def those_quarters() -> str:
    """The quarters of an hour in which there is a call."""
    return f"SELECT DISTINCT time - time % {QUARTER} FROM callprop_calls WHERE time IS NOT NULL"
