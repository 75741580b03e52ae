# SPDX-License-Identifier: MIT
"""Is a request meant for this server? A web page may have the name of its own server lead to this machine (DNS rebinding), and would then be let
in by the browser as though this server were its own. What gives that away is the name, which stands in ``Host``."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING

from .resource import error
from .rest import start

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: Where the server puts the address at which a request arrived.
ADDRESS = "callprop.address"

_EXPECTED = "Host: expected the address of this server, localhost, or a name given by callprop serve --allow-host NAME"


def only_for(hosts: Iterable[str], application: WSGIApplication) -> WSGIApplication:
    """The application for requests to these hosts, to localhost, or to the address at which the request arrived. Who names no host is no browser."""
    names = {"localhost", *map(_plain, hosts)}

    def addressed(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST")
        if host is None or _without_port(host) in names | {_plain(environ.get(ADDRESS, "localhost"))}:
            return application(environ, start_response)
        return start(error(HTTPStatus.MISDIRECTED_REQUEST, _EXPECTED), environ, start_response)

    return addressed


def _without_port(host: str) -> str:
    """The name of a Host header. Of two headers, which the server joins by a comma, it is no name."""
    name, colon, port = host.strip().rpartition(":")
    if colon and port.isdecimal() and (":" not in name or name.endswith("]")):
        return _plain(name)
    return _plain(host.strip())


def _plain(name: str) -> str:
    """A name or address as it is compared."""
    name = name.lower()
    bare = name[1:-1] if name.startswith("[") and name.endswith("]") else name.removesuffix(".")
    try:
        return str(ip_address(bare.partition("%")[0]))
    except ValueError:
        return bare
