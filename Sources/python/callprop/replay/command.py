# SPDX-License-Identifier: MIT
"""``callprop replay``: from arguments to a question, and from the answer to what was asked for."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

from ..errors import Error
from ..output import printable, say, write
from ..properties import Properties
from ..status_argument import Failure, Statuses
from .extra import need_extra
from .history import Change, of_office, read_history
from .office import Office, read_office
from .part import Refused, must_be_new
from .progress import Progress
from .question import Named, Question, always, as_it_was, instead, of_statuses
from .reading import Explained, Reading
from .redaction import Redaction, Shown
from .times import Clock


def replay_command(asked: argparse.Namespace) -> int:
    """Runs it. What prevents an answer is a `Failure`."""
    try:
        need_extra()
        return _run(asked)
    except Refused as problem:
        raise Failure(str(problem)) from None


def _run(asked: argparse.Namespace) -> int:
    office = read_office(Path(asked.conf), asked.client) if asked.conf else Office()
    key = os.environ.get("CALLPROP_REDACT_KEY", "")
    reading = Reading(
        office,
        Clock(asked.timezone, asked.dates),
        redaction=Redaction(key) if asked.redact else Shown(),
        encoding=asked.encoding,
        client=asked.client,
        table=asked.table,
    )
    for path in (asked.html, asked.parquet):
        if path is not None:
            must_be_new(Path(path))
    if asked.explain_row is not None:
        return _explain(asked, reading)
    question, changes = _question(asked, office, reading)
    with tempfile.TemporaryDirectory(prefix="callprop-replay-") as folder:
        return _answer(asked, question, changes, reading, Path(folder))


def _question(asked: argparse.Namespace, office: Office, reading: Reading) -> tuple[Question, list[Change] | None]:
    statuses = Statuses(asked.known, lambda text: say(f"warning: {text}"))
    named = Named(statuses.of_file(asked.statuses) if asked.statuses else [], office.statuses)

    def granted(text: str) -> Properties:
        found = named.find(text)
        if isinstance(found, Properties):
            return found
        try:
            return statuses.granted(text)
        except Error as problem:
            raise Refused(f"{found}, nor is it a status itself: {problem}" if named else str(problem)) from None

    if (asked.of is None) != (asked.to is None):
        raise Refused("--from and --to go together: expected both, or --status")
    if sum(1 for each in (asked.status, asked.to, asked.new_statuses) if each is not None) > 1:
        raise Refused("one question at a time: expected one of --status, --from with --to, and --new-statuses")
    was = as_it_was(named)
    changes = read_history(Path(asked.history), reading, asked.client) if asked.history else None
    if asked.status is not None:
        after = always(asked.status, granted(asked.status))
        return Question(after, was if asked.history else None), changes
    if asked.to is not None:
        if changes is None:
            return Question(always(asked.to, granted(asked.to)), always(asked.of, granted(asked.of))), None
        title = f"{asked.to} instead of {asked.of}"
        return Question(instead(asked.of, named.same(asked.of), granted(asked.to), title, was), was), changes
    if changes is None:
        if not office.extensions:
            raise Refused(
                "nothing says which status an extension has: expected --status, --from and --to, --history, or --conf"
            )
        changes = of_office(office, reading)
    if asked.new_statuses is not None:
        new = Named(statuses.of_file(asked.new_statuses))
        old = of_statuses(named, asked.statuses or "as it was") if named else was
        return Question(of_statuses(new, asked.new_statuses), old), changes
    return Question(was), changes


def _answer(
    asked: argparse.Namespace, question: Question, changes: list[Change] | None, reading: Reading, folder: Path
) -> int:
    from .intake import files_of, take_in
    from .run import Replay

    calls = folder / "calls.parquet"
    progress = Progress()
    with progress:
        take_in(files_of(asked.files), asked.format, reading, calls, progress.tell)
    if changes is not None and reading.numbers:
        changes = [
            change._replace(extension=reading.numbers.get(change.extension, change.extension)) for change in changes
        ]
    chosen = None
    if asked.extensions is not None:
        chosen = [reading.redaction.number(each.strip()) for each in asked.extensions.split(",") if each.strip()]
        if not chosen:
            raise Refused("--extensions: expected numbers, with commas between them")
    engine = _engine(asked.engine, folder, progress)
    try:
        with progress:
            replay = Replay(engine, calls, question, reading.clock, folder, changes, chosen)
            answer = replay.answer(reading.findings)
            if asked.parquet:
                replay.write(Path(asked.parquet))
    finally:
        engine.close()
    if asked.html:
        from .html_report import write_html

        write_html(answer, Path(asked.html))
    if asked.json:
        write(json.dumps(answer.to_dict(), indent=1))
    else:
        from .text_report import text_report

        write(text_report(answer))
    return 0


def _engine(name: str, folder: Path, progress: Progress):  # type: ignore[no-untyped-def]
    if name == "spark":
        from .spark import SparkEngine

        return SparkEngine()
    from .duck import DuckEngine

    return DuckEngine(folder, progress=progress)


def _explain(asked: argparse.Namespace, reading: Reading) -> int:
    from .formats import format_of
    from .intake import files_of

    files = files_of(asked.files)
    if len(files) != 1:
        raise Refused("--explain-row is about one file; expected one")
    reading.explained = Explained(asked.explain_row)
    for _ in format_of(files[0], asked.format, reading).parts(files[0]):
        pass
    if not reading.explained.lines:
        raise Refused(f"{files[0]}: there is no record {asked.explain_row}; it has {reading.findings.records}")
    for text in reading.explained.lines:
        write(*(printable(line) for line in text.splitlines()))
    return 0
