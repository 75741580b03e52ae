# SPDX-License-Identifier: MIT
"""callprop: may a PBX extension take part in a call, and why (not)?

A PBX gives every extension a *status*, and the status carries a ``property_list``: the kinds of call that it lets through.

>>> import callprop
>>> callprop.allows("li,ri", callprop.Call("external", "ivr", "dst"))
True
>>> decision = callprop.explain({"name": "Lunch", "property_list": ["li"]}, callprop.Call("external", "extension", "dst"))
>>> if not decision:
...     print(decision.reason)
Denied: an outside number calls this extension, which needs ri (External incoming personal) or all; the status grants neither.

Errors are :class:`Error`, a ``ValueError``; nothing is ever permitted by one. The rules stand in the C library, ``callprop.h``, which is
found as ``$CALLPROP_LIBRARY``, inside the wheel, or on the system. Any thread may call anything at any time, also after fork.
"""

from collections.abc import Callable as _Callable

from .errors import Error, ErrorCode, LibraryError, UnknownProperty

try:
    from ._abi import version as _library_version
except LibraryError as _problem:
    from ._start import end_if_command as _end_if_command

    _end_if_command(_problem)
    raise

from ._kinds import Kind, kinds
from ._version import VERSION
from .arrays import permits_many, required_many
from .calls import Call, CallLike, Leg, Party
from .catalogue import Property
from .catalogue import get_property as get
from .catalogue import list_properties as _list_properties
from .decisions import Decision, allows, explain, explain_json, reason, required
from .packing import pack
from .plain import from_plain, to_plain
from .properties import Properties, PropertiesLike
from .statuses import Status, StatusError, read_statuses

#: The version of this package; `library_version` is that of the loaded C library.
__version__: str = VERSION
library_version: str = _library_version()

# Without `list`, which `from callprop import *` would put in the place of Python's own.
__all__ = [
    "Call",
    "CallLike",
    "Decision",
    "Error",
    "ErrorCode",
    "Kind",
    "Leg",
    "LibraryError",
    "Party",
    "Properties",
    "PropertiesLike",
    "Property",
    "Status",
    "StatusError",
    "UnknownProperty",
    "allows",
    "explain",
    "explain_json",
    "from_plain",
    "get",
    "kinds",
    "library_version",
    "pack",
    "permits_many",
    "read_statuses",
    "reason",
    "required",
    "required_many",
    "to_plain",
]

list: _Callable[[], tuple[Property, ...]] = _list_properties
