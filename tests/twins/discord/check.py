"""Requests and answers against Discord's published OpenAPI document, where ../shared/specs has it."""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.twins import spec

DOCUMENT = "discord-openapi.json"
_ALLOWED = {"tts"}  # ../shared/specs/README.md: discord.py sends it where it is not described


def available() -> bool:
    return spec.document(DOCUMENT) is not None


def request_faults(operation: str, body: object) -> list[str]:
    """What is wrong with a request's JSON, a line each; [] where there is no document."""
    described = _operation(operation)
    if described is None or body is None:
        return []
    content = described.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return [f"{operation} takes no JSON"]
    return _faults(operation, "request", body) + _strangers(content["schema"], body)


def answer_faults(operation: str, status: int, body: object) -> list[str]:
    """What is wrong with an answer of the twin."""
    if _operation(operation) is None or body is None:
        return []
    return _faults(operation, str(status), body)


def _faults(operation: str, part: str, body: object) -> list[str]:
    validator = _validator(operation, part)
    if validator is None:
        return [f"{operation} has no JSON for {part}"]
    return [f"{operation} {part}: {fault.json_path}: {fault.message[:300]}" for fault in validator.iter_errors(body)]


def _strangers(schema: Any, body: object) -> list[str]:
    """Properties that the document doesn't know: it lets them pass, Discord may not."""
    if not isinstance(body, dict) or "$ref" not in schema:
        return []
    known = spec.document(DOCUMENT)["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"]
    return [f"unknown property {name}" for name in body if name not in known and name not in _ALLOWED]


@cache
def _operations() -> dict[str, Any]:
    document = spec.document(DOCUMENT)
    if document is None:
        return {}
    return {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for verb, operation in path.items()
        if verb != "parameters"
    }


def _operation(name: str) -> Any:
    return _operations().get(name)


@cache
def _validator(operation: str, part: str) -> Any:
    described = _operation(operation)
    part = part if part == "request" or part in described["responses"] else "4XX"
    where = described["requestBody"] if part == "request" else _resolved(described["responses"][part])
    content = where.get("content", {}).get("application/json")
    if content is None:
        return None
    return Draft202012Validator({**spec.document(DOCUMENT), **content["schema"]})


def _resolved(response: Any) -> Any:
    if "$ref" not in response:
        return response
    return spec.document(DOCUMENT)["components"]["responses"][response["$ref"].rpartition("/")[2]]
