# SPDX-License-Identifier: MIT
"""What is written: no number where numbers are hidden, nothing that a browser or a terminal would obey."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from callprop.replay.duck import DuckEngine
from callprop.replay.progress import Progress
from conftest import RECORDS

CONF = ("--conf", RECORDS / "callprop.conf")
NUMBERS = ("2001", "2002", "2003", "2004", "2005", "2006", "5550100", "15550178", "105", "107", "108", "00351555012345")
NAMES = ("Ana Doe", "SOMETOWN", "Max Example", "Eva Example")
FILES = (("pbx-table.csv", ()), ("freepbx-report.csv", ("--dates", "%d/%m/%Y %H:%M:%S")), ("3cx.log", ()))


def written(text: str) -> str:
    """Without the plots' library, the times, and the hashes."""
    text = re.sub(r"<script>.*?</script>", "", text, count=1, flags=re.DOTALL)
    return re.sub(r"\b20\d\d-\d\d-\d\d \d\d:\d\d:\d\d|x[0-9a-f]{12}|\"time\": \d+", "", text)


def test_no_output_has_a_number_or_a_name_where_they_are_hidden(replay: Any, tmp_path: Path) -> None:
    for file, more in FILES:
        for output in ([], ["--json"], ["--explain-row", "1"], ["--explain-row", "2"]):
            page, table = tmp_path / f"{file}{len(output)}{output[-1:]}.html", tmp_path / f"{file}{output}.parquet"
            extra = ["--html", page, "--parquet", table] if output == [] else []
            done = replay(RECORDS / file, *CONF, "--status", "cq", *more, "--redact", *output, *extra)
            assert done.returncode == 0, done
            texts = [done.stdout, page.read_text(encoding="utf-8")] if extra else [done.stdout]
            if extra:
                texts.append(str(pyarrow.parquet.read_table(table).drop(["time"]).to_pylist()))
            for text in map(written, texts):
                found = [each for each in NUMBERS if re.search(rf"(?<!\d){each}(?!\d)", text)]
                assert found + [each for each in NAMES if each in text] == [], (file, output)


def test_the_same_key_hides_the_same_number_in_the_same_way(replay: Any) -> None:
    asked = (RECORDS / "3cx.log", *CONF, "--status", "cq", "--redact", "--json")
    one, two = (replay(*asked, CALLPROP_REDACT_KEY="a key").stdout for _ in range(2))
    assert one == two != replay(*asked).stdout


EVIL = "</script><script>alert(1)</script>"


def test_a_name_that_is_a_script_is_a_text(replay: Any, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(
        f"src,dst,leg,extension,time\nexternal,queue,dst,{EVIL},2026-11-26 12:00:00\n"
        "external,queue,dst,\x1b[31m,2026-11-26 12:00:00\n",
        encoding="utf-8",
    )
    done = replay(path, "--status", "", "--html", tmp_path / "out.html")
    assert done.returncode == 0, done
    assert "\x1b" not in done.stdout
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "alert(1)" in page
    assert EVIL not in page
    assert page.count("<script>") == page.count("</script>") == 2


def test_the_page_is_whole_and_asks_for_nothing(replay: Any, tmp_path: Path) -> None:
    done = replay(RECORDS / "pbx-table.csv", *CONF, "--from", "work", "--to", "lunch", "--html", tmp_path / "out.html")
    assert done.returncode == 0, done
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and page.endswith("</html>\n")
    assert "default-src 'none'" in page and "width=device-width" in page
    assert re.search(r'<(script|link|img|iframe)[^>]*(src|href)="?http', page) is None
    for words in (
        "work → lunch",
        "4 newly refused, 0 newly permitted",
        'id="week"',
        'id="extensions"',
        'id="properties"',
    ):
        assert words in page
    assert len(page) < 1_200_000


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_how_far_it_is_stands_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for made, wanted in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr("sys.stderr", made)
        monkeypatch.setattr("callprop.replay.progress._PATIENCE", 0.0)
        with Progress() as progress:
            progress.tell("calls\x1b[31m.csv", 7)
            progress.share(-1.0)
        text = made.getvalue()
        assert ("7 records" in text) == wanted
        assert "\x1b[31m" not in text
        assert text == "" or text.endswith("\r\x1b[K")


SLOW = "SELECT count(*) FROM range(3000000) a, range(3000000) b WHERE a.range * b.range % 7 = 3"


def test_a_query_is_watched_and_stopped_and_writes_nothing_into_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    seen: list[float] = []

    class Impatient(Progress):
        def share(self, percent: float) -> None:
            seen.append(percent)
            raise KeyboardInterrupt

    engine = DuckEngine(tmp_path, progress=Impatient())
    with pytest.raises(KeyboardInterrupt):
        list(engine.rows(SLOW))
    assert len(seen) == 1
    assert list(engine.rows("SELECT 1")) == [(1,)]
    engine.close()
    assert capfd.readouterr() == ("", "")
