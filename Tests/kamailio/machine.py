# SPDX-License-Identifier: MIT
"""What the test starts: Kamailio and SIPp, on loopback, in a folder of its own; and how all of it ends again."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from real_calls import Failed, free_port, header, received

import digest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
EXAMPLE = REPOSITORY / "examples/kamailio"

PROXY, PHONES, TRUNK, PBX, STRANGER = "127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.9"

# ---- Processes ------------------------------------------------------------------------------------------

_started: list[subprocess.Popen[bytes]] = []
_folders: list[str] = []


def short_folder() -> str:
    """A folder for a socket, whose path may have 107 bytes; a checkout's path may be longer. stop_all() removes it."""
    _folders.append(tempfile.mkdtemp(prefix="callprop-"))
    return _folders[-1]


def start(command: list[str], log: Path, environment: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Starts a process in a group of its own, so that stop() reaches its workers, and nobody else's."""
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=log.parent, env=environment, stdin=subprocess.DEVNULL, stdout=file,
                                   stderr=subprocess.STDOUT, start_new_session=True)  # fmt: skip
    _started.append(process)
    return process


def stop(process: subprocess.Popen[bytes], by: int = signal.SIGTERM) -> None:
    """Asks it to end; what then is still there of its group is killed. Not yet reaped, its number is nobody else's."""
    if process.returncode is None:
        os.kill(process.pid, by)  # send_signal() would reap it, when it is dead already
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and not os.waitid(
            os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT
        ):
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process in _started:
        _started.remove(process)


def wait(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """Its exit status; None when it was not ready in time, and was stopped."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        stop(process)


def stop_all() -> None:
    for process in list(reversed(_started)):
        stop(process)
    for folder in _folders:
        shutil.rmtree(folder, ignore_errors=True)


# ---- Kamailio -------------------------------------------------------------------------------------------


def replace_once(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise Failed(f"kamailio.cfg: expected {old} once")
    return text.replace(old, new)


def users_of(office: dict[str, Any]) -> list[tuple[str, str]]:
    """Each phone, and its realm."""
    offices = office.get("clients", {"": office})
    return [
        (phone, domain or "callprop")
        for domain, one in offices.items()
        for phone in (*one["extensions"], *one.get("phones", {}))
    ]


class Proxy:
    """A Kamailio that runs a copy of the example, changed where the README says that an administrator changes it."""

    def __init__(self, folder: Path, prefix: Path, office: dict[str, Any], statuses: str, script: str = "") -> None:
        self.folder = folder
        self.port = free_port(PROXY)
        self.log = folder / "kamailio.log"
        self.prefix = prefix
        self.control = f"unix:{short_folder()}/ctl"
        folder.mkdir(parents=True)
        for file in EXAMPLE.glob("*.*"):
            shutil.copy(file, folder)
        # As pip install --target puts it there.
        shutil.copytree(
            REPOSITORY / "Sources/python/callprop", folder / "callprop", ignore=shutil.ignore_patterns("__pycache__")
        )
        (folder / "office.json").write_text(json.dumps(office))
        (folder / "statuses.json").write_text(statuses)
        (folder / "users.htdigest").write_text(digest.table(users_of(office)))
        configuration = (folder / "kamailio.cfg").read_text()
        configuration = replace_once(configuration, "127.0.0.1:5060", f"{PROXY}:{self.port}")
        configuration = replace_once(configuration, "/etc/kamailio/callprop", str(folder))
        configuration = replace_once(configuration, "unix:/run/kamailio/kamailio_ctl", self.control)
        if script:
            shutil.copy(HERE / script, folder)
            configuration = replace_once(configuration, "CALLPROP_FOLDER/callprop_kemi.py", f"CALLPROP_FOLDER/{script}")
        (folder / "kamailio.cfg").write_text(configuration)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # -DD: stay in the foreground. The PATH is without other Pythons, whose PYTHONHOME would be fatal.
        command = ["kamailio", "-DD", "-E", "-f", str(self.folder / "kamailio.cfg"), "-Y", str(self.folder),
                   "-P", str(self.folder / "pid"), "-m", "512"]  # fmt: skip
        self.process = start(command, self.log, self.environment())

    def environment(self) -> dict[str, str]:
        return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LD_LIBRARY_PATH": str(self.prefix / "lib"),
                "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip

    def wait_until_ready(self) -> None:
        """It answers an OPTIONS, be it with a refusal."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if self.process and self.process.poll() is not None:
                raise Failed(f"Kamailio ended: {self.tail()}")
            if self.request("OPTIONS", f"sip:{PROXY}:{self.port}", wait=0.2):
                return
        raise Failed(f"Kamailio does not answer: {self.tail()}")

    def refuses_to_start(self) -> str:
        """Starts it, expects it to end at once with an error, and gives what it logged."""
        self.start()
        assert self.process
        code = wait(self.process, 30)
        return self.log.read_text(errors="replace") if code else ""

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-1500:]

    def request(self, method: str, uri: str, user: str = "tester", headers: str = "", to_tag: str = "",
                wait: float = 10.0, raw_uri: bytes = b"", domain: str = "", proof: digest.Proof | None = None, at: str = PHONES) -> str:  # fmt: skip
        """
        Sends one request from a phone's address, or another's, without SIPp, and gives the final answer, or nothing.

        :param proof: what the phone answers a challenge with; None: it does not
        """
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
            phone.bind((at, 0))
            phone.settimeout(wait)
            me = f"{at}:{phone.getsockname()[1]}"
            token = os.urandom(6).hex()
            answer, more = "", headers
            for number in (1, 2):
                lines = [f"{method} REQUEST_URI SIP/2.0", f"Via: SIP/2.0/UDP {me};branch=z9hG4bK{token}{number}",
                         f"From: <sip:{user}@{domain or me}>;tag={token}",
                         f"To: <sip:{user}@{domain or f'{PROXY}:{self.port}'}>{to_tag}",
                         f"Call-ID: {token}@{me}", f"CSeq: {number} {method}", "Max-Forwards: 70",
                         *([more] if more else []), "Content-Length: 0", "", ""]  # fmt: skip
                text = "\r\n".join(lines).encode().replace(b"REQUEST_URI", raw_uri or uri.encode())
                phone.sendto(text, (PROXY, self.port))
                answer = final_answer(phone)
                if not proof or not re.match(r"SIP/2\.0 40[17]", answer):
                    break
                more = "\r\n".join(filter(None, (headers, proof.header(answer, method, uri))))
            return answer

    def register(self, extension: str, port: int, domain: str = "", phone: str = "", contact: str = "") -> str:
        """A phone says where it is. What is given back is why it may not, or nothing."""
        phone = phone or extension
        headers = f"Contact: <{contact or f'sip:{phone}@{PHONES}:{port}'}>\r\nExpires: 3600"
        proof = digest.Proof(phone, digest.password(f"{phone}@{domain}" if domain else phone))
        uri = f"sip:{domain or f'{PROXY}:{self.port}'}"
        answer = self.request("REGISTER", uri, extension, headers, domain=domain, proof=proof)
        return "" if answer.startswith("SIP/2.0 200") else answer or self.tail()

    def set_status(self, extension: str, status: int | str) -> None:
        """As an administrator does it, while calls go on."""
        self.administer("set", extension, str(status))

    def kamcmd(self, *words: str) -> None:
        done = subprocess.run(
            ["kamcmd", "-s", self.control, *words], env=self.environment(), capture_output=True, text=True, timeout=10
        )
        if done.returncode or "error" in done.stdout:
            raise Failed(f"kamcmd: {done.stdout}{done.stderr}")

    def administer(self, *words: str) -> str:
        command = ["python3", str(self.folder / "callprop_status.py"), "--control", self.control, *words]
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True, timeout=30)
        if done.returncode:
            raise Failed(f"callprop_status.py: {done.stdout}{done.stderr}")
        return done.stdout

    def processes(self) -> dict[int, list[str]]:
        """The processes of its group, each with the fields of its stat file after the name."""
        assert self.process
        found = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            if int(fields[2]) == self.process.pid:
                found[int(stat.parent.name)] = fields
        return found

    def processor_seconds(self) -> float:
        """What all its processes have used so far."""
        ticks = sum(int(fields[11]) + int(fields[12]) for fields in self.processes().values())
        return ticks / os.sysconf("SC_CLK_TCK")

    def where_the_library_is(self) -> set[str]:
        """The place of the library's code in the memory of each process; "nowhere" when one has not loaded it."""
        places = set()
        for process in self.processes():
            maps = Path(f"/proc/{process}/maps").read_text().splitlines()
            places.add(
                next((line.split()[0] for line in maps if " r-xp " in line and "libcallprop" in line), "nowhere")
            )
        return places


def final_answer(phone: socket.socket) -> str:
    while True:
        try:
            answer = phone.recv(65536).decode(errors="replace")
        except TimeoutError:
            return ""
        if not answer.startswith("SIP/2.0 1"):
            return answer


# ---- SIPp -----------------------------------------------------------------------------------------------


def sipp(scenario: str, address: str, port: int, *options: str) -> list[str]:
    # -mp: each instance wants a media port of its own, even without media. -bind_local: not on all addresses.
    return ["sipp", "-sf", str(HERE / "scenarios" / scenario), "-i", address, "-p", str(port), "-bind_local",
            "-ci", address, "-mi", address, "-mp", str(free_port(address)), "-nostdin", *options]  # fmt: skip


class Answerer:
    """Somebody who can be rung: all phones, the trunk or the PBX."""

    def __init__(self, name: str, folder: Path, address: str, port: int) -> None:
        self.messages = folder / f"{name}.messages"
        command = sipp("answer.xml", address, port, "-trace_msg", "-message_file", str(self.messages))
        self.process = start(command, folder / f"{name}.log")

    def rang(self) -> list[str]:
        """The Call-IDs of the calls that it was rung for. A branch that comes again is a retransmission, and rings nobody."""
        invites = [message for message in received(self.messages) if is_first_invite(message)]
        return [call_id for call_id, _ in {(header(each, "Call-ID"), header(each, "Via")) for each in invites}]


def is_first_invite(message: str) -> bool:
    return message.startswith("INVITE ") and ";tag=" not in header(message, "To")
