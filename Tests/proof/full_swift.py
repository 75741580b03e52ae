# SPDX-License-Identifier: MIT
"""The core in full Swift, as a shared library that is quickly built again with one file changed, and its tests."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import judging
from judging import Outcome, Verdict, computing_time
from mutants import Mutant

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = REPOSITORY / "build/mutation"
BASE = BUILD / "base"
TOOLCHAIN = Path(shutil.which("swiftc") or "/opt/swift/usr/bin/swiftc").resolve().parent

CORE = sorted((REPOSITORY / "Sources/CallProp").rglob("*.swift"))
WIDE = sorted((REPOSITORY / "Sources/CallPropWide").glob("*.swift"))
SWIFT_TESTS = sorted((REPOSITORY / "Tests/CallPropTests").glob("*.swift"))
C_TESTS = ["abi_interface", "abi_decisions", "abi_arrays", "abi_buffers", "abi_errors", "abi_pages", "allocation"]

FOLDERS = ("include", "Sources/CJansson", "Sources/CLibc", "Sources/CVersion", "Sources/CWide", "Tests/shared")
MODULES = [f"-I{REPOSITORY / folder}" for folder in FOLDERS]
SWIFT = ["swiftc", "-Onone", "-swift-version", "6", "-parse-as-library", "-disable-batch-mode", *MODULES]
FEATURES = ("Lifetimes", "SymbolLinkageMarkers")
CORE_FLAGS = ["-enable-testing", *(word for name in FEATURES for word in ("-enable-experimental-feature", name))]
AVX2 = ["-Xcc", "-march=x86-64-v3"] if os.uname().machine == "x86_64" else []

# As SwiftPM's own, which is not for programs built without it.
RUNNER = """import Testing
@main struct Runner { static func main() async { await Testing.__swiftPMEntryPoint() as Never } }
"""

# What Swift Testing says where a test fails, and in which file.
ISSUE = re.compile(r"recorded an issue.* at (\w+)\.swift:\d+")

# Suites that compute longer are run one by one, the slowest last. So are the tests in C.
FAST = 0.5

# What computes longer is left out of a quick look.
SLOW = 3.0


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
    seconds: dict[str, float] = field(default_factory=dict)

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
            build_c_test(test, BASE / test, BASE, "CallProp")

    def compile(self, module: str, sources: list[Path], flags: list[str]) -> None:
        command: list[str | Path] = [*SWIFT, *flags, "-module-name", module, "-c", *sources]
        for line in need([*command, "-driver-print-jobs"], BASE).splitlines():
            words = shlex.split(line)
            if "-primary-file" in words:
                self.jobs[Path(words[words.index("-primary-file") + 1])] = words
        need([*command, "-emit-module", "-emit-module-path", f"{module}.swiftmodule"], BASE)

    def measure(self) -> None:
        """How long each suite, and each test in C, computes when nothing is changed. All must pass."""
        suites = [
            name for test in SWIFT_TESTS for name in re.findall(r"^struct (\w+Tests)\b", test.read_text(), re.MULTILINE)
        ]
        for test in [*suites, *C_TESTS]:
            self.seconds[test] = 600
            before = computing_time()
            outcome = self.test(BASE, [test])
            if outcome.verdict is not Verdict.SURVIVED:
                sys.exit(f"{test}: {outcome.verdict.value} ({outcome.killer}), and nothing is changed yet")
            self.seconds[test] = computing_time() - before

    def stages(self, favourites: list[str], is_quick: bool) -> list[list[str]]:
        """Tests to run one after the other: first what found most, for what fails ends at once; what is slow comes last."""
        rest = {test: seconds for test, seconds in self.seconds.items() if test not in favourites}
        fast = [test for test, seconds in rest.items() if seconds < FAST and test not in C_TESTS]
        slow = [test for test in rest if test not in fast and not (is_quick and rest[test] > SLOW)]
        others = sorted(slow, key=lambda test: rest[test])
        return [*([test] for test in favourites if test in self.seconds), fast, *([test] for test in others)]

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

    def judge(self, mutant: Mutant, folder: Path, favourites: list[str], is_quick: bool) -> Outcome:
        if not self.build_mutant(mutant, folder):
            return Outcome(Verdict.REFUSED)
        # Where types change, the Swift tests, compiled before, do not fit.
        stages = [[test] for test in C_TESTS] if mutant.changes_types else self.stages(favourites, is_quick)
        for tests in stages:
            outcome = self.test(folder, tests)
            if outcome.verdict is not Verdict.SURVIVED:
                return outcome
        return Outcome(Verdict.SURVIVED)

    def test(self, folder: Path, tests: list[str]) -> Outcome:
        """Runs a test in C or suites of tests in Swift with the core in a folder."""
        if tests[0] in C_TESTS:
            command = [BASE / tests[0]]
        else:
            filters = [word for suite in tests for word in ("--filter", rf"CallPropTests\.{suite}/")]
            command = [BASE / "swift-tests", "--testing-library", "swift-testing", *filters]
        outcome = watch(command, folder, sum(self.seconds[test] for test in tests))
        killer = tests[0] if len(tests) == 1 and outcome.verdict is not Verdict.SURVIVED else outcome.killer
        return Outcome(outcome.verdict, killer)


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


def build_c_test(test: str, program: Path, folder: Path, library: str) -> None:
    flags = ["-O1", f"-I{REPOSITORY}/include", "-Wl,--allow-shlib-undefined"]
    sources = [f"Tests/abi/{test}.c"]
    if test == "allocation":
        sources = ["Tests/proof/allocation.c", "Tests/proof/fence.c"]
        flags += ["-D_GNU_SOURCE", "-DFENCE_PLAIN"]
    command = ["cc", *flags, *(REPOSITORY / source for source in sources), "-o", program]
    need([*command, f"-L{folder}", f"-l{library}", "-ljansson"])


def watch(command: Sequence[str | Path], library: Path, seconds: float) -> Outcome:
    """Runs a test with the library in a folder until it ends, or says that something is wrong."""
    return judging.watch(command, seconds, ISSUE, LD_LIBRARY_PATH=str(library), SWIFT_BACKTRACE="enable=no")
