# SPDX-License-Identifier: MIT
"""The small tables of the plan, as Parquet: what both engines read in the same way."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow  # type: ignore[import-not-found,import-untyped,unused-ignore]
import pyarrow.parquet  # type: ignore[import-not-found,import-untyped,unused-ignore]

_TEXT, _NUMBER, _FLAG = pyarrow.string(), pyarrow.int64(), pyarrow.bool_()

SCHEMAS = {
    "changes": {"extension": _TEXT, "status": _TEXT, "granted": _TEXT, "time": _NUMBER, "sequence": _NUMBER},
    "weeks": {"week": _NUMBER},
    "quarters": {"quarter": _NUMBER, "weekday": _NUMBER, "hour": _NUMBER},
    "chosen": {"extension": _TEXT},
    "decided": {
        "had": _FLAG,
        "status": _TEXT,
        "granted": _TEXT,
        "src": _TEXT,
        "dst": _TEXT,
        "leg": _TEXT,
        "callback": _FLAG,
        "asked": _FLAG,
        "required": _TEXT,
        "before": _TEXT,
        "before_reason": _TEXT,
        "after": _TEXT,
        "after_reason": _TEXT,
        "changes": _FLAG,
    },
}


def arrow_table(name: str, rows: Iterable[tuple[Any, ...]]) -> Any:
    """The rows in Arrow's form."""
    columns = SCHEMAS[name]
    values = [*zip(*rows)] or [()] * len(columns)
    arrays = [pyarrow.array(column, kind) for column, kind in zip(values, columns.values())]
    return pyarrow.table(arrays, schema=pyarrow.schema(columns))


def write_table(name: str, rows: Iterable[tuple[Any, ...]], folder: Path) -> Path:
    """Writes a table. Returns its file."""
    path = folder / f"{name}.parquet"
    pyarrow.parquet.write_table(arrow_table(name, rows), path)
    return path
