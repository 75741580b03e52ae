#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What ``callprop-check`` of examples/c does, with the package: a command for scripts. Try ``callprop_check.py --help``.

The package has a richer command of its own: ``callprop --help``.
"""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import sys

# A script must be able to tell a denial from a question that has no answer.
PERMITTED, DENIED, FAILED = 0, 1, 2

USAGE = """\
usage: callprop_check.py list
       callprop_check.py get MNEMO
       callprop_check.py allows PROPERTY_LIST CALL
       callprop_check.py explain PROPERTY_LIST CALL

PROPERTY_LIST  li,lo  or  ["li","lo"]  or a status object in JSON
CALL           src=external,dst=ivr,leg=dst,callback=false  or the same as a JSON object

exit status: 0 permitted, or listed; 1 denied; 2 error, and behind this help
"""


def say(text: str) -> None:
    """On stderr. Where that is closed print() would take stdout; where it is full, Python would end with 1, which means "denied" here."""
    if sys.stderr is not None:
        try:
            print(text, file=sys.stderr, flush=True)
        except OSError:
            sys.stderr = None  # or Python would try again when it ends


def fail(text: str) -> int:
    """Says on stderr why there is no answer."""
    say(f"callprop_check.py: {text}")
    return FAILED


try:
    import callprop
    from callprop.decisions import explain_json
except ImportError as problem:
    # Python's own exit status for this is 1, which means "denied" here.
    sys.exit(fail(str(problem)))


def write(text: str) -> None:
    """Writes to stdout; when that fails, then here. print() would find out when Python is already on its way out."""
    if sys.stdout is None:  # its number may by now be that of another file
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    with open(1, "w", encoding="utf-8", closefd=False) as stdout:
        stdout.write(text)


def as_json(shown: object) -> str:
    """As the library writes it, byte for byte."""
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def run(arguments: list[str]) -> int:
    """Carries out the command, and returns the exit status."""
    if arguments == ["--help"]:
        write(USAGE)
        return fail("help: nothing was decided, so the exit status is 2")
    if arguments == ["list"]:
        write(as_json([dataclasses.asdict(entry) for entry in callprop.list()]) + "\n")
        return PERMITTED
    if len(arguments) == 2 and arguments[0] == "get":
        try:
            entry = callprop.get(arguments[1])
        except KeyError:
            return fail("no such property; `callprop_check.py list` shows all of them")
        write(as_json(dataclasses.asdict(entry)) + "\n")
        return PERMITTED
    if len(arguments) == 3 and arguments[0] in ("allows", "explain"):
        command, property_list, call = arguments
        permitted = callprop.allows(property_list, call)
        if command == "explain":
            write(explain_json(property_list, call) + "\n")
        else:
            write("permitted\n" if permitted else "denied\n")
        return PERMITTED if permitted else DENIED
    say(USAGE.rstrip("\n"))
    return FAILED


def main() -> int:
    """Runs the command; whatever prevents an answer is an error, never a denial."""
    try:
        return run(sys.argv[1:])
    except callprop.Error as error:
        return fail(str(error))
    except MemoryError:
        return fail("out of memory")
    except OSError as error:
        return fail(f"standard output: {error.strerror}")


if __name__ == "__main__":
    sys.exit(main())
