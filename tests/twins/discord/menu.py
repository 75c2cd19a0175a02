"""What Discord's own client lets people send of a command that the bot has published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_STRING, _INTEGER = 3, 4


def objections(published: Sequence[Mapping[str, Any]], name: str, given: Mapping[str, str | int]) -> list[str]:
    """Why nobody could choose this command with these options; [] where they can."""
    command = next((each for each in published if each["name"] == name), None)
    if command is None:
        return [f"/{name} is in no menu"]
    options = {option["name"]: option for option in command["options"]}
    missing = [f"{each} is required" for each, option in options.items() if option["required"] and each not in given]
    unknown = [f"/{name} has no option {each}" for each in given if each not in options]
    values = [_objection(options[each], value) for each, value in given.items() if each in options]
    return [*missing, *unknown, *(each for each in values if each)]


def _objection(option: Mapping[str, Any], value: str | int) -> str:
    """The client checks types, bounds and choices; an autocompleted option takes any text."""
    if option["type"] == _INTEGER:
        fits = isinstance(value, int) and option["min_value"] <= value <= option["max_value"]
        return "" if fits else f"{option['name']} takes a number from {option['min_value']} to {option['max_value']}"
    if option["type"] != _STRING or not isinstance(value, str):
        return f"{option['name']} takes no {value!r}"
    choices = [choice["value"] for choice in option.get("choices", ())]
    return f"{value!r} is no choice of {option['name']}" if choices and value not in choices else ""
