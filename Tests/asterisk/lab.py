# SPDX-License-Identifier: MIT
"""The PBX with the phones of one case: those of SIPp, or those of agents.py."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Callable, ClassVar

from real_calls import Failed

import agents
import patience
import sip
from pbx import Pbx

WAIT = 15  # seconds until what should have been seen is missed; whatever is seen sooner costs less
PHONES = ("101", "102", "103", "104", "trunk")


def until(condition: Callable[[], object], seconds: float = WAIT) -> bool:
    deadline = time.monotonic() + patience.seconds(seconds)
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def rings(phones: dict[str, sip.Phone] | dict[str, agents.Phone]) -> dict[str, int]:
    return {of: phone.rang() for of, phone in sorted(phones.items()) if phone.rang()}


def ringing_text(phones: dict[str, sip.Phone] | dict[str, agents.Phone]) -> str:
    return " ".join(of if count == 1 else f"{of} {count} times" for of, count in rings(phones).items())


class Lab:
    """With the phones and callers of SIPp."""

    def __init__(self, pbx: Pbx, folder: Path):
        self.pbx, self.folder = pbx, folder
        self.phones: dict[str, sip.Phone] = {}
        self.others: list[sip.Caller] = []
        self.awaited: tuple = ()
        self.denies = False
        self.final = self.rung = ""

    def expect(self, final: str, rung: str) -> None:
        """What the case should come to. SIPp's callers stay on the line for a fixed time."""
        self.final, self.rung = final, rung

    def phone(self, of: str, scenario: str = "phone", **keys: str) -> sip.Phone:
        self.phones[of] = sip.Phone(self.folder, of, scenario, **keys)
        return self.phones[of]

    def call(self, of: str, number: str, scenario: str = "call", **keys: str) -> str:
        return self.place(of, number, scenario, **keys).result()

    def place(self, of: str, number: str, scenario: str = "call", **keys: str) -> sip.Caller:
        """A call that is not waited for."""
        self.others.append(sip.Caller(self.folder, of, number, scenario, **keys))
        return self.others[-1]

    def rang(self) -> str:
        return ringing_text(self.phones)

    def expect_ring(self, of: str) -> None:
        if not until(self.phones[of].rang):
            raise Failed(f"{of} does not ring")

    def settle(self) -> None:
        """Waits until a call that the PBX made has come to what it comes to."""
        until(lambda: self.rang() == self.rung and (self.final != "ended" or not self.pbx.channels()))
        answered = {phone for phone in self.phones if self.phones[phone].rang()}
        time.sleep(0.9)
        until(lambda: not self.pbx.channels() or set(rings(self.phones)) != answered, 0.3)

    def end(self) -> None:
        # In this order: an INVITE that a phone no longer answers would reach the same phone of the next case.
        self.pbx.hang_up_all()
        for process in (*self.others, *self.phones.values()):
            process.end()


class QuickLab:
    """With the phones and callers of agents.py. The phones stay from case to case, until close()."""

    _exchange: agents.Exchange | None = None
    _phones: ClassVar[dict[str, agents.Phone]] = {}

    def __init__(self, pbx: Pbx, folder: Path):
        self.pbx = pbx
        if not QuickLab._exchange:
            QuickLab._exchange = agents.Exchange()
            QuickLab._phones = {of: agents.Phone(QuickLab._exchange, of) for of in PHONES}
        self.exchange = QuickLab._exchange
        self.phones: dict[str, agents.Phone] = {}
        self.others: list[agents.Caller] = []
        self.expected = agents.Expected()
        self.awaited: tuple = ()
        self.denies = False

    @classmethod
    def close(cls) -> None:
        """Gives the phones' ports back, which those of SIPp are to have."""
        if cls._exchange:
            for phone in cls._phones.values():
                phone.close()
            cls._exchange.close()
            cls._exchange, cls._phones = None, {}

    def expect(self, final: str, rung: str) -> None:
        self.expected = agents.Expected(final, lambda: self.rang() == rung and not self.transferring())

    def phone(self, of: str, scenario: str = "phone", **keys: str) -> agents.Phone:
        if of not in QuickLab._phones:
            QuickLab._phones[of] = agents.Phone(self.exchange, of)
        self.phones[of] = QuickLab._phones[of]
        self.phones[of].lay(scenario, keys)
        return self.phones[of]

    def call(self, of: str, number: str, scenario: str = "call", **keys: str) -> str:
        self.place(of, number, scenario, **keys).expected = self.expected
        return self.others[-1].result()

    def place(self, of: str, number: str, scenario: str = "call", **keys: str) -> agents.Caller:
        self.others.append(agents.Caller(self.exchange, of, number, scenario, **keys))
        return self.others[-1]

    def rang(self) -> str:
        return ringing_text(self.phones)

    def transferring(self) -> bool:
        return any(phone.transferring for phone in self.phones.values())

    def expect_ring(self, of: str) -> None:
        if not self.exchange.wait(self.phones[of].rang, WAIT):
            raise Failed(f"{of} does not ring")

    def settle(self) -> None:
        """A call that is to end without having rung may not have begun."""
        if self.expected.final == "ended":
            until(lambda: self.pbx.manager.named("Newchannel") and not self.pbx.channels())
        self.exchange.wait(self.expected.has_rung, patience.seconds(WAIT))
        time.sleep(agents.CALM)

    def end(self) -> None:
        try:
            self.exchange.wait(lambda: not self.transferring(), patience.seconds(5))
            self.pbx.hang_up_all()
        finally:
            for caller in self.others:
                caller.end()
            for phone in self.phones.values():
                phone.lay("", {})
