# SPDX-License-Identifier: MIT
"""Writes what `make man` makes the man pages from: one source for each function of the header, one for the library, and those pages of the
manual that are man pages themselves. man_pages.py FOLDER, from the root of the repository, after doxygen."""

import re
import shutil
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

XML = Path("build/docs/doxygen/xml/callprop_8h.xml")
#: The pages of docs/reference that are man pages too: name, section.
PAGES = {"callprop.1": 1, "callprop-check.1": 1, "callprop.conf.5": 5}


def declared() -> list[ElementTree.Element]:
    """The functions of the header, in its order."""
    return ElementTree.parse(XML).getroot().findall(".//memberdef[@kind='function']")


def first_sentence(member: ElementTree.Element) -> str:
    """The first sentence of its comment."""
    first = member.find("detaileddescription/para")
    for part in [*first.findall("parameterlist"), *first.findall("simplesect")] if first is not None else []:
        first.remove(part)
    return re.split(r"[.] ", text_of(first) + " ")[0].strip()


def text_of(element: ElementTree.Element | None) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def prototypes() -> list[str]:
    """As one writes them in C."""
    return [
        f"{text_of(member.find('type'))} {member.findtext('name')}{member.findtext('argsstring')};".replace("* ", "*")
        for member in declared()
    ]


def types() -> str:
    """All that is no function, as directives: each in the kinds of the header's order."""
    header = ElementTree.parse(XML).getroot()
    names = [("define", member.findtext("name")) for member in header.iterfind(".//memberdef[@kind='define']")]
    names += [("typedef", member.findtext("name")) for member in header.iterfind(".//memberdef[@kind='typedef']")]
    names += [("enum", member.findtext("name")) for member in header.iterfind(".//memberdef[@kind='enum']")]
    names += [("struct", inner.text) for inner in header.iterfind(".//innerclass")]
    # The typedef of a struct says no more than the struct.
    structs = {name for kind, name in names if kind == "struct"}
    return "\n\n".join(
        f".. doxygen{kind}:: {name}" + ("\n   :members:" if kind == "struct" else "")
        for kind, name in names
        if kind != "typedef" or name not in structs
    )


def short(sentence: str) -> str:
    """For the line NAME of a page: up to the colon, and to the first comma when that is still too long."""
    found = re.split(r"[:;]( |$)", sentence)[0].rstrip(".:")
    if len(found) > 75:
        found = found.split(", ")[0]
    return found if found.startswith("cp_") else found[0].lower() + found[1:]


def title(text: str) -> str:
    return f"{text}\n{'=' * len(text)}\n"


def main(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    known = {member.findtext("name", ""): short(first_sentence(member)) for member in declared()}
    pages = [("callprop.3", 3, "which calls does a PBX extension's status let through?")]
    links = ", ".join(f":manpage:`{name}(3)`" for name in known)
    (folder / "callprop.3.rst").write_text(f"""{title("callprop")}
.. callprop-synopsis::

Description
-----------
.. doxygenfile:: callprop.h
   :sections: detaileddescription

Types and constants
-------------------
{types()}

See also
--------
{links}, :manpage:`callprop-check(1)`
""")
    for name, about in known.items():
        pages.append((f"{name}.3", 3, about))
        (folder / f"{name}.3.rst").write_text(f"{title(name)}\n.. doxygenfunction:: {name}\n   :no-link:\n")
    for name, section in PAGES.items():
        text = Path(f"docs/reference/{name}.md").read_text()
        (heading,) = re.findall(r"\A# [\w.-]+\(\d\): (.+)$", text, re.MULTILINE)
        pages.append((name, section, heading))
        # That folder is one deeper.
        (folder / f"{name}.md").write_text(text.replace("{literalinclude} ../../", "{literalinclude} ../../../"))
    (folder / "index.rst").write_text(
        title("callprop") + "\n.. toctree::\n\n" + "".join(f"   {name}\n" for name, _, _ in pages)
    )
    (folder / "pages.txt").write_text("".join(f"{name}\t{section}\t{about}\n" for name, section, about in pages))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
