# SPDX-License-Identifier: MIT
"""What the packages say of the library: Debian's symbols file has each function of Tests/abi/symbols.txt, in its node, with the version that
brought it, and no other; each man page is in one package."""

import re

from installed import REPOSITORY

DEBIAN = REPOSITORY / "Sources/packaging/debian"
ASTERISK = REPOSITORY / "Sources/packaging/asterisk/debian"


def promised() -> set[tuple[str, str, str]]:
    """Name, node and version of each function that the library exports, as Tests/abi/symbols.txt has them."""
    lines = (REPOSITORY / "Tests/abi/symbols.txt").read_text().splitlines()
    functions = [line.split()[1:3] for line in lines if line.startswith("function ")]
    return {(name, "CALLPROP_1" if since == "1.0" else f"CALLPROP_{since}", f"{since}.0") for name, since in functions}


def test_the_symbols_file_has_each_function_with_the_version_that_brought_it() -> None:
    first, *lines = (DEBIAN / "libcallprop1.symbols").read_text().splitlines()
    assert first == "libcallprop.so.1 libcallprop1 #MINVER#"
    assert lines[0] == "* Build-Depends-Package: libcallprop-dev"
    said = [tuple(re.fullmatch(r" (\w+)@(\w+(?:\.\d+)*) (\S+)", line).groups()) for line in lines[1:]]  # type: ignore[union-attr]
    assert len(said) == len(set(said))
    assert set(said) == promised()
    assert len(said) >= 15


def test_each_man_page_is_in_one_package() -> None:
    pages = {page.name for page in (REPOSITORY / "docs/man").iterdir()}
    lists = [*DEBIAN.glob("*.install"), *ASTERISK.glob("*.manpages")]
    lines = [line.strip() for file in lists for line in file.read_text().splitlines()]
    named = [line.rpartition("/")[2] for line in lines if re.search(r"\.[1-8]$", line)]
    assert "usr/share/man/man3" in lines, "libcallprop-dev has those of section 3"
    assert sorted(named) == sorted(name for name in pages if not name.endswith(".3"))


def test_every_override_of_lintian_has_a_reason() -> None:
    """A tag stands behind a comment, or behind a tag that stands behind one."""
    files = [
        *DEBIAN.glob("*.lintian-overrides"),
        *ASTERISK.glob("*.lintian-overrides"),
        *(folder / "source/lintian-overrides" for folder in (DEBIAN, ASTERISK)),
    ]
    assert len(files) >= 7
    for file in files:
        assert file.read_text().startswith("# "), file
