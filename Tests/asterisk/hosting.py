# SPDX-License-Identifier: MIT
"""A hosting company: two hundred clients of a hundred extensions each, in a file in any order, or in a database."""

from __future__ import annotations

import random
import sqlite3
import time

from answers import logged
from calls import call
from clients import INSIDE as CALLS
from clients import look_at
from clients_conf import CALLPROP, FILES, PHONES
from desk import Desk
from hotdesk import everybody
from injection import rings
from pbx import Pbx
from setups import Setup, modules

MANY, EACH = 198, 100  # beside acme and beta
ORDERS = ("as written", "at random", "backwards")
TICKS = 0.2  # of one processor: less is not told apart
TIMES = 4  # as long as in the order as written, at most: what grew with the square would take hundreds of times
BYTES = 1024  # for each extension, at most

Line = tuple[str, str, str]  # section, name, value


def lines_of(text: str) -> list[Line]:
    """The lines of a file, each with its section."""
    found, section = [], ""
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("["):
            section = line[1:-1]
        else:
            name, _, value = line.partition("=")
            found.append((section, name.strip(), value.strip()))
    return found


def clients(many: int) -> list[Line]:
    lines: list[Line] = []
    for number in range(many):
        client = f"client{number}"
        lines += [(f"extensions@{client}", str(1000 + extension), "") for extension in range(EACH)]
        lines += [(f"numbers@{client}", "500", "queue"), (f"trunks@{client}", "trunk", f"PJSIP/{client}-trunk")]
        lines += [(f"statuses@{client}", "lunch", "li"), (f"interfaces@{client}", f"PJSIP/{client}-mobile", "1001")]
    return lines


def in_order(order: str, lines: list[Line]) -> list[Line]:
    lines = list(lines)
    if order == "at random":
        random.Random(13).shuffle(lines)
    elif order == "backwards":
        lines.reverse()
    return lines


def file_of(lines: list[Line]) -> str:
    text, last = [], None
    for section, name, value in lines:
        text += [f"[{section}]"] if section != last else []
        text.append(f"{name} = {value}")
        last = section
    return "\n".join(text) + "\n"


def calm(pbx: Pbx) -> None:
    """New extensions are told of behind the scenes, as device states. With thousands of them waiting, PJSIP leaves new calls to be sent again."""
    used = 1.0
    while used > 0.02:
        before = pbx.processor_time()
        time.sleep(0.5)
        used = pbx.processor_time() - before


def look(desk: Desk) -> None:
    pbx = desk.pbx
    few, all_lines = lines_of(CALLPROP), [*lines_of(CALLPROP), *clients(MANY)]
    pbx.configure(file_of(few))
    pbx.command("callprop reload")
    before = pbx.rss()
    pbx.configure(file_of(all_lines))
    pbx.command("callprop reload")
    # With what reading the file has left.
    each = (pbx.rss() - before) * 1024 / (MANY * EACH)
    print(f"    memory for each of {MANY * EACH} extensions: {each:.0f} bytes")
    desk.check(f"at most {BYTES} bytes for each extension", True, each <= BYTES or each)
    first = TICKS
    for order in ORDERS:
        pbx.configure(file_of(in_order(order, all_lines)))
        since = pbx.processor_time()
        said = pbx.command("callprop reload")
        used = pbx.processor_time() - since
        print(f"    read {order}: {used:.2f} s of one processor")
        desk.check(f"{order}: all of it", True, f"{MANY * EACH + 7} extensions" in said or said)
        if order == ORDERS[0]:
            first = max(TICKS, used)
        desk.check(f"{order}: about as fast as written", True, used <= TIMES * first or used)
        for extension in ("1000@client0", f"1099@client{MANY - 1}", "1050@client77"):
            desk.check(f"{order}: {extension}", "all", desk.status(extension))
    calm(pbx)
    look_at(CALLS[:8])(desk)
    # A mistake at the end of it all is told by its line.
    pbx.configure(file_of(all_lines) + "[extensions@client7]\n1001 =\n")
    number = file_of(all_lines).count("\n") + 2
    desk.check(
        "a mistake", (f"callprop.conf:{number}: extension '1001@client7' is there already", "Error"), desk.refusal()
    )


COLUMNS = "id INTEGER PRIMARY KEY, cat_metric INT, var_metric INT, commented INT, filename, category, var_name, var_val"


def fill(pbx: Pbx, lines: list[Line]) -> None:
    """The table of static realtime. The order of the rows is no order of the sections."""
    file = pbx.base / "var/callprop.sqlite3"
    with sqlite3.connect(file) as database:
        database.execute("DROP TABLE IF EXISTS ast_config")
        database.execute(f"CREATE TABLE ast_config ({COLUMNS})")
        rows = [(0, place, 0, "callprop.conf", *line) for place, line in enumerate(lines)]
        database.executemany(
            "INSERT INTO ast_config (cat_metric, var_metric, commented, filename, category, var_name, var_val)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
    database.close()


def drop(pbx: Pbx) -> None:
    with sqlite3.connect(pbx.base / "var/callprop.sqlite3") as database:
        database.execute("DROP TABLE ast_config")
    database.close()


def not_read(desk: Desk, how: str) -> None:
    """Nothing counts that stands in the file itself, but for the emergency numbers."""
    desk.check(
        f"{how}: refused", True, "was refused when the module was loaded" in desk.pbx.rx("callprop show extensions")
    )
    for of, number, expected in (
        ("acme-101", "102", ("403", "")),
        ("trunk", "1102", ("403", "")),
        ("acme-101", "112", ("200", "trunk")),
        ("beta-101", "955", ("200", "beta-trunk")),
    ):
        seen = rings(desk, call(of, number), expected, {}, PHONES)
        desk.check(f"{how}: {of} calls {number}", expected, seen)


def look_without_module(desk: Desk) -> None:
    """The database is named, and its module is not there: Asterisk would read the file instead."""
    pbx = desk.pbx
    not_read(desk, "without its module")
    (pbx.etc / "all.conf").write_text(CALLPROP)
    told = "callprop.conf: no line is from the database that extconfig.conf names; the file itself does not count"
    for name, text in (("the file", CALLPROP), ("what it includes", "#include all.conf\n"), ("an empty one", "")):
        pbx.configure(text)
        desk.check(f"without its module: {name}", (told, "Error"), desk.refusal())
    (pbx.etc / "callprop.conf").unlink()
    unread = "callprop.conf: cannot be read from the database of extconfig.conf"
    desk.check("without its module and the file: told", (unread, "Error"), desk.refusal())


def look_at_database(desk: Desk) -> None:
    pbx = desk.pbx
    all_lines = in_order("at random", [*lines_of(CALLPROP), *clients(MANY)])
    not_read(desk, "without its table")
    fill(pbx, all_lines)
    since = pbx.processor_time()
    said = pbx.command("callprop reload")
    used = pbx.processor_time() - since
    print(f"    read from the database: {used:.2f} s of one processor")
    desk.check("all of it", True, f"{MANY * EACH + 7} extensions" in said or said)
    calm(pbx)
    look_at(CALLS[:8])(desk)
    pbx.set_status("102@acme", ("li",))
    pbx.rx("callprop login PJSIP/beta-102 101@beta")
    pbx.stop()
    pbx.start()
    desk.check("after a restart", ("li", "all"), (desk.status("102@acme"), desk.status("1099@client1")))
    everybody(desk)
    seen = rings(desk, call("beta-201", "101"), ("200", "beta-101 beta-102"), {}, PHONES)
    desk.check("after a restart: who was logged in", ("200", "beta-101 beta-102"), seen)
    # A database that is not there, or has lost the table, is no file that says nothing.
    for name, spoil in (("no rows", lambda: fill(pbx, [])), ("no table", lambda: drop(pbx))):
        pbx.set_status("102@acme", ("li",))
        spoil()
        said = pbx.command("callprop reload")
        desk.check(f"{name}: nothing is changed", True, "callprop.conf is refused" in said or said)
        desk.check(
            f"{name}: what was read before", ("li", "all"), (desk.status("102@acme"), desk.status("1099@client1"))
        )
    # What comes from a database has no line: the section is told.
    fill(pbx, [*all_lines, ("extensions@client7", "1001", "")])
    before = len(pbx.log())
    said = pbx.command("callprop reload")
    desk.check("a mistake", True, "callprop.conf is refused" in said or said)
    told = "callprop.conf: [extensions@client7]: extension '1001@client7' is there already"
    desk.check("a mistake: told", True, logged(pbx, before, told))


# batch: otherwise Asterisk keeps a transaction open, in which nobody else can write.
DATABASE = {
    **FILES,
    "extconfig.conf": "[settings]\ncallprop.conf => sqlite3,callprop,ast_config\n",
    "res_config_sqlite3.conf": "[callprop]\ndbfile => /callprop/var/callprop.sqlite3\nbatch => 0\n",
    "modules.conf": modules("app_confbridge", "res_config_sqlite3"),
}
WITHOUT_MODULE = {**DATABASE, "modules.conf": modules("app_confbridge")}
FOR_ALL = {**WITHOUT_MODULE, "extconfig.conf": "[settings]\nglobal => sqlite3,callprop,ast_config\n"}
SETUPS = [
    Setup("hosting, in a file", look, FILES),
    Setup("hosting, in a database", look_at_database, DATABASE),
    Setup("hosting, without its database", look_without_module, WITHOUT_MODULE),
    Setup("hosting, without the database of all files", look_without_module, FOR_ALL),
]
