# SPDX-License-Identifier: MIT
"""The core in full Swift, as a shared library that is quickly built again with one file changed, and its tests."""

import contextlib
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from mutants import Mutant

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = REPOSITORY / "build/mutation"
BASE = BUILD / "base"
TOOLCHAIN = Path(shutil.which("swiftc") or "/opt/swift/usr/bin/swiftc").resolve().parent

CORE = sorted((REPOSITORY / "Sources/CallProp").glob("*.swift"))
WIDE = sorted((REPOSITORY / "Sources/CallPropWide").glob("*.swift"))
SWIFT_TESTS = sorted((REPOSITORY / "Tests/CallPropTests").glob("*.swift"))
C_TESTS = [REPOSITORY / f"Tests/abi/{name}.c" for name in ("abi_test", "abi_memory")]

FOLDERS = ("include", "Sources/CJansson", "Sources/CLibc", "Sources/CWide")
MODULES = [f"-I{REPOSITORY / folder}" for folder in FOLDERS]
SWIFT = ["swiftc", "-Onone", "-swift-version", "6", "-parse-as-library", "-disable-batch-mode", *MODULES]
CORE_FLAGS = ["-enable-testing", "-enable-experimental-feature", "Lifetimes"]
AVX2 = ["-Xcc", "-march=x86-64-v3"] if os.uname().machine == "x86_64" else []

# As SwiftPM's own, which is not for programs built without it.
RUNNER = """import Testing
@main struct Runner { static func main() async { await Testing.__swiftPMEntryPoint() as Never } }
"""

# What Swift Testing says where a test fails, and in which file.
ISSUE = re.compile(r"recorded an issue.* at (\w+)\.swift:\d+")

# A test that computes this many times as long as it should, and two seconds, does not end.
PATIENCE = 4

# Suites that compute longer are run one by one, the slowest last.
FAST = 0.5


class Verdict(Enum):
    KILLED = "a test fails"
    ENDLESS = "a test does not end"
    REFUSED = "does not compile"
    SURVIVED = "no test fails"


@dataclass(frozen=True)
class Outcome:
    verdict: Verdict
    killer: str = ""


def run(command: Sequence[str | Path], folder: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    return subprocess.run(
        words, cwd=folder, capture_output=True, text=True, errors="replace", timeout=1200, check=False
    )


def need(command: Sequence[str | Path], folder: Path = REPOSITORY) -> str:
    done = run(command, folder)
    if done.returncode != 0:
        sys.exit(f"{shlex.join(done.args)}\n{done.stdout}{done.stderr}")
    return done.stdout


@dataclass
class FullSwift:
    jobs: dict[Path, list[str]] = field(default_factory=dict)
    suites: list[tuple[float, str]] = field(default_factory=list)

    def build(self) -> None:
        """Compiles the core file by file, and the tests."""
        shutil.rmtree(BUILD, ignore_errors=True)
        BASE.mkdir(parents=True)
        self.compile("CallPropWide", WIDE, [*CORE_FLAGS, *AVX2])
        self.compile("CallProp", CORE, CORE_FLAGS)
        link([], BASE)

        runner = BASE / "runner.swift"
        runner.write_text(RUNNER)
        plugins = TOOLCHAIN.parent / "lib/swift/host/plugins/testing"
        tests: list[str | Path] = [*SWIFT, "-module-name", "CallPropTests", "-I.", "-plugin-path", plugins]
        tests += [*SWIFT_TESTS, runner, "-L.", "-lCallProp", "-ljansson", "-use-ld=lld", "-o", "swift-tests"]
        need(tests, BASE)
        for test in C_TESTS:
            build_c_test(test, BASE / test.stem, BASE, "CallProp")

    def compile(self, module: str, sources: list[Path], flags: list[str]) -> None:
        command: list[str | Path] = [*SWIFT, *flags, "-module-name", module, "-c", *sources]
        for line in need([*command, "-driver-print-jobs"], BASE).splitlines():
            words = shlex.split(line)
            if "-primary-file" in words:
                self.jobs[Path(words[words.index("-primary-file") + 1])] = words
        need([*command, "-emit-module", "-emit-module-path", f"{module}.swiftmodule"], BASE)

    def measure(self) -> None:
        """How long each suite computes when nothing is changed. All must pass."""
        suites = [name for test in SWIFT_TESTS for name in re.findall(r"^struct (\w+Tests)\b", test.read_text(), re.M)]
        for suite in suites:
            before = computing_time()
            need_survival(test_swift(BASE, [suite], 600), suite)
            self.suites.append((computing_time() - before, suite))
        self.suites.sort()
        need_survival(test_c(BASE), "the tests in C")

    def stages(self, favourites: list[str]) -> Iterator[tuple[list[str], float]]:
        """Suites to run one after the other, and how long they compute: first what found most, what is slow last."""
        cost = {suite: seconds for seconds, suite in self.suites}
        fast = [suite for seconds, suite in self.suites if seconds < FAST]
        first = [suite for suite in favourites if suite in fast]
        rest = [suite for suite in fast if suite not in first]
        slow = [[suite] for seconds, suite in self.suites if seconds >= FAST]
        for suites in filter(None, [first, rest, *slow]):
            yield suites, sum(cost[suite] for suite in suites)

    def build_mutant(self, mutant: Mutant, folder: Path) -> bool:
        """Puts the core with the change into a folder; false when it does not compile."""
        source = folder / mutant.file.name
        source.write_text(mutant.text)
        if mutant.changes_types:
            sources = [source if file == mutant.file else file for file in CORE]
            command = [*SWIFT, *CORE_FLAGS, "-module-name", "CallProp", "-c", *map(str, sources)]
            objects = [folder / f"{file.stem}.o" for file in CORE]
        else:
            command = [str(source) if word == str(mutant.file) else word for word in self.jobs[mutant.file]]
            objects = [folder / f"{mutant.file.stem}.o"]
            command[command.index("-o") + 1] = str(objects[0])
        is_built = run(command, folder).returncode == 0 and link(objects, folder)
        for file in [source, *objects]:
            file.unlink(missing_ok=True)
        return is_built

    def judge(self, mutant: Mutant, folder: Path, favourites: list[str]) -> Outcome:
        if not self.build_mutant(mutant, folder):
            return Outcome(Verdict.REFUSED)
        if not mutant.changes_types:  # else the Swift tests, compiled before, do not fit
            for suites, seconds in self.stages(favourites):
                outcome = test_swift(folder, suites, seconds)
                if outcome.verdict is not Verdict.SURVIVED:
                    return outcome
        return test_c(folder)


def link(objects: list[Path], folder: Path) -> bool:
    """Links the core; objects stand in for those of the same name without a change."""
    names = {file.name for file in objects}
    files = [*objects, *(file for file in BASE.glob("*.o") if file.name not in names)]
    libraries = TOOLCHAIN.parent / "lib/swift/linux"
    command: list[str | Path] = [
        TOOLCHAIN / "clang",
        "-shared",
        "-fuse-ld=lld",
        *files,
        "-o",
        folder / "libCallProp.so",
    ]
    command += [f"-L{libraries}", f"-Wl,-rpath,{libraries}", "-Wl,-soname,libCallProp.so"]
    command += ["-lswiftCore", "-lswiftSwiftOnoneSupport", "-lswiftSynchronization", "-ljansson"]
    return run(command).returncode == 0


def build_c_test(test: Path, program: Path, folder: Path, library: str) -> None:
    flags = ["-O1", f"-I{REPOSITORY}/include", "-Wl,--allow-shlib-undefined"]
    need(["cc", *flags, test, "-o", program, f"-L{folder}", f"-l{library}", "-ljansson"])


def test_swift(folder: Path, suites: list[str], seconds: float) -> Outcome:
    filters = [word for suite in suites for word in ("--filter", rf"CallPropTests\.{suite}/")]
    return watch([BASE / "swift-tests", "--testing-library", "swift-testing", *filters], folder, seconds)


def test_c(folder: Path) -> Outcome:
    for test in C_TESTS:
        outcome = watch([BASE / test.stem], folder, 1)
        if outcome.verdict is not Verdict.SURVIVED:
            return Outcome(outcome.verdict, test.name)
    return Outcome(Verdict.SURVIVED)


def need_survival(outcome: Outcome, test: str) -> None:
    if outcome.verdict is not Verdict.SURVIVED:
        sys.exit(f"{test}: {outcome.verdict.value} ({outcome.killer}), and nothing is changed yet")


def watch(command: Sequence[str | Path], library: Path, seconds: float) -> Outcome:
    """Runs a test with the library in a folder until it ends, or says that something is wrong."""
    limit = 2 + int(PATIENCE * seconds)
    process = subprocess.Popen(
        ["sh", "-c", f'ulimit -c 0; ulimit -t {limit}; exec "$0" "$@"', *map(str, command)],
        env={**os.environ, "LD_LIBRARY_PATH": str(library), "SWIFT_BACKTRACE": "enable=no"},
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

    timer = threading.Timer(60 + 20 * limit, stop)  # it may also wait forever, without computing
    timer.start()
    issue = None
    with process:
        for line in process.stdout or ():
            issue = ISSUE.search(line)
            if issue:
                stop()
                break
    timer.cancel()
    if issue:
        return Outcome(Verdict.KILLED, issue[1])
    if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return Outcome(Verdict.ENDLESS)
    return Outcome(Verdict.KILLED if process.returncode else Verdict.SURVIVED)


def computing_time() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
