# SPDX-License-Identifier: MIT
"""The messages of the phones and callers of agents.py, and the one thread that all of them live in."""

from __future__ import annotations

import heapq
import itertools
import selectors
import threading
import time
from dataclasses import dataclass
from typing import Callable

_turn = itertools.count(1)


@dataclass
class Message:
    first: str
    headers: list[tuple[str, str]]
    body: str

    def get(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    @property
    def method(self) -> str:
        return self.get("cseq").split()[-1]

    @property
    def status(self) -> int:
        return int(self.first.split()[1]) if self.first.startswith("SIP/") else 0


def parse(data: bytes) -> Message:
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Message(first, [(key.strip().lower(), value.strip()) for key, _, value in pairs], body)


class Exchange:
    """The one thread that reads all sockets and does what is due."""

    def __init__(self) -> None:
        self.news = threading.Condition(threading.RLock())
        self.selector = selectors.DefaultSelector()
        self.due: list[tuple[float, int, Callable[[], None]]] = []
        self.failure: Exception | None = None
        self.is_over = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def close(self) -> None:
        """For when all phones and callers are closed."""
        self.is_over = True
        self.thread.join()
        self.selector.close()

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        with self.news:
            heapq.heappush(self.due, (time.monotonic() + seconds, next(_turn), act))

    def _run(self) -> None:
        while not (self.failure or self.is_over):
            ready = self.selector.select(0.01) if self.selector.get_map() else time.sleep(0.01) or []
            try:
                with self.news:
                    for key, _ in ready:
                        key.data.receive()
                    while self.due and self.due[0][0] <= time.monotonic():
                        heapq.heappop(self.due)[2]()
                    self.news.notify_all()
            except Exception as failure:  # told by whoever waits
                self.failure = failure

    def wait(self, condition: Callable[[], object], seconds: float) -> bool:
        with self.news:
            met = bool(self.news.wait_for(lambda: condition() or self.failure, seconds))
            if self.failure:
                raise self.failure
            return met
