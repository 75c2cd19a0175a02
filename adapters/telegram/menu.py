"""The menu of commands that Telegram shows: Latin names, for that is all it takes, with descriptions by language."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from itertools import product

from telegram import (
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)

from adapters.telegram.calls import Api
from adapters.telegram.parse import NAME, Me
from bot.command import Command
from bot.errors import PlatformError
from bot.locale import LANGUAGES
from bot.messages import Cursor
from bot.ports import Intake

SCOPES: tuple[Callable[[], BotCommandScope], ...] = (
    BotCommandScopeDefault,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeAllGroupChats,
)
EVERYBODY_ELSE = ""  # people whose language has no menu of its own

log = logging.getLogger(__name__)


async def publish(api: Api, intake: Intake, me: Me, commands: Sequence[Command], language: str) -> None:
    """Set the menu everywhere, unless Telegram has it from us already.

    Without it the commands work just the same, so the first failure ends the attempt; the next start makes another.
    """
    menus = {code: _menu(commands, code or language) for code in (EVERYBODY_ELSE, *LANGUAGES)}
    print_of_it = _fingerprint(me, menus)
    if not commands or (await intake.cursors(NAME)).get("menu") == print_of_it:
        return
    try:
        for scope, (code, menu) in product(SCOPES, menus.items()):
            await api.set_my_commands(menu, scope=scope(), language_code=code or None)
    except PlatformError as error:
        log.warning("telegram: the menu of commands was not set: %s", error)
        return
    await intake.take(NAME, [], Cursor("menu", print_of_it))


def _fingerprint(me: Me, menus: Mapping[str, Sequence[BotCommand]]) -> str:
    """Changes exactly when the menu has to be set again."""
    shown = {code: [command.to_dict() for command in menu] for code, menu in menus.items()}
    scopes = [scope().type for scope in SCOPES]
    return hashlib.sha256(json.dumps([me.id, scopes, shown], sort_keys=True).encode()).hexdigest()


def _menu(commands: Sequence[Command], language: str) -> list[BotCommand]:
    return [BotCommand(command.name, _about(command, language)) for command in commands]


def _about(command: Command, language: str) -> str:
    return command.about.get(language) or next(iter(command.about.values()), command.name)
