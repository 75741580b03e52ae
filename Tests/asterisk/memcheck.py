# SPDX-License-Identifier: MIT
"""What valgrind's memcheck reports of an Asterisk, and whether that names the module."""

from __future__ import annotations

import re
import xml.etree.ElementTree as tree
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from real_calls import Failed

import gcov
from lab import until
from pbx import Pbx

FOLDER = "memcheck"  # beside what Asterisk itself writes
OURS = re.compile(r"res_callprop\.so|libcallprop\.so")
# Asterisk reads a file, whoever asks for it. Of a comment that does not end it logs a line number that it never had, and it forgets what it
# had noted of an #include. What it gives back, and has to be destroyed, it makes before.
READS_A_FILE = "ast_config_internal_load"


class WatchedPbx(Pbx):
    """An Asterisk in memcheck, which is some thirty times slower."""

    tool: ClassVar = (
        "valgrind",
        "--tool=memcheck",
        "--leak-check=full",
        "--show-leak-kinds=definite",
        # Where the module was unloaded, its frames keep their names.
        "--keep-debuginfo=yes",
        "--num-callers=40",
        "--fair-sched=yes",
        "--error-limit=no",
        "--xml=yes",
        f"--xml-file=/callprop/{FOLDER}/%p.xml",
    )

    def start(self) -> None:
        (self.base / FOLDER).mkdir(exist_ok=True)
        super().start()

    def stop(self) -> None:
        """The module is unloaded before, so that whatever it still has in memory is lost."""
        if self.manager and self.alive():
            self.hang_up_all()
            until(self.is_unloaded)
            if "0 modules loaded" not in (shown := self.rx("module show like res_callprop")):
                raise Failed(f"the module is not unloaded: {shown}")
        super().stop()

    def is_unloaded(self) -> bool:
        """What a call leaves behind is freed a moment after it."""
        return "Unable to unload" not in self.rx("module unload res_callprop.so")


@dataclass
class Report:
    kind: str
    what: str
    frames: list[tuple[str, str]]  # function, and where it is: its object, or what is left of that
    count: int = 1

    @property
    def names_us(self) -> bool:
        first = next((i for i, (_, place) in enumerate(self.frames) if OURS.search(place)), None)
        return first is not None and READS_A_FILE not in [function for function, _ in self.frames[:first]]

    def __str__(self) -> str:
        lines = [f"    {function} ({place})" for function, place in self.frames]
        return "\n".join([f"  {self.kind}: {self.what}" + (f", {self.count} times" if self.count > 1 else ""), *lines])


def reports(pbx: Pbx) -> list[Report]:
    """Of every Asterisk that ran so far. One that was ended too early has none of its leaks, and fails."""
    found = []
    for file in sorted((pbx.base / FOLDER).iterdir()):
        text = file.read_text(errors="replace")
        counts = {unique: int(count) for count, unique in re.findall(r"<count>(\d+)</count>\s*<unique>(\w+)</", text)}
        found += [of(tree.fromstring(error), counts) for error in re.findall(r"<error>.*?</error>", text, re.DOTALL)]
        if "</valgrindoutput>" not in text:
            found.append(Report("NotWhole", f"{file.name} has no end", [("asterisk", "res_callprop.so")]))
    return found


def of(error: tree.Element, counts: dict[str, int]) -> Report:
    what = error.findtext("what") or error.findtext("xwhat/text") or ""
    frames = [(frame.findtext("fn") or "?", place_of(frame)) for frame in error.iter("frame")]
    return Report(error.findtext("kind") or "", what, frames, counts.get(error.findtext("unique") or "", 1))


def place_of(frame: tree.Element) -> str:
    """The object; of one that is unloaded only the source is left."""
    place = frame.findtext("obj") or ""
    source = f"{frame.findtext('dir') or ''}/{frame.findtext('file') or ''}:{frame.findtext('line') or ''}"
    if f"/{gcov.FOLDER}" in source and not OURS.search(place):
        place = "res_callprop.so"
    return f"{Path(place).name} {source if source != '/:' else ''}".strip()
