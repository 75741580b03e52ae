# SPDX-License-Identifier: MIT
"""The REST resource, described in OpenAPI 3.1."""

from __future__ import annotations

import json
from typing import Any

from ._version import VERSION
from .catalogue import list_properties

# What stands before and behind the prefix, once it was made. Two threads at once make the same.
_parts: list[str] = []

_HERE = "\0"


def openapi_json(prefix: str = "") -> str:
    """The description that ``/openapi.json`` serves, of an application that is mounted under this prefix."""
    if not _parts:
        _parts[:] = json.dumps(document(_HERE), indent=1).split(json.dumps(_HERE))
    return json.dumps(prefix or "/").join(_parts)


def document(server: str = "/") -> dict[str, Any]:
    """The description, with the mnemos and the example that the loaded library has."""
    entries = list_properties()
    mnemos = [entry.mnemo for entry in entries]
    one = {"mnemo": entries[0].mnemo, "name": entries[0].name, "description": entries[0].description}
    text = {"type": "string", "minLength": 1}
    schemas = {
        "Property": {
            "description": "A kind of call that a status may let through.",
            "type": "object",
            "properties": {"mnemo": {"type": "string", "enum": mnemos}, "name": text, "description": text},
            "required": ["mnemo", "name", "description"],
            "additionalProperties": False,
            "examples": [one],
        },
        "Error": {
            "type": "object",
            "properties": {
                "error": {
                    "type": "object",
                    "properties": {"status": {"type": "integer"}, "message": {"type": "string"}},
                    "required": ["status", "message"],
                }
            },
            "required": ["error"],
        },
    }
    everything = {"type": "array", "items": _ref("Property"), "minItems": len(mnemos), "maxItems": len(mnemos)}
    mnemo = {"name": "mnemo", "in": "path", "required": True, "schema": {"type": "string", "enum": mnemos}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "callprop",
            "version": VERSION,
            "summary": "The kinds of call that a PBX extension's status lets through",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": server}],
        "paths": {
            "/extension/call_property/": _methods("callProperties", "All properties, in their order", everything),
            "/extension/call_property/{mnemo}": {
                "parameters": [mnemo],
                **_methods("callProperty", "One property", _ref("Property"), {"404": _error("No such property")}),
            },
        },
        "components": {"schemas": schemas},
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _methods(name: str, summary: str, schema: dict[str, Any], errors: dict[str, Any] | None = None) -> dict[str, Any]:
    tag = {"ETag": {"schema": {"type": "string"}, "description": "Changes with the body"}}
    known = {
        "name": "If-None-Match",
        "in": "header",
        "schema": {"type": "string"},
        "description": "ETags that the client has",
    }
    answers: dict[str, Any] = {
        "200": {"description": summary, "headers": tag, "content": {"application/json": {"schema": schema}}},
        "304": {"description": "The client has it", "headers": tag},
        **(errors or {}),
    }
    without_body = {
        code: {key: part for key, part in answer.items() if key != "content"} for code, answer in answers.items()
    }
    return {
        "get": {"operationId": name, "summary": summary, "parameters": [known], "responses": answers},
        "head": {"operationId": f"{name}Head", "summary": summary, "parameters": [known], "responses": without_body},
    }


def _error(summary: str) -> dict[str, Any]:
    return {"description": summary, "content": {"application/json": {"schema": _ref("Error")}}}
