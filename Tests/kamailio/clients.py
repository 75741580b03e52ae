# SPDX-License-Identifier: MIT
"""Two clients of one Kamailio, by their domains, with the same numbers; phones that prove who they are; contacts; restarts.

The phones are busy: whoever is rung says so, and the caller sees 486. Expected is written from the vendor's sentences: between two
clients a call is outside for both."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any, Callable

import digest
import machine
from client_office import (
    A101,
    A102,
    A_OUT,
    ACME,
    B101,
    B102,
    B201,
    B_OUT,
    BETA,
    BETAS_TRUNK,
    LI,
    LO,
    NIGHT,
    NOT_RI,
    NOT_RO,
    RI,
    RO,
    STATUSES,
    Clients,
    Row,
    row,
    status_items,
)
from machine import PBX, PHONES, PROXY, TRUNK, Proxy

OUTSIDE = "0309@outside.example"
QUEUED = "src=external,dst=queue,leg=dst"
CALLBACK = "src=extension,dst=external,leg=src,callback=true"
FOREIGN, NOTHING, FROM_OUTSIDE = "calls to other domains", "nothing here has this number", "a call from outside is for"
# fmt: off
ROWS = [
    # The same number is another phone in each client. acme's 102 has two.
    row("acme calls 102", A101, A102, "acme-102 acme-102-mobile"),
    row("beta calls 102", B101, B102, "beta-102"),
    row("acme (lo) calls 102 (li)", A101, A102, "acme-102 acme-102-mobile", statuses={A101: LO, A102: LI}),
    row("acme calls 102 (no li)", A101, A102, "403 which needs li (", statuses={A102: RI}),
    row("acme calls 102, beta's may do nothing", A101, A102, "acme-102 acme-102-mobile", statuses={B101: RI, B102: RO}),
    row("acme calls beta's 201 as its own", A101, f"201@{ACME}", f"403 {NOTHING}"),
    row("acme calls outside", A101, A_OUT, "trunk"),
    row("acme (no ro) calls outside", A101, A_OUT, "403 which needs ro (", statuses={A101: NOT_RO}),
    row("beta calls outside, by its own trunk", B101, B_OUT, "beta-trunk"),
    # From one to the other: outside for both
    row("acme (ro) calls beta's 201 (ri)", A101, B201, "beta-201", statuses={A101: RO, B201: RI}),
    row("acme (no ro) calls beta's 201", A101, B201, "403 which needs ro (", statuses={A101: NOT_RO}),
    row("acme calls beta's 201 (no ri)", A101, B201, "403 which needs ri (", statuses={B201: NOT_RI}),
    row("acme calls beta's 101, its own number", A101, B101, "403 which needs ri (", statuses={B101: NOT_RI}),
    row("acme calls beta's queue", A101, f"600@{BETA}", "pbx", statuses={A101: RO}),
    row("acme (no ro) calls beta's queue", A101, f"600@{BETA}", "403 which needs ro (", statuses={A101: NOT_RO}),
    row("acme calls outside by beta's trunk", A101, B_OUT, f"403 {FROM_OUTSIDE}"),
    row("acme calls a client that is not there", A101, "101@gamma.example", f"403 {FOREIGN}"),
    row("who is of no client calls acme", "101@gamma.example", A102, "403 From names no client"),
    # From outside, and from the PBX
    row("outside calls acme's 102 (ri)", OUTSIDE, A102, "acme-102 acme-102-mobile", TRUNK, statuses={A102: RI}),
    row("outside calls acme's 102 (no ri)", OUTSIDE, A102, "403 which needs ri (", TRUNK, statuses={A102: NOT_RI}),
    row("outside calls beta's 102, by beta's trunk", OUTSIDE, B102, "beta-102", BETAS_TRUNK, statuses={B102: RI}),
    row("outside calls acme's number, and goes on outside", OUTSIDE, A_OUT, f"403 {FROM_OUTSIDE}", TRUNK),
    row("outside calls a client that is not there", OUTSIDE, "102@gamma.example", f"403 {FOREIGN}", TRUNK),
    row("acme's queue rings beta's 201", OUTSIDE, f"201@{ACME}", "403 rings extensions and outside", PBX, says=QUEUED),
    row("beta's queue rings 102 (no qri)", OUTSIDE, B102, "403 which needs qri (", PBX, says=QUEUED, statuses={B102: RI}),
    row("beta's queue rings 102", OUTSIDE, B102, "beta-102", PBX, says=QUEUED),
    row("a callback of beta's 101 (ro)", B101, B_OUT, "beta-trunk", PBX, says=CALLBACK, statuses={B101: RO}),
    row("a callback of beta's 101 (no ro), which acme's has", B101, B_OUT, "403 which needs ro (", PBX, says=CALLBACK, statuses={B101: NOT_RO}),
    # Emergency numbers: everybody's, and beta's own
    row("acme calls for help", A101, f"112@{ACME}", "trunk", statuses={A101: LI}),
    row("beta calls for help", B101, f"955@{BETA}", "beta-trunk", statuses={B101: LI}),
    row("who has no password calls for help", A101, f"112@{ACME}", "trunk", phone=None),
    row("acme calls beta's number for help", A101, f"955@{ACME}", f"403 {NOTHING}"),
    row("acme calls beta's number for help, at beta", A101, f"955@{BETA}", f"403 {FROM_OUTSIDE}"),
    row("acme calls for help, at beta", A101, f"112@{BETA}", "trunk", statuses={A101: LI}),
    row("beta calls for help, at acme", B101, f"955@{ACME}", "beta-trunk", statuses={B101: LI}),
    row("a phone of no client calls for help", "101@gamma.example", f"112@{ACME}", "trunk", phone=None),
    row("outside calls for help", OUTSIDE, f"112@{ACME}", f"403 {FROM_OUTSIDE}", TRUNK),
    # Statuses of acme's own
    row("acme's own status: li", A101, A102, "acme-102 acme-102-mobile", statuses={A102: NIGHT}),
    row("acme's own status: no ri", OUTSIDE, A102, "403 which needs ri (", TRUNK, statuses={A102: NIGHT}),
    # A phone is whoever its password says.
    row("no password", A101, A102, "407", phone=None),
    row("a wrong password", A101, A102, "407", secret="guessed"),
    row("the password of 102, and From says 101", A101, B201, "403 From is another's", phone="102"),
    row("the password of 102-mobile, and From says 102", A102, A101, "acme-101", phone="102-mobile"),
    row("the password of 102-mobile, and From says 101", A101, A102, "403 From is another's", phone="102-mobile"),
    row("the password of a phone that is not there", A101, A102, "407", phone="109"),
    row("beta's 101 says that it is acme's", A101, A102, "407", secret=digest.password(f"101@{BETA}")),
]
# fmt: on


Check = Callable[[bool, str, str], None]


def rows(clients: Clients, check: Check) -> None:
    print("\ntwo clients, acme and beta, with the same numbers")
    for one in ROWS:
        clients.statuses(one.statuses)
        seen = clients.call(one)
        check(seen == one.expected, f"{one.what}: {one.expected}", seen)


def registrations(clients: Clients, check: Check) -> None:
    print("\nwho may register")
    register = clients.proxy.register
    uri = f"sip:{ACME}"
    contact = f"Contact: <sip:101@{PHONES}:9>\r\nExpires: 60"
    for what, code, phone, domain in (
        ("102 for 101", "403", "102", ACME),
        ("beta's 101 for acme's", "401", "101", BETA),
        ("who is nobody", "401", "109", ACME),
    ):
        proof = digest.Proof(phone, digest.password(f"{phone}@{domain}"))
        answer = clients.proxy.request("REGISTER", uri, "101", contact, domain=ACME, proof=proof)
        check(answer[8:11] == code, f"{what}: {code}", answer)
    check(register("102", clients.ends["acme-102"].port, ACME) == "", "102 for 102: 200", "")
    # An answer to a challenge counts once.
    proof = digest.Proof("101", digest.password(A101))
    clients.call(Row("", A101, A102, ""))
    answer = clients.proxy.request("INVITE", f"sip:{A102}", "101", domain=ACME, proof=proof)
    again = clients.proxy.request("INVITE", f"sip:{A102}", "101", proof.sent[-1], domain=ACME)
    check(answer[8:11] == "486" and again[8:11] == "407", "an answer that was seen, given again: 407", answer + again)
    check("stale=true" in again, "the phone need not ask for the password again", again)


def contacts(clients: Clients, check: Check) -> None:
    print("\na phone whose Contact leads outside")
    trunk, pbx = clients.ends["trunk"].port, clients.ends["pbx"].port
    call = Row("", A101, B201, "")
    denied = "403 which needs ro ("
    places = {
        "the trunk": (f"sip:0301234@{TRUNK}:{trunk}", "trunk"),
        "the trunk, by maddr": (f"sip:201@{PHONES}:{trunk};maddr={TRUNK}", ""),
        "the PBX": (f"sip:600@{PBX}:{pbx}", "pbx"),
        "the proxy": (f"sip:0301234@{PROXY}:{clients.proxy.port}", ""),
        "elsewhere": ("sip:0301234@192.0.2.1", ""),
        "a name": ("sip:0301234@provider.example", ""),
    }
    for what, (uri, end) in places.items():
        clients.statuses({B201: NOT_RO})
        unregister(clients, "201", BETA)
        clients.proxy.register("201", 0, BETA, "201", uri)
        call.expected = denied
        seen = clients.call(call)
        check(seen == denied, f"{what}, and 201 lacks ro: {denied}", seen)
        clients.proxy.register("201", clients.ends["beta-201"].port, BETA)
        seen = clients.call(call)
        check(seen == "beta-201", f"{what}, beside the phone, and 201 lacks ro: the phone", seen)
        if end:
            clients.statuses({})
            seen = clients.call(call)
            both = " ".join(name for name in clients.ends if name in (end, "beta-201"))
            check(seen == both, f"{what}, beside the phone, and 201 has ro: both", seen)
    unregister(clients, "201", BETA)
    seen = clients.proxy.request(
        "INVITE", f"sip:{B201}", "101", domain=ACME, proof=digest.Proof("101", digest.password(A101))
    )
    check(seen[8:11] == "480", "no phone at all: 480", seen)


def unregister(clients: Clients, number: str, domain: str) -> None:
    proof = digest.Proof(number, digest.password(f"{number}@{domain}"))
    clients.proxy.request("REGISTER", f"sip:{domain}", number, "Contact: *\r\nExpires: 0", domain=domain, proof=proof)


def restarts(clients: Clients, check: Check) -> None:
    print("\na status that is set at run time, over restarts")
    proxy = clients.proxy
    ring, denied = "acme-102 acme-102-mobile", "403 which needs ri ("
    from_outside = Row("", OUTSIDE, A102, denied, at=TRUNK)

    def restart(by: int) -> None:
        assert proxy.process
        if by == signal.SIGKILL:
            os.killpg(proxy.process.pid, by)
        machine.stop(proxy.process)
        clients.start()

    clients.statuses({})
    check(clients.call(from_outside) == ring, "before", "")
    proxy.administer("set", A102, "status 8")
    seen = clients.call(from_outside)
    check(seen == denied, "set by the name of acme's own status", seen)
    for what, by in (("stopped", signal.SIGTERM), ("killed at once", signal.SIGKILL)):
        proxy.administer("set", A102, str(LI if by == signal.SIGTERM else NIGHT))
        restart(by)
        seen = clients.call(from_outside)
        check(seen == denied, f"{what}, and started again", seen)
        seen = clients.call(Row("", OUTSIDE, B102, "", at=TRUNK))
        check(seen == "beta-102", f"{what}: the same number of the other client", seen)
    shown = proxy.administer("show")
    check(f"{A102}\tstatus 8\trun time\n" in shown and f"{B102}\tstatus 1\toffice.json\n" in shown, "shown", shown)
    proxy.administer("unset", A102)
    check(clients.call(from_outside) == ring, "unset", "")
    restart(signal.SIGTERM)
    check(clients.call(from_outside) == ring, "unset, and started again", "")
    assert proxy.process
    machine.stop(proxy.process)
    told = administered(proxy, "set", A102, str(LI))
    check(
        told.returncode == 1 and "from the next start on" in told.stderr,
        "set while Kamailio does not run: told",
        told.stderr,
    )
    clients.start()
    seen = clients.call(from_outside)
    check(seen == denied, "set while Kamailio did not run, and started", seen)
    for what, words, said in (
        ("an extension that is not there", ("set", f"109@{ACME}", str(LI)), "there is no extension"),
        ("an extension without its client", ("set", "102", str(LI)), "there is no extension"),
        ("another client's own status", ("set", B102, str(NIGHT)), "no status has the id or name"),
    ):
        told = administered(proxy, *words)
        check(told.returncode == 2 and said in told.stderr, f"{what}: {said}", told.stderr)


def administered(proxy: Proxy, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["python3", str(proxy.folder / "callprop_status.py"), "--control", proxy.control, *words]
    return subprocess.run(command, env=proxy.environment(), capture_output=True, text=True, timeout=30)


def bad_files(clients: Clients, check: Check) -> None:
    print("\na bad file of clients, phones or statuses of run time: Kamailio does not start, and the log says")
    good = clients.office()
    users = digest.table(machine.users_of(good))
    line = f"101:{ACME}:{'0' * 32}\n"

    def with_client(domain: str, **more: Any) -> dict[str, Any]:
        return {**good, "clients": {**good["clients"], domain: {**good["clients"][ACME], **more}}}

    for number, (what, file, text, expected) in enumerate((
        ("a domain in capitals", "office.json", json.dumps(with_client("Gamma.example")), "expected a domain in small letters"),
        ("a phone of nobody", "office.json", json.dumps(with_client(ACME, phones={"x": "109"})), "phone x: there is no extension '109'"),
        ("another key beside clients", "office.json", json.dumps({**good, "queues": []}), "expected clients by their domains"),
        ("an emergency number that is an extension", "office.json", json.dumps(with_client(ACME, emergency=["102"])), "'102' is an extension"),
        ("a status twice", "office.json", json.dumps(with_client(ACME, statuses=status_items({9: ["li"]}) * 2)), "another status has the id 9"),
        ("a user that is nobody's", "users.htdigest", users + line.replace("101", "109"), "'109' is neither an extension"),
        ("a user twice", "users.htdigest", users + line, "'101' is there already"),
        ("a realm that is no client", "users.htdigest", users + line.replace("acme", "gamma"), "where the realm is one of"),
        ("a password as it is", "users.htdigest", f"101:{ACME}:secret\n", "expected user:realm:HA1"),
        ("no table of users", "users.htdigest", None, "users.htdigest: [Errno 2]"),
        ("a status that is no id", "run-time.json", '{"101@acme.example": "1"}', "expected the id of a status"),
        ("half of a file", "run-time.json", '{"101@acme.', "run-time.json: "),
    )):  # fmt: skip
        proxy = Proxy(
            clients.folder / f"bad-client-{number}",
            clients.prefix,
            good,
            json.dumps({"statuses": status_items(STATUSES)}),
        )
        if text is None:
            (proxy.folder / file).unlink()
        else:
            (proxy.folder / file).write_text(text)
        log = proxy.refuses_to_start()
        said = next((line for line in log.splitlines() if "callprop: /" in line), "")
        check(expected in said and "secret" not in said, f"{what}: … {expected}", log[-600:])


def run(folder: Path, prefix: Path, check: Check) -> None:
    clients = Clients(folder, prefix)
    clients.start()
    for part in (rows, registrations, contacts, restarts, bad_files):
        part(clients, check)
    log = clients.proxy.log.read_text(errors="replace")
    check("Traceback" not in log and "exception" not in log, "no exception in Kamailio's log", clients.proxy.tail())
