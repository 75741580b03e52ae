# SPDX-License-Identifier: MIT
"""A status that ends by itself: until a time, or for a while; kept over a restart; by a clock that is set, and in the night of summer time."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

from answers import logged
from calls import call
from desk import Desk
from injection import rings
from lab import until
from pbx import callprop_conf
from setups import Setup

# In front of the C library: the clock on the wall is off by as many seconds as a file says.
SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>
static long offset(void)
{
    long seconds = 0;
    FILE *file = fopen("/callprop/offset", "r");
    if (file) {
        if (fscanf(file, "%ld", &seconds) != 1)
            seconds = 0;
        fclose(file);
    }
    return seconds;
}
int clock_gettime(clockid_t id, struct timespec *now)
{
    static int (*real)(clockid_t, struct timespec *);
    int result;
    if (!real)
        real = dlsym(RTLD_NEXT, "clock_gettime");
    result = real(id, now);
    if (id == CLOCK_REALTIME)
        now->tv_sec += offset();
    return result;
}
int gettimeofday(struct timeval *now, void *zone)
{
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *where)
{
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (where)
        *where = exact.tv_sec;
    return exact.tv_sec;
}
"""
BERLIN = ZoneInfo("Europe/Berlin")


class Clock:
    """The clock that Asterisk sees. It is set between two looks, as by an administrator or by NTP."""

    def __init__(self, desk: Desk):
        self.file = desk.pbx.base / "offset"
        self.offset = 0

    def now(self) -> int:
        return int(time.time()) + self.offset

    def set(self, year: int, month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> None:
        """By the clock of Berlin, where the PBX is."""
        then = datetime(year, month, day, hour, minute, second, tzinfo=BERLIN)
        self.move(int(then.timestamp()) - self.now())

    def move(self, seconds: int) -> None:
        self.offset += seconds
        other = self.file.with_suffix(".new")
        other.write_text(str(self.offset))
        other.rename(self.file)


def ends(desk: Desk, extension: str = "102") -> str:
    """When the status of an extension ends, by the clock of Berlin."""
    seconds = (
        desk.pbx.rx(f"dialplan eval function EXTENSION_STATUS({extension},until)").partition("Result: ")[2].strip()
    )
    return datetime.fromtimestamp(int(seconds), BERLIN).strftime("%Y-%m-%d %H:%M:%S") if seconds else ""


# On Wednesday, 2026-11-25, 12:00:00 in Berlin.
TIMES = {
    "until 13:00": "2026-11-25 13:00:00",
    "until 13:00:30": "2026-11-25 13:00:30",
    "until 9:05": "2026-11-26 09:05:00",
    "until 11:59": "2026-11-26 11:59:00",
    "until 00:00": "2026-11-26 00:00:00",
    "until 23:59:59": "2026-11-25 23:59:59",
    "until 0:00:00": "2026-11-26 00:00:00",
    "until 2026-11-27 13:00": "2026-11-27 13:00:00",
    "until 2026-11-27T13:00:05": "2026-11-27 13:00:05",
    "until 2026-11-27T12:00:00Z": "2026-11-27 13:00:00",
    "until 2028-02-29 00:00": "2028-02-29 00:00:00",
    # Over the end of summer time, and its beginning: the clock on the wall counts, but a duration is one.
    "until 2027-03-28 13:00": "2027-03-28 13:00:00",
    "for 3h": "2026-11-25 15:00:0?",
    "for 1h30m": "2026-11-25 13:30:0?",
    "for 2d": "2026-11-27 12:00:0?",
    "for 90s": "2026-11-25 12:01:3?",
    "for 0h5m": "2026-11-25 12:05:0?",
}
NO_TIME = "expected a time such as 13:00, 2026-11-26 13:00 or 2026-11-26T12:00:00Z"
NO_DURATION = "expected how long, such as 30m, 1h30m, 90s or 2d"
OVER, TOO_LONG = "that time is over", "that is more than ten years"
MISTAKES = {
    "until 24:00": NO_TIME,
    "until 13:60": NO_TIME,
    "until 13:5": NO_TIME,
    "until 13": NO_TIME,
    "until 13:00:60": NO_TIME,
    "until 13:00:": NO_TIME,
    "until 13:00:5": NO_TIME,
    "until :30": NO_TIME,
    "until 13:00x": NO_TIME,
    "until -1:00": NO_TIME,
    "until +1:00": NO_TIME,
    "until 13:00Z": NO_TIME,
    "until 2026-02-29 13:00": NO_TIME,
    "until 2026-13-01 13:00": NO_TIME,
    "until 2026-11-31 13:00": NO_TIME,
    "until 26-11-26 13:00": NO_TIME,
    "until 2026-11-26": NO_TIME,
    "until noon": NO_TIME,
    "until 2026-11-25 11:59": OVER,
    "until 1999-01-01 00:00": OVER,
    "until 2099-01-01 00:00": TOO_LONG,
    "for 1": NO_DURATION,
    "for h": NO_DURATION,
    "for 1x": NO_DURATION,
    "for 1m1h": NO_DURATION,
    "for 1h1h": NO_DURATION,
    "for -1h": NO_DURATION,
    "for 1.5h": NO_DURATION,
    "for 0s": NO_DURATION,
    "for 9999999999999999999s": NO_DURATION,
    "for 5000d": TOO_LONG,
    "by 13:00": "expected until or for",
}


def matches(pattern: str, text: str) -> bool:
    return len(pattern) == len(text) and all(a in ("?", b) for a, b in zip(pattern, text, strict=True))


def source(desk: Desk, extension: str = "102") -> str:
    where = desk.pbx.rx(f"dialplan eval function EXTENSION_STATUS({extension},source)").partition("Result: ")[2].strip()
    return f"{desk.status(extension)} {where}"


def words(desk: Desk, clock: Clock) -> None:
    """How a time is written, at the CLI, at AMI and in the dialplan; each sets the same."""
    pbx = desk.pbx
    for text, expected in TIMES.items():
        word, _, when = text.partition(" ")
        ways = {
            "CLI": lambda text=text: pbx.rx(f"callprop set status 102 none {text}"),
            "AMI": lambda word=word, when=when: pbx.manager.action(
                "CallpropSetStatus", Extension="102", Status="none", **{word.capitalize(): when}
            ),
            "dialplan": lambda word=word, when=when: pbx.manager.action(
                "Setvar", Variable=f"EXTENSION_STATUS(102,{word},{when})", Value="none"
            ),
        }
        for way, act in ways.items():
            pbx.rx("callprop unset status 102")
            clock.set(2026, 11, 25, 12)
            act()
            seen = ends(desk)
            desk.check(f"{way}: {text}", expected, expected if matches(expected, seen) else seen)
    pbx.rx("callprop set status 102 li")
    clock.set(2026, 11, 25, 12)
    for text, expected in MISTAKES.items():
        word, _, when = text.partition(" ")
        said = pbx.rx(f"callprop set status 102 none {text}").splitlines()[0]
        desk.check(f"CLI: {text}", f"Nothing is changed: {expected}", said)
        if word == "by":
            continue
        answer = pbx.manager.action("CallpropSetStatus", Extension="102", Status="none", **{word.capitalize(): when})
        desk.check(f"AMI: {text}", expected, answer.get("Message"))
        before = len(pbx.log())
        pbx.manager.action("Setvar", Variable=f"EXTENSION_STATUS(102,{word},{when})", Value="none")
        desk.check(f"dialplan: {text}", True, logged(pbx, before, f"EXTENSION_STATUS(102)=none: {expected}"))
    for variable in ("until", "for", "until,", "for,"):
        pbx.manager.action("Setvar", Variable=f"EXTENSION_STATUS(102,{variable})", Value="none")
    both = pbx.manager.action("CallpropSetStatus", Extension="102", Status="none", Until="13:00", For="1h")
    desk.check("AMI: both", "Until and For exclude each other", both["Message"])
    desk.check("mistakes change nothing", ("li run-time", ""), (source(desk), ends(desk)))


def look(desk: Desk) -> None:
    pbx, clock = desk.pbx, Clock(desk)
    clock.set(2026, 11, 25, 12)
    pbx.rx("callprop unset status 102")
    words(desk, clock)
    # What comes afterwards.
    for what, before, after in (
        ("the file's before", "callprop unset status 102", "all file"),
        ("one of run time before", "callprop set status 102 li", "li run-time"),
    ):
        pbx.rx(before)
        clock.set(2026, 11, 25, 12)
        pbx.manager.forget()
        pbx.rx("callprop set status 102 none until 13:00")
        pbx.rx("callprop set status 102 lo until 13:30")
        desk.check(f"{what}: it holds", ("lo run-time", "2026-11-25 13:30:00"), (source(desk), ends(desk)))
        desk.check(f"{what}: a call", ("403", ""), rings(desk, call("101", "102"), ("403", ""), {}))
        clock.set(2026, 11, 25, 13, 29)
        time.sleep(1.2)
        desk.check(f"{what}: a minute before", "lo run-time", source(desk))
        clock.set(2026, 11, 25, 13, 30)
        desk.check(
            f"{what}: the clock is set", True, until(lambda after=after: source(desk) == after, 3) or source(desk)
        )
        desk.check(f"{what}: a call afterwards", ("200", "102"), rings(desk, call("101", "102"), ("200", "102"), {}))
        told = [(e["Status"], e["Source"], e["Until"], e["By"]) for e in pbx.manager.named("CallpropStatus")]
        expected = [
            ("none", "run-time", "2026-11-25T12:00:00Z", "CLI"),
            ("lo", "run-time", "2026-11-25T12:30:00Z", "CLI"),
            (*after.split(), "", "time"),
        ]
        desk.check(f"{what}: events", expected, told)
        clock.set(2026, 11, 25, 12)
        time.sleep(1.2)
        desk.check(f"{what}: the clock is set back: it is over", after, source(desk))
    # Without an end is without an end; and it may be unset before.
    pbx.rx("callprop set status 102 none for 1h")
    pbx.rx("callprop set status 102 none")
    desk.check("without an end", ("none run-time", ""), (source(desk), ends(desk)))
    pbx.rx("callprop set status 102 none for 1h")
    desk.check("shown", True, "until 2026-11-25 13:00:0" in pbx.rx("callprop show extensions"))
    listed = [e for e in extensions(desk) if e["Extension"] == "102"]
    desk.check("AMI: shown", True, listed[0]["Until"].startswith("2026-11-25T12:00:0") or listed)
    pbx.rx("callprop unset status 102")
    desk.check("unset before its end", ("all file", ""), (source(desk), ends(desk)))
    nights(desk, clock)
    restarts(desk, clock)


def extensions(desk: Desk) -> list[dict[str, str]]:
    desk.pbx.manager.forget()
    desk.pbx.manager.action("CallpropListExtensions")
    until(lambda: desk.pbx.manager.named("CallpropListExtensionsComplete"))
    return desk.pbx.manager.named("CallpropExtension")


def nights(desk: Desk, clock: Clock) -> None:
    """Days of 23 and of 25 hours: tomorrow at seven is at seven, and eight hours are eight."""
    for what, night, seven, hours in (
        ("spring", (2027, 3, 27, 23), "2027-03-28 07:00:00", "2027-03-28 08:00:0?"),
        ("autumn", (2026, 10, 24, 23), "2026-10-25 07:00:00", "2026-10-25 06:00:0?"),
    ):
        desk.pbx.rx("callprop unset status 102")
        clock.set(*night)
        desk.pbx.rx("callprop set status 102 none until 7:00")
        desk.check(f"{what}: until 7:00", seven, ends(desk))
        clock.set(*night)
        desk.pbx.rx("callprop set status 102 none for 8h")
        desk.check(f"{what}: for 8h", True, matches(hours, ends(desk)) or ends(desk))
    desk.pbx.rx("callprop unset status 102")


def restarts(desk: Desk, clock: Clock) -> None:
    pbx = desk.pbx
    clock.set(2026, 11, 25, 12)
    pbx.configure(callprop_conf(e104="qli"))
    pbx.rx("module reload res_callprop.so")
    pbx.rx("callprop set status 101 none until 13:00")
    pbx.rx("callprop set status 102 none until 14:00")
    pbx.rx("callprop set status 103 li")
    pbx.rx("callprop set status 103 none until 13:00")
    pbx.rx("callprop set status 104 all until 13:00")
    time.sleep(1.2)  # AstDB writes in seconds
    pbx.rx("module reload res_callprop.so")
    desk.check("a reload keeps the end", ("none run-time", "2026-11-25 14:00:00"), (source(desk), ends(desk)))
    desk.check("and what comes afterwards", "none run-time", source(desk, "103"))
    pbx.stop()
    clock.set(2026, 11, 25, 13, 30)
    pbx.start()
    desk.check("restarted: over while it was down", "all file", source(desk, "101"))
    desk.check("restarted: not over yet", ("none run-time", "2026-11-25 14:00:00"), (source(desk), ends(desk)))
    desk.check("restarted: over, and the one before is back", "li run-time", source(desk, "103"))
    desk.check("restarted: over, and the file's is back", "qli file", source(desk, "104"))
    kept = {key: pbx.rx(f"database get callprop {key}").strip() for key in ("101", "103", "104")}
    gone = "Database entry not found."
    desk.check("AstDB", {"101": gone, "103": "Value: li", "104": gone}, kept)
    clock.set(2026, 11, 25, 14, 0, 1)
    desk.check("after the restart it ends", True, until(lambda: source(desk) == "all file", 3) or source(desk))
    # What is no end in AstDB is no status of the file: it grants nothing, and does not go away.
    for value in ("all\tx\t", "all\t5", "all\t-1\t", "all\t\t"):
        pbx.manager.action("DBPut", Family="callprop", Key="102", Val=value)
        pbx.rx("module reload res_callprop.so")
        shown = next(line for line in pbx.rx("callprop show extensions").splitlines() if line.startswith("102 "))
        desk.check(f"AstDB has {value!r}", True, "(nothing: callprop.conf has no such status)" in shown or shown)
    pbx.rx("callprop unset status 102")
    clock.move(-clock.offset)


class ClockSetup(Setup):
    """In Berlin, with a clock that can be set between Asterisk and the C library. Asterisk knows where it is by /etc/localtime alone."""

    def prepare(self, pbx) -> None:
        super().prepare(pbx)
        (pbx.host.root / "usr/src/clock.c").write_text(SHIM)
        pbx.host.sh("gcc -shared -fPIC -O1 -o /usr/lib/clock.so /usr/src/clock.c -ldl")
        pbx.host.sh("ln -sf /usr/share/zoneinfo/Europe/Berlin /etc/localtime")
        pbx.environment = ("LD_PRELOAD=/usr/lib/clock.so",)

    def run(self, pbx, folder, desk_of=Desk):
        try:
            return super().run(pbx, folder, desk_of)
        finally:
            pbx.host.sh("ln -sf /usr/share/zoneinfo/Etc/UTC /etc/localtime")


SETUPS = [ClockSetup("ends", look)]
