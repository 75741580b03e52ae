# SPDX-License-Identifier: MIT
"""Whom `callprop serve` answers: who names it as itself, and no web page whose name leads here."""

from __future__ import annotations

import json
import threading

import pytest

from callprop import serve
from web import LIST, Server

# Where it listens, what it is told, a Host header (None: there is none), and whether that is meant.
HOSTS: list[tuple[str, list[str], str | None, bool]] = [
    ("127.0.0.1", [], None, True),
    *(
        ("127.0.0.1", [], host, True)
        for host in ("127.0.0.1", "127.0.0.1:8080", "localhost", "LocalHost:1", "localhost.", "localhost.:80")
    ),
    *(
        ("127.0.0.1", [], host, False)
        for host in (
            "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "evil.localhost.example", "10.0.0.1", "[::1]", "",
            ":80", "localhost,evil.example", "127.0.0.1@evil.example", "localhost:80:80", "localhost:x", "localhost..", "pbx.example", "xlocalhost", "2130706433",
        )
    ),
    ("127.0.0.1", ["pbx.example", "Other.Example"], "pbx.example:8080", True),
    ("127.0.0.1", ["pbx.example", "Other.Example"], "OTHER.example", True),
    ("127.0.0.1", ["pbx.example"], "x.pbx.example", False),
    ("127.0.0.1", ["10.0.0.1"], "10.0.0.1:9", True),
    ("localhost", [], "localhost", True),
    ("localhost", [], "127.0.0.1", True),
    ("0.0.0.0", [], "127.0.0.1:8080", True),
    ("0.0.0.0", [], "evil.example", False),
    ("0.0.0.0", [], "10.9.8.7", False),
]  # fmt: skip


@pytest.mark.parametrize(("address", "told", "host", "meant"), HOSTS)
def test_only_who_names_this_server_is_answered(address: str, told: list[str], host: str | None, meant: bool) -> None:
    with serve.server(address, 0, hosts=told) as found:
        thread = threading.Thread(target=lambda: found.serve_forever(0.01), daemon=True)
        thread.start()
        server = Server("127.0.0.1", found.server_port)
        try:
            for path in ("/", "/page.js", "/matrix", "/decisions?property_list=li", LIST, "/nowhere"):
                header = "" if host is None else f"Host: {host}\r\n"
                head, _, body = server.send(f"GET {path} HTTP/1.1\r\n{header}\r\n".encode()).partition(b"\r\n\r\n")
                status = int(head.split()[1])
                assert status == (421 if not meant else 404 if path == "/nowhere" else 200), (path, head)
                if not meant:
                    said = json.loads(body)["error"]
                    assert said["status"] == 421 and said["message"].startswith("Host: expected the address of this")
        finally:
            found.shutdown()
            thread.join()


def test_of_two_hosts_neither_is_believed() -> None:
    with serve.server("127.0.0.1", 0) as found:
        thread = threading.Thread(target=lambda: found.serve_forever(0.01), daemon=True)
        thread.start()
        try:
            answer = Server("127.0.0.1", found.server_port).send(
                b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"
            )
            assert answer.split()[1] == b"421"
        finally:
            found.shutdown()
            thread.join()
