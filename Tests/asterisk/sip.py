# SPDX-License-Identifier: MIT
"""SIPp as phones and callers, on loopback. What they saw is read from the messages that SIPp logs."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import subprocess
import time
from pathlib import Path

from real_calls import Failed, free_port, header, received

SCENARIOS = Path(__file__).resolve().parent / "scenarios"
PBX = "127.0.0.1:5060"
# Extensions' phones are on one address, what is outside on another, by which Asterisk knows the trunk.
INSIDE, OUTSIDE = "127.0.0.1", "127.0.0.2"

_number = itertools.count(1)


CLIENTS = {"": INSIDE, "acme": "127.0.0.3", "beta": "127.0.0.4"}
BETAS_OUTSIDE = "127.0.0.5"


def host(who: str) -> str:
    """Where somebody calls from. Those of another client are called acme-101."""
    client, _, number = who.rpartition("-")
    if number == "trunk":
        return BETAS_OUTSIDE if client else OUTSIDE
    return CLIENTS.get(client, INSIDE)


def address(who: str) -> tuple[str, int]:
    """Where the phone of an extension, or the trunk's other end, is rung."""
    number = who.rpartition("-")[2]
    return (host(who), 5080 if number == "trunk" else 5000 + int(number))


def open_files(pid: int) -> list[str]:
    """What the descriptors of a process stand for, such as `socket:[4711]`. Empty once it has ended."""
    files: list[str] = []
    with contextlib.suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):  # closed in between
                files.append(os.readlink(descriptor))
    return files


class Sipp:
    """One process of SIPp. `of` is the extension, or trunk."""

    def __init__(self, folder: Path, scenario: str, of: str, where: tuple[str, int], *more: str):
        self.of = of
        name = f"{next(_number):04}-{scenario}-{of}"
        self.messages = folder / f"{name}.messages"
        self.log = folder / f"{name}.log"
        self.output = (folder / f"{name}.output").open("w")
        # -timeout ends a process that this test does not reach any more.
        self.process = subprocess.Popen(
            [
                "sipp",
                "-sf",
                str(SCENARIOS / f"{scenario}.xml"),
                "-i",
                where[0],
                "-p",
                str(where[1]),
                "-bind_local",
                "-ci",
                where[0],
                "-mi",
                where[0],
                "-mp",
                str(free_port(where[0])),
                "-nostdin",
                "-trace_msg",
                "-message_file",
                str(self.messages),
                "-trace_logs",
                "-log_file",
                str(self.log),
                "-key",
                "who",
                of,
                *more,
            ],
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=subprocess.STDOUT,
        )

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.output.close()


class Phone(Sipp):
    """Waits to be rung."""

    def __init__(self, folder: Path, of: str, scenario: str = "phone", **keys: str):
        more = [word for key, value in keys.items() for word in ("-key", key, value)]
        super().__init__(folder, scenario, of, address(of), PBX, "-timeout", "400", *more)

    def is_bound(self) -> bool:
        """Whether this process has the phone's port. Another's socket there is none of it: SIPp cannot bind then."""
        host, port = address(self.of)
        wanted = f"{''.join(f'{int(part):02X}' for part in reversed(host.split('.')))}:{port:04X}"
        rows = [line.split() for line in Path("/proc/net/udp").read_text().splitlines()[1:]]
        bound = {f"socket:[{row[9]}]" for row in rows if row[1] == wanted}
        return bool(bound & set(open_files(self.process.pid)))

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 5
        while not self.is_bound():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"the phone {self.of} does not start: {Path(self.output.name).read_text()[:500]}")
            time.sleep(0.01)

    def rang(self) -> int:
        """How many calls rang it."""
        return len(
            {header(message, "Call-ID") for message in received(self.messages) if message.startswith("INVITE sip")}
        )


class Caller(Sipp):
    """Makes one call, or several at a steady rate."""

    def __init__(
        self, folder: Path, of: str, number: str, scenario: str = "call", calls: str = "1", rate: str = "1", **keys: str
    ):
        more = [word for key, value in keys.items() for word in ("-key", key, value)]
        port = next(_number) % 1000
        where = (OUTSIDE, 7000 + port) if of == "trunk" else (INSIDE, 7000 + port)
        super().__init__(
            folder,
            scenario,
            of,
            where,
            PBX,
            "-s",
            number,
            "-m",
            calls,
            "-r",
            rate,
            "-timeout",
            str(25 + 2 * int(calls) // int(rate)),
            "-timeout_error",
            *more,
        )

    def result(self) -> str:
        """The final response, or `cut CAUSE` when it was answered and then the PBX hung up."""
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self.of}'s call does not end") from None
        final = "no answer"
        for message in received(self.messages):
            status = re.search(r"^SIP/2\.0 ([2-6]\d\d)", message, re.MULTILINE)
            if status and re.search(r"^CSeq: *\d+ INVITE", message, re.MULTILINE | re.IGNORECASE):
                final = status.group(1)
            if message.startswith("BYE sip"):
                cause = re.search(r"^Reason:.*cause=(\d+)", message, re.MULTILINE | re.IGNORECASE)
                final = f"cut {cause.group(1) if cause else ''}".strip()
        return final

    def over(self) -> bool:
        return self.process.poll() is not None

    def tags(self) -> tuple[str, str, str] | None:
        """Call-ID, the other's tag and our own, when the scenario `consult` was answered."""
        found = re.search(r"(\S+);to-tag=([^;]+);from-tag=(\S+)", self.log.read_text() if self.log.exists() else "")
        return found.groups() if found else None
