# SPDX-License-Identifier: MIT
"""The passwords of the test's phones, and how a phone proves one (RFC 2617), written without a look at Kamailio."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field


def md5(*parts: str) -> str:
    return hashlib.md5(":".join(parts).encode()).hexdigest()


def password(phone: str) -> str:
    return f"secret-of-{phone}"


def table(users: list[tuple[str, str]]) -> str:
    """As htdigest writes it."""
    whole = ((phone, realm, phone if realm == "callprop" else f"{phone}@{realm}") for phone, realm in users)
    return "".join(f"{phone}:{realm}:{md5(phone, realm, password(name))}\n" for phone, realm, name in whole)


@dataclass
class Proof:
    user: str
    password: str
    realm: str = ""  # instead of the challenge's
    sent: list[str] = field(default_factory=list)

    def header(self, challenge: str, method: str, uri: str) -> str:
        given = dict(re.findall(r'(\w+)="?([^",\r\n]+)', re.search(r"-Authenticate: Digest (.*)", challenge)[1]))
        realm = self.realm or given["realm"]
        count, own = "00000001", "0a4f113b"
        response = md5(md5(self.user, realm, self.password), given["nonce"], count, own, "auth", md5(method, uri))
        name = "Proxy-Authorization" if "Proxy-Authenticate" in challenge else "Authorization"
        values = {
            "username": self.user,
            "realm": realm,
            "nonce": given["nonce"],
            "uri": uri,
            "response": response,
            "cnonce": own,
        }
        text = ", ".join(f'{key}="{value}"' for key, value in values.items())
        self.sent.append(f"{name}: Digest {text}, qop=auth, nc={count}, algorithm=MD5")
        return self.sent[-1]
