#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Shows that the tests notice every change of the core.

    Tests/proof/mutation.py PREFIX [--only FILE …] [--sample N] [--workers N]

Makes every mutant that mutants.py knows, one at a time: compiles the one file, links it with the rest of the core in full Swift,
and runs the tests of Tests/CallPropTests, then those in C of Tests/abi, until one fails. Then changes each entry of the decision
table inside a copy of the library that is installed in PREFIX to each other property, and runs the tests in C. A test that does
not end counts as failed. Exit status 0: every mutant was noticed, but for those of equivalent-mutants.txt, where a sentence says
why no test can."""

import argparse
import json
import os
import random
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from queue import SimpleQueue

from explained import explained, stale
from mutants import Mutant, mutants

REPOSITORY = Path(__file__).resolve().parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent-mutants.txt")
BUILD = REPOSITORY / "build/mutation"
BASE = BUILD / "base"
TOOLCHAIN = Path(shutil.which("swiftc") or "/opt/swift/usr/bin/swiftc").resolve().parent

CORE = sorted((REPOSITORY / "Sources/CallProp").glob("*.swift"))
WIDE = sorted((REPOSITORY / "Sources/CallPropWide").glob("*.swift"))
SWIFT_TESTS = sorted((REPOSITORY / "Tests/CallPropTests").glob("*.swift"))
C_TESTS = [REPOSITORY / f"Tests/abi/{name}.c" for name in ("abi_test", "abi_memory")]

MODULES = [
    f"-I{REPOSITORY / folder}"
    for folder in ("include", "Sources/CJansson", "Sources/CLibc", "Sources/CWide")
]
SWIFT = ["-Onone", "-swift-version", "6", "-parse-as-library", "-disable-batch-mode", *MODULES]
CORE_FLAGS = ["-enable-testing", "-enable-experimental-feature", "Lifetimes"]
AVX2 = ["-Xcc", "-march=x86-64-v3"] if os.uname().machine == "x86_64" else []

# What Swift Testing says where a test fails, and in which file.
ISSUE = re.compile(r"recorded an issue.* at (\w+)\.swift:\d+")

# A test that computes this many times as long as it should, and a second, does not end.
PATIENCE = 4


class Verdict(Enum):
    KILLED = "killed"
    ENDLESS = "killed: a test did not end"
    REFUSED = "does not compile"
    SURVIVED = "survived"


@dataclass(frozen=True)
class Outcome:
    verdict: Verdict
    killer: str = ""


def run(
    command: Sequence[str | Path], folder: Path = REPOSITORY
) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    return subprocess.run(
        words,
        cwd=folder,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=600,
        check=False,
    )


def need(command: Sequence[str | Path], folder: Path = REPOSITORY) -> str:
    done = run(command, folder)
    if done.returncode != 0:
        sys.exit(f"{shlex.join(done.args)}\n{done.stdout}{done.stderr}")
    return done.stdout


# ---- The build ---------------------------------------------------------------------------------------


@dataclass
class Build:
    """The core without a change, compiled file by file, and the tests, linked with it as a shared library."""

    jobs: dict[Path, list[str]] = field(default_factory=dict)
    suites: list[tuple[float, str]] = field(default_factory=list)

    def make(self) -> None:
        shutil.rmtree(BUILD, ignore_errors=True)
        BASE.mkdir(parents=True)
        self.compile("CallPropWide", WIDE, [*CORE_FLAGS, *AVX2])
        self.compile("CallProp", CORE, CORE_FLAGS)
        link([], BASE)
        runner = BASE / "runner.swift"
        runner.write_text(
            "import Testing\n@main struct Runner { static func main() async { await Testing.__swiftPMEntryPoint() as Never } }\n"
        )
        plugins = TOOLCHAIN.parent / "lib/swift/host/plugins/testing"
        need(
            [
                "swiftc",
                *SWIFT,
                "-module-name",
                "CallPropTests",
                f"-I{BASE}",
                "-plugin-path",
                plugins,
                *SWIFT_TESTS,
                runner,
            ]
            + [f"-L{BASE}", "-lCallProp", "-ljansson", "-use-ld=lld", "-o", BASE / "swift-tests"],
            BASE,
        )
        for test in C_TESTS:
            flags = ["-O1", f"-I{REPOSITORY}/include", "-Wl,--allow-shlib-undefined"]
            need(
                ["cc", *flags, test, "-o", BASE / test.stem, f"-L{BASE}", "-lCallProp", "-ljansson"]
            )

    def compile(self, module: str, sources: list[Path], flags: list[str]) -> None:
        command = ["swiftc", *SWIFT, *flags, "-module-name", module, "-c", *sources]
        for line in need([*command, "-driver-print-jobs"], BASE).splitlines():
            words = shlex.split(line)
            if "-primary-file" in words:
                self.jobs[Path(words[words.index("-primary-file") + 1])] = words
        need([*command, "-emit-module", "-emit-module-path", f"{BASE / module}.swiftmodule"], BASE)

    def measure(self) -> None:
        """How long each suite computes on the core without a change. All must pass."""
        names = [
            name
            for test in SWIFT_TESTS
            for name in re.findall(r"^struct (\w+Tests)\b", test.read_text(), re.M)
        ]
        for name in names:
            before = computing_time()
            outcome = test_swift(BASE, [name], 600)
            if outcome.verdict is not Verdict.SURVIVED:
                sys.exit(
                    f"{name}: {outcome.verdict.value} ({outcome.killer}), and nothing is changed yet"
                )
            self.suites.append((computing_time() - before, name))
        self.suites.sort()
        outcome = test_c(BASE)
        if outcome.verdict is not Verdict.SURVIVED:
            sys.exit(f"{outcome.killer}: {outcome.verdict.value}, and nothing is changed yet")

    def stages(self, favourites: list[str]) -> Iterator[tuple[list[str], float]]:
        """Suites to run one after the other, and how long they compute: what has found most, what is fast, then the slow ones."""
        cost = {name: seconds for seconds, name in self.suites}
        fast = [name for seconds, name in self.suites if seconds < 0.5]
        first = [name for name in favourites if name in fast]
        rest = [name for name in fast if name not in first]
        for names in (first, rest, *([name] for _, name in self.suites if name not in fast)):
            if names:
                yield names, sum(cost[name] for name in names)


def link(objects: list[Path], folder: Path) -> bool:
    """Links the core; objects stand in for those of the same name without a change."""
    names = {file.name for file in objects}
    files = [*objects, *(file for file in BASE.glob("*.o") if file.name not in names)]
    libraries = TOOLCHAIN.parent / "lib/swift/linux"
    command = [
        TOOLCHAIN / "clang",
        "-shared",
        "-fuse-ld=lld",
        *files,
        "-o",
        folder / "libCallProp.so",
    ]
    command += [f"-L{libraries}", f"-Wl,-rpath,{libraries}"]
    command += ["-lswiftCore", "-lswiftSwiftOnoneSupport", "-lswiftSynchronization", "-ljansson"]
    return run([*command, "-Wl,-soname,libCallProp.so"]).returncode == 0


def computing_time() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


# ---- One mutant --------------------------------------------------------------------------------------


def build_mutant(build: Build, mutant: Mutant, folder: Path) -> bool:
    source = folder / mutant.file.name
    source.write_text(mutant.text)
    if mutant.changes_types:
        sources = [source if file == mutant.file else file for file in CORE]
        flags = [*SWIFT, *CORE_FLAGS, "-module-name", "CallProp"]
        done = run(["swiftc", *flags, "-c", *sources], folder)
        objects = [folder / f"{file.stem}.o" for file in CORE]
    else:
        words = [
            str(source) if word == str(mutant.file) else word for word in build.jobs[mutant.file]
        ]
        target = folder / f"{mutant.file.stem}.o"
        words[words.index("-o") + 1] = str(target)
        done = run(words, folder)
        objects = [target]
    is_built = done.returncode == 0 and link(objects, folder)
    for file in [source, *objects]:
        file.unlink(missing_ok=True)
    return is_built


def judge(build: Build, mutant: Mutant, folder: Path, favourites: list[str]) -> Outcome:
    if not build_mutant(build, mutant, folder):
        return Outcome(Verdict.REFUSED)
    if not mutant.changes_types:  # else the Swift tests, compiled before, do not fit
        for suites, seconds in build.stages(favourites):
            outcome = test_swift(folder, suites, seconds)
            if outcome.verdict is not Verdict.SURVIVED:
                return outcome
    return test_c(folder)


def test_swift(folder: Path, suites: list[str], seconds: float) -> Outcome:
    filters = [word for suite in suites for word in ("--filter", rf"CallPropTests\.{suite}/")]
    return watch(
        [BASE / "swift-tests", "--testing-library", "swift-testing", *filters], folder, seconds
    )


def test_c(folder: Path) -> Outcome:
    for test in C_TESTS:
        outcome = watch([BASE / test.stem], folder, 1)
        if outcome.verdict is not Verdict.SURVIVED:
            return Outcome(outcome.verdict, test.name)
    return Outcome(Verdict.SURVIVED)


def watch(command: Sequence[str | Path], library: Path, seconds: float) -> Outcome:
    """Runs a test until it ends or says that something is wrong."""
    limit = 2 + int(PATIENCE * seconds)
    process = subprocess.Popen(
        ["sh", "-c", f'ulimit -c 0; ulimit -t {limit}; exec "$0" "$@"', *map(str, command)],
        env={**os.environ, "LD_LIBRARY_PATH": str(library), "SWIFT_BACKTRACE": "enable=no"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", start_new_session=True,
    )  # fmt: skip
    # It may also wait forever, without computing.
    timer = threading.Timer(60 + 20 * limit, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    issue = None
    with process:
        for line in process.stdout or ():
            issue = ISSUE.search(line)
            if issue:
                break
        if issue:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    timer.cancel()
    if issue:
        return Outcome(Verdict.KILLED, issue[1])
    if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return Outcome(Verdict.ENDLESS)
    return Outcome(Verdict.KILLED if process.returncode else Verdict.SURVIVED)


# ---- The decision table of the shipped library -------------------------------------------------------


def table_of_the_source() -> tuple[bytes, list[int]]:
    """The 64 bytes of the decision table, and the values that an entry may have."""
    source = re.sub(
        r"/\*.*?\*/|//[^\n]*",
        "",
        (REPOSITORY / "Sources/CallProp/DecisionTable.swift").read_text(),
        flags=re.S,
    )
    values = {
        name: int(value.replace("_", ""), 0)
        for name, value in re.findall(r"let (\w+): UInt8 = (\w+)", source)
    }
    entries = re.search(r"let table:[^=]*= \[(.*?)^\]", source, re.S | re.M)
    table = bytes(values[name] for name in re.findall(r"\w+", entries[1] if entries else ""))
    if len(table) != 64:
        sys.exit(f"DecisionTable.swift: {len(table)} entries instead of 64")
    return table, sorted(values.values())


def survivors_in_the_table(prefix: Path, workers: int) -> tuple[int, list[str]]:
    shipped = (prefix / "lib/libcallprop.so.1").read_bytes()
    table, values = table_of_the_source()
    if shipped.count(table) != 1:
        sys.exit(f"the decision table is {shipped.count(table)} times in the shipped library")
    place = shipped.index(table)
    program = BUILD / "shipped-test"
    need(
        [
            "cc",
            "-O1",
            f"-I{REPOSITORY}/include",
            C_TESTS[0],
            "-o",
            program,
            f"-L{prefix}/lib",
            "-lcallprop",
        ]
    )

    def survives(change: tuple[int, int]) -> str:
        index, value = change
        folder = BUILD / f"table-{index}-{value}"
        folder.mkdir()
        patched = bytearray(shipped)
        patched[place + index] = value
        (folder / "libcallprop.so.1").write_bytes(patched)
        outcome = watch([program], folder, 1)
        shutil.rmtree(folder)
        return (
            f"entry {index} of the table: {value:#04x}"
            if outcome.verdict is Verdict.SURVIVED
            else ""
        )

    # Without a change, the test passes.
    if not survives((0, table[0])):
        sys.exit(f"{C_TESTS[0].name} fails on the shipped library, and nothing is changed yet")
    changes = [(index, value) for index in range(64) for value in values if value != table[index]]
    with ThreadPoolExecutor(workers) as pool:
        return len(changes), [name for name in pool.map(survives, changes) if name]


# ---- All mutants -------------------------------------------------------------------------------------


def judge_all(build: Build, chosen: list[Mutant], workers: int) -> dict[Mutant, Outcome]:
    folders: SimpleQueue[Path] = SimpleQueue()
    for number in range(workers):
        folder = BUILD / f"worker-{number}"
        folder.mkdir()
        folders.put(folder)
    killers: defaultdict[Path, Counter[str]] = defaultdict(Counter)
    outcomes: dict[Mutant, Outcome] = {}

    def work(mutant: Mutant) -> None:
        folder = folders.get()
        favourites = [name for name, _ in killers[mutant.file].most_common(3)]
        outcome = outcomes[mutant] = judge(build, mutant, folder, favourites)
        killers[mutant.file][outcome.killer] += 1
        folders.put(folder)
        if outcome.verdict is Verdict.SURVIVED:
            print(f"  survived  {mutant.key}", file=sys.stderr)
        if len(outcomes) % 250 == 0:
            print(f"  {len(outcomes)} of {len(chosen)}", file=sys.stderr)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, chosen))
    return outcomes


def report(
    chosen: list[Mutant],
    outcomes: dict[Mutant, Outcome],
    patched: int,
    in_table: list[str],
    complaints: list[str],
) -> None:
    """The last line says it all."""
    count = Counter(outcome.verdict for outcome in outcomes.values())
    known = explained(EQUIVALENT)
    unexplained = [
        mutant.key
        for mutant in chosen
        if outcomes[mutant].verdict is Verdict.SURVIVED and mutant.key not in known
    ]
    for survivor in unexplained + in_table:
        print(f"no test notices: {survivor}")
    for complaint in complaints:
        print(complaint)
    noticed = count[Verdict.KILLED] + count[Verdict.ENDLESS]
    tested = len(chosen) - count[Verdict.REFUSED]
    print(
        f"mutation: {tested + patched} mutants, {patched} of them in the shipped table; "
        f"{noticed + patched - len(in_table)} noticed, {count[Verdict.ENDLESS]} of them because a test did not end; "
        f"{tested - noticed - len(unexplained)} equivalent; {len(unexplained) + len(in_table)} survived "
        f"({count[Verdict.REFUSED]} more changes do not compile)"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "prefix", type=Path, help="where callprop is installed, such as build/stage"
    )
    parser.add_argument(
        "--only",
        action="append",
        metavar="FILE",
        help="mutants of this file of the core, such as Text.swift",
    )
    parser.add_argument(
        "--sample", type=int, metavar="N", help="N mutants, the same ones every time, and no table"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="write what became of every mutant, as JSON"
    )
    options = parser.parse_args()

    every = mutants([*CORE, *WIDE])
    chosen = [mutant for mutant in every if not options.only or mutant.file.name in options.only]
    # In no order, so that the workers' loads are even; the same one every time.
    random.Random(1).shuffle(chosen)
    chosen = chosen[: options.sample]

    start = time.monotonic()
    build = Build()
    build.make()
    build.measure()
    print(
        f"built in {time.monotonic() - start:.0f} s; {len(chosen)} changes to try", file=sys.stderr
    )
    outcomes = judge_all(build, chosen, options.workers)
    is_whole = options.sample is None and not options.only
    patched, in_table = (
        survivors_in_the_table(options.prefix.resolve(), options.workers) if is_whole else (0, [])
    )

    if options.report:
        rows = [
            [mutant.key, mutant.rule, outcomes[mutant].verdict.name, outcomes[mutant].killer]
            for mutant in chosen
        ]
        options.report.write_text(json.dumps(rows, indent=1))
    noticed = {mutant.key for mutant in chosen if outcomes[mutant].verdict is not Verdict.SURVIVED}
    known = explained(EQUIVALENT)
    complaints = stale(EQUIVALENT, known, {mutant.key for mutant in every} - noticed)
    report(chosen, outcomes, patched, in_table, complaints)
    survivors = {mutant.key for mutant in chosen} - noticed
    return 1 if survivors - known.keys() or in_table or complaints else 0


if __name__ == "__main__":
    sys.exit(main())
