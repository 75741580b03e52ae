# SPDX-License-Identifier: MIT
"""Prints the table, and writes results.json and chart.svg. A promise that is broken, or could not be measured, makes the exit status 1.

Usage: report.py BUILD CALLPROP_VERSION ROUNDS [PART], from the root of the repository. With a PART, only the rows whose names hold it,
and nothing is written.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import chart
from results import SECTIONS, Promise, Results, Row, collect

HEADER = ["ns a decision", "median", "min", "max", "ratio", "promise", ""]
HEADER += ["instr.", ".so", "start", "explains", "prepared"]


def figure(value: float | None) -> str:
    """A number to three digits or more."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def size(count: float | None) -> str:
    """A number of bytes."""
    if count is None:
        return ""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB" if count else "0"


def verdict(kept: bool | None) -> str:
    """Whether a promise is kept."""
    return "" if kept is None else "pass" if kept else "FAIL"


def print_table(header: list[str], lines: list[list[str]]) -> None:
    """Columns as wide as they must be, words to the left, numbers to the right. A line of one cell is a heading."""
    cells = [line for line in lines if len(line) > 1]
    columns = list(zip(header, *cells))
    widths = [max(map(len, column)) for column in columns]
    is_words = [index == 0 or any(cell[:1].isalpha() for cell in column[1:]) for index, column in enumerate(columns)]
    for line in [header, *lines]:
        if len(line) == 1:
            print(f"\n{line[0]}")
            continue
        aligned = [
            cell.ljust(width) if words else cell.rjust(width) for cell, width, words in zip(line, widths, is_words)
        ]
        print("  ".join(aligned).rstrip())


def print_rows(rows: list[Row]) -> None:
    """Speed."""
    lines: list[list[str]] = []
    for section, against in SECTIONS.items():
        if all(row.section != section for row in rows):
            continue
        lines.append([f"{section} (ratio: to {against})"])
        for row in (row for row in rows if row.section == section):
            start = "" if row.start_ms is None else f"{row.start_ms:.0f} ms"
            lines.append([
                f"  {row.label}", figure(row.median), figure(row.min), figure(row.max),
                f"{figure(row.ratio)}x" if row.ratio else "", row.promise, verdict(row.kept), figure(row.instructions),
                size(row.so_bytes), start, row.explains, row.how or (row.error and f"NOT MEASURED: {row.error}"),
            ])  # fmt: skip
    print_table(HEADER, lines)


def print_footprint(results: Results) -> None:
    """What loading costs."""
    kinds = ["callprop", "jansson", "callprop after jansson", "empty after jansson", "ordinary"]
    known = [results.footprint.get(kind, {}) for kind in kinds]

    def line(label: str, key: str, statistic: str = "") -> list[str]:
        values = [(found.get(key) or {}).get(statistic) if statistic else found.get(key) for found in known]
        return [f"  {label}", *(figure(value) for value in values)]

    print()
    print_table(
        ["Footprint", "callprop", "libjansson", "callprop after it", "empty .so after it", "in ordinary Swift"],
        [
            line("file, bytes, stripped", "bytes"),
            line("Swift libraries that it needs, bytes", "needs_bytes"),
            line("dlopen, us, median", "dlopen_us", "median"),
            line("first decision on JSON, us, median", "first_us", "median"),
            line("growth of resident memory, KiB, mean", "rss_kb", "mean"),
            line("  of this, in the library's own file", "own_rss_kb", "mean"),
            line("private dirty memory, KiB", "dirty_kb", "median"),
            line("  of this, in the library's own file", "own_dirty_kb", "median"),
            line("relocations: relative", "relative_relocations"),
            line("relocations: by symbol", "symbol_relocations"),
            line("LOAD segments", "load_segments"),
            line("page alignment, bytes", "page_alignment"),
        ],
    )


def print_growth(title: str, growth: dict[str, dict[int, float]]) -> None:
    """One line a kind, one column a size."""
    sizes = sorted({n for found in growth.values() for n in found})
    lines = [[f"  {name}", *(figure(found[n]) if n in found else "-" for n in sizes)] for name, found in growth.items()]
    print()
    print_table([title, *(f"{n:,}" for n in sizes)], lines)


def print_promises(promises: list[Promise]) -> None:
    """All of them, once more."""
    if not promises:
        print("\nThere are no promises about these rows.")
        return
    kept = sum(promise.kept for promise in promises)
    print(f"\nPromises: {kept} of {len(promises)} kept")
    print_table(
        ["", "measured", "promise", ""],
        [[f"  {promise.label}", promise.measured, promise.promise, verdict(promise.kept)] for promise in promises],
    )


def output(*command: str) -> str:
    """What a command prints; nothing when it cannot run."""
    try:
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


def environment(version: str, rounds: int) -> dict[str, Any]:
    """Where and when."""
    model = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    swift = re.search(r"Swift version (\S+)", output("swift", "--version"))
    return {
        "callprop": version,
        "commit": output("git", "describe", "--always", "--dirty").strip(),
        # Files that git does not know count too. None: this is no repository.
        "dirty": bool(output("git", "status", "--porcelain")) if output("git", "rev-parse", "HEAD") else None,
        "date": date.today().isoformat(),
        "processor": model[1] if model else platform.machine(),
        "cores": os.cpu_count(),
        "linux": platform.release(),
        "compiler": output("cc", "--version").partition("\n")[0],
        "swift": swift[1] if swift else "",
        "python": platform.python_version(),
        "rounds": rounds,
        "load": round(os.getloadavg()[1], 1),
    }


def main() -> int:
    """As the module says."""
    build, only = Path(sys.argv[1]), "".join(sys.argv[4:])
    results = collect(build, environment(sys.argv[2], int(sys.argv[3])), only)
    facts = results.environment
    print("\ncallprop {callprop} ({commit}), {date}: {processor}, {cores} cores, Linux {linux}".format_map(facts))
    print("{compiler}; Swift {swift}; Python {python}".format_map(facts), end="; ")
    print(f"simdjson {facts['simdjson'] or 'is not installed'}")
    print("Processor time, median of {rounds} interleaved rounds.".format_map(facts), end=" ")
    print("Everyone decides on the same random cases: 16 statuses, and the 27 calls that can happen.")
    if facts["load"] > 1.5:
        print("THE MACHINE IS BUSY (load {load}): ratios hold, times are somewhat too long.".format_map(facts))
    print()
    print_rows(results.rows)
    if results.footprint:
        print_footprint(results)
    if results.text_growth:
        print_growth("Growth, ns a byte of property_list; bytes:", results.text_growth)
    if results.decision_growth:
        print_growth("Growth, ns a decision; decisions:", results.decision_growth)
    print_promises(results.promises)
    for problem in results.problems:
        print(f"\n{problem}")
    if not only:
        results.write(build / "results.json")
        (build / "chart.svg").write_text(chart.drawn(results))
    broken = [promise for promise in results.promises if not promise.kept]
    sys.stdout.flush()
    for promise in broken:
        print(f"bench: BROKEN: {promise.label}: {promise.measured}, promised {promise.promise}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
