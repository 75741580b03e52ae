# SPDX-License-Identifier: MIT
"""Every mutant of the package for Python: its modules with one small change each, made by rules. python_mutation.py tests them.

The rules read the syntax tree, and text only inside of strings. What types alone say is left to the checkers of types: no annotation
is changed, nor what stands there for documentation."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

from mutants import Change, Mutant, numbered

COMPARISONS: dict[type[ast.cmpop], tuple[str, list[str]]] = {
    ast.Eq: ("==", ["!="]),
    ast.NotEq: ("!=", ["=="]),
    ast.Lt: ("<", ["<=", ">="]),
    ast.LtE: ("<=", ["<", ">"]),
    ast.Gt: (">", [">=", "<="]),
    ast.GtE: (">=", [">", "<"]),
    ast.Is: ("is", ["is not"]),
    ast.IsNot: ("is not", ["is"]),
    ast.In: ("in", ["not in"]),
    ast.NotIn: ("not in", ["in"]),
}
OPERATORS: dict[type[ast.operator], tuple[str, list[str]]] = {
    ast.Add: ("+", ["-"]),
    ast.Sub: ("-", ["+"]),
    ast.Mult: ("*", ["+"]),
    ast.FloorDiv: ("//", ["*"]),
    ast.Mod: ("%", ["//"]),
    ast.BitAnd: ("&", ["|"]),
    ast.BitOr: ("|", ["&"]),
    ast.LShift: ("<<", [">>"]),
}

# Names of which one is easily taken for the other: each for the next.
CIRCLES = [
    ("PERMITTED", "DENIED", "FAILED"),
    ("ARGUMENT", "LIMIT", "SYNTAX", "TYPE", "PROPERTY", "PARTY", "CALL", "MEMORY"),
    ("NOT_FOUND", "METHOD_NOT_ALLOWED", "SERVICE_UNAVAILABLE"),
    ("_GREEN", "_RED", "_BOLD", "_PLAIN"),
    ("EXPLAIN_MAX", "PROPERTIES_MAX", "REASON_MAX", "CALL_MAX"),
    ("src", "dst"),
    ("id", "name"),
    # Types of C, of which the wrong one often works as well, here and today.
    ("_text", "_pointer", "_call_p", "_error_p"),
    ("_set", "_int", "_size"),
    ("c_uint8", "c_int8"),
    ("c_uint32", "c_int32"),
    ("c_int", "c_uint"),
    ("c_size_t", "c_ssize_t"),
    ("c_char_p", "c_void_p"),
]
NEXT = {name: circle[(place + 1) % len(circle)] for circle in CIRCLES for place, name in enumerate(circle)}

LITERAL = re.compile(r"(?P<prefix>[A-Za-z]*)(?P<quote>\"\"\"|'''|\"|')(?P<body>.*)(?P=quote)", re.DOTALL)
ESCAPE_OR_CHARACTER = re.compile(r"\\(?:x..|u....|N\{.*?\}|.)|\{\{|\}\}|.", re.DOTALL)


def mutants(files: Iterable[Path]) -> list[Mutant]:
    """All mutants, in the order of the files and of their text."""
    return [
        one
        for file in files
        for one in numbered(file, file.read_text(encoding="utf-8"), Module(file.read_text(encoding="utf-8")).changes())
    ]


class Module:
    """A module's text with its syntax tree."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tree = ast.parse(source)
        self.lines = source.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))
        self.ignored = [self.span(node) for node in self.of_no_effect()]

    def place(self, line: int, column: int) -> int:
        """Where this is in the text. Columns of a syntax tree count bytes."""
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        assert (
            isinstance(node, (ast.expr, ast.stmt)) and node.end_lineno is not None and node.end_col_offset is not None
        )
        return self.place(node.lineno, node.col_offset), self.place(node.end_lineno, node.end_col_offset)

    def of_no_effect(self) -> Iterator[ast.AST]:
        """Documentation, types, and what only checkers of types read."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                yield node
            elif (isinstance(node, ast.arg) and node.annotation) or isinstance(node, ast.AnnAssign):
                yield node.annotation
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns:
                yield node.returns
            elif isinstance(node, (ast.Import, ast.ImportFrom)) or (
                isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
            ):
                yield node
            elif isinstance(node, ast.Assign) and isinstance(node.value, (ast.Subscript, ast.Call)):
                called = node.value.value if isinstance(node.value, ast.Subscript) else node.value.func
                if isinstance(called, ast.Name) and called.id in ("Union", "TypeVar"):
                    yield node

    def is_ignored(self, start: int, end: int) -> bool:
        return any(first <= start and end <= last for first, last in self.ignored)

    def changes(self) -> Iterator[Change]:
        for change in self.all_changes():
            if not self.is_ignored(change.start, change.end):
                yield change

    def all_changes(self) -> Iterator[Change]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.expr) and not self.is_as_it_stands(node):
                continue  # Python 3.11 is not always right about places inside of f-strings
            yield from self.operators(node)
            yield from self.conditions(node)
            yield from self.constants(node)
            yield from self.statements(node)
            yield from self.arguments(node)
            yield from self.names(node)
        yield from self.strings()

    def is_as_it_stands(self, node: ast.expr) -> bool:
        start, end = self.span(node)
        try:
            return ast.dump(ast.parse(f"({self.source[start:end]})", mode="eval").body) == ast.dump(node).replace(
                "ctx=Store()", "ctx=Load()"
            ).replace("ctx=Del()", "ctx=Load()")
        except SyntaxError:
            return isinstance(node, ast.Starred)

    def between(self, left: ast.AST, right: ast.AST, old: str, news: list[str], rule: str) -> Iterator[Change]:
        start, end = self.span(left)[1], self.span(right)[0]
        found = re.search(
            rf"(?<![\w]){re.escape(old)}(?![\w])" if old[0].isalpha() else re.escape(old), self.source[start:end]
        )
        if found:
            for new in news:
                yield Change(start + found.start(), start + found.end(), new, rule)

    def operators(self, node: ast.AST) -> Iterator[Change]:
        if isinstance(node, ast.Compare):
            for left, operator, right in zip([node.left, *node.comparators], node.ops, node.comparators):
                yield from self.between(left, right, *COMPARISONS[type(operator)], "operator")
        elif isinstance(node, ast.BoolOp):
            old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            for left, right in zip(node.values, node.values[1:]):
                yield from self.between(left, right, old, [new], "operator")
        elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            yield from self.between(node.left, node.right, *OPERATORS[type(node.op)], "operator")
        elif isinstance(node, ast.AugAssign):
            yield from self.between(node.target, node.value, "+=", ["="], "operator")
        elif isinstance(node, ast.UnaryOp):
            start = self.span(node)[0]
            sign = re.match(r"not |[-~]", self.source[start:])
            assert sign is not None
            yield Change(start, start + sign.end(), "", "negation")

    def conditions(self, node: ast.AST) -> Iterator[Change]:
        tests: list[ast.expr] = []
        if isinstance(node, (ast.If, ast.IfExp, ast.While)):
            tests = [node.test]
        elif isinstance(node, ast.comprehension):
            tests = node.ifs
        for test in tests:
            for new in ("True", "False"):
                if not (isinstance(node, ast.While) and new == "True"):
                    yield Change(*self.span(test), new, "condition")
        if isinstance(node, ast.BoolOp):
            # The other way round it would be the whole that is always so.
            for value in node.values:
                yield Change(*self.span(value), "True" if isinstance(node.op, ast.And) else "False", "condition")
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            yield Change(*self.span(node.type), "()", "condition")
            if isinstance(node.type, ast.Tuple):
                for one in node.type.elts:
                    others = ", ".join(self.text(other) for other in node.type.elts if other is not one)
                    yield Change(*self.span(node.type), f"({others},)", "condition")

    def text(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.source[start:end]

    def constants(self, node: ast.AST) -> Iterator[Change]:
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield Change(*self.span(node), str(not node.value), "constant")
        elif isinstance(node, ast.Constant) and isinstance(node.value, int):
            for step in (1, -1) if node.value > 0 else (1,):
                yield Change(*self.span(node), str(node.value + step), "number")

    def statements(self, node: ast.AST) -> Iterator[Change]:
        if isinstance(node, ast.Return) and node.value is not None and not is_none(node.value):
            yield Change(*self.span(node.value), "None", "return")
        elif (
            isinstance(node, (ast.Raise, ast.AugAssign))
            or (isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant))
            or (isinstance(node, ast.Assign) and not isinstance(node.targets[0], (ast.Name, ast.Tuple)))
        ):
            yield Change(*self.span(node), "pass", "statement")
        elif isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, ast.Assign):
                    yield Change(*self.span(member), "pass", "statement")

    def arguments(self, node: ast.AST) -> Iterator[Change]:
        """Two neighbours change places; and of a function's types in C, the last is left out."""
        if isinstance(node, ast.Call):
            yield from self.swapped(node.args)
        elif isinstance(node, ast.Dict):
            for value in node.values:
                if isinstance(value, ast.Tuple) and len(value.elts) == 2 and isinstance(value.elts[1], ast.Tuple):
                    types = value.elts[1].elts
                    yield from self.swapped(types)
                    if types:
                        left = "".join(f"{self.text(one)}, " for one in types[:-1])
                        yield Change(*self.span(value.elts[1]), f"({left.strip()})", "arguments")

    def swapped(self, nodes: list[ast.expr]) -> Iterator[Change]:
        for one, other in zip(nodes, nodes[1:]):
            if (
                self.text(one) != self.text(other)
                and not isinstance(one, ast.Starred)
                and not isinstance(other, ast.Starred)
            ):
                yield Change(
                    self.span(one)[0], self.span(other)[1], f"{self.text(other)}, {self.text(one)}", "arguments"
                )

    def names(self, node: ast.AST) -> Iterator[Change]:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in NEXT:
            yield Change(*self.span(node), NEXT[node.id], "name")
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node.attr in NEXT:
            end = self.span(node)[1]
            yield Change(end - len(node.attr), end, NEXT[node.attr], "name")

    def strings(self) -> Iterator[Change]:
        """Of each text, its first character is another; and a width in an f-string is another."""
        for token in tokenize.generate_tokens(io.StringIO(self.source).readline):
            start = self.starts[token.start[0] - 1] + token.start[1]
            kind = tokenize.tok_name[token.type]
            if kind == "STRING" and (found := LITERAL.fullmatch(token.string)):
                body = start + found.start("body")
                if "f" not in found["prefix"].lower():
                    yield first_changed(found["body"], body)
                    continue
                for piece in re.finditer(r"[^\0]+", braces_blank(found["body"])):
                    yield first_changed(piece[0], body + piece.start())
                for width in re.finditer(r"(?<=[:<>])\d+(?=\})", found["body"]):
                    yield Change(body + width.start(), body + width.end(), str(int(width[0]) + 1), "number")
            elif kind == "FSTRING_MIDDLE" and token.string:  # from Python 3.12 on
                yield first_changed(token.string, start)


def first_changed(body: str, start: int) -> Change:
    first = ESCAPE_OR_CHARACTER.match(body)
    return Change(start, start + (first.end() if first else 0), "-" if body.startswith("~") else "~", "string")


def braces_blank(body: str) -> str:
    """The body of an f-string with zeros in the place of all that is not its own text."""
    result, depth, place = "", 0, 0
    while place < len(body):
        pair = body[place : place + 2]
        if depth == 0 and pair in ("{{", "}}"):
            result, place = result + pair, place + 2
            continue
        depth += body[place] == "{"
        result += "\0" if depth else body[place]
        depth -= body[place] == "}"
        place += 1
    return result


def is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
