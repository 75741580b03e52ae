# SPDX-License-Identifier: MIT
"""Whose phone it is: passwords; and where a phone says that it is: contacts.

users.htdigest has a line for each phone, as Apache's htdigest writes it: user:realm:HA1. The user is the extension, or one of the
"phones" of office.json; the realm is the client's domain, or "callprop" where there is one client. No password is written anywhere.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from callprop_gate import PHONES
from callprop_office import ConfigError, Office

REALM = "callprop"  # of a client without a domain
HA1 = 1  # what stands in the table is no password, but what the phone makes of it
LOCATION = "location"

# A challenge that a phone answers with a count, so that an answer counts once.
QOP = 1
# The answer was right, but to a challenge of before: the phone need not ask anybody for the password again.
STALE, NONCES = 16, (-4, -6)


def realm_of(office: Office) -> str:
    return office.name or REALM


class Users:
    """The table of phones and what they prove that they are by."""

    def __init__(self, path: Path, offices: dict[str, Office]) -> None:
        self.secrets: dict[tuple[str, str], str] = {}
        realms = {realm_of(office): office for office in offices.values()}
        try:
            lines = path.read_text().splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: {error}") from None
        for number, line in enumerate(lines, 1):
            if not line or line.startswith("#"):
                continue
            match = re.fullmatch(r"([^:@]+):([^:]+):([0-9a-f]{32})", line)
            office = realms.get(match[2]) if match else None
            # The line is not shown: it may hold a password that was meant to be hashed.
            if not match or not office:
                raise ConfigError(
                    f"{path}:{number}: expected user:realm:HA1, where the realm is one of {', '.join(realms)}"
                )
            if office.extension_of(match[1]) is None:
                raise ConfigError(
                    f"{path}:{number}: {match[1]!r} is neither an extension nor one of the phones of office.json"
                )
            if (match[1], match[2]) in self.secrets:
                raise ConfigError(f"{path}:{number}: {match[1]!r} is there already")
            self.secrets[match[1], match[2]] = match[3]

    def secret(self, office: Office, phone: str) -> str | None:
        return self.secrets.get((phone, realm_of(office)))


def authenticated(ksr: Any, users: Users, office: Office) -> str | None:
    """The extension whose phone proves that it sent the request. None: it is challenged to prove it."""
    phone, realm = ksr.pv.getw("$au"), realm_of(office)
    secret = users.secret(office, phone)
    # The secret is that of the name that was looked up. Credentials in another name do not go with it.
    result = -1 if secret is None else ksr.auth.pv_auth_check(realm, secret, HA1, 0)
    if result > 0:
        ksr.auth.consume_credentials()
        return office.extension_of(phone)
    ksr.auth.auth_challenge(realm, QOP | STALE if result in NONCES else QOP)
    return None


class Contacts:
    """Where the phones of an extension are. One extension may have several."""

    def __init__(self, ksr: Any, offices: dict[str, Office]) -> None:
        self.ksr = ksr
        hosts = (uri for office in offices.values() for uri in (office.trunk, office.pbx))
        self.hosts_outside = {re.sub(r"^sips?:([^@]*@)?|[:;?].*$", "", uri) for uri in hosts}

    @staticmethod
    def address(office: Office, extension: str) -> str:
        return f"sip:{extension}@{realm_of(office)}"

    def save(self, office: Office, extension: str) -> None:
        self.ksr.registrar.save_uri(LOCATION, 0, self.address(office, extension))

    def of(self, office: Office, extension: str) -> list[str]:
        registrar, pv = self.ksr.registrar, self.ksr.pv
        if registrar.reg_fetch_contacts(LOCATION, self.address(office, extension), "callee") < 0:
            return []
        count = int(pv.get("$(ulc(callee=>count))") or 0)
        found = [pv.get(f"$(ulc(callee=>addr)[{index}])") for index in range(count)]
        registrar.reg_free_contacts("callee")
        return [uri for uri in found if uri]

    def is_outside(self, uri: str) -> bool:
        """Anywhere but where phones are. With maddr a contact names another place than its host."""
        ksr = self.ksr
        ksr.pv.sets("$var(contact)", uri)
        host, port = ksr.pv.getw("$(var(contact){uri.host})"), ksr.pv.getw("$(var(contact){uri.port})")
        if ksr.pv.get("$(var(contact){uri.maddr})") or ksr.is_myself(uri) or host in self.hosts_outside:
            return True
        return ksr.permissions.allow_address_group(host, int(port or 0)) != PHONES
