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

# What declares the ABI for Python: folder and module. The package first, since that is what ships.
PYTHON = [
    ("Sources/python", "callprop._abi"),
    ("examples/python", "callprop_ctypes"),
    ("Tests/abi", "capi"),
]


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
    """ "?" where the header leaves the value to the compiler: a constant of an ABI is to say it."""
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


INTEGERS = {
    "int": "signed 4",
    "size_t": "unsigned 8",
    "cp_properties": "unsigned 4",
    "int32_t": "signed 4",
    "uint8_t": "unsigned 1",
    "char": "text",
}


def in_c(type_name: str) -> str:
    """What a parameter or result of this type is to a caller: a pointer to something, or an integer of some size."""
    if "*" not in type_name:
        return INTEGERS[type_name]
    pointed = type_name.replace("*", "").removeprefix("const ").strip()
    return f"pointer to {INTEGERS.get(pointed, pointed)}"


def in_python(declared: Any) -> str:
    """The same of a type of ctypes. A structure is known by its size."""
    if issubclass(declared, ctypes._Pointer):
        pointed: Any = declared._type_
        if issubclass(pointed, ctypes.Structure):
            return f"pointer to {STRUCTURES.get(ctypes.sizeof(pointed), 'something else')}"
        return f"pointer to {in_python(pointed)}"
    if issubclass(declared, ctypes.c_char_p):
        return "pointer to text"
    if issubclass(declared, ctypes.c_void_p):
        return ANYTHING
    if issubclass(declared, ctypes.c_char):
        return "text"
    return f"{'signed' if declared(-1).value < 0 else 'unsigned'} {ctypes.sizeof(declared)}"


STRUCTURES = {4: "cp_call", 160: "cp_error"}
ANYTHING = "pointer to anything"


def fits(declared: list[str], wanted: list[str]) -> bool:
    """Whether the types are the same, where a pointer to anything stands for each pointer."""
    return len(declared) == len(wanted) and all(
        one == other or (one == ANYTHING and other.startswith("pointer")) for one, other in zip(declared, wanted)
    )


def constants_of(module: ModuleType, known: dict[str, str]) -> dict[str, str]:
    """CP_X; X and _X where the header has a CP_X; and what stands in a dictionary CONSTANTS."""
    found = {name: str(number) for name, number in vars(module).get("CONSTANTS", {}).items()}
    for name, number in vars(module).items():
        full = name if name.startswith("CP_") else f"CP_{name.lstrip('_')}"
        if isinstance(number, int) and (full == name or full in known):
            found[full] = str(number)
    return {name: number for name, number in found.items() if not name.startswith("CP_VERSION_")}


def structures_of(module: ModuleType) -> Iterator[str]:
    """Each structure as its size, with its members' names, places and types. What is Python's own is named like that."""
    for name, thing in vars(module).items():
        is_structure = isinstance(thing, type) and issubclass(thing, ctypes.Structure) and thing is not ctypes.Structure
        if is_structure and not name.startswith("Py"):
            members = []
            for member, kind, *_ in thing._fields_:
                place = getattr(thing, member)
                item = kind._type_ if issubclass(kind, ctypes.Array) else kind
                members.append(f"{member} {place.offset} {place.size} {in_python(item)}")
            yield f"{ctypes.sizeof(thing)}: {', '.join(members)}"


def functions_of(module: ModuleType) -> dict[str, list[str]]:
    """The functions that the module declares, or has in a dictionary: the result and each argument."""
    things: list[Any] = [thing for thing in vars(module).values() if hasattr(thing, "argtypes")]
    named = [(getattr(thing, "__name__", ""), thing) for thing in things]
    declared = {name: (thing.restype, thing.argtypes) for name, thing in named if name.startswith("cp_")}
    for name in ("FUNCTIONS", "_FUNCTIONS"):
        table = vars(module).get(name)
        declared |= table if isinstance(table, dict) else {}
    return {
        name: [in_python(result), *(in_python(one) for one in arguments or ())]
        for name, (result, arguments) in declared.items()
    }


def check_python(listed: list[Entry]) -> str:
    """Compares, and says what was compared."""
    sys.dont_write_bytecode = True
    values = {entry.name: entry.fact for entry in listed if entry.kind == "constant"}
    layouts: list[str] = []
    signatures: dict[str, list[str]] = {}
    for entry in listed:
        if entry.kind == "struct":
            members = []
            for one in listed:
                if one.name.startswith(entry.name + "."):
                    offset, size, kind = one.fact.split(None, 2)
                    members.append(f"{one.name.split('.')[1]} {offset} {size} {in_c(kind.split('[')[0])}")
            layouts.append(f"{entry.fact}: {', '.join(members)}")
        elif entry.kind == "function":
            result, parameters = re.findall(r"(.*?) ?\((.*)\)", entry.fact)[0]
            types = [] if parameters == "void" else parameters.split(", ")
            signatures[entry.name] = [*map(in_c, [result, *types])]

    said = []
    for folder, name in PYTHON:
        path = f"{folder}/{name.replace('.', '/')}.py"
        sys.path.insert(0, folder)
        module = importlib.import_module(name)
        if Path(module.__file__ or "").resolve() != Path(path).resolve():
            sys.exit(f"{path} was to be read, and not {module.__file__}")
        constants, structures, functions = constants_of(module, values), [*structures_of(module)], functions_of(module)
        for constant, number in constants.items():
            if values.get(constant) != number:
                sys.exit(f"{path}: {constant} is {number}; symbols.txt says {values.get(constant)}")
        for function, types in functions.items():
            if not fits(types, signatures.get(function, [])):
                sys.exit(f"{path}: {function} is {types}; symbols.txt says {signatures.get(function)}")
        if sorted(structures) != sorted(layouts):
            sys.exit(f"{path}: the structures are {structures}; symbols.txt has {layouts}")
        if not constants or not functions:
            sys.exit(f"{path}: {len(constants)} constants and {len(functions)} functions were found: that is not all")
        counts = f"{len(constants)} constants, {len(structures)} structures and {len(functions)} functions"
        said.append(f"{counts} in {path}")
    return "; ".join(said)


def main(command: str, *arguments: str) -> int:
    if command == "names":
        header, path = arguments
        findings = list(wrong_names(header, read_list(path)))
        for finding in findings:
            print(f"abi: {finding}", file=sys.stderr)
        return 3 if findings else 0
    if command == "assertions":
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
