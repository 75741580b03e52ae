# SPDX-License-Identifier: MIT
"""What becomes of mutants, whatever their language: choosing them, running tests on each, and saying which no test noticed."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from queue import SimpleQueue
from typing import Protocol

from explained import explained, stale
from mutants import Mutant

# A test that computes this many times as long as it should, and two seconds, does not end.
PATIENCE = 4


# What pytest says about the first that fails, with its test or, where that cannot even be read, its file.
PYTEST_FAILURE = r"^(?:FAILED|ERROR) (?:\S*/)?(test_\w+\.py(?:::[\w:]+)?)"


def pytest_until_one_fails(tests: Path, prefix: Path) -> list[str]:
    """The command that runs tests of a folder with what is installed in a prefix. Options and files are to follow. Where paths stand
    behind their options, pytest takes them for tests too, and looks for its settings among them."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-rfE", "--tb=no", "--color=no"]
    return [*command, f"-c={tests / 'pytest.ini'}", f"--prefix={prefix}"]


class Verdict(Enum):
    KILLED = "a test fails"
    ENDLESS = "a test does not end"
    REFUSED = "does not compile"
    SURVIVED = "no test fails"


@dataclass(frozen=True)
class Outcome:
    verdict: Verdict
    killer: str = ""


class Judge(Protocol):
    """Knows how to build a mutant in a folder, and which tests to run on it."""

    def judge(self, mutant: Mutant, folder: Path, favourites: list[str], is_quick: bool) -> Outcome: ...


def parser_of(about: str) -> argparse.ArgumentParser:
    """The command line that all have."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("prefix", type=Path, help="where callprop is installed, such as build/stage")
    parser.add_argument(
        "--named", action="store_true", help="only what changes a decision, a comparison, a condition or a return"
    )
    parser.add_argument("--only", action="append", metavar="FILE", help="mutants of the file of this name")
    parser.add_argument("--sample", type=int, metavar="N", help="N mutants, the same ones every time")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--report", type=Path, metavar="FILE", help="write what became of every mutant, as JSON")
    parser.add_argument("--quick", action="store_true", help="without the slow tests, which may notice more")
    parser.add_argument("--again", type=Path, metavar="FILE", help="only what survived in an earlier report")
    return parser


def choose(options: argparse.Namespace, every: list[Mutant], named: Container[str]) -> list[Mutant]:
    """Those that are asked for."""
    chosen = [mutant for mutant in every if not options.only or mutant.file.name in options.only]
    if options.named:
        chosen = [mutant for mutant in chosen if mutant.rule in named]
    if options.again:
        survived = {key for key, _, verdict, _ in json.loads(options.again.read_text()) if verdict == "SURVIVED"}
        chosen = [mutant for mutant in chosen if mutant.key in survived]
    random.Random(1).shuffle(chosen)  # so that the workers' loads are even, and a sample is fair
    return chosen[: options.sample]


def judge_all(
    judge: Judge, build: Path, chosen: list[Mutant], known: Container[str], workers: int, is_quick: bool
) -> dict[Mutant, Outcome]:
    """What becomes of each. Those that are known to be equivalent are spared the slowest tests."""
    folders: SimpleQueue[Path] = SimpleQueue()
    for number in range(workers):
        folder = build / f"worker-{number}"
        folder.mkdir(exist_ok=True)
        folders.put(folder)
    killers: defaultdict[Path, Counter[str]] = defaultdict(Counter)
    outcomes: dict[Mutant, Outcome] = {}

    def work(mutant: Mutant) -> None:
        folder = folders.get()
        favourites = [name for name, _ in killers[mutant.file].most_common(2)]
        try:
            outcome = outcomes[mutant] = judge.judge(mutant, folder, favourites, is_quick or mutant.key in known)
        finally:
            folders.put(folder)  # Others wait for it, also where this one ends with an exception.
        if outcome.killer:
            killers[mutant.file][outcome.killer] += 1
        if outcome.verdict is Verdict.SURVIVED and mutant.key not in known:
            print(f"  survived  {mutant.key}", file=sys.stderr)
        if len(outcomes) % 100 == 0:
            print(f"  {len(outcomes)} of {len(chosen)}", file=sys.stderr)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, chosen))
    return outcomes


def conclude(
    options: argparse.Namespace,
    every: Iterable[Mutant],
    outcomes: dict[Mutant, Outcome],
    equivalent: Sequence[Path],
    start: float,
    patched: int = 0,
    in_table: Sequence[str] = (),
) -> int:
    """Says what became of them, with what was changed in the shipped table. The exit status: 0 when all were noticed, or are explained."""
    if options.report:
        rows = [[mutant.key, mutant.rule, outcome.verdict.name, outcome.killer] for mutant, outcome in outcomes.items()]
        options.report.write_text(json.dumps(rows, indent=1))
    reasons = {file: explained(file) for file in equivalent}
    known = {what for whats in reasons.values() for what in whats}
    survivors = [mutant.key for mutant, outcome in outcomes.items() if outcome.verdict is Verdict.SURVIVED]
    unexplained = [*(key for key in survivors if key not in known), *in_table]
    judged = {mutant.key for mutant in outcomes}
    needed = {mutant.key for mutant in every} - judged | set(survivors)
    complaints = [complaint for file in equivalent for complaint in stale(file, reasons[file], needed)]
    for line in [*(f"no test notices: {key}" for key in unexplained), *complaints]:
        print(line)

    count = Counter(outcome.verdict for outcome in outcomes.values())
    tested = len(outcomes) - count[Verdict.REFUSED] + patched
    if tested == 0:
        print("mutation: no mutant was tested, which shows nothing")
        return 1
    in_the_table = f", {patched} of them in the shipped table" if patched else ""
    print(
        f"mutation: {tested} mutants{in_the_table}: "
        f"{tested - len(survivors) - len(in_table)} noticed ({count[Verdict.ENDLESS]} because a test did not end), "
        f"{len(survivors) + len(in_table) - len(unexplained)} equivalent, {len(unexplained)} survived; "
        f"{count[Verdict.REFUSED]} other changes do not compile; {time.monotonic() - start:.0f} s"
    )
    return 1 if unexplained or complaints else 0


def watch(
    command: Sequence[str | Path],
    seconds: float,
    failure: re.Pattern[str],
    longest: float = 0,
    passing: Container[int] = (0,),
    **environment: str,
) -> Outcome:
    """Runs a test that computes for so long, until it ends or a line says that something failed; the pattern's group is what.
    It may also wait forever, without computing: `longest` is how long that is borne. `passing` are the exit statuses of who noticed nothing."""
    limit = 2 + int(PATIENCE * seconds)
    process = subprocess.Popen(
        ["sh", "-c", f'ulimit -c 0; ulimit -t {limit}; exec "$0" "$@"', *map(str, command)],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )

    def stop() -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(longest or 60 + 20 * limit, stop)
    timer.start()
    found = None
    with process:
        for line in process.stdout or ():
            found = failure.search(line)
            if found:
                stop()
                break
    timer.cancel()
    if found:
        return Outcome(Verdict.KILLED, found[1])
    if process.returncode in (-signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP):
        raise RuntimeError("a test was ended from outside, which says nothing about the mutant")
    if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return Outcome(Verdict.ENDLESS)
    return Outcome(Verdict.SURVIVED if process.returncode in passing else Verdict.KILLED)


def computing_time() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
