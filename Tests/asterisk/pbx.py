# SPDX-License-Identifier: MIT
"""One Asterisk in a host: its files, its process, its CLI, and what AMI tells."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
import threading
import time
from itertools import combinations
from pathlib import Path
from typing import BinaryIO

from real_calls import Failed

from host import Host
from patience import seconds

HERE = Path(__file__).resolve().parent
LOGGED = re.compile(r"(?:NOTICE|WARNING|ERROR)\[\d+\](?:\[C-\w+\])?:? ((?:callprop/\w+|res_callprop)\.c: .*)")
MNEMOS = ("all", "cq", "li", "lo", "qli", "qri", "ri", "ro")
EXTENSIONS = ("101", "102", "103", "104", "107", "108", "109")


def status_name(properties) -> str:
    """Every set of properties is a status of the test's callprop.conf, under this name."""
    return "+".join(mnemo for mnemo in MNEMOS if mnemo in properties) or "none"


def callprop_conf(**changed: str) -> str:
    """callprop.conf with each of the 256 sets as a status, and extensions that have `all`."""
    sets = [chosen for n in range(9) for chosen in combinations(MNEMOS, n)]
    statuses = "\n".join(f"{status_name(chosen)} = {','.join(chosen)}" for chosen in sets)
    extensions = "\n".join(f"{extension} = {changed.get('e' + extension, '')}" for extension in EXTENSIONS)
    return (
        f"[general]\ndefault = all\nemergency = 112, 911,199\n[statuses]\n{statuses}\n[extensions]\n{extensions}\n"
        "[numbers]\n500 = queue\n501 = queue\n502 = queue\n503 = queue\n600 = ivr\n610 = extension\n"
        "*60 = service\n*62 = service\n*63 = service\n[trunks]\ntrunk = PJSIP/trunk\n[transit]\nnumber = 030999*\n"
    )


ACTIVE = re.compile(r"(\d+) active channel")
# A race of Asterisk's own, seen without the module, too: what AMI's Bridge or Redirect takes from an application, and ends in that moment, is put back into
# the list of channels when it has ended (channel_do_masquerade() and ast_hangup()), and stays there.
LEFT = re.compile(r"^Surrogate/\S+ +\S+ +Down +\(None\) *$", re.MULTILINE)


class Manager:
    """A connection to AMI whose events are gathered as dictionaries."""

    def __init__(self, user: str = "test") -> None:
        self.socket = socket.create_connection(("127.0.0.1", 5038), timeout=5)
        self.socket.settimeout(None)
        self.events: list[dict[str, str]] = []
        self.answers: dict[str, dict[str, str]] = {}
        self.news = threading.Condition()
        self.number = 0
        self.is_closed = False
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        self.action("Login", Username=user, Secret="test")

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # Asterisk has ended, or closed it with something unread
            self._gather(self.socket.makefile("rb"))
        with self.news:
            self.is_closed = True
            self.news.notify_all()

    def _gather(self, stream: BinaryIO) -> None:
        stream.readline()
        message: dict[str, str] = {}
        for line in stream:
            key, separator, value = line.decode("utf-8", "replace").rstrip("\r\n").partition(": ")
            if separator:  # Output comes once for each line
                message[key] = f"{message[key]}\n{value}" if key == "Output" and key in message else value
            elif message:
                with self.news:
                    if "Response" in message:
                        self.answers[message.get("ActionID", "")] = message
                    else:
                        self.events.append(message)
                    self.news.notify_all()
                message = {}

    def action(self, name: str, **headers: str) -> dict[str, str]:
        self.number += 1
        number = str(self.number)
        lines = [
            f"Action: {name}",
            f"ActionID: {number}",
            *(f"{key}: {value}" for key, value in headers.items()),
            "",
            "",
        ]
        try:
            self.socket.sendall("\r\n".join(lines).encode())
        except OSError as error:
            raise Failed(f"AMI is gone, and perhaps Asterisk with it: {name}: {error}") from None
        with self.news:
            self.news.wait_for(lambda: number in self.answers or self.is_closed, seconds(10))
            if number not in self.answers:
                raise Failed(f"AMI {'has closed' if self.is_closed else 'does not answer'}: {name}")
            return self.answers.pop(number)

    def named(self, name: str) -> list[dict[str, str]]:
        with self.news:
            return [event for event in self.events if event.get("Event") == name]

    def forget(self) -> None:
        """All that was told before now, also what has not come yet: it comes before an event of our own."""
        self.action("UserEvent", UserEvent="Forget")
        with self.news:
            self.news.wait_for(lambda: self.named("UserEvent") or self.is_closed, seconds(10))
            self.events.clear()

    def close(self) -> None:
        with contextlib.suppress(OSError):  # Asterisk may have closed it
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(2)


class Pbx:
    tool: tuple[str, ...] = ()  # the program that Asterisk runs in, with its options

    def __init__(self, host: Host):
        self.host = host
        self.base = host.root / "callprop"
        self.etc = self.base / "etc"
        shutil.rmtree(self.base, ignore_errors=True)
        for folder in ("etc", "var", "run", "log", "spool/outgoing", "spool/tmp"):
            (self.base / folder).mkdir(parents=True)
        modules = host.modules()
        for file in (HERE / "conf").iterdir():
            (self.etc / file.name).write_text(file.read_text().replace("@MODULES@", modules))
        self.configure(callprop_conf())
        self.environment: tuple[str, ...] = ()  # what Asterisk is started with beside the usual, such as "TZ=UTC"
        self.left = 0  # channels that stay in Asterisk's list
        self.process: subprocess.Popen | None = None
        self.manager: Manager | None = None

    def configure(self, text: str) -> None:
        (self.etc / "callprop.conf").write_text(text)

    def start(self) -> None:
        # This test's own Asterisk, in the foreground, so that its process is a child and can be ended by its id.
        self.output = (self.base / "log/console").open("a")
        self.left = 0
        self.process = subprocess.Popen(
            [
                "chroot",
                str(self.host.root),
                "/usr/bin/env",
                "-i",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL=C.UTF-8",
                *self.environment,
                *self.tool,
                "asterisk",
                "-f",
                "-C",
                "/callprop/etc/asterisk.conf",
            ],
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=self.output,
        )
        deadline = time.monotonic() + seconds(60)
        while "fully booted" not in self.rx("core waitfullybooted", check=False):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"Asterisk does not start:\n{self.log()[-3000:]}")
            time.sleep(0.1)
        self.manager = Manager()

    def stop(self) -> None:
        if self.manager:
            self.manager.close()
            self.manager = None
        if self.process:
            if self.process.poll() is None:
                try:
                    self.rx("core stop now", check=False)
                    self.process.wait(seconds(10))
                except subprocess.TimeoutExpired:
                    self.process.kill()
                    self.process.wait()
                    raise Failed("Asterisk does not stop") from None
            else:
                print(
                    f"Asterisk had ended by itself: {self.process.returncode}\n{(self.base / 'log/console').read_text(errors='replace')[-1500:]}"
                )
            self.process = None
            self.output.close()

    def kill(self) -> None:
        """Ends it at once, and forgets what it had stored: for an Asterisk with a module that is wrong on purpose."""
        if self.manager:
            self.manager.close()
            self.manager = None
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
            self.output.close()
        for folder in ("var", "log", "run"):
            shutil.rmtree(self.base / folder, ignore_errors=True)
            (self.base / folder).mkdir()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def rx(self, command: str, check: bool = True) -> str:
        done = subprocess.run(
            ["chroot", str(self.host.root), "asterisk", "-C", "/callprop/etc/asterisk.conf", "-rx", command],
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds(30),
        )
        if check and done.returncode and not self.alive():
            raise Failed(f"Asterisk is gone:\n{self.log()[-3000:]}")
        # What every Asterisk says where there is nothing but loopback.
        return done.stdout.replace(
            "No ethernet interface found for seeding global EID. You will have to set it manually.\n", ""
        )

    def command(self, text: str) -> str:
        """The CLI without a process of its own, for what is asked again and again."""
        return self.manager.action("Command", Command=text).get("Output", "")

    def log(self) -> str:
        file = self.base / "log/full"
        text = file.read_text(errors="replace") if file.exists() else ""
        return text or (self.base / "log/console").read_text(errors="replace")

    def logged(self, before: int) -> list[str]:
        """What the module has told of since the log was that long."""
        return LOGGED.findall(self.log()[before:])

    def set_status(self, extension: str, properties) -> None:
        answer = self.manager.action("CallpropSetStatus", Extension=extension, Status=status_name(properties))
        if answer["Response"] != "Success":
            raise Failed(f"CallpropSetStatus {extension} {properties}: {answer}")

    def channels(self) -> int:
        return int(ACTIVE.search(self.command("core show channels count")).group(1)) - self.left

    def hang_up_all(self) -> None:
        """Ends what a call left, and waits until nothing is there."""
        deadline = time.monotonic() + seconds(8)
        while self.channels():
            self.command("channel request hangup all")
            if time.monotonic() > deadline:
                shown = self.rx("core show channels")
                self.left = len(LEFT.findall(shown))
                if int(ACTIVE.search(shown).group(1)) > self.left:
                    raise Failed(f"channels that do not end:\n{shown}")
                print(
                    f"Asterisk has left these in its list, which ended while it took them from an application:\n{shown}"
                )
            time.sleep(0.05)

    def processor_time(self) -> float:
        """Seconds that Asterisk has used so far, with its threads, also those that ended: clock_getcpuclockid(3)."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def rss(self) -> int:
        """Resident memory in KiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))
