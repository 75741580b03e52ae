# SPDX-License-Identifier: MIT
"""The arguments of ``callprop replay``, and their help."""

from __future__ import annotations

import argparse

ABOUT = """\
Which of these calls would a status have refused? Call records are read, and each call is decided as though its
extension had had the status. Nothing is written over.
"""

HELP = """\
the question, one of:
  --status Lunch                    what if everybody, or --extensions, had this status?
  --from Work --to Lunch            what changes for whoever changes from the one to the other?
  --statuses OLD --new-statuses NEW what does a new file of statuses change?
  --history FILE                    as it was: by the status of each extension when the call began
with --history, --status and --from/--to are compared with what was. Without a history, --conf says who has which status.

STATUS  a name or an id of --statuses (or of [statuses] in --conf), else as for callprop allows: li,lo or @FILE:NAME

exit status: 0 answered; 2 error. A call whose facts are not known is counted as neither permitted nor refused.
"""


def add_arguments(replay: argparse.ArgumentParser) -> None:
    """What ``callprop replay`` takes."""
    add = replay.add_argument
    add(
        "files",
        metavar="FILE",
        nargs="+",
        help="call records: text, JSON, Parquet or SQLite, a folder of files, or postgresql://HOST/DATABASE",
    )
    add("--table", metavar="NAME", default="", help="of a database; without it the only one, or cdr")
    add(
        "--format",
        metavar="NAME",
        default="",
        help="plain, asterisk-cdr, asterisk-cel, asterisk-denials, freeswitch, 3cx or call-history; without it, by the first lines",
    )
    add("--conf", metavar="FILE", help="callprop.conf: which numbers and devices are extensions, queues, menus, trunks")
    add("--client", metavar="NAME", default="", help="a client of --conf and of the history")
    add("--status", metavar="STATUS", help="what if")
    add("--from", dest="of", metavar="STATUS", help="what changes, with --to")
    add("--to", metavar="STATUS", help="what changes, with --from")
    add("--statuses", metavar="FILE", help="the statuses, as the PBX's REST API answers them")
    add("--new-statuses", metavar="FILE", help="what changes with these")
    add(
        "--history",
        metavar="FILE",
        help="changes of statuses: the Asterisk module's file, or events call-status-change",
    )
    add("--extensions", metavar="NUMBERS", help="of these alone, with commas between them")
    add("--timezone", metavar="ZONE", default="UTC", help="of times that name none, and of the answer (%(default)s)")
    add("--dates", metavar="FORMAT", default="", help='how times are written, such as "%%d/%%m/%%Y %%H:%%M:%%S"')
    add("--encoding", metavar="NAME", default="", help="of the records; without it UTF-8, or by the mark in front")
    add("--engine", choices=("duckdb", "spark"), default="duckdb", help="what counts (%(default)s)")
    add("--json", action="store_true", help="the whole answer as JSON")
    add("--parquet", metavar="FILE", help="also writes every call with its decision and reason")
    add("--html", metavar="FILE", help="also writes a page with plots")
    add("--explain-row", metavar="N", type=int, help="shows how record N was read, and decides nothing")
    add(
        "--redact",
        action="store_true",
        help="numbers are hashed in every output; the key is $CALLPROP_REDACT_KEY, or random",
    )
    add("--known", action="store_true", help="a mnemo of a newer API grants nothing, with a warning")
