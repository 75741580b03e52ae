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
    "changes": {"extension": _TEXT, "holding": _NUMBER, "time": _NUMBER, "sequence": _NUMBER},
    "cuts": {"cut": _NUMBER},
    "quarters": {"quarter": _NUMBER, "slot": _NUMBER},
    "chosen": {"extension": _TEXT},
    "decided": {
        "holding": _NUMBER,
        "src": _TEXT,
        "dst": _TEXT,
        "leg": _TEXT,
        "callback": _FLAG,
        "asked": _FLAG,
        "status": _TEXT,
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
