#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hands the event `call-status-change` of the vendor's API to Asterisk, so that a status set in the vendor's interface holds there at once.

    status_relay.py --client ID[=NAME] [--extensions FILE] [--listen HOST:PORT] [--ami HOST:PORT] [--user NAME]

The PBX posts the event to http://HOST:PORT/SECRET, as application/x-www-form-urlencoded with extension_id, old_status_id, new_status_id,
client_id and change_dt. The secret is $CALLPROP_RELAY_SECRET, AMI's password $CALLPROP_AMI_SECRET; AMI's user needs `write = call`.

Each --client names a client whose events count, and what callprop.conf calls it: 12=acme. An event of another one is refused. FILE says which
extension an extension_id is, in lines `extension_id,number`; without it the id is the number. callprop.conf has the statuses by statuses_file;
new_status_id is an id of that file. Without a new status the extension has what callprop.conf says.

The answer is 200 when the status holds in Asterisk; otherwise the PBX is to send the event again.
"""

from __future__ import annotations

import argparse
import contextlib
import hmac
import os
import re
import socket
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LONGEST = 8192  # bytes of an event
NULLS = ("", "null", "None")
FIELDS = ("extension_id", "old_status_id", "new_status_id", "client_id", "change_dt")


class Refused(Exception):
    """The event is not carried out: the HTTP status, and why."""

    def __init__(self, status: int, why: str):
        super().__init__(why)
        self.status = status


class Ami:
    """A connection to Asterisk's manager, made anew when it breaks."""

    def __init__(self, where: tuple[str, int], user: str, secret: str):
        self.where, self.user, self.secret = where, user, secret
        self.stream = None

    def action(self, name: str, **headers: str) -> dict[str, str]:
        """The answer to an action. Tried twice: the connection may be an old one."""
        for last in (False, True):
            try:
                if not self.stream:
                    self.connect()
                return self.ask(name, headers)
            except OSError as problem:
                self.close()
                if last:
                    raise Refused(503, f"AMI: {problem}") from None
        raise AssertionError("not reached")

    def connect(self) -> None:
        connection = socket.create_connection(self.where, timeout=5)
        self.stream = connection.makefile("rwb")
        connection.close()  # The stream has it.
        self.stream.readline()
        answer = self.ask("Login", {"Username": self.user, "Secret": self.secret, "Events": "off"})
        if answer.get("Response") != "Success":
            self.close()
            raise Refused(503, f"AMI: {answer.get('Message')}")

    def ask(self, name: str, headers: dict[str, str]) -> dict[str, str]:
        lines = [f"Action: {name}", *(f"{key}: {value}" for key, value in headers.items())]
        if any(re.search(r"[\r\n]", line) for line in lines):
            raise Refused(400, "a line break in the event")
        self.stream.write("\r\n".join([*lines, "", ""]).encode())
        self.stream.flush()
        while True:
            answer = self.message()
            if "Response" in answer:
                return answer

    def message(self) -> dict[str, str]:
        fields: dict[str, str] = {}
        while line := self.stream.readline():
            key, separator, value = line.decode("utf-8", "replace").strip("\r\n").partition(": ")
            if separator:
                fields[key] = value
            elif fields:
                return fields
        raise ConnectionError("Asterisk has closed the connection")

    def close(self) -> None:
        if self.stream:
            with contextlib.suppress(OSError):
                self.stream.close()
        self.stream = None


class Relay:
    """Carries events out, one after the other."""

    def __init__(self, ami: Ami, clients: dict[str, str], extensions: dict[str, str] | None):
        self.ami, self.clients, self.extensions = ami, clients, extensions
        self.lock = threading.Lock()
        self.latest: dict[str, str] = {}

    def carry_out(self, text: str) -> str:
        event = read_event(text)
        extension = self.extension(event)
        with self.lock:
            if event["change_dt"] < self.latest.get(extension, ""):
                return f"{extension}: a later change was carried out already"
            self.change(extension, event["new_status_id"])
            self.latest[extension] = event["change_dt"]
        return f"{extension}: {event['new_status_id'] or 'the status of callprop.conf'}"

    def extension(self, event: dict[str, str]) -> str:
        """The extension of the event, as callprop.conf writes it."""
        client = self.clients.get(event["client_id"])
        if client is None:
            raise Refused(403, f"client_id {event['client_id']!r} is none of --client")
        number = event["extension_id"] if self.extensions is None else self.extensions.get(event["extension_id"], "")
        if not number:
            raise Refused(422, f"no extension has the extension_id {event['extension_id']!r}")
        return f"{number}@{client}" if client else number

    def change(self, extension: str, status: str) -> None:
        headers = {"Extension": extension, "Who": "vendor"}
        if status:
            answer = self.ami.action("CallpropSetStatus", Status=status, **headers)
        else:
            answer = self.ami.action("CallpropUnsetStatus", **headers)
        if answer.get("Response") != "Success":
            raise Refused(503, f"{extension}: {answer.get('Message')}")


def read_event(text: str) -> dict[str, str]:
    """The fields of an event; a status that is null is empty."""
    try:
        pairs = urllib.parse.parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict")
    except (ValueError, UnicodeDecodeError) as problem:
        raise Refused(400, f"not a form: {problem}") from None
    event = dict(pairs)
    if len(event) < len(pairs):
        raise Refused(400, "a field is there twice")
    if missing := [field for field in FIELDS if field not in event]:
        raise Refused(400, f"no {', '.join(missing)}")
    for field in ("old_status_id", "new_status_id"):
        event[field] = "" if event[field] in NULLS else event[field]
    for field in ("extension_id", "client_id"):
        if not re.fullmatch(r"[\w.+-]{1,64}", event[field]):
            raise Refused(400, f"{field}: expected an id, not {event[field][:64]!r}")
    if event["new_status_id"] and not re.fullmatch(r"[\w-]{1,39}", event["new_status_id"]):
        raise Refused(400, f"new_status_id: expected an id or nothing, not {event['new_status_id'][:64]!r}")
    return event


class Handler(BaseHTTPRequestHandler):
    relay: Relay
    secret: str
    timeout = 10

    def do_POST(self) -> None:
        try:
            said = self.relay.carry_out(self.text())
            status = 200
        except Refused as problem:
            said, status = str(problem), problem.status
        self.log_message("%s", said)
        body = f"{said}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def text(self) -> str:
        if not hmac.compare_digest(self.path.encode(), f"/{self.secret}".encode()):
            raise Refused(404, "not here")
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]{1,6}", length) or int(length) > LONGEST:
            raise Refused(413, "how long is the event?")
        try:
            return self.rfile.read(int(length)).decode()
        except UnicodeDecodeError:
            raise Refused(400, "not UTF-8") from None

    def log_request(self, *_: object) -> None:
        """The path has the secret."""


def read_extensions(path: str) -> dict[str, str]:
    extensions = {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            found = re.fullmatch(r"([\w.+-]+),([\w*#+.-]+)", line.strip())
            if not found or found[1] in extensions:
                raise SystemExit(f"{path}:{number}: expected extension_id,number, each id once")
            extensions[found[1]] = found[2]
    return extensions


def address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--client", action="append", required=True, metavar="ID[=NAME]")
    options.add_argument("--extensions", metavar="FILE")
    options.add_argument("--listen", type=address, default=("127.0.0.1", 8070), metavar="HOST:PORT")
    options.add_argument("--ami", type=address, default=("127.0.0.1", 5038), metavar="HOST:PORT")
    options.add_argument("--user", default="callprop")
    chosen = options.parse_args()
    try:
        secret, password = os.environ["CALLPROP_RELAY_SECRET"], os.environ["CALLPROP_AMI_SECRET"]
    except KeyError as missing:
        sys.exit(f"status_relay.py: ${missing.args[0]} is not set")
    if len(secret) < 16:
        sys.exit("status_relay.py: $CALLPROP_RELAY_SECRET has less than 16 characters")
    clients = dict(client.partition("=")[::2] for client in chosen.client)
    extensions = read_extensions(chosen.extensions) if chosen.extensions else None
    Handler.relay, Handler.secret = Relay(Ami(chosen.ami, chosen.user, password), clients, extensions), secret
    with ThreadingHTTPServer(chosen.listen, Handler) as server:
        print(
            f"status_relay.py: listening on {chosen.listen[0]}:{server.server_address[1]}", file=sys.stderr, flush=True
        )
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()


if __name__ == "__main__":
    main()
