"""Our commands as Discord's application commands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.command import Command, Slot

_CHAT_INPUT, _STRING = 1, 3
_GUILD, _BOT_DM = 0, 1  # contexts
_GUILD_INSTALL = 0
_LOCALES = {"ko": "ko", "en": "en-US"}  # ours -> Discord's


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
        "type": _STRING,
        "name": slot.name,
        "name_localizations": {"ko": _name(slot.korean)},
        **_about(slot.about, language),
        "required": slot.required,
    }


def _about(about: Mapping[str, str], language: str) -> dict[str, Any]:
    return {
        "description": about.get(language) or next(iter(about.values())),
        "description_localizations": {_LOCALES[each]: text for each, text in about.items() if each in _LOCALES},
    }


def _name(korean: str) -> str:
    return korean.replace(" ", "_")  # Discord: no blanks in a command's name
