# SPDX-License-Identifier: MIT
"""callprop on the command line. Exit status as of ``examples/c``: 0 permitted, or listed; 1 denied; 2 error."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence

from . import _abi
from .arguments import parsed, parser
from .batch import decide_lines
from .catalogue import get_json, get_property, list_properties
from .completion import script
from .decisions import allows, explain, explain_json
from .errors import Error, UnknownProperty
from .input import opened
from .matrix import matrix_json, matrix_text, single_properties
from .output import say, write
from .status_argument import Failure, Statuses

# A script must be able to tell a denial from a question that has no answer.
PERMITTED, DENIED, FAILED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; whatever prevents an answer is an error, never a denial."""
    try:
        return _run(parsed(arguments))
    except (Error, Failure) as problem:
        return _fail(str(problem))
    except MemoryError:
        return _fail("out of memory")
    except OSError as problem:
        return _fail(f"standard output: {problem.strerror or problem}")
    except Exception as problem:  # Python's own exit status for these is 1, which means "denied"
        return _fail(f"{type(problem).__name__}: {problem}")
    except KeyboardInterrupt:
        return 128 + 2


def _run(asked: argparse.Namespace) -> int:
    if asked.command == "list":
        entries = [f"{entry.mnemo:5}{entry.name:28}{entry.description}" for entry in list_properties()]
        return _write(_abi.list_json() if asked.json else "\n".join(entries))
    if asked.command == "get":
        try:
            entry = get_property(asked.mnemo)
        except UnknownProperty as problem:
            raise Failure(f"{problem}") from None
        return _write(get_json(asked.mnemo) if asked.json else f"{entry.mnemo}: {entry.name}\n{entry.description}")
    if asked.command == "allows" and asked.batch is not None:
        return _batch(asked.batch, asked.known)
    if asked.command == "allows":
        permitted = allows(_statuses(asked).granted(asked.status), asked.call)
        write("permitted" if permitted else "denied")
        return PERMITTED if permitted else DENIED
    if asked.command == "explain":
        granted = _statuses(asked).granted(asked.status)
        decision = explain(granted, asked.call)
        write(explain_json(granted, asked.call) if asked.json else decision.reason)
        return PERMITTED if decision else DENIED
    if asked.command == "matrix":
        statuses = single_properties() if asked.file is None else _statuses(asked).of_file(asked.file)
        return _write(
            matrix_json(statuses) if asked.json else matrix_text(statuses, _in_colour(asked.colour), _width())
        )
    if asked.command == "completion":
        return _write(script(asked.shell, parser()))
    if asked.command == "replay":
        from .replay.command import replay_command

        return replay_command(asked)
    from .serve import serve  # what no other command needs

    if asked.statuses is None:
        return serve(asked.host, asked.port, hosts=asked.allow_host)
    statuses = _statuses(asked).of_file(asked.statuses)
    return serve(
        asked.host, asked.port, statuses, f"The statuses of {os.path.basename(asked.statuses)}", hosts=asked.allow_host
    )


def _statuses(asked: argparse.Namespace) -> Statuses:
    return Statuses(asked.known, lambda text: say(f"warning: {text}"))


def _batch(path: str, known: bool) -> int:
    if not path:
        raise Failure("no file is named behind --batch; expected FILE, or - for standard input")
    try:
        file = opened(path)
    except (OSError, ValueError) as problem:
        raise Failure(f"{path}: {getattr(problem, 'strerror', None) or problem}") from None
    with file:
        return decide_lines(file, known, say)


def _in_colour(wanted: str) -> bool:
    if wanted == "auto":
        return (
            sys.stdout is not None
            and sys.stdout.isatty()
            and not os.environ.get("NO_COLOR")
            and os.environ.get("TERM") != "dumb"
        )
    return wanted == "always"


def _width() -> int:
    """The terminal's columns: those of $COLUMNS, or of the terminal; 80 where it is none."""
    return shutil.get_terminal_size((80, 24)).columns


def _write(text: str) -> int:
    write(text)
    return PERMITTED


def _fail(text: str) -> int:
    """Says on stderr why there is no answer."""
    say(text)
    return FAILED
