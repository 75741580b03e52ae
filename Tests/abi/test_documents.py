# SPDX-License-Identifier: MIT
"""README.md and the pages of docs/ do what they show. documents.py says how they are read."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from capi import CONSTANTS
from documents import BLOCKS, DOCUMENTS, OUTPUT, README, Block, blocks_in, page
from expected import MNEMOS, NAMES, required_by_table
from installed import REPOSITORY, STRICT_C, Installed, plain_environment, run, run_or_fail, what_it_said

# What a block that is not tested may do: installing, fetching, and what `make test` cannot do within itself.
ALLOWED_UNTESTED = [
    r"sudo apt-get install git make ca-certificates",
    # `make check-deb` does this in a Debian of its own.
    r"sudo apt install( \./build/deb/amd64/[a-z0-9-]+_\*\.deb)+",
    r"(sudo )?make(?P<targets>( [a-z][a-z-]*)*)( [A-Z]+=\S*)*",
    r"pip install \./Sources/python",
    r"python3 -m callprop serve --port \d+ --statuses examples/office/statuses\.json",
    r"gunicorn [\w .:-]+ callprop\.rest:application",
    r"uvicorn --port \d+ callprop\.rest:asgi",
]


def each(blocks: list[Block]) -> pytest.MarkDecorator:
    """A test for each of the blocks; when there is none, one that fails."""
    return pytest.mark.parametrize("block", blocks or [NO_BLOCK], ids=str)


NO_BLOCK = Block("none", [], "", 0, "")


@pytest.fixture(autouse=True)
def there_is_a_block(request: pytest.FixtureRequest) -> None:
    if "block" in request.fixturenames and request.getfixturevalue("block") is NO_BLOCK:
        pytest.fail("README.md and docs/ show no block of this kind", pytrace=False)


@dataclass(frozen=True)
class Copy:
    """A copy of the repository in which the blocks of a document are run."""

    folder: Path
    environment: dict[str, str]

    def check(self, done: "subprocess.CompletedProcess[str]", block: Block) -> None:
        if done.returncode != 0 or (block.language != "sh" and done.stderr):
            pytest.fail(f"{block.where}: {what_it_said(done)}", pytrace=False)
        if block.output is not None and done.stdout != block.output.text:
            pytest.fail(
                f"{block.where}: the output is to be that of line {block.output.line}:\n{block.output.text}\nbut: "
                + what_it_said(done),
                pytrace=False,
            )


@dataclass
class Copies:
    """One for each document, so that none depends on the files of another."""

    folder: Path
    environment: dict[str, str]

    def of(self, block: Block) -> Copy:
        copy = self.folder / block.document.replace("/", "-") / "callprop"
        if not copy.exists():
            not_in_git = shutil.ignore_patterns(
                ".git", ".build*", "build", ".venv", "__pycache__", ".ruff_cache", "Tests"
            )
            shutil.copytree(REPOSITORY, copy, ignore=not_in_git)
            for other in BLOCKS:
                if other.document == block.document and other.file_name is not None:
                    (copy / other.file_name).write_text(other.text, encoding="utf-8")
        paths = [str(copy / name) for name in ("Sources/python", "examples/python")]
        return Copy(copy, self.environment | {"PYTHONPATH": ":".join(paths)})


@pytest.fixture(scope="module")
def copies(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Copies:
    folder = tmp_path_factory.mktemp("documents")
    programs = folder / "bin"
    run_or_fail(["make", f"BUILD={programs}"], installed.environment, REPOSITORY / "examples/c")
    environment = installed.without_spaces(folder).environment
    environment["PATH"] = f"{programs}:{environment['PATH']}"
    return Copies(folder, environment)


def test_the_documents_are_there_and_show_something() -> None:
    assert len(DOCUMENTS) > 15, f"the pages of docs/ are not found, but for {[document.name for document in DOCUMENTS]}"
    shown = {block.language for block in README.blocks if block.is_tested}
    assert {"sh", "c", "python"} <= shown, f"README.md shows and tries C, Python and a shell, not just {shown}"


def test_the_readme_is_short() -> None:
    assert len(README.markdown.splitlines()) <= 80, "what does not fit two screens goes into docs/"


@each(BLOCKS)
def test_no_block_is_left_out_in_silence(block: Block) -> None:
    where = block.where
    if block.language in OUTPUT:
        assert block.is_output or not block.is_tested or block.file_name, (
            f"{where}: output is to stand right behind what gives it; or mark it: ```{block.language} no-test"
        )
    elif block.language in ("c", "python"):
        assert block.is_tested, f"{where}: {block.language} blocks are always tested"
    elif block.language != "sh":
        assert not block.is_tested or block.file_name, f"{where}: not tested here; mark it: ```{block.language} no-test"
    if block.file_name is not None:
        shells = [shell for shell in blocks_in("sh", tested=True) if shell.document == block.document]
        assert any(block.file_name in shell.text for shell in shells), (
            f"{where}: no tested sh block uses {block.file_name}"
        )
    assert not block.is_of_replay or block.document == "docs/replay.md", (
        f"{where}: make test-replay tries docs/replay.md alone"
    )
    known = {"no-test", "replay"} if block.is_of_replay else {"no-test"}
    unknown = [word for word in block.words if word not in known and not re.fullmatch(r"file=[\w.-]+", word)]
    assert not unknown, f"{where}: what is {unknown}?"


def untested_commands() -> list[tuple[str, str]]:
    """The commands of the blocks that are not run, with the places where the blocks begin."""
    lines = [(block.where, line) for block in blocks_in("sh", tested=False) for line in block.text.splitlines()]
    commands = [(where, re.sub(r"(^|\s)#.*", "", line).strip()) for where, line in lines]
    return [(where, command) for where, command in commands if command]


def make_targets() -> set[str]:
    """What make itself has for targets, after all its variables and patterns."""
    done = run(
        ["make", "--question", "--print-data-base", "--no-builtin-rules", "help"], plain_environment(), REPOSITORY
    )
    rules = done.stdout.partition("\n# Files\n")[2].split("\n\n")
    # The first line of a rule may be a variable that make has for this target alone.
    names = [
        re.search(r"^([a-z][\w-]*):", rule, re.MULTILINE) for rule in rules if not rule.startswith("# Not a target")
    ]
    found = {name[1] for name in names if name}
    assert {"all", "test", "check-abi", "install"} < found and "no-such-target" not in found, (
        f"make is read wrongly: {found}"
    )
    return found


def test_a_block_that_is_not_run_holds_allowed_commands_only() -> None:
    commands = untested_commands()
    assert commands, "the documents show how callprop is built and installed, or are read wrongly"
    targets = make_targets()
    for where, command in commands:
        fitting = [found for allowed in ALLOWED_UNTESTED if (found := re.fullmatch(allowed, command))]
        assert fitting, f"{where}: `{command}` is to be tested, or to stand in ALLOWED_UNTESTED"
        unknown = set((fitting[0].groupdict().get("targets") or "").split()) - targets
        assert not unknown, f"{where}: `{command}`: make has no {unknown}"


def test_what_is_allowed_untested_is_what_the_documents_show() -> None:
    """A command that is allowed, and shown nowhere, would come in without a thought."""
    commands = [command for _, command in untested_commands()]
    assert [
        allowed for allowed in ALLOWED_UNTESTED if not any(re.fullmatch(allowed, command) for command in commands)
    ] == []


MENTIONED = re.compile(r"`make ([a-z][a-z -]*)")


def test_make_has_each_target_that_the_text_mentions() -> None:
    targets = make_targets()
    mentioned = [
        (document.name, word)
        for document in DOCUMENTS
        for words in MENTIONED.findall(re.sub(r"\s+", " ", document.markdown))
        for word in words.split()
    ]
    assert len(mentioned) > 20, "the documents are read wrongly"
    assert [(name, word) for name, word in mentioned if word not in targets] == []


@each(blocks_in("sh", tested=True))
def test_a_shell_block_does_what_it_shows(copies: Copies, block: Block) -> None:
    copy = copies.of(block)
    copy.check(run(["sh", "-euc", block.text], copy.environment, copy.folder), block)


@each(blocks_in("python", tested=True))
def test_a_python_block_does_what_it_shows(copies: Copies, tmp_path: Path, block: Block) -> None:
    if block.file_name is not None:
        compile(block.text, block.file_name, "exec")
        return
    copy = copies.of(block)
    program = tmp_path / "shown.py"
    program.write_text(block.text, encoding="utf-8")
    copy.check(run([sys.executable, "-W", "error", program], copy.environment, copy.folder), block)


@each(blocks_in("c", tested=True))
def test_a_c_block_does_what_it_shows(copies: Copies, installed: Installed, tmp_path: Path, block: Block) -> None:
    copy = copies.of(block)
    source = tmp_path / "shown.c"
    if re.search(r"\bint\s+main\b", block.text):
        source.write_text(block.text, encoding="utf-8")
        program = installed.build(source, tmp_path / "shown")
        if block.file_name is None:
            copy.check(run([program], copy.environment, copy.folder), block)
        return

    assert block.output is None, f"{block.where}: has output, but no main"
    includes = "#include <callprop.h>\n#include <stddef.h>\n#include <stdio.h>\n#include <string.h>\n"
    options = installed.pkg_config("--cflags", "callprop")
    attempts = []
    for text in (f"{includes}{block.text}", f"{includes}void shown(void);\nvoid shown(void)\n{{\n{block.text}}}\n"):
        source.write_text(text, encoding="utf-8")
        unused = ["-Wno-unused-variable", "-Wno-unused-but-set-variable", "-Wno-unused-function"]
        done = run(["cc", *STRICT_C, *unused, "-fsyntax-only", *options, source], copy.environment)
        attempts.append(what_it_said(done))
        if done.returncode == 0:
            return
    pytest.fail(f"{block.where}: compiles neither alone nor in a function:\n" + "\n".join(attempts), pytrace=False)


# ---- Tables and lists ----------------------------------------------------------------------------------


def test_the_table_of_decisions_is_the_tested_one() -> None:
    rows = page("decisions").rows("| leg | src | dst | callback | required |")
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
    assert required_by_table(table) == required_by_table()


def test_the_table_of_properties_has_the_names_of_the_library() -> None:
    found = [(cells[0].strip("`"), cells[1].strip("`"), cells[2]) for cells in page("decisions").rows("| mnemo |")]
    assert found == [(mnemo, f"CP_{mnemo.upper()}", NAMES[mnemo]) for mnemo in MNEMOS]


def test_the_table_of_errors_has_the_codes_of_the_header() -> None:
    found = {cells[1].strip("`"): int(cells[0]) for cells in page("texts").rows("| code |")}
    assert found == {
        name: value for name, value in CONSTANTS.items() if name == "CP_OK" or name.startswith("CP_ERROR_")
    }


def test_the_reference_has_each_function_and_each_man_page(installed: Installed) -> None:
    exported, inline = installed.declared_functions()
    functions = {*exported, *inline}
    shown = re.findall(r"^```\{doxygenfunction\} (\w+)$", page("reference/c").markdown, re.MULTILINE)
    assert sorted(shown) == sorted(functions)
    pages = {path.name for path in (REPOSITORY / "docs/man").iterdir()}
    others = {"callprop.3", "callprop.1", "callprop-check.1", "callprop.conf.5"}
    assert pages == {f"{name}.3" for name in functions} | others


def test_the_reference_of_python_has_all_that_is_public(copies: Copies) -> None:
    environment = copies.environment | {"PYTHONPATH": str(REPOSITORY / "Sources/python")}
    public = run_or_fail(
        [sys.executable, "-c", "import callprop; print(*callprop.__all__, 'list')"], environment
    ).split()
    shown = re.findall(r"^\.\. auto\w+:: callprop\.(\w+)$", page("reference/python").markdown, re.MULTILINE)
    assert sorted(shown) == sorted([*public, "__version__"])


def test_the_page_of_callprop_check_has_its_usage(copies: Copies) -> None:
    done = run(["callprop-check", "--help"], copies.environment)
    assert done.returncode == 2, what_it_said(done)
    usage = [line.split(":")[-1].strip() for line in done.stdout.partition("\n\n")[0].splitlines()]
    synopsis = page("reference/callprop-check.1").blocks[0].text.splitlines()
    assert synopsis == [*usage, "callprop-check --help"]


def test_the_page_of_callprop_has_each_command_and_option(copies: Copies) -> None:
    environment = copies.environment | {"PYTHONPATH": str(REPOSITORY / "Sources/python")}

    def help_of(*command: str) -> str:
        done = run([sys.executable, "-m", "callprop", *command, "--help"], environment)
        # Where 0 means "permitted", help is none.
        assert done.returncode == (2 if command in (("allows",), ("explain",)) else 0), what_it_said(done)
        return done.stdout

    commands = re.findall(r"^    (\w+)(?: |$)", help_of(), re.MULTILINE)
    assert {"list", "serve"} < {*commands}, "the help is read wrongly"
    synopsis = page("reference/callprop.1").blocks[0].text.splitlines()
    for command in commands:
        lines = " ".join(line for line in synopsis if line.split()[1] == command)
        usage = help_of(command).partition("\n\n")[0]
        assert {*re.findall(r"--[a-z]+", lines)} == {*re.findall(r"--[a-z]+", usage)}, f"callprop {command}"
    shown = {line.split()[1] for line in synopsis}
    assert shown == {*commands, "--version", "[COMMAND]"}


def test_every_link_leads_to_a_file_of_the_repository() -> None:
    links = [
        (document, link)
        for document in DOCUMENTS
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.markdown)
    ]
    assert len(links) > 40, "the documents link to nothing, or are read wrongly"
    assert [(document.name, link) for document, link in links if not (document.path.parent / link).exists()] == []
