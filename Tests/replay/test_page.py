# SPDX-License-Identifier: MIT
"""docs/replay.md does what it shows: its blocks are run in order, in a copy of the example, and what they print is what it says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import REPOSITORY
from documents import page


def test_the_page_does_what_it_shows(tmp_path: Path) -> None:
    blocks = [block for block in page("replay").blocks if "replay" in block.words]
    assert len(blocks) > 6
    shutil.copytree(REPOSITORY / "examples", tmp_path / "examples")
    programs = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    for block in blocks:
        first = "" if block is blocks[0] else "cd examples/replay\n"
        done = subprocess.run(
            ["sh", "-eu", "-c", first + block.text],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), block.where
        assert block.output is not None, block.where
        assert done.stdout == block.output.text, block.where


def test_the_month_is_the_one_that_its_program_makes(tmp_path: Path) -> None:
    folder = REPOSITORY / "examples/replay"
    subprocess.run([sys.executable, folder / "month.py", tmp_path], check=True)
    for name in ("Master.csv", "callprop-history.csv"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
