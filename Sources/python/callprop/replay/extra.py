# SPDX-License-Identifier: MIT
"""The packages of callprop[replay]: everything else of callprop works without them."""

from __future__ import annotations

from .part import Refused


def need_extra() -> None:
    """Says which package is missing, where one is."""
    for name in ("duckdb", "pyarrow"):
        try:
            __import__(name)
        except ImportError:
            raise Refused(f"replay: there is no {name}; pip install 'callprop[replay]'") from None
