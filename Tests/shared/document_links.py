# SPDX-License-Identifier: MIT
"""Each link of the Markdown below a folder that leads to no web address leads to what is below it too, and to a heading that is there:
document_links.py FOLDER. So what is installed is whole without the sources. What a document includes counts as a link."""

import re
import sys
from pathlib import Path
from urllib.parse import unquote

LINK = re.compile(r"\]\(([^)\s]+)\)|^```+ *\{(?:include|literalinclude)\} +(\S+)$", re.MULTILINE)
CODE = re.compile(r"^```+ *(?!\{(?:include|literalinclude)\}).*?^```+$|`[^`\n]+`(?!\]\()", re.MULTILINE | re.DOTALL)


def anchors(markdown: str) -> set[str]:
    """What a link may say behind # of it: its headings, as GitHub and MyST write them."""
    headings = re.findall(r"^#+ +(.*?)\s*$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def wrong_links(folder: Path) -> tuple[list[str], int]:
    """What leads nowhere, and how many links there are."""
    folder = folder.resolve()
    wrong, number = [], 0
    for path in sorted(folder.rglob("*.md")):
        for linked, included in LINK.findall(CODE.sub("", path.read_text("utf-8"))):
            link = linked or included
            if re.match(r"https://[\w-]+\.[\w.-]+(/|$)", link):
                continue
            number += 1
            name, _, anchor = link.partition("#")
            target = (path.parent / unquote(name)).resolve() if name else path
            if not target.exists() or folder not in target.parents:
                wrong.append(f"{path.relative_to(folder)}: {link}")
            elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text("utf-8")):
                wrong.append(f"{path.relative_to(folder)}: {link}: no such heading")
            elif anchor and target.suffix == ".html" and f'id="{anchor}"' not in target.read_text("utf-8"):
                wrong.append(f"{path.relative_to(folder)}: {link}: no such place")
    return wrong, number


if __name__ == "__main__":
    found, count = wrong_links(Path(sys.argv[1]))
    if not count:
        found.append("there is no link: the documents are read wrongly, or are not there")
    print("\n".join(found) or f"links: {count}, each leads somewhere")
    sys.exit(bool(found))
