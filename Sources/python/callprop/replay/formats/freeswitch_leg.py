# SPDX-License-Identifier: MIT
"""One leg of a call, out of FreeSWITCH's JSON CDR."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import unquote

from ..json_records import flat
from ..office import Office


class Leg(NamedTuple):
    """What a leg says of itself."""

    file: str
    number: int
    call: str  #: what the legs of one call have in common
    inbound: bool  #: towards FreeSWITCH: who calls
    originator: str  #: the leg because of which this one was made; empty: the PBX began it
    user: str  #: the user at the phone, where it says so
    gateway: str  #: a gateway is a trunk
    device: str  #: ``sofia/PROFILE``
    number_dialled: str
    apps: frozenset[str]
    bridged: str  #: what was bridged to
    of_queue: bool
    began: str
    time: int | None = None

    def who(self, office: Office) -> tuple[str | None, str]:
        """Who is at this leg, as `Office.device` says it."""
        if self.user in office.extensions:
            return "extension", self.user
        return ("external", "") if self.gateway else office.device(self.device)

    def shown(self) -> dict[str, str]:
        """For --explain-row."""
        told = {name: str(value) for name, value in self._asdict().items() if isinstance(value, str)}
        return {**told, "inbound": str(self.inbound).lower(), "apps": ", ".join(sorted(self.apps))}


def leg_of(file: str, number: int, told: Any) -> Leg | None:
    """The leg of a record; None where it is none."""
    values = told.get("variables")
    if not isinstance(values, dict):
        return None
    variables = {name: unquote(flat(value)) for name, value in values.items()}
    channel = told.get("channel_data")
    direction = flat(channel.get("direction")) if isinstance(channel, dict) else ""
    direction = direction or variables.get("direction", "")
    uuid = variables.get("uuid", "")
    if not uuid or direction not in ("inbound", "outbound"):
        return None
    profile = _profile(told)
    inbound = direction == "inbound"
    originator = (
        variables.get("originating_leg_uuid")
        or variables.get("originator")
        or variables.get("ent_originate_aleg_uuid")
        or ""
    )
    gateway = variables.get("sip_gateway_name") or variables.get("sip_gateway") or ""
    name = variables.get("channel_name") or flat(profile.get("chan_name"))
    parts = name.split("/")
    apps = _apps(told)
    if inbound:
        user = variables.get("user_name", "")
    else:
        user = variables.get("dialed_user") or ("" if gateway else parts[-1].partition("@")[0])
    return Leg(
        file,
        number,
        originator or (uuid if inbound else variables.get("call_uuid") or uuid),
        inbound,
        originator or ("" if variables.get("call_uuid", uuid) == uuid else variables["call_uuid"]),
        user,
        gateway,
        "/".join(parts[:2]),
        flat(profile.get("destination_number")),
        frozenset(app for app, _ in apps),
        next((data for app, data in reversed(apps) if app == "bridge"), ""),
        variables.get("cc_side") == "agent" or bool(variables.get("fifo_outbound_uuid")),
        variables.get("start_uepoch") or variables.get("start_epoch") or "",
    )


def _profile(told: dict[str, Any]) -> dict[str, Any]:
    """The profile with which the leg began: the last of the flow, which has the latest first."""
    flow = told.get("callflow")
    steps = (
        [step for step in flow if isinstance(step, dict)]
        if isinstance(flow, list)
        else [flow]
        if isinstance(flow, dict)
        else []
    )
    profile = steps[-1].get("caller_profile") if steps else None
    return profile if isinstance(profile, dict) else {}


def _apps(told: dict[str, Any]) -> list[tuple[str, str]]:
    log = told.get("app_log")
    apps = log.get("applications") if isinstance(log, dict) else None
    return [
        (flat(app.get("app_name")), unquote(flat(app.get("app_data"))))
        for app in (apps if isinstance(apps, list) else [])
        if isinstance(app, dict)
    ]
