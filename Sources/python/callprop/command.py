# SPDX-License-Identifier: MIT
"""callprop on the command line. Exit status as of ``examples/c``: 0 permitted, or listed; 1 denied; 2 error."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from . import _abi
from .catalogue import get_json, get_property, list_properties
from .decisions import allows, explain, explain_json
from .errors import Error, UnknownProperty
from .matrix import matrix_json, matrix_text, printable, single_properties
from .statuses import Status, StatusError, read_statuses

# A script must be able to tell a denial from a question that has no answer.
PERMITTED, DENIED, FAILED = 0, 1, 2

ABOUT = """\
May a PBX extension take part in a call, and why (not)?

A status grants properties; a call needs one of them, or `all`. `callprop list` shows the properties,
`callprop matrix` which call needs which.
"""

FORMS = """\
STATUS  what the status grants:  li,lo   or  ["li","lo"]  or a status in JSON
        @FILE  one status of a file, as the PBX's REST API answers it;
        with several in it: @FILE:ID or @FILE:NAME. @- is standard input
CALL    src=external,dst=ivr,leg=dst,callback=false  or the same as a JSON object
        src, dst: extension, external, queue or ivr.  leg, where our extension is: src or dst
        callback: the PBX calls src first, and connects dst when that answers; may be left out

exit status: 0 permitted, or listed; 1 denied; 2 error
"""

EXAMPLES = """
examples:
  callprop allows li,ri src=external,dst=ivr,leg=dst && echo ring
  callprop explain @statuses.json:Lunch src=external,dst=queue,leg=dst
  callprop matrix statuses.json
"""


def parser() -> argparse.ArgumentParser:
    """The commands and their help."""
    raw = argparse.RawDescriptionHelpFormatter
    top = argparse.ArgumentParser("callprop", description=ABOUT, epilog=FORMS + EXAMPLES, formatter_class=raw)
    top.add_argument("--version", action="version", version=f"callprop {_abi.version()}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, about: str, epilog: str = "") -> argparse.ArgumentParser:
        return commands.add_parser(name, help=about, description=about, epilog=epilog, formatter_class=raw)

    def with_json(command: argparse.ArgumentParser, of: str) -> None:
        command.add_argument("--json", action="store_true", help=of)

    with_json(command("list", "the properties"), "the library's JSON: GET /extension/call_property/")
    get = command("get", "one property")
    get.add_argument("mnemo", metavar="MNEMO", help="such as qli")
    with_json(get, "the library's JSON: GET /extension/call_property/{mnemo}")
    for name, about in (("allows", "is the call permitted?"), ("explain", "is it, and why (not)?")):
        decide = command(name, about, FORMS)
        decide.add_argument("status", metavar="STATUS")
        decide.add_argument("call", metavar="CALL")
        if name == "explain":
            with_json(decide, "the whole decision as the library's JSON")
    matrix = command("matrix", "statuses × kinds of call: + permitted, - denied")
    matrix.add_argument(
        "file", metavar="FILE", nargs="?", help="statuses in JSON, - is standard input; without it: each property alone"
    )
    matrix.add_argument(
        "--colour", "--color", choices=("auto", "always", "never"), default="auto", help="auto: on a terminal"
    )
    with_json(matrix, "as JSON, for programs")
    serve = command(
        "serve", "serves the properties over HTTP: GET /extension/call_property/", "For trying out. README: gunicorn."
    )
    serve.add_argument("--host", default="127.0.0.1", help="an address of this machine (%(default)s)")
    serve.add_argument("--port", type=_port, default=8080, help="0: any that is free (%(default)s)")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; whatever prevents an answer is an error, never a denial."""
    try:
        return _run(parser().parse_args(arguments))
    except (Error, _Failure) as problem:
        return _fail(str(problem))
    except MemoryError:
        return _fail("out of memory")
    except OSError as problem:
        return _fail(f"standard output: {problem.strerror or problem}")
    except Exception as problem:  # Python's own exit status for these is 1, which means "denied"
        return _fail(f"{type(problem).__name__}: {problem}")
    except KeyboardInterrupt:
        return 128 + 2


class _Failure(Exception):
    """What the user is told."""


def _run(asked: argparse.Namespace) -> int:
    if asked.command == "list":
        entries = [f"{entry.mnemo:5}{entry.name:28}{entry.description}" for entry in list_properties()]
        return _write(_abi.list_json() if asked.json else "\n".join(entries))
    if asked.command == "get":
        try:
            entry = get_property(asked.mnemo)
        except UnknownProperty as problem:
            raise _Failure(f"{problem}") from None
        return _write(get_json(asked.mnemo) if asked.json else f"{entry.mnemo}: {entry.name}\n{entry.description}")
    if asked.command == "allows":
        permitted = allows(_granted(asked.status), asked.call)
        _write("permitted" if permitted else "denied")
        return PERMITTED if permitted else DENIED
    if asked.command == "explain":
        granted = _granted(asked.status)
        decision = explain(granted, asked.call)
        _write(explain_json(granted, asked.call) if asked.json else decision.reason)
        return PERMITTED if decision else DENIED
    if asked.command == "matrix":
        statuses = single_properties() if asked.file is None else _statuses(asked.file)
        return _write(matrix_json(statuses) if asked.json else matrix_text(statuses, _in_colour(asked.colour)))
    from .serve import serve  # what no other command needs

    return serve(asked.host, asked.port)


def _granted(given: str) -> str:
    """What a STATUS argument grants, as text for the library."""
    if not given.startswith("@"):
        return given
    path, wanted = given[1:], None
    if path != "-" and not Path(path).exists() and ":" in path:
        path, wanted = path.rsplit(":", 1)
    statuses = _statuses(path)
    found = [status for status in statuses if wanted is None or wanted in (status.id, status.name)]
    if len(found) != 1:
        names = ", ".join(f"{printable(status.id)} {printable(status.name)}".strip() for status in statuses)
        number = "no status is" if not found else f"{len(found)} statuses are"
        raise _Failure(f"{path}: {number} meant; name one of them, @{path}:ID or @{path}:NAME, of: {names or 'none'}")
    return str(found[0].granted)


def _statuses(path: str) -> list[Status]:
    try:
        return read_statuses(sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes())
    except OSError as problem:
        raise _Failure(f"{path}: {problem.strerror or problem}") from None
    except StatusError as problem:
        raise _Failure(f"{path}: {problem}") from None


def _in_colour(wanted: str) -> bool:
    if wanted == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted == "always"


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("expected a number from 0 to 65535")
    return int(text)


def _write(text: str) -> int:
    """Writes to stdout; when that fails, then here. print() would find out when Python is already on its way out."""
    with open(1, "w", encoding="utf-8", errors="backslashreplace", closefd=False) as stdout:
        stdout.write(text + "\n")
    return PERMITTED


def _fail(text: str) -> int:
    """Says on stderr why there is no answer."""
    print(f"callprop: {printable(text)}", file=sys.stderr)
    return FAILED
