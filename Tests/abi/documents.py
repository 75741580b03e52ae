# SPDX-License-Identifier: MIT
"""README.md and the pages of docs/, as they are tried: their fenced code blocks, by the words behind the fence, and their tables.

- `sh` is run with `sh -eu`, in a copy of the repository, with the installed callprop on the search paths of pkg-config and the
  loader, and the programs of examples/c on PATH.
- `c` with an `int main` is built through pkg-config and run; without one, it is the body of a function, or declarations, and
  compiled only. Both strictly, as C99.
- `python` is run with the copy's examples/python and Sources/python on its path.
- `text` or `json` right behind such a block is its exact output (stdout, for `c` and `python` stderr must be empty).
- `file=NAME` behind the language puts the block into the copy as NAME before anything is run; a `c` or `python` block of that
  kind is not run by itself: a `sh` block is to use it. Each document has a copy of its own.
- `no-test` behind the language takes a block out. In `sh` it may then hold only commands that ALLOWED_UNTESTED lists, so that
  nothing is left untested in silence; `c` and `python` cannot be taken out.
- `replay` behind `sh` leaves the block to `make test-replay` (Tests/replay/test_page.py), which has the packages that `callprop replay` needs.
- `{directive}` is Sphinx's, of those that DIRECTIVES lists: none of them shows code that is written in the document.
- Other languages cannot be tried here and need `no-test`, so that whoever adds one has thought of it.

Tests/proof/docs.sh has the rest: that Sphinx has no warning, links, man pages, and the projects for CMake and meson.
What a page includes from elsewhere (the READMEs of Sources/python, Sources/asterisk and examples/kamailio) is tried where it is at home.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from installed import REPOSITORY

OUTPUT = ("text", "json")
TESTED = ("sh", "c", "python")
DIRECTIVES = ("toctree", "include", "literalinclude", "eval-rst", "callprop-rest", "doxygenfile", "doxygenfunction")
DIRECTIVES += ("doxygendefine", "doxygentypedef", "doxygenenum", "doxygenstruct")


@dataclass
class Block:
    language: str
    words: list[str]
    text: str
    line: int
    document: str
    output: "Block | None" = None
    is_output: bool = field(default=False)

    @property
    def is_tested(self) -> bool:
        return "no-test" not in self.words and not self.is_of_replay

    @property
    def is_of_replay(self) -> bool:
        return self.language == "sh" and "replay" in self.words

    @property
    def file_name(self) -> str | None:
        names = [word.removeprefix("file=") for word in self.words if word.startswith("file=")]
        return names[0] if names else None

    @property
    def where(self) -> str:
        return f"{self.document}, line {self.line}"

    def __str__(self) -> str:
        return f"{self.document}-line-{self.line}-{self.language}"


def blocks_of(markdown: str, document: str) -> list[Block]:
    """The fenced blocks but for Sphinx's directives, each with the block that is its output."""
    blocks: list[Block] = []
    inside: Block | None = None
    only_blank_since = False
    for number, line in enumerate(markdown.splitlines(), 1):
        fence = re.fullmatch(r"\s*```+ *(.*)", line)
        if inside is None and fence:
            language, *words = fence[1].split() or [""]
            inside = Block(language, words, "", number, document)
            if only_blank_since and language in OUTPUT and inside.is_tested:
                blocks[-1].output = inside
                inside.is_output = True
        elif inside is not None and fence:
            directive = re.fullmatch(r"\{(.+)\}", inside.language)
            if directive:
                assert directive[1] in DIRECTIVES, f"{inside.where}: {inside.language} is no known directive"
            else:
                blocks.append(inside)
            only_blank_since = inside.language in TESTED and (inside.is_tested or inside.is_of_replay)
            inside = None
        elif inside is not None:
            inside.text += line + "\n"
        elif line.strip():
            only_blank_since = False
    assert inside is None, f"{inside.where}: the block has no end"
    return blocks


@dataclass(frozen=True)
class Document:
    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(REPOSITORY))

    @cached_property
    def markdown(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def blocks(self) -> list[Block]:
        return blocks_of(self.markdown, self.name)

    def rows(self, start: str) -> list[list[str]]:
        """The cells of the table whose first line begins like this."""
        lines = self.markdown.splitlines()
        starts = [number for number, line in enumerate(lines) if line.startswith(start)]
        assert len(starts) == 1, f"expected one table in {self.name} that begins with {start!r}, found {len(starts)}"
        table = []
        for line in lines[starts[0] + 2 :]:
            if not line.startswith("|"):
                break
            table.append([cell.strip() for cell in line.strip().strip("|").split("|")])
        return table


README = Document(REPOSITORY / "README.md")
DOCUMENTS = [README, *(Document(path) for path in sorted((REPOSITORY / "docs").rglob("*.md")))]
BLOCKS = [block for document in DOCUMENTS for block in document.blocks]


def page(name: str) -> Document:
    """A page of docs/."""
    (found,) = (document for document in DOCUMENTS if document.name == f"docs/{name}.md")
    return found


def blocks_in(*languages: str, tested: bool) -> list[Block]:
    return [
        block
        for block in BLOCKS
        if block.language in languages and block.is_tested == tested and not block.is_of_replay
    ]
