# SPDX-License-Identifier: MIT
"""What Sphinx does not have: the parts of a man page, and the REST interface from its own description."""

from __future__ import annotations

import json
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx import addnodes
from sphinx.application import Sphinx

INCLUDE = "#include <callprop.h>\n\n"


def section(title: str, *content: nodes.Node) -> nodes.section:
    """A part of a page."""
    part = nodes.section(ids=[nodes.make_id(title)])
    part += nodes.title(title, title)
    part += content
    return part


BLOCKS = (nodes.paragraph, nodes.bullet_list, nodes.literal_block)


def separate_blocks(app: Sphinx, tree: nodes.document, docname: str) -> None:
    """breathe puts lists and paragraphs into a paragraph, where neither HTML nor groff can have them."""
    for paragraph in [*tree.findall(nodes.paragraph)]:
        if not any(isinstance(child, BLOCKS) for child in paragraph):
            continue
        parts: list[nodes.Element] = []
        for child in paragraph.children:
            if isinstance(child, BLOCKS) and any(character.isalnum() for character in child.astext()):
                parts.append(child)
                continue
            if not parts or parts[-1].parent is paragraph:
                parts.append(nodes.paragraph())
            # A full stop that was left alone belongs to what comes before it.
            parts[-1] += child.children if isinstance(child, BLOCKS) else child
        paragraph.replace_self([part for part in parts if part.astext().strip()])


def leave_out_nameless(app: Sphinx, tree: nodes.document) -> None:
    """An enum without a name is @0 to doxygen, which is nothing for a table of contents."""
    for signature in tree.findall(addnodes.desc_signature):
        if signature.get("_toc_name", "").startswith("@"):
            signature["_toc_name"] = ""


def name_without_link(app: Sphinx, env: object, node: nodes.Element, text: nodes.Node) -> nodes.Node | None:
    """In man pages, what the header refers to stands as it is written: each function has a page of its name."""
    return text if app.builder.name == "man" else None


def declaration(signature: addnodes.desc) -> str:
    """A function as one writes it in C."""
    return signature[0].astext().replace("\n", " ").replace("* ", "*").strip() + ";"


def shape_man_page(app: Sphinx, tree: nodes.document, docname: str) -> None:
    """A function's page has the parts that man pages have, where a web page has one entry of a list."""
    if app.builder.name != "man" or not docname.startswith("cp_"):
        return
    (function,) = (node for node in tree.findall(addnodes.desc) if node["objtype"] == "function")
    synopsis = INCLUDE + declaration(function)
    parts = [section("Synopsis", nodes.literal_block(synopsis, synopsis))]
    content = function.next_node(addnodes.desc_content)
    fields = {}
    for field_list in [*content.findall(nodes.field_list)]:
        for field in field_list:
            fields[field[0].astext()] = field[1].children
        field_list.parent.remove(field_list)
    parts.append(section("Description", *content.children))
    if "Parameters" in fields:
        parts.append(section("Arguments", definitions(fields.pop("Parameters"))))
    if "Returns" in fields:
        parts.append(section("Return value", *fields.pop("Returns")))
    assert not fields, f"{docname}: what is {[*fields]}?"
    about = "callprop(3)"
    parts.append(section("See also", nodes.paragraph("", "", addnodes.manpage(about, about))))
    function.replace_self(parts)


def definitions(arguments: list[nodes.Node]) -> nodes.definition_list:
    """Arguments by their names, where Sphinx has a list of paragraphs, or a single one."""
    single = not isinstance(arguments[0], nodes.bullet_list)
    found = nodes.definition_list()
    for argument in [nodes.list_item("", *arguments)] if single else arguments[0].children:
        name, _, *first = argument[0].children
        term = nodes.term("", "", nodes.emphasis(name.astext(), name.astext()))
        about = nodes.definition("", nodes.paragraph("", "", *first), *argument.children[1:])
        found += nodes.definition_list_item("", term, about)
    return found


class Synopsis(Directive):
    """All functions of the header, for callprop(3)."""

    def run(self) -> list[nodes.Node]:
        from man_pages import prototypes

        text = INCLUDE + "\n".join(prototypes()) + "\n\ncc program.c $(pkg-config --cflags --libs callprop)"
        return [section("Synopsis", nodes.literal_block(text, text))]


class Rest(Directive):
    """The REST interface, as it describes itself in OpenAPI."""

    def run(self) -> list[nodes.Node]:
        from callprop.openapi import document

        description = document()
        parts = [
            self.operation(f"{method.upper()} {path}", methods[method], methods.get("parameters", []))
            for path, methods in description["paths"].items()
            for method in ("get", "head")
        ]
        schema = json.dumps(description["components"]["schemas"]["Property"], indent=1)
        parts.append(section("A property, as JSON Schema", nodes.literal_block(schema, schema, language="json")))
        return parts

    @staticmethod
    def operation(title: str, operation: dict[str, Any], shared: list[dict[str, Any]]) -> nodes.Node:
        part = section(title, nodes.paragraph("", f"{operation['summary']}. Operation {operation['operationId']}."))
        answers = nodes.definition_list()
        for code, answer in operation["responses"].items():
            body = ", ".join(answer.get("content", {})) or "no body"
            headers = [
                f"{name}: {header['description'].lower()}." for name, header in answer.get("headers", {}).items()
            ]
            text = " ".join([f"{answer['description']} ({body}).", *headers])
            answers += entry(code, text)
        for parameter in [*shared, *operation["parameters"]]:
            values = ", ".join(parameter["schema"].get("enum", []))
            about = parameter.get("description") or f"one of {values}"
            answers += entry(f"{parameter['name']} ({parameter['in']})", f"{about}.")
        part += answers
        return part


def entry(term: str, text: str) -> nodes.Node:
    """A term of a list of definitions."""
    return nodes.definition_list_item(
        "", nodes.term("", "", nodes.literal(term, term)), nodes.definition("", nodes.paragraph(text, text))
    )


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_directive("callprop-synopsis", Synopsis)
    app.add_directive("callprop-rest", Rest)
    app.connect("missing-reference", name_without_link)
    app.connect("doctree-read", leave_out_nameless, priority=100)
    # One after the other.
    app.connect("doctree-resolved", separate_blocks, priority=400)
    app.connect("doctree-resolved", shape_man_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
