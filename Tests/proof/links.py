# SPDX-License-Identifier: MIT
"""Each link of the web pages that leads to another of them, to a place in one, or to a file, leads somewhere: links.py FOLDER
What leads to the web is only looked at: it is https, and leads to no address of this machine."""

import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup


def wrong_links(folder: Path) -> tuple[list[str], int]:
    """What leads nowhere, and how many links there are."""
    pages = {path.resolve(): BeautifulSoup(path.read_text("utf-8"), "html.parser") for path in folder.rglob("*.html")}
    places = {path: {tag["id"] for tag in page.find_all(id=True)} for path, page in pages.items()}
    wrong, number = [], 0
    for path, page in pages.items():
        written = [tag["href"] for tag in page.find_all(href=True)] + [tag["src"] for tag in page.find_all(src=True)]
        for text in written:
            number += 1
            link = urlsplit(text)
            if link.scheme == "data":
                continue
            if link.scheme or link.netloc:
                if link.scheme != "https" or "." not in link.netloc or link.netloc[0].isdigit():
                    wrong.append(f"{path.name}: {text}")
                continue
            target = (path.parent / unquote(link.path)).resolve() if link.path else path
            if not target.exists() or (
                link.fragment and target in places and not (places[target] & {unquote(link.fragment)})
            ):
                wrong.append(f"{path.name}: {text}")
    return wrong, number


if __name__ == "__main__":
    found, count = wrong_links(Path(sys.argv[1]))
    if count < 100:
        found.append(f"there are only {count} links: the pages are read wrongly")
    print("\n".join(found) or f"links: {count}, each leads somewhere")
    sys.exit(bool(found))
