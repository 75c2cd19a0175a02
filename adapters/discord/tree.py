"""Our commands as Discord's application commands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.command import Command, Slot

_CHAT_INPUT, _STRING, _INTEGER = 1, 3, 4
_GUILD, _BOT_DM = 0, 1  # contexts
_GUILD_INSTALL = 0
_LOCALES = {"ko": "ko", "en": "en-US"}  # ours -> Discord's
_SUGGESTED, _LONGEST = 25, 100  # suggestions, and characters of each


def tree(commands: Sequence[Command], language: str) -> list[dict[str, Any]]:
    """The payload of "Bulk Overwrite Global Application Commands"."""
    return [_command(command, language) for command in commands]


def fingerprint(application: str, payload: Sequence[Mapping[str, Any]]) -> str:
    """Changes exactly when the commands have to be sent again: Discord allows 200 new ones a day."""
    return hashlib.sha256(json.dumps([application, *payload], sort_keys=True).encode()).hexdigest()


def _command(command: Command, language: str) -> dict[str, Any]:
    return {
        "type": _CHAT_INPUT,
        "name": command.name,
        "name_localizations": {"ko": _name(command.korean)},
        **_about(command.about, language),
        "options": [_option(slot, language) for slot in sorted(command.slots, key=lambda slot: not slot.required)],
        "contexts": [_GUILD, _BOT_DM],
        "integration_types": [_GUILD_INSTALL],
    }


def _option(slot: Slot, language: str) -> dict[str, Any]:
    return {
        "name": slot.name,
        "name_localizations": {"ko": _name(slot.korean)},
        **_about(slot.about, language),
        "required": slot.required,
        **_typed(slot, language),
    }


def _typed(slot: Slot, language: str) -> dict[str, Any]:
    """What the option takes: a number, one of a few values, or a text that is completed while it is typed."""
    kind = slot.kind
    if kind.least is not None:
        return {"type": _INTEGER, "min_value": kind.least, "max_value": kind.most}
    if kind.choices:
        return {"type": _STRING, "choices": [_choice(*choice, language) for choice in kind.choices]}
    return {"type": _STRING, **({"autocomplete": True} if kind.suggests else {})}


def _choice(value: str, korean: str, english: str, language: str) -> dict[str, Any]:
    localized = {"ko": korean, "en-US": english}
    return {"name": korean if language == "ko" else english, "name_localizations": localized, "value": value}


def suggestions(commands: Sequence[Command], data: Mapping[str, Any]) -> list[dict[str, str]]:
    """What to offer to somebody who is typing an option; `data` is the interaction's."""
    command = next((each for each in commands if each.name == data.get("name")), None)
    typed = next((option for option in data.get("options", ()) if option.get("focused")), None)
    slot = command.slot(str(typed.get("name"))) if command and typed else None
    if slot is None or typed is None:
        return []
    found = slot.kind.suggest(str(typed.get("value", "")))
    return [{"name": each[:_LONGEST], "value": each[:_LONGEST]} for each in found[:_SUGGESTED]]


def _about(about: Mapping[str, str], language: str) -> dict[str, Any]:
    return {
        "description": about.get(language) or next(iter(about.values())),
        "description_localizations": {_LOCALES[each]: text for each, text in about.items() if each in _LOCALES},
    }


def _name(korean: str) -> str:
    return korean.replace(" ", "_")  # Discord: no blanks in a command's name
