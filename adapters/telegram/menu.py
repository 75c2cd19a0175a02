"""The menu of commands that Telegram shows: Latin names, for that is all it takes, with descriptions by language."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from itertools import product

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)

from adapters.telegram.calls import Api
from bot.command import Command
from bot.errors import PlatformError
from bot.locale import LANGUAGES

SCOPES: tuple[Callable[[], BotCommandScope], ...] = (
    BotCommandScopeDefault,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeAllGroupChats,
)
EVERYBODY_ELSE = ""  # people whose language has no menu of its own

log = logging.getLogger(__name__)


async def publish(api: Api, commands: Sequence[Command], language: str) -> None:
    """Set the menu everywhere; without it the commands work just the same, so the first failure ends the attempt."""
    if not commands:
        return
    try:
        for scope, code in product(SCOPES, (EVERYBODY_ELSE, *LANGUAGES)):
            await api.set_my_commands(_menu(commands, code or language), scope=scope(), language_code=code or None)
    except PlatformError as error:
        log.warning("telegram: the menu of commands was not set: %s", error)


def _menu(commands: Sequence[Command], language: str) -> list[BotCommand]:
    return [BotCommand(command.name, _about(command, language)) for command in commands]


def _about(command: Command, language: str) -> str:
    return command.about.get(language) or next(iter(command.about.values()), command.name)
