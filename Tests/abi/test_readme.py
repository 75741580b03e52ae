# SPDX-License-Identifier: MIT
"""README.md does what it shows. How its fenced code blocks are read, by the words behind the fence:

- `sh` is run with `sh -eu`, in a copy of the repository, with the installed callprop on the search paths of pkg-config and the
  loader, and the programs of examples/c on PATH.
- `c` with an `int main` is built through pkg-config and run; without one, it is the body of a function, or declarations, and
  compiled only. Both strictly, as C99.
- `python` is run with the copy's examples/python and Sources/python on its path.
- `text` or `json` right behind such a block is its exact output (stdout, for `c` and `python` stderr must be empty).
- `file=NAME` behind the language puts the block into the copy as NAME before anything is run; a `c` or `python` block of that
  kind is not run by itself: a `sh` block is to use it.
- `no-test` behind the language takes a block out. In `sh` it may then hold only commands that ALLOWED_UNTESTED lists, so that
  nothing is left untested in silence; `c` and `python` cannot be taken out.
- Other languages cannot be tried here and need `no-test`, so that whoever adds one has thought of it.
"""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from capi import CONSTANTS
from expected import MNEMOS, NAMES, required_by_table
from installed import REPOSITORY, STRICT_C, Installed, plain_environment, run, run_or_fail, what_it_said

README = REPOSITORY / "README.md"

# What a block that is not tested may do: installing, fetching, and what `make test` cannot do within itself.
ALLOWED_UNTESTED = [
    r"(sudo )?make(?P<targets>( [a-z][a-z-]*)*)( [A-Z]+=\S*)*",
    r"pip install \./Sources/python",
    r"python3 -m callprop serve --port \d+ --statuses examples/office/statuses\.json",
    r"gunicorn [\w .:-]+ callprop\.rest:application",
    r"uvicorn --port \d+ callprop\.rest:asgi",
]

OUTPUT = ("text", "json")
TESTED = ("sh", "c", "python")


@dataclass
class Block:
    language: str
    words: list[str]
    text: str
    line: int
    output: "Block | None" = None
    is_output: bool = field(default=False)

    @property
    def is_tested(self) -> bool:
        return "no-test" not in self.words

    @property
    def file_name(self) -> str | None:
        names = [word.removeprefix("file=") for word in self.words if word.startswith("file=")]
        return names[0] if names else None

    def __str__(self) -> str:
        return f"line-{self.line}-{self.language}"


def blocks_of(markdown: str) -> list[Block]:
    """The fenced blocks, each with the block that is its output."""
    blocks: list[Block] = []
    inside: Block | None = None
    only_blank_since = False
    for number, line in enumerate(markdown.splitlines(), 1):
        fence = re.fullmatch(r"```+ *(.*)", line)
        if inside is None and fence:
            language, *words = fence[1].split() or [""]
            inside = Block(language, words, "", number)
            if only_blank_since and language in OUTPUT and inside.is_tested:
                blocks[-1].output = inside
                inside.is_output = True
        elif inside is not None and fence:
            blocks.append(inside)
            only_blank_since = inside.language in TESTED and inside.is_tested
            inside = None
        elif inside is not None:
            inside.text += line + "\n"
        elif line.strip():
            only_blank_since = False
    assert inside is None, f"the block in line {inside.line} has no end"
    return blocks


MARKDOWN = README.read_text(encoding="utf-8") if README.exists() else ""
BLOCKS = blocks_of(MARKDOWN)


def blocks_in(*languages: str, tested: bool) -> list[Block]:
    return [block for block in BLOCKS if block.language in languages and block.is_tested == tested]


def each(blocks: list[Block]) -> pytest.MarkDecorator:
    """A test for each of the blocks; when there is none, one that fails."""
    return pytest.mark.parametrize("block", blocks or [NO_BLOCK], ids=str)


NO_BLOCK = Block("none", [], "", 0)


@pytest.fixture(autouse=True)
def there_is_a_block(request: pytest.FixtureRequest) -> None:
    if "block" in request.fixturenames and request.getfixturevalue("block") is NO_BLOCK:
        pytest.fail(f"{README} is missing, or shows no block of this kind", pytrace=False)


@dataclass(frozen=True)
class Copy:
    """A copy of the repository in which the blocks are run."""

    folder: Path
    environment: dict[str, str]

    def check(self, done: "subprocess.CompletedProcess[str]", block: Block) -> None:
        where = f"README.md, line {block.line}"
        if done.returncode != 0 or (block.language != "sh" and done.stderr):
            pytest.fail(f"{where}: {what_it_said(done)}", pytrace=False)
        if block.output is not None and done.stdout != block.output.text:
            pytest.fail(
                f"{where}: the output is to be that of line {block.output.line}:\n{block.output.text}\nbut: "
                + what_it_said(done),
                pytrace=False,
            )


@pytest.fixture(scope="module")
def copy(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("readme") / "callprop"
    not_in_git = shutil.ignore_patterns(".git", ".build*", "build", ".venv", "__pycache__")
    shutil.copytree(REPOSITORY, folder, ignore=not_in_git)
    for block in BLOCKS:
        if block.file_name is not None:
            (folder / block.file_name).write_text(block.text, encoding="utf-8")

    programs = folder.parent / "bin"
    run_or_fail(["make", f"BUILD={programs}"], installed.environment, folder / "examples/c")
    paths = [str(folder / name) for name in ("Sources/python", "examples/python")]
    environment = installed.environment | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ":".join(paths)}
    environment["PATH"] = f"{programs}:{environment['PATH']}"
    return Copy(folder, environment)


def test_readme_is_there_and_shows_something() -> None:
    assert README.exists(), f"{README} is missing: the landing page is to be tested here"
    shown = {block.language for block in BLOCKS if block.is_tested}
    assert {"sh", "c", "python"} <= shown, (
        f"a C, a Python and a shell block are to be shown and tested, not just {shown}"
    )


@each(BLOCKS)
def test_no_block_is_left_out_in_silence(block: Block) -> None:
    where = f"README.md, line {block.line}"
    if block.language in OUTPUT:
        assert block.is_output or not block.is_tested or block.file_name, (
            f"{where}: output is to stand right behind what gives it; or mark it: ```{block.language} no-test"
        )
    elif block.language in ("c", "python"):
        assert block.is_tested, f"{where}: {block.language} blocks are always tested"
    elif block.language != "sh":
        assert not block.is_tested or block.file_name, f"{where}: not tested here; mark it: ```{block.language} no-test"
    if block.file_name is not None:
        users = [shell for shell in blocks_in("sh", tested=True) if block.file_name in shell.text]
        assert users, f"{where}: no tested sh block uses {block.file_name}"
    unknown = [word for word in block.words if word != "no-test" and not re.fullmatch(r"file=[\w.-]+", word)]
    assert not unknown, f"{where}: what is {unknown}?"


def untested_commands() -> list[tuple[int, str]]:
    """The commands of the blocks that are not run, with the lines where the blocks begin."""
    lines = [(block.line, line) for block in blocks_in("sh", tested=False) for line in block.text.splitlines()]
    commands = [(number, re.sub(r"(^|\s)#.*", "", line).strip()) for number, line in lines]
    return [(number, command) for number, command in commands if command]


def make_targets() -> set[str]:
    """What make itself has for targets, after all its variables and patterns."""
    done = run(
        ["make", "--question", "--print-data-base", "--no-builtin-rules", "help"], plain_environment(), REPOSITORY
    )
    rules = done.stdout.partition("\n# Files\n")[2].split("\n\n")
    found = {rule.partition(":")[0] for rule in rules if re.match(r"[a-z][\w-]*:", rule)}
    assert {"all", "test", "check-abi", "install"} < found and "no-such-target" not in found, (
        f"make is read wrongly: {found}"
    )
    return found


def test_a_block_that_is_not_run_holds_allowed_commands_only() -> None:
    commands = untested_commands()
    assert commands, "README.md shows how callprop is built and installed, or is read wrongly"
    targets = make_targets()
    for number, command in commands:
        fitting = [found for allowed in ALLOWED_UNTESTED if (found := re.fullmatch(allowed, command))]
        assert fitting, f"README.md, line {number}: `{command}` is to be tested, or to stand in ALLOWED_UNTESTED"
        unknown = set((fitting[0].groupdict().get("targets") or "").split()) - targets
        assert not unknown, f"README.md, line {number}: `{command}`: make has no {unknown}"


def test_what_is_allowed_untested_is_what_the_readme_shows() -> None:
    """A command that is allowed, and shown nowhere, would come in without a thought."""
    commands = [command for _, command in untested_commands()]
    assert [
        allowed for allowed in ALLOWED_UNTESTED if not any(re.fullmatch(allowed, command) for command in commands)
    ] == []


@each(blocks_in("sh", tested=True))
def test_a_shell_block_does_what_it_shows(copy: Copy, block: Block) -> None:
    copy.check(run(["sh", "-euc", block.text], copy.environment, copy.folder), block)


@each(blocks_in("python", tested=True))
def test_a_python_block_does_what_it_shows(copy: Copy, tmp_path: Path, block: Block) -> None:
    if block.file_name is not None:
        compile(block.text, block.file_name, "exec")
        return
    program = tmp_path / "shown.py"
    program.write_text(block.text, encoding="utf-8")
    copy.check(run([sys.executable, "-W", "error", program], copy.environment, copy.folder), block)


@each(blocks_in("c", tested=True))
def test_a_c_block_does_what_it_shows(copy: Copy, installed: Installed, tmp_path: Path, block: Block) -> None:
    source = tmp_path / "shown.c"
    if re.search(r"\bint\s+main\b", block.text):
        source.write_text(block.text, encoding="utf-8")
        program = installed.build(source, tmp_path / "shown")
        if block.file_name is None:
            copy.check(run([program], copy.environment, copy.folder), block)
        return

    assert block.output is None, f"README.md, line {block.line}: has output, but no main"
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
    pytest.fail(
        f"README.md, line {block.line}: compiles neither alone nor in a function:\n" + "\n".join(attempts),
        pytrace=False,
    )


# ---- Its tables ----------------------------------------------------------------------------------------


def rows(start: str) -> list[list[str]]:
    """The cells of the table whose first line begins like this."""
    lines = MARKDOWN.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith(start)]
    assert len(starts) == 1, f"expected one table in README.md that begins with {start!r}, found {len(starts)}"
    table = []
    for line in lines[starts[0] + 2 :]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return table


def test_the_table_of_decisions_is_the_tested_one() -> None:
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in rows("| leg | src | dst | callback | required |"))
    assert required_by_table(table) == required_by_table()


def test_the_table_of_properties_has_the_names_of_the_library() -> None:
    found = [(cells[0].strip("`"), cells[1].strip("`"), cells[2]) for cells in rows("| mnemo |")]
    assert found == [(mnemo, f"CP_{mnemo.upper()}", NAMES[mnemo]) for mnemo in MNEMOS]


def test_the_table_of_errors_has_the_codes_of_the_header() -> None:
    found = {cells[1].strip("`"): int(cells[0]) for cells in rows("| code |")}
    assert found == {
        name: value for name, value in CONSTANTS.items() if name == "CP_OK" or name.startswith("CP_ERROR_")
    }


def test_every_link_leads_to_a_file_of_the_repository() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", MARKDOWN)
    assert links, "README.md links to nothing, or is read wrongly"
    assert [link for link in links if not (REPOSITORY / link).exists()] == []
