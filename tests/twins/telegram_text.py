"""What Telegram does to a text before anybody sees it: trims it, checks its entities, finds commands and mentions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate, combinations
from typing import Any

LONGEST = 4096  # UTF-16 units

Entity = Mapping[str, Any]

_COMMAND = re.compile(r"(?<!\S)/[a-zA-Z0-9_]{1,32}(@[a-zA-Z0-9_]{3,32})?")
_MENTION = re.compile(r"(?<![a-zA-Z0-9_@/])@[a-zA-Z0-9_]{3,32}")


class Refusal(Exception):
    """An answer with ok: false."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


def units(text: str) -> int:
    """The length of a text as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def accepted(text: str, entities: Sequence[Entity]) -> tuple[str, list[Entity]]:
    """The text as it will be shown. Raises Refusal for one that Telegram does not take."""
    edges = set(accumulate((units(char) for char in text), initial=0))
    for entity in entities:
        _check(entity, edges, units(text))
    shown = text.strip()
    if not shown:
        raise Refusal(400, "Bad Request: message text is empty")
    if units(shown) > LONGEST:
        raise Refusal(400, "Bad Request: message is too long")
    cut = units(text) - units(text.lstrip())
    moved = [_moved(entity, cut, units(shown)) for entity in entities]
    return shown, sorted((each for each in moved if each["length"] > 0), key=lambda e: (e["offset"], -e["length"]))


def crossing(entities: Sequence[Entity]) -> list[str]:
    """Pairs that overlap without one holding the other. Telegram would cut them up; nobody should send them."""
    found = []
    for one, two in combinations(entities, 2):
        first, second = sorted((one, two), key=lambda e: (e["offset"], -e["length"]))
        ends = first["offset"] + first["length"]
        if first["offset"] < second["offset"] < ends < second["offset"] + second["length"]:
            found.append(f"{first['type']} and {second['type']} cross at {second['offset']}")
    return found


def found_in(text: str) -> list[Entity]:
    """The commands and mentions that Telegram marks in what people write."""
    marks = [("bot_command", match) for match in _COMMAND.finditer(text)]
    marks += [("mention", match) for match in _MENTION.finditer(text)]
    return [
        {"type": kind, "offset": units(text[: match.start()]), "length": units(match.group())} for kind, match in marks
    ]


def _check(entity: Entity, edges: set[int], length: int) -> None:
    start, end = entity["offset"], entity["offset"] + entity["length"]
    if start < 0 or end > length:
        raise Refusal(
            400, f"Bad Request: entity beginning at UTF-16 offset {start} ends after the end of the text at {end}"
        )
    if start not in edges or end not in edges:
        raise Refusal(400, f"Bad Request: entity begins or ends in a middle of a UTF-16 symbol at offset {start}")


def _moved(entity: Entity, cut: int, end: int) -> Entity:
    """The entity after `cut` units went from the front and what lies behind `end` is gone."""
    start = max(0, entity["offset"] - cut)
    stop = min(end, entity["offset"] + entity["length"] - cut)
    return {**entity, "offset": start, "length": stop - start}
