# SPDX-License-Identifier: MIT
"""The one plan, in SQL that DuckDB and Spark both run. It counts; it decides nothing. Records are grouped by status and facts, the library
decides each group once, and its answers come back as the table ``decided``.

Tables, each behind ``callprop_``, so that none is a user's: ``calls`` as of `intake`; ``changes(extension, holding, time, sequence)``; ``cuts(cut)`` and ``quarters(quarter, slot)`` as of
`times`, where a slot is an hour of the week; ``chosen(extension)``. A status' span is cut into pieces, at the same moments for all, so that both engines join by equality: a join by ranges takes five
times as long, and Spark has no ASOF join."""

from __future__ import annotations

from .times import QUARTER

#: What is the same for all calls of a group. ``holding``: a status with what it granted, by its number in `run`; null: there never was one.
_FACTS = ("src", "dst", "leg", "callback", "asked")
GROUP = ("holding", *_FACTS)
_OF = ", ".join(GROUP)
_SAME = " AND ".join(f"p.{name} IS NOT DISTINCT FROM d.{name}" for name in GROUP)
_FOREVER = 9223372036854775807

_PIECES = """WITH spans AS (SELECT extension, holding, time AS since,
  coalesce(lead(time) OVER (PARTITION BY extension ORDER BY time, sequence), @FOREVER@) AS until FROM callprop_changes)
SELECT extension, holding, since, until, cut FROM spans JOIN callprop_cuts ON cut > since - @WIDTH@ AND cut < until
ORDER BY cut, extension, since"""

_HELD = """placed AS (SELECT /*+ BROADCAST(s) */ s.holding,
  c.file, c.row, c.rows, c.time, c.extension, c.src, c.dst, c.leg, c.callback, c.note, c.asked
  FROM callprop_calls c LEFT JOIN callprop_pieces s
  ON c.extension = s.extension AND s.cut = c.time - c.time % @WIDTH@ AND c.time >= s.since AND c.time < s.until@CHOSEN@)"""

_WITHOUT = """placed AS (SELECT CAST(NULL AS BIGINT) AS holding,
  c.file, c.row, c.rows, c.time, c.extension, c.src, c.dst, c.leg, c.callback, c.note, c.asked FROM callprop_calls c@CHOSEN@)"""


class Plan:
    """The plan of one question: with a history of statuses, whose pieces are of this width, or without; of all extensions, or of those that
    were chosen."""

    def __init__(self, width: int | None, chosen: bool) -> None:
        where = " WHERE c.extension IN (SELECT extension FROM callprop_chosen)" if chosen else ""
        placed = _HELD.replace("@WIDTH@", str(width)) if width else _WITHOUT
        self._with = f"WITH {placed.replace('@CHOSEN@', where)}"
        # Without a history nothing is held, and that costs nothing.
        self._holding = "holding" if width else "CAST(NULL AS BIGINT) AS holding"
        self._group = ", ".join(GROUP if width else _FACTS)

    def by_hour(self) -> str:
        """How many calls each group has, in each hour of the week; null for calls without a time. What is joined is the counts of quarters, and
        not each call: there are far fewer."""
        return f"""{self._with},
counted AS (SELECT {self._group}, time - time % {QUARTER} AS its, count(*) AS n FROM placed GROUP BY {self._group}, time - time % {QUARTER})
SELECT /*+ BROADCAST(q) */ {self._holding}, {", ".join(_FACTS)}, q.slot, CAST(sum(n) AS BIGINT) AS calls
FROM counted LEFT JOIN callprop_quarters q ON q.quarter = its GROUP BY {self._group}, q.slot"""

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
SELECT /*+ BROADCAST(d) */ p.file, p.row, p.rows, p.time, p.extension, d.status, p.src, p.dst, p.leg, p.callback, p.note,
  d.required, d.before, d.before_reason, d.after, d.after_reason
FROM placed p JOIN callprop_decided d ON {_SAME} WHERE {where}
ORDER BY p.time NULLS LAST, p.file, p.row, p.leg DESC, p.extension{some}"""


def span() -> str:
    """From when to when the calls are, for the tables of weeks and quarters."""
    return "SELECT min(time), max(time), count(*) FROM callprop_calls"


def those_quarters() -> str:
    """The quarters of an hour in which there is a call."""
    return f"SELECT DISTINCT time - time % {QUARTER} FROM callprop_calls WHERE time IS NOT NULL"


def pieces(width: int) -> str:
    """The spans of the statuses, cut. In the order of time, as the calls mostly are: what many calls in a row look for lies together, which
    saves a fifth of the time."""
    return _PIECES.replace("@WIDTH@", str(width)).replace("@FOREVER@", str(_FOREVER))
