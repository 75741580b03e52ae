# SPDX-License-Identifier: MIT
"""Instructions per call of the functions that bench counts, by callgrind: they do not depend on the machine's mood.

Usage: instructions.py BENCH. Prints lines of JSON.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys


def collected(*command: str) -> int:
    """How many instructions a run of callgrind has counted."""
    log = subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True).stderr
    count = re.search(r"Collected : (\d+)", log)
    if not count:
        raise RuntimeError(f"callgrind has counted nothing: {log}")
    return int(count[1])


def main() -> None:
    """As the module says."""
    bench = sys.argv[1]
    if not shutil.which("valgrind"):
        print(json.dumps({"name": "instructions", "error": "valgrind is not installed: apt-get install valgrind"}))
        return
    counted = subprocess.run([bench, "--counted"], check=True, stdout=subprocess.PIPE, text=True).stdout
    for line in counted.splitlines():
        units, function, name = line.split(" ", 2)
        # Collecting starts and stops where the function is entered and left, with all that it calls.
        valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--toggle-collect={function}"]
        # What the first calls do besides, once in a process, is in both counts.
        once, twice = (collected(*valgrind, bench, "--run", times, name) for times in ("1", "2"))
        print(json.dumps({"name": name, "instructions": (twice - once) / int(units)}))


if __name__ == "__main__":
    main()
