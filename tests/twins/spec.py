"""Checks JSON against the platforms' published specifications in ../shared/specs, where that folder exists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

SPECS = Path(__file__).resolve().parents[3] / "shared" / "specs"

_PLAIN: dict[str, dict[str, Any]] = {
    "Integer": {"type": "integer"},
    "Float": {"type": "number"},
    "String": {"type": "string"},
    "Boolean": {"type": "boolean"},
    "True": {"const": True},
}


@cache
def document(name: str) -> Any:
    """A file of ../shared/specs, parsed; None where this checkout has none."""
    path = SPECS / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def faults(value: object, schema: Mapping[str, Any], root: Mapping[str, Any]) -> list[str]:
    """What is wrong with `value`, a line each. `root` is the document that "#/…" references point into."""
    found = Draft202012Validator({**root, **schema}).iter_errors(value)
    return [f"{fault.json_path}: {fault.message[:300]}" for fault in found]


def telegram_request(method: str, params: Mapping[str, Any]) -> list[str]:
    """What Telegram's specification says against calling `method` so; [] where there is no specification."""
    api = document("telegram-api.json")
    if api is None:
        return []
    if method not in api["methods"]:
        return [f"{method}: no such method"]
    return faults(params, _object(api["methods"][method].get("fields", [])), _telegram_types())


def telegram_answer(method: str, result: object) -> list[str]:
    """What Telegram's specification says against this result of `method`; [] where there is no specification."""
    api = document("telegram-api.json")
    return [] if api is None else faults(result, _any(api["methods"][method]["returns"]), _telegram_types())


def telegram_type(name: str, value: object) -> list[str]:
    """What Telegram's specification says against `value` being a `name`; [] where there is no specification."""
    return [] if document("telegram-api.json") is None else faults(value, _one(name), _telegram_types())


@cache
def _telegram_types() -> dict[str, Any]:
    types = document("telegram-api.json")["types"]
    return {"$defs": {name: _definition(description) for name, description in types.items()}}


def _definition(description: Mapping[str, Any]) -> dict[str, Any]:
    if "subtypes" in description:
        return _any(description["subtypes"])
    return _object(description["fields"]) if "fields" in description else {}


def _object(fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {field["name"]: _any(field["types"]) for field in fields},
        "required": [field["name"] for field in fields if field["required"]],
        "additionalProperties": False,
    }


def _any(types: list[str]) -> dict[str, Any]:
    return _one(types[0]) if len(types) == 1 else {"anyOf": [_one(name) for name in types]}


def _one(name: str) -> dict[str, Any]:
    if name.startswith("Array of "):
        return {"type": "array", "items": _one(name.removeprefix("Array of "))}
    return _PLAIN.get(name) or {"$ref": f"#/$defs/{name}"}
