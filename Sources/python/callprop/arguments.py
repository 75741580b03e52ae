# SPDX-License-Identifier: MIT
"""The commands, their arguments and their help. The completion of shells is made from these."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from . import _abi
from .output import say, write
from .replay.arguments import ABOUT as REPLAY_ABOUT
from .replay.arguments import HELP as REPLAY
from .replay.arguments import add_arguments as _add_replay

# Help is ASCII, so that it can be read in whatever a terminal or a log is encoded.
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

SCRIPTS = """\
              2 behind this help, too: nothing was decided
In a script:  callprop allows -- "$STATUS" "$CALL"
"""

BATCH = """\
--batch decides the lines of FILE, or of standard input, each STATUS, a tab, CALL. For each, in the same order,
it writes one word: permitted, denied or error. What is wrong with a line is said on stderr, with its number.
A line may name an ordinary file, @FILE:NAME, up to 100 in all: do not take lines from whom you would not let read files.
exit status of a batch: 0 all permitted; 1 some denied, none wrong; 2 some line is wrong, or there is none
"""

MATRIX = """\
It is as wide as the terminal ($COLUMNS; 80 where there is none): more statuses follow below.

--json is an object of two lists, and permitted[i] is about calls[i]:
  {"calls": [{"src": "extension", "dst": "ivr", "leg": "src", "callback": false, "required": "lo"}, ...],
   "statuses": [{"id": "2", "name": "Lunch", "granted": ["li"], "permitted": [false, ...]}, ...]}
"""

SERVE = """\
/ is a page for people: the matrix of the statuses in FILE (read once), and a status to compose.
For trying out. In earnest, run one of these; "python3 -m pydoc callprop.rest" says more:
  gunicorn callprop.rest:application
  uvicorn callprop.rest:asgi
"""

COMPLETION = """\
bash:  callprop completion bash > ~/.local/share/bash-completion/completions/callprop
       or, for this shell alone:  eval "$(callprop completion bash)"
zsh:   callprop completion zsh > FOLDER/_callprop, in a FOLDER of $fpath
       or, after compinit, for this shell alone:  eval "$(callprop completion zsh)"
"""

EXAMPLES = """
examples:
  callprop allows li,ri src=external,dst=ivr,leg=dst && echo ring
  callprop explain @statuses.json:Lunch src=external,dst=queue,leg=dst
  callprop matrix statuses.json
  callprop allows --batch calls.txt
  callprop serve --statuses statuses.json
"""

KNOWN = "a mnemo of a newer API grants nothing, with a warning, instead of being refused"


class Parser(argparse.ArgumentParser):
    """argparse writes help as if it did not matter whether it can: here that is an error like any other.

    A parser that ``decides`` has no exit status 0 for its help, where that means "permitted": a script may have been given ``-h`` for a STATUS.
    """

    def __init__(self, *arguments: Any, decides: bool = False, **options: Any) -> None:
        # Whole options only: what begins with - and was meant to be a STATUS is to be an error, not a part of some option.
        super().__init__(*arguments, **{**options, "allow_abbrev": False})
        self.commands: dict[str, Parser] = {}
        self._decides = decides
        self._given: list[str] = []

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._given = list(sys.argv[1:] if args is None else args)
        return super().parse_known_args(args, namespace)

    def print_help(self, file: Any = None) -> None:
        if file is not None:
            super().print_help(file)
            return
        if self._decides and self._given not in (["-h"], ["--help"]):
            self.error(
                "help is shown where it is the only argument; expected -- before a STATUS or CALL that begins with -"
            )
        write(self.format_help().rstrip("\n"))

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """Ends the process behind help or the version."""
        if self._decides and status == 0:
            say("help: nothing was decided, so the exit status is 2")
            status = 2
        super().exit(status, message)

    def error(self, message: str) -> NoReturn:
        say(message, f"{self.format_usage()}{self.prog}: error: ")
        sys.exit(2)


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        write(f"callprop {_abi.version()}")
        parser.exit()


def parser() -> Parser:
    """The commands and their help."""
    raw = argparse.RawDescriptionHelpFormatter
    top = Parser("callprop", description=ABOUT, epilog=FORMS + EXAMPLES, formatter_class=raw)
    top.add_argument(
        "--version", action=_Version, nargs=0, dest=argparse.SUPPRESS, help="show the library's version and exit"
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, about: str, epilog: str = "", decides: bool = False) -> Parser:
        top.commands[name] = commands.add_parser(
            name, help=about, description=about, epilog=epilog, formatter_class=raw, decides=decides
        )
        return top.commands[name]

    def with_json(command: argparse.ArgumentParser, of: str) -> None:
        command.add_argument("--json", action="store_true", help=of)

    with_json(command("list", "the properties"), "the library's JSON: GET /extension/call_property/")
    get = command("get", "one property")
    get.add_argument("mnemo", metavar="MNEMO", help="such as qli")
    with_json(get, "the library's JSON: GET /extension/call_property/{mnemo}")
    _add_allows(command("allows", "is the call permitted?", f"{FORMS}{SCRIPTS}\n{BATCH}", decides=True))
    explain = command("explain", "is it, and why (not)?", FORMS + SCRIPTS, decides=True)
    explain.add_argument("status", metavar="STATUS")
    explain.add_argument("call", metavar="CALL")
    explain.add_argument("--known", action="store_true", help=KNOWN)
    explain.usage = "callprop explain [-h] [--known] [--json] [--] STATUS CALL"
    with_json(explain, "the whole decision as the library's JSON")
    matrix = command("matrix", "statuses and kinds of call: + permitted, - denied", MATRIX)
    matrix.add_argument(
        "file", metavar="FILE", nargs="?", help="statuses in JSON, - is standard input; without it: each property alone"
    )
    matrix.add_argument(
        "--colour", "--color", choices=("auto", "always", "never"), default="auto", help="auto: on a terminal"
    )
    matrix.add_argument("--known", action="store_true", help=KNOWN)
    with_json(matrix, "as JSON, for programs")
    _add_serve(command("serve", "serves the properties over HTTP: GET /extension/call_property/", SERVE))
    replay = command("replay", "what would a status have done with these call records?", REPLAY)
    replay.description = REPLAY_ABOUT
    _add_replay(replay)
    completion = command("completion", "what completes these commands in a shell", COMPLETION)
    completion.add_argument("shell", metavar="SHELL", choices=("bash", "zsh"), help="bash or zsh")
    return top


def _add_allows(allows: argparse.ArgumentParser) -> None:
    allows.add_argument("status", metavar="STATUS", nargs="?")
    allows.add_argument("call", metavar="CALL", nargs="?")
    allows.add_argument(
        "--batch",
        metavar="FILE",
        nargs="?",
        const="-",
        help="the decisions of a file, a line each; - is standard input",
    )
    allows.add_argument("--known", action="store_true", help=KNOWN)
    allows.usage = (
        "callprop allows [-h] [--known] [--] STATUS CALL\n       callprop allows [-h] [--known] --batch [FILE]"
    )


def _add_serve(serve: argparse.ArgumentParser) -> None:
    serve.add_argument("--host", default="127.0.0.1", help="an address of this machine (%(default)s)")
    serve.add_argument("--port", type=_port, default=8080, help="0: any that is free (%(default)s)")
    serve.add_argument("--statuses", metavar="FILE", help="statuses in JSON; without it: each property alone")
    serve.add_argument(
        "--allow-host",
        metavar="NAME",
        action="append",
        default=[],
        help="a name under which browsers reach it, such as pbx.example; may be repeated",
    )
    serve.add_argument("--known", action="store_true", help=KNOWN)


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The arguments. Ends the process with 2 where they are wrong, and behind the help of what decides; with 0 behind other help."""
    top = parser()
    asked = top.parse_args(sys.argv[1:] if arguments is None else arguments)
    if asked.command == "allows":
        if asked.batch is not None and asked.status is not None:
            top.commands["allows"].error("--batch FILE has a STATUS and a CALL in each line; expected none beside it")
        if asked.batch is None and asked.call is None:
            top.commands["allows"].error("expected STATUS and CALL, or --batch")
    return asked


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("expected a number from 0 to 65535")
    return int(text)
