# SPDX-License-Identifier: MIT
"""What the package declares of C against the header and the compiler, and of Python's own buffers against Python."""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import callprop
from callprop import _abi, _library
from conftest import REPOSITORY

HEADER = (REPOSITORY / "include/callprop.h").read_text(encoding="utf-8")
# Of each function, the version that brought it.
SINCE = {
    name: (int(major), int(minor))
    for major, minor, name in re.findall(r"Since (\d+)\.(\d+)\.\n \*/\n[^/;]*?\b(cp_\w+)\([^/;]*\);", HEADER)
}


def test_the_versions_are_those_of_the_header() -> None:
    version = re.search(r'CP_VERSION_STRING "(.*)"', HEADER)
    assert version is not None
    assert callprop.__version__ == callprop.library_version == version[1]
    # And stand nowhere else: what is typed twice will differ one day.
    typed = [
        path
        for folder in ("Sources/python", "Sources/python/callprop", "Tests/python")
        for path in (REPOSITORY / folder).iterdir()
        if path.suffix in (".py", ".md", ".toml", ".in", ".sh") and version[1] in path.read_text(encoding="utf-8")
    ]
    assert typed == []


def test_the_library_that_is_needed_is_the_first_with_every_function() -> None:
    assert max(SINCE[name] for name in _abi.FUNCTIONS) == _library.NEEDED


def test_the_numbers_are_those_of_the_header(tmp_path: Path) -> None:
    """Asked of the compiler: constants, and where the members of the structures are."""
    wanted: dict[str, int] = {f"CP_{name}": int(flag) for name, flag in callprop.Properties.__members__.items()}
    wanted |= {f"CP_{name}": party.number for name, party in callprop.Party.__members__.items()}
    wanted |= {f"CP_LEG_{name}": leg.number for name, leg in callprop.Leg.__members__.items()}
    wanted |= {f"CP_ERROR_{name}": int(code) for name, code in callprop.ErrorCode.__members__.items()}
    wanted |= {
        f"CP_{name}": getattr(_abi, name) for name in ("EXPLAIN_MAX", "PROPERTIES_MAX", "REASON_MAX", "CALL_MAX")
    }
    wanted |= {"CP_VERSION_MAJOR": _library.NEEDED[0]}
    wanted |= {"sizeof(cp_properties)": ctypes.sizeof(ctypes.c_uint32), "(cp_properties)-1 < 0": 0}
    for name, structure in (("cp_call", _abi.CallStruct), ("cp_error", _abi.ErrorStruct)):
        wanted[f"sizeof({name})"] = ctypes.sizeof(structure)
        for member, kind, *_ in structure._fields_:
            wanted[f"offsetof({name}, {member})"] = getattr(structure, member).offset
            wanted[f"sizeof((({name} *)0)->{member})"] = getattr(structure, member).size
            item = getattr(kind, "_type_", kind) if issubclass(kind, ctypes.Array) else kind
            if item is not ctypes.c_char:
                of_one = f"(({name} *)0)->{member}{'[0]' if item is not kind else ''}"
                wanted[f"sizeof({of_one})"] = ctypes.sizeof(item)
                wanted[f"(__typeof__({of_one}))-1 < 0"] = int(item(-1).value < 0)
    source = tmp_path / "numbers.c"
    source.write_text(
        f'#include "{REPOSITORY}/include/callprop.h"\n#include <assert.h>\n'
        + "".join(f'_Static_assert({expression} == {value}, "{expression}");\n' for expression, value in wanted.items())
    )
    done = subprocess.run(["cc", "-std=c11", "-fsyntax-only", source], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    declared = set(re.findall(r"\bCP_(?:ERROR_\w+|LEG_\w+)(?= = )", HEADER))
    assert declared == {name for name in wanted if name.startswith(("CP_ERROR_", "CP_LEG_"))}


# What stands for a type of the header. Were it only of the same size, it would do today, on this machine, for the values that tests have.
IN_PYTHON: dict[str, Any] = {
    "int": ctypes.c_int,
    "size_t": ctypes.c_size_t,
    "cp_properties": ctypes.c_uint32,
    "const char *": ctypes.c_char_p,
    "char *": ctypes.c_char_p,
    "cp_properties *": ctypes.POINTER(ctypes.c_uint32),
    "cp_call *": ctypes.POINTER(_abi.CallStruct),
    "const cp_call *": ctypes.POINTER(_abi.CallStruct),
    "cp_error *": ctypes.POINTER(_abi.ErrorStruct),
}
# Arrays stand at an address that is asked of Python.
OF_ARRAYS = {
    name: ctypes.c_void_p if "*" in name else kind
    for name, kind in {**IN_PYTHON, "const cp_properties *": None, "uint8_t *": None}.items()
}


def test_each_declaration_is_that_of_the_header() -> None:
    plain = re.sub(r"/\*.*?\*/", "", HEADER, flags=re.DOTALL)
    found = {
        name: (result, arguments)
        for result, name, arguments in re.findall(
            r"^(?:CP_NODISCARD )?(\w[\w ]*?[ *]+)(cp_\w+)\(([^()]*)\);", plain, re.MULTILINE
        )
    }
    assert set(SINCE) == set(found)
    for name, declared in _abi.FUNCTIONS.items():
        result, arguments = found[name]
        kinds = OF_ARRAYS if name.endswith("_many") else IN_PYTHON
        in_c = (
            []
            if arguments == "void"
            else [re.sub(r"\w+$", "", argument.strip()).strip() for argument in arguments.split(",")]
        )
        assert declared == (kinds[result.strip()], tuple(kinds[argument] for argument in in_c)), name
        # And it is what the loaded function has.
        function = getattr(_abi._c, name)
        assert (function.restype, tuple(function.argtypes)) == declared, name
    # Only what decides on text is not needed: the package has read the text before.
    assert set(found) - set(_abi.FUNCTIONS) == {"cp_allows"}


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="PyPy has no such interface")
def test_pythons_own_buffer_is_read_as_python_fills_it() -> None:
    """Each member, of a buffer in which hardly two of them are the same."""
    memory = bytearray(48)
    view = memoryview(memory).cast("H", (2, 12))
    for given in (view, view.toreadonly()):
        buffer = _abi.PyBuffer()
        _abi.get_buffer(given, buffer, 0x1C)  # PyBUF_RECORDS_RO: with format, shape and strides
        try:
            assert (buffer.len, buffer.itemsize, buffer.ndim, buffer.readonly) == (48, 2, 2, given.readonly)
            assert buffer.buf == ctypes.addressof(ctypes.c_char.from_buffer(memory)) and buffer.obj == id(given)
            assert (buffer.format, buffer.suboffsets) == (b"H", None)
            shape, strides = (
                [*(ctypes.c_ssize_t * 2).from_address(address)] for address in (buffer.shape, buffer.strides)
            )
            assert (shape, strides) == ([2, 12], [24, 2])
        finally:
            _abi.release_buffer(buffer)
        assert buffer.obj is None
    for member in ("len", "itemsize", "readonly", "ndim"):
        assert getattr(_abi.PyBuffer(**{member: -1}), member) == -1
    with pytest.raises(BufferError):
        _abi.get_buffer(memoryview(b"x"), _abi.PyBuffer(), 1)  # PyBUF_WRITABLE
