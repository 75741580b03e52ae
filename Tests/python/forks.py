# SPDX-License-Identifier: MIT
"""A Python that has imported callprop, and forks for each `python -m callprop`: a process of its own each time, with its own arguments,
folder, standard files and exit status, at a twentieth of the cost."""

from __future__ import annotations

import contextlib
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

# sys.argv[1] is a socket. For each request come the arguments, a folder, and the three files of a process; back go its id and its exit status.
PROGRAM = """
import gc, os, pickle, runpy, socket, sys
import callprop.command

if hasattr(gc, "freeze"):
    gc.freeze()  # What is not looked at is not copied.

server = socket.socket(fileno=int(sys.argv[1]))
server.send(b"ready")
while True:
    request, files, _, _ = socket.recv_fds(server, 1 << 20, 3)
    if not request:
        os._exit(0)
    process = os.fork()
    if process == 0:
        break
    for file in files:
        os.close(file)
    server.send(b"%d" % process)
    server.send(b"%d" % os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))

server.close()
for number, file in enumerate(files):
    os.dup2(file, number)
    os.close(file)
arguments, folder = pickle.loads(request)
os.chdir(folder)
sys.path[0] = os.getcwd()
sys.argv = ["-m", *arguments]
sys.orig_argv = [sys.executable, "-m", "callprop", *arguments]
runpy._run_module_as_main("callprop")
"""
REQUEST_MAX = 100_000


class Forks:
    """One such Python, with this environment."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(120)
        with theirs:
            command = [sys.executable, "-c", PROGRAM, str(theirs.fileno())]
            self.process = subprocess.Popen(
                command,
                env=environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        # Where callprop has no library, nothing begins.
        self.began = self.socket.recv(100) == b"ready"

    def callprop(
        self, arguments: list[str], input: bytes | None, cwd: str
    ) -> subprocess.CompletedProcess[bytes] | None:
        """What `python -m callprop` answers; None where that must be asked: there is no such Python, or the arguments are long."""
        request = pickle.dumps((arguments, cwd))
        if not self.began or len(request) > REQUEST_MAX:
            return None
        # A pipe, like a subprocess's. Nobody reads the other's end of one that both have.
        stdin, feeding = os.pipe()
        reading, stdout = os.pipe()
        complaining, stderr = os.pipe()
        if input is None:
            os.close(stdin)
            stdin = os.open(os.devnull, os.O_RDONLY)
        socket.send_fds(self.socket, [request], [stdin, stdout, stderr])
        for file in (stdin, stdout, stderr):
            os.close(file)
        with ThreadPoolExecutor(3) as pool:
            pool.submit(feed, feeding, input or b"")
            said, complained = pool.submit(whole, reading), pool.submit(whole, complaining)
            process = int(self.socket.recv(100))
            try:
                status = int(self.socket.recv(100))
            except socket.timeout:
                os.kill(process, 9)
                raise
            return subprocess.CompletedProcess(arguments, status, said.result(), complained.result())

    def end(self) -> None:
        self.socket.close()
        self.process.communicate()


def feed(file: int, content: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), open(file, "wb") as pipe:
        pipe.write(content)


def whole(file: int) -> bytes:
    with open(file, "rb") as pipe:
        return pipe.read()
