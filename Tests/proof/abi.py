# SPDX-License-Identifier: MIT
"""The ABI as the list of names that Tests/abi/symbols.txt is: held against the header, C and Python.

abi.py names HEADER LIST      compares the header's with the list, both ways; exit status 3 when they differ
abi.py assertions LIST        the list as a C file that compiles where it is true
abi.py exports LIST           the functions, each with its symbol version node, as nm writes them
abi.py twin HEADER            the header's functions, empty, as a C file
abi.py python LIST            compares the declarations for Python with the list
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

Node = dict[str, Any]

# What Python programs and tests declare by themselves.
PYTHON = ["examples/python/callprop_ctypes.py", "Tests/abi/capi.py"]


@dataclass(frozen=True)
class Entry:
    """A line of symbols.txt. `fact`: what a program has built in when it uses the name."""

    kind: str  # function, inline, type, struct, member, constant, macro
    name: str
    since: str
    fact: str = ""  # signature; underlying type; size; offset, size and type; value; nothing

    def __str__(self) -> str:
        return f"{self.kind:<10}{self.name:<26}{self.since:<6}{self.fact}".rstrip()


def read_list(path: str) -> list[Entry]:
    found = []
    for line in Path(path).read_text().splitlines():
        if line and not line.startswith("#"):
            kind, name, since, *fact = line.split(None, 3)
            found.append(Entry(kind, name, since, *fact))
    return found


# ---- Reading the header ------------------------------------------------------------------------------------


def clang(*arguments: str) -> str:
    command = [os.environ.get("CALLPROP_CLANG", "clang"), "-std=c11", "-x", "c", *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout


@cache
def syntax_tree(header: str) -> list[Node]:
    """The declarations of this file alone. clang gives the file of a place only when it differs from the last one."""
    tree: list[Node] = json.loads(clang("-Xclang", "-ast-dump=json", "-fsyntax-only", header))["inner"]
    found = []
    file = ""
    for node in tree:
        place = node.get("loc", {})
        place = place.get("expansionLoc", place)
        file = place.get("file", file)
        if file == header and place:
            found.append(node)
    return found


def parts(node: Node, kind: str) -> list[Node]:
    return [part for part in node.get("inner", []) if part["kind"] == kind]


def since(node: Node) -> str:
    """The version in the node's documentation."""
    comments = json.dumps(parts(node, "FullComment"))
    versions = re.findall(r"Since (\d+\.\d+)", comments)
    return versions[-1] if versions else "?"


def type_of(node: Node) -> str:
    name: str = node["type"]["qualType"]
    return name


def is_inline(function: Node) -> bool:
    """Whether the header holds the whole of it, for each program by itself."""
    is_ours = bool(function.get("inline")) and function.get("storageClass") == "static"
    return is_ours and bool(parts(function, "CompoundStmt"))


def value(constant: Node) -> str:
    """"?" where the header leaves the value to the compiler: a constant of an ABI is to say it."""
    return next((part["value"] for part in parts(constant, "ConstantExpr")), "?")


def sizes(header: str, expressions: list[str]) -> list[str]:
    """What the compiler makes of constant expressions. It need not run what it compiles."""
    source = f'#include "{header}"\n#include <stddef.h>\n' + "".join(
        f"char measure_{index}[{text} + 1];\n" for index, text in enumerate(expressions)
    )
    done = subprocess.run(
        [os.environ.get("CALLPROP_CLANG", "clang"), "-std=c11", "-x", "c", "-S", "-o", "-", "-"],
        input=source, stdout=subprocess.PIPE, check=True, encoding="utf-8",
    )  # fmt: skip
    found = dict(re.findall(r"\.size\s+measure_(\d+), (\d+)", done.stdout))
    return [str(int(found[str(index)]) - 1) for index in range(len(expressions))]


def read_header(header: str) -> Iterator[Entry]:
    for name in re.findall(r"^#define (\w+)", clang("-E", "-dM", header), re.MULTILINE):
        if re.match(r"CP_|CALLPROP_", name):
            yield Entry("macro", name, "")

    structures = {node["name"] for node in syntax_tree(header) if node["kind"] == "RecordDecl"}
    for node in syntax_tree(header):
        if node["kind"] == "FunctionDecl":
            yield Entry("inline" if is_inline(node) else "function", node["name"], since(node), type_of(node))
        elif node["kind"] == "TypedefDecl" and node["name"] not in structures:
            yield Entry("type", node["name"], since(node), type_of(node))
        elif node["kind"] == "EnumDecl":
            for constant in parts(node, "EnumConstantDecl"):
                own = since(constant)
                yield Entry("constant", constant["name"], since(node) if own == "?" else own, value(constant))
        elif node["kind"] == "RecordDecl":
            name, fields = node["name"], parts(node, "FieldDecl")
            members = [f"(({name} *)0)->{field['name']}" for field in fields]
            size, *rest = sizes(
                header,
                [f"sizeof({name})"]
                + [f"offsetof({name}, {field['name']})" for field in fields]
                + [f"sizeof({member})" for member in members],
            )
            yield Entry("struct", name, since(node), size)
            for field, offset, length in zip(fields, rest, rest[len(fields) :]):
                yield Entry("member", f"{name}.{field['name']}", since(node), f"{offset} {length} {type_of(field)}")


# ---- Comparing ---------------------------------------------------------------------------------------------


def wrong_names(header: str, listed: list[Entry]) -> Iterator[str]:
    there = {(entry.kind, entry.name): entry for entry in read_header(header)}
    wanted = {(entry.kind, entry.name): entry for entry in listed}
    if len(wanted) != len(listed):
        yield "a name stands twice in the list"
    for key in there.keys() - wanted.keys():
        yield f"in the header, not in the list: {there[key]}"
    for key in wanted.keys() - there.keys():
        yield f"in the list, not in the header: {wanted[key]}"
    for key in sorted(wanted.keys() & there.keys()):
        one, other = wanted[key], there[key]
        # The header says no version for a macro.
        if (one.fact, one.since) != (other.fact, other.since or one.since):
            yield f"list:   {one}\n     header: {other}"

    text = Path(header).read_text()
    major, minor = (int(re.findall(rf"define CP_VERSION_{part} (\d+)", text)[0]) for part in ("MAJOR", "MINOR"))
    for entry in listed:
        if [int(part) for part in entry.since.split(".")] > [major, minor]:
            yield f"of a version after {major}.{minor}: {entry}"


def assertions(listed: list[Entry]) -> Iterator[str]:
    yield "#include <callprop.h>"

    def that(condition: str, entry: Entry) -> str:
        return f'_Static_assert({condition}, "{entry.name}: {entry.fact}");'

    def are_same(name: str, type_name: str) -> str:
        return f"__builtin_types_compatible_p(__typeof__({name}), {type_name})"

    for entry in listed:
        if entry.kind in ("function", "inline", "type"):
            yield that(are_same(entry.name, entry.fact), entry)
        elif entry.kind == "struct":
            yield that(f"sizeof({entry.name}) == {entry.fact}", entry)
        elif entry.kind == "member":
            structure, member = entry.name.split(".")
            offset, size, type_name = entry.fact.split(None, 2)
            yield that(f"offsetof({structure}, {member}) == {offset}", entry)
            yield that(f"sizeof((({structure} *)0)->{member}) == {size}", entry)
            yield that(are_same(f"(({structure} *)0)->{member}", type_name), entry)
        elif entry.kind == "constant":
            yield that(f"{entry.name} == {entry.fact}", entry)


def exports(listed: list[Entry]) -> Iterator[str]:
    for entry in listed:
        if entry.kind == "function":
            yield f"{entry.name}@@CALLPROP_{'1' if entry.since == '1.0' else entry.since}"


def twin(header: str) -> Iterator[str]:
    yield f"#include <{Path(header).name}>"
    for node in syntax_tree(header):
        if node["kind"] == "FunctionDecl" and not is_inline(node):
            result = type_of(node).split("(", 1)[0]
            parameters = ", ".join(f"{type_of(one)} {one['name']}" for one in parts(node, "ParmVarDecl"))
            yield f"{result}{node['name']}({parameters or 'void'}) {{ __builtin_trap(); }}"


# ---- Python ------------------------------------------------------------------------------------------------


def in_c(type_name: str) -> str:
    """What a parameter or result of this type is to a caller: a pointer, or an integer of some size."""
    known = {"int": "signed 4", "size_t": "unsigned 8", "cp_properties": "unsigned 4"}
    return "pointer" if "*" in type_name else known[type_name]


def in_python(declared: Any) -> str:
    """The same of a type of ctypes."""
    if issubclass(declared, (ctypes._Pointer, ctypes.c_char_p, ctypes.c_void_p)):
        return "pointer"
    return f"{'signed' if declared(-1).value < 0 else 'unsigned'} {ctypes.sizeof(declared)}"


def constants_of(module: ModuleType, known: dict[str, str]) -> dict[str, str]:
    """CP_X; X and _X where the header has a CP_X; and what stands in a dictionary CONSTANTS."""
    found = {name: str(number) for name, number in vars(module).get("CONSTANTS", {}).items()}
    for name, number in vars(module).items():
        full = name if name.startswith("CP_") else f"CP_{name.lstrip('_')}"
        if isinstance(number, int) and (full == name or full in known):
            found[full] = str(number)
    return {name: number for name, number in found.items() if not name.startswith("CP_VERSION_")}


def structures_of(module: ModuleType) -> Iterator[str]:
    """Each structure as its size, with its members' names and places."""
    for thing in vars(module).values():
        if isinstance(thing, type) and issubclass(thing, ctypes.Structure) and thing is not ctypes.Structure:
            places = ((name, getattr(thing, name)) for name, *_ in thing._fields_)
            members = ", ".join(f"{name} {place.offset} {place.size}" for name, place in places)
            yield f"{ctypes.sizeof(thing)}: {members}"


def functions_of(module: ModuleType) -> dict[str, str]:
    """The functions that the module declares, or has in a dictionary _FUNCTIONS."""
    things: list[Any] = [thing for thing in vars(module).values() if hasattr(thing, "argtypes")]
    declared = {thing.__name__: (thing.restype, thing.argtypes) for thing in things}
    declared |= vars(module).get("_FUNCTIONS", {})
    return {
        name: f"{in_python(result)} ({', '.join(in_python(one) for one in arguments or ())})"
        for name, (result, arguments) in declared.items()
    }


def check_python(listed: list[Entry]) -> str:
    """Compares, and says what was compared."""
    values = {entry.name: entry.fact for entry in listed if entry.kind == "constant"}
    layouts, signatures = [], {}
    for entry in listed:
        if entry.kind == "struct":
            members = [one for one in listed if one.name.startswith(entry.name + ".")]
            places = ", ".join(f"{one.name.split('.')[1]} {' '.join(one.fact.split()[:2])}" for one in members)
            layouts.append(f"{entry.fact}: {places}")
        elif entry.kind == "function":
            result, parameters = re.findall(r"(.*?) ?\((.*)\)", entry.fact)[0]
            types = [] if parameters == "void" else parameters.split(", ")
            signatures[entry.name] = f"{in_c(result)} ({', '.join(map(in_c, types))})"

    said = []
    for path in PYTHON:
        sys.path.insert(0, str(Path(path).parent))
        module = importlib.import_module(Path(path).stem)
        constants, structures, functions = constants_of(module, values), [*structures_of(module)], functions_of(module)
        for name, fact in (constants | functions).items():
            if (wanted := (values | signatures).get(name)) != fact:
                sys.exit(f"{path}: {name} is {fact}; symbols.txt says {wanted}")
        if sorted(structures) != sorted(layouts):
            sys.exit(f"{path}: the structures are {structures}; symbols.txt has {layouts}")
        if not constants or not functions:
            sys.exit(f"{path}: {len(constants)} constants and {len(functions)} functions were found: that is not all")
        counts = f"{len(constants)} constants, {len(structures)} structures and {len(functions)} functions"
        said.append(f"{counts} in {Path(path).name}")
    return "; ".join(said)


def main(command: str, *arguments: str) -> int:
    if command == "names":
        header, path = arguments
        findings = list(wrong_names(header, read_list(path)))
        for finding in findings:
            print(f"abi: {finding}", file=sys.stderr)
        return 3 if findings else 0
    elif command == "assertions":
        print("\n".join(assertions(read_list(*arguments))))
    elif command == "exports":
        print("\n".join(exports(read_list(*arguments))))
    elif command == "twin":
        print("\n".join(twin(*arguments)))
    elif command == "python":
        print(check_python(read_list(*arguments)))
    else:
        sys.exit(__doc__)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
