# SPDX-License-Identifier: MIT
"""Files that are refused for a line of which Asterisk makes nothing."""

from __future__ import annotations

from files import EMERGENCY, TRUNK, Mistake

ENDS_NOTHING = "'--;' ends a comment that has not begun with ';--', and Asterisk leaves out all that follows"
UNENDED = "a comment that begins with ';--' does not end with '--;' until here"
TOO_LONG = "the line is longer than 8190 bytes, and Asterisk leaves it out"


def left_out() -> list[Mistake]:
    return [
        Mistake("no =", EMERGENCY, "emergency 112, 911", "'emergency 112, 911': expected name = value"),
        Mistake("no =, and a comment that has one", TRUNK, f"{TRUNK}\n102 ; = 102", "'102': expected name = value"),
        Mistake("no =, in a comment that ends", TRUNK, f"{TRUNK}\n;-- 102\n--; 102", "'102': expected name = value"),
        Mistake("no =, after a comment", TRUNK, f"{TRUNK}\n;--- 102\n;- 102\n102", "'102': expected name = value"),
        Mistake("a comment that has not begun", TRUNK, f"{TRUNK} --; a comment", ENDS_NOTHING),
        Mistake("a comment that does not end", "number = 030999*", "number = 030999*\n;-- ;-- --; 102", UNENDED),
        Mistake("a line that is too long", TRUNK, f"{TRUNK}\nx = {'x' * 9000}", TOO_LONG),
        *(
            Mistake("left out: {}".format(line.split("\n")[-1]), TRUNK, f"{TRUNK}\n[numbers]\n{line}", text)
            for line, text in (
                ("= queue", "'= queue': expected name = value"),
                ("+= queue", "'+= queue': expected name = value"),
                ("#31 = service", "'#31': no such directive; a comment begins with ;"),
                ("#include", "'#include': expected a file behind it"),
                ('#exec "/bin/true"', "#exec needs execincludes = yes in asterisk.conf"),
                ("[trunks] x = 1", "'[trunks] x = 1': expected nothing behind the name of the section"),
                (
                    "[more](!)\n[trunks](more) x = 1",
                    "'[trunks](more) x = 1': expected nothing behind the name of the section",
                ),
            )
        ),
    ]
