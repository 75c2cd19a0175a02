"""What a command is: one value from which slash commands, menus, phrases, help and tests are made."""

from __future__ import annotations

import pkgutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Literal

from bot.effects import Claim, Effect, Forget, Stop, TurnAway
from bot.locale import Locale
from bot.messages import Button, Call, File, Incoming, Message, Poll
from bot.phrase import Sayings
from bot.preferences import Preferences
from bot.slots import TEXT, WHEN, Kind

if TYPE_CHECKING:
    from bot.world import World

__all__ = ["Claim", "Effect", "Forget", "Stop", "TurnAway"]  # with what a command returns, not only where it is made

Meant = Callable[[str, str], Mapping[str, str] | None]
Standing = Literal["owner", "admin", "guest"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One value that a command takes: a Discord option, the words after a Telegram command, {name} in a phrase.

    `kind` decides which words it takes and what is suggested while somebody types.
    """

    name: str
    korean: str
    about: Mapping[str, str]
    required: bool = False
    kind: Kind = TEXT


@dataclass(frozen=True, slots=True)
class Scene:
    """The facts a command may look at. `now` is in the chat's time zone; `writing`: an answer is under way here."""

    incoming: Incoming
    conversation: str
    now: datetime
    locale: Locale
    standing: Standing
    writing: bool
    commands: tuple[Command, ...]
    bot_name: str
    preferences: Preferences
    world: World
    claim_code: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A button that stands for a call; typing its label or its number picks it too.

    `number`: under which it stands in what was said with it; 0: by its place among the choices.
    """

    label: str
    call: Call
    number: int = 0


@dataclass(frozen=True, slots=True)
class Expect:
    """The person's next message fills `slot` of `call`, unless it is a command itself.

    A `strict` one takes whatever is said; otherwise words that the slot's kind does not accept are talk. `aside`:
    nothing was asked, but such words may follow ("아니 10시에").
    """

    call: Call
    slot: str
    strict: bool = False
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command says, and what shall happen with it in the same transaction.

    `here`: it takes the place of the message whose button was pressed. `literal`: it holds people's own words, whose
    signs are no Markdown. `file` is handed over with it: as a file, or as more messages where there are no files.
    """

    text: str
    effects: tuple[Effect, ...] = ()
    buttons: tuple[Button, ...] = ()
    choices: tuple[Choice, ...] = ()
    expect: Expect | None = None
    poll: Poll | None = None
    here: bool = False
    literal: bool = False
    file: File | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Answer turn `turn` anew (None: the conversation's last one); `here`: in its own messages."""

    turn: int | None = None
    here: bool = False


@dataclass(frozen=True, slots=True)
class Brief:
    """What the model is to be told instead of the conversation; `after` is put below what it writes (a source)."""

    messages: tuple[Message, ...]
    after: str = ""


@dataclass(frozen=True, slots=True)
class Consult:
    """The model answers, in the conversation's lane, from what `gather` brings by then.

    A Reply needs no model; with None the question is answered as any other.
    """

    gather: Callable[[], Awaitable[Brief | Reply | None]]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that 이랑 does.

    name        Latin (a-z, 0-9, _; at most 32); `korean` is its Korean name
    about       a sentence per language, at most 100 characters: Discord's limit
    answer      what it says; a coroutine function when it has to wait for something
    said        what people say for it; every one of `examples` must be understood as this command
    slots       what it takes as options; `spoken` are slots that stand in phrases alone
    timed       phrases are compared with the text without its time words; the slot `when` holds the text they were in
    needs_time  without a time or a length no phrase is this command
    broad       tried after the others, since its phrases take almost anything
    hidden      stands in no menu: buttons call it
    meant       the slots of a request that no phrase fits (bot/intents.py), from its text and what to do ("add"); None:
                nothing to act on, so it is talk. Where it is left out, every slot that knows its words is looked for
    sure        how likely such a request must be this command
    evident     whether what `meant` finds in a text can hardly be anything else: it is this command, unless the text
                surely is another
    exact       its slots name things, none holds words of one's own: "부산 말고 서울 날씨" is "서울 날씨"
    ends        it is what somebody wants who says that something shall not be done: "말하지 마"
    refuses     whether what was said forbids a call after all, whatever was recognised: "다 지우지 마"
    """

    name: str
    korean: str
    about: Mapping[str, str]
    answer: Callable[[Scene, Call], Reply | Again | Consult | Awaitable[Reply]]
    said: Sayings = field(default_factory=Sayings)
    examples: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = field(default=())
    spoken: Mapping[str, Kind] = field(default_factory=dict)
    timed: bool = False
    needs_time: bool = False
    broad: bool = False
    hidden: bool = False
    meant: Meant | None = None
    sure: float = 0.9
    evident: Callable[[str], bool] | None = None
    exact: bool = False
    ends: bool = False
    refuses: Callable[[str, Call], bool] | None = None

    def slot(self, name: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.name == name), None)

    def kind(self, name: str) -> Kind:
        """What the slot `name` takes. Raises KeyError for a slot that this command does not have."""
        return ({"when": WHEN} | {slot.name: slot.kind for slot in self.slots} | dict(self.spoken))[name]


@cache
def all_commands() -> tuple[Command, ...]:
    """Every command in bot/commands/, by name: a new one is a new file there, and no list is edited."""
    from bot import commands

    modules = (import_module(f"{commands.__name__}.{found.name}") for found in pkgutil.iter_modules(commands.__path__))
    found = (module.COMMAND for module in modules if hasattr(module, "COMMAND"))
    return tuple(sorted(found, key=lambda command: command.name))
