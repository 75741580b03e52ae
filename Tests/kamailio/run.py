#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Drives examples/kamailio with real calls: run.py PREFIX [clients], the prefix under which callprop is installed.

Kamailio and all ends of the calls run on loopback, on free ports. Each permitted call must ring where it was meant to, and
each denied one must get a 403 with the library's reason and ring nowhere. Then calls per second with and without the check
are printed; they decide nothing, since the machine may be busy.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "shared"))

from real_calls import Failed, free_port, header, need, received

import clients
import digest
import load
import machine
from machine import PBX, PHONES, PROXY, REPOSITORY, STRANGER, TRUNK, Answerer, Proxy
from office import (
    CHANGING,
    COLUMNS,
    NOTHING,
    ONLY,
    OPEN,
    OUTSIDE,
    PITFALLS,
    ROWS,
    Call,
    call_of,
    extension,  # fmt: skip
    office,
    status_id,
    statuses,
)

SECONDS_AT_MOST = 600  # a guard against hanging
ADDRESSES = {"phones": PHONES, "trunk": TRUNK, "pbx": PBX, "stranger": STRANGER}
NO_STATUS = 9999
WARNING = re.compile(r'399 callprop "(.*)"')


class Test:
    """One Kamailio with everybody who can be rung, and what was found wrong so far."""

    def __init__(self, folder: Path, prefix: Path) -> None:
        self.folder, self.prefix = folder, prefix
        self.ports = {name: free_port(address) for name, address in ADDRESSES.items() if name != "stranger"}
        self.office = office(f"{TRUNK}:{self.ports['trunk']}", f"{PBX}:{self.ports['pbx']}")
        self.proxy = Proxy(folder / "checked", prefix, self.office, statuses())
        self.answerers = {name: Answerer(name, folder, ADDRESSES[name], port) for name, port in self.ports.items()}
        self.batches = self.permitted = self.denied = 0
        self.wrong: list[str] = []

    def start(self) -> None:
        self.proxy.start()
        self.proxy.wait_until_ready()
        for number in self.office["extensions"]:
            refused = self.proxy.register(number, self.ports["phones"])
            if refused:
                raise Failed(f"extension {number} cannot register: {refused}")

    # ---- Calls

    def place(self, calls: list[Call]) -> list[str]:
        """Places the calls, and says of each what was seen: who rang, "403 <reason>", or what else."""
        seen = [""] * len(calls)
        for sender in ADDRESSES:
            indices = [index for index, call in enumerate(calls) if call.sender == sender]
            if indices:
                self.batches += 1
                for index, outcome in zip(
                    indices, self.batch(sender, [calls[index] for index in indices]), strict=True
                ):
                    seen[index] = outcome
        return seen

    def batch(self, sender: str, calls: list[Call]) -> list[str]:
        """Places calls that come from one address."""
        name = f"batch-{self.batches}-{sender}"
        fields, messages = self.folder / f"{name}.csv", self.folder / f"{name}.messages"
        lines = [f"{call.caller};{call.number};{says(call)};{proves(call)}" for call in calls]
        fields.write_text("\n".join(["SEQUENTIAL", *lines, ""]))
        address = ADDRESSES[sender]
        command = machine.sipp("call.xml", address, free_port(address), "-inf", str(fields), "-m", str(len(calls)),
                               "-r", "40", "-cid_str", f"%u-{name}", "-trace_msg", "-message_file", str(messages),
                               "-timeout", "60", "-recv_timeout", "30000", f"{PROXY}:{self.proxy.port}")  # fmt: skip
        process = machine.start(command, self.folder / f"{name}.log")
        if machine.wait(process, 90) != 0:
            self.wrong.append(f"{name}: SIPp says that a call did not go on to its end (re-INVITE, ACK, BYE)")
        answers = final_answers(received(messages))
        rang = {name: answerer.rang() for name, answerer in self.answerers.items()}
        # SIPp numbers its calls from 1.
        return [outcome(f"{number}-{name}", rang, answers) for number in range(1, len(calls) + 1)]

    def verdict(self, call: Call, seen: str, what: str) -> bool:
        """Is what was seen what the call was to come to? The log has to give the same reason."""
        if call.rings:
            good = seen == call.rings
            self.permitted += good
        elif call.code == "407":
            good = seen.startswith("407 Proxy Authentication Required, rang 0 times")
        else:
            good = seen.startswith("403 ") and call.reason in seen and seen[4:] in self.log
            self.denied += good
        if not good:
            self.wrong.append(f"{what}: expected {call.rings or f'{call.code} … {call.reason}'}, seen: {seen}")
        return good

    @property
    def log(self) -> str:
        return self.proxy.log.read_text(errors="replace")

    def check(self, good: bool, what: str, seen: str = "") -> None:
        """A check that is not a call of SIPp's."""
        print(f"  {'ok   ' if good else 'WRONG'}  {what}")
        if not good:
            self.wrong.append(f"{what}: {seen}")


def says(call: Call) -> str:
    return f"X-Callprop-Call: {call.says}" if call.says else "Subject: test"


def proves(call: Call) -> str:
    """With what a phone answers the challenge."""
    return f"[authentication username={call.caller} password={digest.password(call.caller)}]"


def final_answers(messages: list[str]) -> dict[str, str]:
    """The final answer to each call's first INVITE, or to that with a proof."""
    answers: dict[str, str] = {}
    for message in messages:
        if header(message, "CSeq") in ("1 INVITE", "2 INVITE") and not message.startswith("SIP/2.0 1"):
            answers[header(message, "Call-ID")] = message
    return answers


def outcome(call_id: str, rang: dict[str, list[str]], answers: dict[str, str]) -> str:
    """In a few words, what became of the call."""
    answer = answers.get(call_id, "no answer")
    code = answer.split("\n")[0].removeprefix("SIP/2.0 ")
    rung = [name for name, calls in rang.items() if call_id in calls]
    times = sum(calls.count(call_id) for calls in rang.values())
    if code.startswith("200") and times == 1:
        return rung[0]
    if code.startswith("403") and not rung:
        match = WARNING.fullmatch(header(answer, "Warning"))
        return f"403 {match[1]}" if match else "403 without a reason"
    return f"{code}, rang {times} times at {', '.join(rung) or 'nobody'}"


# ---- The parts of the test ------------------------------------------------------------------------------


def table(test: Test) -> None:
    """Each way that a call can take, with each of four statuses for the extension that is asked."""
    calls = [call_of(path, mnemo, column) for mnemo, path in ROWS for column in COLUMNS]
    seen = iter(zip(calls, test.place(calls), strict=True))
    print(f"\n{'property':9}{'leg':5}{'call':40}" + "".join(f"{column:12}" for column in COLUMNS))
    for mnemo, path in ROWS:
        cells = []
        for column in COLUMNS:
            call, result = next(seen)
            good = test.verdict(call, result, f"{mnemo}, {path.what}, status with {column}")
            cells.append((("rang" if call.rings else "403") if good else "WRONG").ljust(12))
        print(f"{mnemo:9}{path.leg:5}{path.what:40}{''.join(cells)}")


def pitfalls(test: Test) -> None:
    print("\nwho is unknown, or pretends")
    for (what, call), seen in zip(PITFALLS, test.place([call for _, call in PITFALLS]), strict=True):
        good = test.verdict(call, seen, what)
        print(f"  {'ok   ' if good else 'WRONG'}  {what}: {'rang' if call.rings else call.code}")
    emergencies = [call.number for _, call in PITFALLS if call.rings == "trunk" and len(call.number) == 3]
    logged = re.findall(r"emergency number (\d+): let through", test.log)
    test.check(logged == emergencies, "each emergency call is logged", str(logged))
    own = f"sip:{OPEN}@{PROXY}:{test.proxy.port}"
    silent = extension("li", NOTHING)
    before = everybody(test)
    own_proof = digest.Proof(OPEN, digest.password(OPEN))
    route = f"Route: <sip:{PROXY}:{test.proxy.port};lr>"
    marked = route.replace(";lr", ";lr;cp=00")
    phone = f"sip:{silent}@{PHONES}:{test.ports['phones']}"
    for what, code, answer in (
        (
            "a made-up To tag and a route to a phone",
            403,
            test.proxy.request("INVITE", phone, OPEN, route, ";tag=made-up"),
        ),
        ("the same with a made-up mark", 403, test.proxy.request("INVITE", phone, OPEN, marked, ";tag=made-up")),
        ("a made-up To tag without a route", 404, test.proxy.request("INVITE", own, OPEN, "", ";tag=made-up")),
        ("a foreign domain", 403, test.proxy.request("INVITE", f"sip:{OPEN}@192.0.2.1", OPEN)),
        (
            "an extension with a parameter",
            403,
            test.proxy.request("INVITE", own.replace("@", ";x=y@"), OPEN, proof=own_proof),
        ),
        (
            "a number that is no UTF-8",
            400,
            test.proxy.request("INVITE", "", OPEN, raw_uri=b"sip:\xff\xfe" + own[7:].encode()),
        ),
        ("a method that is not asked about", 405, test.proxy.request("MESSAGE", own, OPEN)),
        ("registering an unknown extension", 401, test.proxy.request("REGISTER", own, "399")),
    ):
        test.check(answer.startswith(f"SIP/2.0 {code}"), f"{what}: {code}", answer)
    test.check(everybody(test) == before, "none of these rang anywhere")


def everybody(test: Test) -> list[str]:
    return sorted(call_id for answerer in test.answerers.values() for call_id in answerer.rang())


def changes(test: Test) -> None:
    """The status of an extension changes while Kamailio runs."""
    print("\na status that changes (callprop_status.py)")
    rings = Call("trunk", OUTSIDE, CHANGING, rings="phones")
    for what, status, call in (
        ("as office.json says", None, rings),
        (
            "changed to li only",
            status_id(extension("li", ONLY)),
            Call("trunk", OUTSIDE, CHANGING, reason="which needs ri ("),
        ),
        ("changed to ri only", status_id(extension("ri", ONLY)), rings),
        ("changed to one that does not exist", NO_STATUS, Call("trunk", OUTSIDE, CHANGING, reason="does not exist")),
        ("changed back", status_id(OPEN), rings),
    ):
        if status == NO_STATUS:
            test.proxy.kamcmd("htable.seti", "status", f"s:{CHANGING}", str(status))
        elif status is not None:
            test.proxy.set_status(CHANGING, status)
        # Several calls, so that each worker has one.
        good = all([test.verdict(call, seen, what) for seen in test.place([call] * 4)])  # noqa: C419 (each is judged)
        print(f"  {'ok   ' if good else 'WRONG'}  {what}: {'rang' if call.rings else '403'}")


def bad_files(test: Test) -> None:
    """A bad file keeps Kamailio from starting, with the library's own words in the log."""
    print("\na bad file: Kamailio does not start, and the log says")
    good = statuses()
    broken = dict(test.office, extensions={"300": 12345})
    inside, text_of_it, missing = (dict(test.office, emergency=numbers) for numbers in (["911", OPEN], ["11 2"], None))
    del missing["emergency"]
    for number, (text, the_office, expected) in enumerate((
        (good.replace('"qri"', '"qrx"', 1), test.office, 'property_list: no such property: "qrx"'),
        (good.replace('["all"]', '"all,,"', 1), test.office, "property_list: "),
        (good.replace('"property_list"', '"properties"', 1), test.office, "property_list"),
        (good[:-1], test.office, "line 1 column"),
        (good.replace('"id": 101', '"id": 100', 1), test.office, "another status has the id 100"),
        (good, broken, "no status has the id 12345"),
        (good, inside, "emergency: '300' is an extension"),
        (good, text_of_it, "emergency: '11 2' is no number"),
        (good, missing, "expected exactly extensions, queues, menus, emergency, outside"),
    )):  # fmt: skip
        proxy = Proxy(test.folder / f"bad-{number}", test.prefix, the_office, text)
        log = proxy.refuses_to_start()
        said = next((line for line in log.splitlines() if "callprop: /" in line), "")
        test.check(expected in said, said.partition("callprop: ")[2].rpartition("/")[2][:110] or "nothing", log[-600:])


def check_by_hand(test: Test) -> None:
    """The script, started without Kamailio, checks the files that are beside it."""
    print("\npython3 callprop_kemi.py, before a restart")
    for folder, code, expected in (
        ("checked", 0, "33 statuses, 34 extensions and 34 phones"),
        ("bad-0", 1, 'no such property: "qrx"'),
    ):
        done = subprocess.run(["python3", f"{test.folder}/{folder}/callprop_kemi.py"], env=test.proxy.environment(),
                              capture_output=True, text=True, timeout=60)  # fmt: skip
        said = done.stdout + done.stderr
        test.check(done.returncode == code and expected in said, f"exit status {code}: … {expected}", said)


def count(test: Test) -> None:
    """What rang in all, and for how many calls the log says that they were denied, retransmissions left out."""
    rang = [call_id for call_id in everybody(test) if "batch-" in call_id]
    logged = set(re.findall(r"callprop: call '(\d+-batch-\S+)' from \S+: .*: Denied:", test.log))
    print(
        f"\n{test.permitted} calls permitted, {len(rang)} rang; {test.denied} denied, {len(logged)} logged with the reason"
    )
    test.check(len(rang) == test.permitted and len(logged) == test.denied, "as many as expected, and no others")
    places = test.proxy.where_the_library_is()
    test.check(len(places) == 1 and "nowhere" not in places, "loaded once before the fork: at one place in all processes",
               str(places))  # fmt: skip
    test.check(
        "Traceback" not in test.log and "exception" not in test.log, "no exception in Kamailio's log", test.proxy.tail()
    )


def run(folder: Path, prefix: Path) -> list[str]:
    test = Test(folder, prefix)
    test.start()
    for part in (table, pitfalls, changes, count, bad_files, check_by_hand):
        part(test)
        sys.stdout.flush()
    clients.run(folder, prefix, test.check)
    for answerer in test.answerers.values():
        machine.stop(answerer.process)
    load.compare(folder, prefix, test.office, statuses(), test.ports["phones"])
    return test.wrong


def run_clients(folder: Path, prefix: Path) -> list[str]:
    """A short look at what two clients do."""
    test = Test(folder, prefix)
    clients.run(folder, prefix, test.check)
    return test.wrong


def install_what_is_missing(log: Path) -> None:
    modules = Path("/usr/lib").glob("*/kamailio/modules/app_python3.so")
    is_there = shutil.which("kamailio", path="/usr/sbin:/usr/bin") is not None
    if not is_there and Path("/run/systemd/system").is_dir():
        print(
            "test-kamailio: Debian starts a service of its own then; to stop it: systemctl disable --now kamailio",
            flush=True,
        )
    need("kamailio", is_there, log)
    need("kamailio-python3-modules", any(modules), log)
    need("sip-tester", shutil.which("sipp") is not None, log)


def version() -> str:
    """Of Kamailio and of its package, if it is one."""
    path = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    said = subprocess.run(["kamailio", "-v"], env=path, capture_output=True, text=True, timeout=10).stdout
    package = subprocess.run(
        ["dpkg-query", "-W", "-f", "Debian ${Version}", "kamailio"],
        env=path,
        capture_output=True,
        text=True,
        timeout=10,
    )
    found = re.search(r"^version: kamailio (\S+)", said)
    if not found:
        raise Failed(f"kamailio -v says no version: {said[:100]!r}")
    return f"Kamailio {found[1]} ({package.stdout or 'no package'})"


def give_up(number: int, _: object) -> None:
    raise Failed(f"not ready after {SECONDS_AT_MOST} seconds" if number == signal.SIGALRM else "stopped by a signal")


def main(arguments: Iterable[str]) -> int:
    prefix, *only = arguments
    folder = REPOSITORY / "build/kamailio"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, give_up)
    try:
        if not (Path(prefix) / "lib/libcallprop.so.1").exists():
            raise Failed(f"there is no callprop in {prefix}: make stage puts one into build/stage")
        install_what_is_missing(folder / "apt.log")
        tested = version()
        print(tested, flush=True)
        signal.alarm(SECONDS_AT_MOST)
        wrong = (run_clients if only == ["clients"] else run)(folder, Path(prefix).resolve())
    except (Failed, subprocess.SubprocessError, OSError) as problem:
        wrong = [str(problem)]
    finally:
        signal.alarm(0)
        machine.stop_all()
    for line in wrong:
        print(f"test-kamailio: FAILED: {line}", file=sys.stderr)
    if not wrong:
        print(f"test-kamailio: passed with {tested}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
