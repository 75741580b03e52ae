# SPDX-License-Identifier: MIT
"""Each link of the Markdown and of the web pages below a folder that leads to no web address leads to what is below it too, and to a place
that is there: document_links.py FOLDER [LEAST], where LEAST is how many links there are at least. So what is installed is whole without the
sources. What a page of Markdown includes counts as a link. What leads to the web is only looked at: it is https, and no address of this
machine."""

import re
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LINK = re.compile(r"\]\(([^)\s]+)\)|^```+ *\{(?:include|literalinclude)\} +(\S+)$", re.MULTILINE)
CODE = re.compile(r"^```+ *(?!\{(?:include|literalinclude)\}).*?^```+$|`[^`\n]+`(?!\]\()", re.MULTILINE | re.DOTALL)


class WebPage(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: "list[tuple[str, str | None]]") -> None:
        found = dict(attrs)
        self.links += [found[name] or "" for name in ("href", "src") if name in found]
        self.places.add(found.get("id") or "")


@cache
def read(path: Path) -> "tuple[list[str], set[str]]":
    """A document's links, and what a link may say behind # of it."""
    text = path.read_text("utf-8")
    if path.suffix == ".html":
        page = WebPage(text)
        return page.links, page.places
    headings = re.findall(r"^#+ +(.*?)\s*$", text, re.MULTILINE)
    # As GitHub and MyST write them.
    places = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return [linked or included for linked, included in LINK.findall(CODE.sub("", text))], places


def why_wrong(link: str, path: Path, folder: Path) -> str:
    """What is wrong with it, or nothing."""
    parts = urlsplit(link)
    if parts.scheme == "data":
        return ""
    if parts.scheme or parts.netloc:
        is_public = parts.scheme == "https" and "." in parts.netloc and not parts.netloc[0].isdigit()
        return "" if is_public else "no https to a public address"
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.exists() or folder not in target.parents:
        return "not there"
    has_places = target.suffix in (".md", ".html")
    return "no such place" if parts.fragment and has_places and unquote(parts.fragment) not in read(target)[1] else ""


def wrong_links(folder: Path) -> "tuple[list[str], int]":
    """What leads nowhere, and how many links there are."""
    folder = folder.resolve()
    wrong, number = [], 0
    for path in sorted(path for suffix in ("md", "html") for path in folder.rglob(f"*.{suffix}")):
        for link in read(path)[0]:
            number += 1
            why = why_wrong(link, path, folder)
            wrong += [f"{path.relative_to(folder)}: {link}: {why}"] if why else []
    return wrong, number


if __name__ == "__main__":
    found, count = wrong_links(Path(sys.argv[1]))
    least = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    if count < least:
        found.append(f"there are only {count} links, and at least {least} were expected: they are read wrongly")
    print("\n".join(found) or f"links: {count}, each leads somewhere")
    sys.exit(bool(found))
