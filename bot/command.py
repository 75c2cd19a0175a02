"""What a command is: one value from which slash commands, menus, phrases, help and tests are made."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Literal

from bot.locale import Locale
from bot.messages import Button, Call, Incoming

Standing = Literal["owner", "admin", "guest"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One value that a command takes: a Discord option, or the words after a Telegram command."""

    name: str
    korean: str
    about: Mapping[str, str]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """The facts a command may look at. `now` is in the chat's time zone; `writing`: an answer is under way here."""

    incoming: Incoming
    now: datetime
    locale: Locale
    standing: Standing
    writing: bool
    commands: tuple[Command, ...]
    bot_name: str
    claim_code: str | None = None


@dataclass(frozen=True, slots=True)
class Forget:
    """Start this conversation afresh."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End the answer that is being written here, keeping what was shown."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Make the sender the owner."""


@dataclass(frozen=True, slots=True)
class TurnAway:
    """Note that strangers in this chat heard that the bot is private."""


Effect = Forget | Stop | Claim | TurnAway


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command says, and what shall happen with it in the same transaction."""

    text: str
    effects: tuple[Effect, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Again:
    """Answer turn `turn` anew (None: the conversation's last one); `here`: in its own messages."""

    turn: int | None = None
    here: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that 이랑 does without the model.

    `name` is Latin (a-z, 0-9, _; at most 32), `korean` its Korean name. `about` holds a sentence per language (at
    most 100 characters: Discord's limit). `phrases` are templates: "[지금] 몇 시(야|예요)". Every one of `examples`
    must be understood as this command.
    """

    name: str
    korean: str
    about: Mapping[str, str]
    answer: Callable[[Scene, Call], Reply | Again]
    phrases: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = field(default=())


@cache
def all_commands() -> tuple[Command, ...]:
    """Every command in bot/commands/, by name: a new one is a new file there, and no list is edited."""
    from bot import commands

    modules = (import_module(f"{commands.__name__}.{found.name}") for found in pkgutil.iter_modules(commands.__path__))
    return tuple(sorted((module.COMMAND for module in modules), key=lambda command: command.name))
