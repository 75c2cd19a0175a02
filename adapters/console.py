"""The terminal as a platform: readable with colours on a screen, plain text when piped."""

from __future__ import annotations

import asyncio
import getpass
import json
import logging
import sys
import threading
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from typing import TextIO

from rich.console import Console as Screen
from rich.live import Live
from rich.text import Text

from bot.command import Command
from bot.messages import THUMBS, Address, Body, Event, Incoming, Key, MessageRef, Person, Raw, Reaction, SpanKind
from bot.ports import Intake, Limits, Pace

log = logging.getLogger(__name__)

_HERE = Address("console", "terminal")
_FREE = Pace(1_000_000, 1.0)
_SKINS = "\ufe0f🏻🏼🏽🏾🏿"  # how an emoji is to look: behind it
_STYLES: dict[SpanKind, str] = {
    "bold": "bold",
    "italic": "italic",
    "strike": "strike",
    "code": "cyan",
    "pre": "cyan",
    "link": "underline",
    "quote": "dim",
}


class Console:
    """One conversation with whoever sits at the terminal. `run` ends when the input does.

    It has neither buttons nor reactions: a line that is a 👍 or 👎 alone rates the answer before it. After what has no
    such button elsewhere, such as a command's answer or a reminder, it is a line like any other.
    """

    name = "console"
    limits = Limits(
        length=1_000_000,
        measure=lambda body: len(body.text),
        edit_every=0.0,
        typing_every=None,
        bot_pace=_FREE,
        chat_pace=lambda _: _FREE,
        idempotent=True,  # a line printed twice after a crash is on a screen that nobody reads any more
        local=True,
        buttons=False,
    )

    def __init__(self, source: TextIO | None = None, screen: Screen | None = None, *, prompt: str = "> ") -> None:
        self._source = source or sys.stdin
        if isinstance(self._source, TextIOWrapper):
            self._source.reconfigure(errors="replace")  # a byte that is no UTF-8 is no reason to stop listening
        self._screen = screen or Screen(highlight=False, soft_wrap=True)
        self._prompt = prompt
        self._live: Live | None = None
        self._bodies: dict[MessageRef, Body] = {}  # of the answer that is being written
        self._last: MessageRef | None = None  # the answer that a 👍 is for, if the last thing on the screen is one
        self._idle = asyncio.Event()

    @property
    def _interactive(self) -> bool:
        return self._source.isatty() and self._screen.is_terminal

    def parse(self, payload: str) -> Event | None:
        line = json.loads(payload)
        try:
            ref = MessageRef(self.name, _HERE.chat, line["id"])
            person = Person(self.name, "operator", line["name"])
            if on := line.get("rates"):
                return Reaction(MessageRef(self.name, _HERE.chat, on), person, line["text"], added=True)
            at = datetime.fromisoformat(line["at"])
            return Incoming(_HERE, ref, person, line["text"], at, addressed=True, private=True)
        except (KeyError, TypeError) as error:
            raise ValueError(f"console: not a line ({type(error).__name__})") from None

    async def run(self, intake: Intake, commands: Sequence[Command]) -> None:
        lines, name = self._lines(), _who()
        self._show_prompt()
        while (line := await lines.get()) is not None:
            if not line.strip():
                self._show_prompt()
                continue
            id, rates = uuid.uuid4().hex, self._rated(line)
            said = {"id": id, "text": line.strip(), "name": name, "at": datetime.now(UTC).isoformat()} | rates
            if rates:  # nothing is answered to it
                await intake.take(self.name, [Raw(id, json.dumps(said))])
                self._show_prompt()
                continue
            self._idle.clear()
            await intake.take(self.name, [Raw(id, json.dumps(said))])
            if not self._interactive:  # piped: question, answer, question, answer
                await self._idle.wait()

    async def send(self, to: Address, body: Body, *, reply_to: MessageRef | None, key: Key) -> MessageRef:
        ref = MessageRef(self.name, to.chat, key.id)  # a repeat is the same message
        self._show(ref, body)
        return ref

    async def edit(self, ref: MessageRef, body: Body) -> None:
        self._show(ref, body)

    async def delete(self, ref: MessageRef) -> None:
        self._bodies.pop(ref, None)

    async def finish(self, refs: Sequence[MessageRef]) -> None:
        """Leave the final text on the screen, and the line to whoever writes next."""
        if shown := [ref for ref in refs if ref in self._bodies]:
            self._last = next((ref for ref in shown if _can_be_rated(self._bodies[ref])), None)
        final = [body for ref in dict.fromkeys(refs) if (body := self._bodies.pop(ref, None))]
        if self._live:
            self._live.update(_joined(self._bodies.values()), refresh=True)  # another answer may still be written
        if self._live and not self._bodies:
            self._live.stop()
            self._live = None
        if final:
            self._screen.print(_joined(final))
        self._idle.set()
        if not self._bodies:
            self._show_prompt()

    async def typing(self, to: Address) -> None:
        return None

    def _rated(self, line: str) -> dict[str, str]:
        """What a line that is a thumb alone says of the answer before it, whatever the thumb's skin."""
        thumb = line.strip()[:1]
        alone = thumb in THUMBS.values() and not line.strip()[1:].strip(_SKINS)
        return {"text": thumb, "rates": self._last.id} if alone and self._last else {}

    def _show(self, ref: MessageRef, body: Body) -> None:
        self._bodies[ref] = body
        if not self._interactive:
            return
        if self._live is None:
            # transient: what is final is printed once more, above whatever is still being written
            self._live = Live(console=self._screen, auto_refresh=False, transient=True, vertical_overflow="visible")
            self._live.start()
        self._live.update(_joined(self._bodies.values()), refresh=True)

    def _show_prompt(self) -> None:
        if self._interactive:
            self._screen.print(self._prompt, end="", style="bold green")
            self._screen.file.flush()

    def _lines(self) -> asyncio.Queue[str | None]:
        """Lines as they are typed, then None: read in a thread, since a terminal can't be awaited everywhere."""
        loop = asyncio.get_running_loop()
        lines: asyncio.Queue[str | None] = asyncio.Queue()

        def read() -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody answers any more
                try:
                    for line in self._source:
                        loop.call_soon_threadsafe(lines.put_nowait, line)
                except (OSError, ValueError) as error:
                    log.error("console: the input can't be read any further (%s)", type(error).__name__)
                loop.call_soon_threadsafe(lines.put_nowait, None)

        threading.Thread(target=read, name="terminal", daemon=True).start()
        return lines


def _can_be_rated(body: Body) -> bool:
    return any(button.data.partition(":")[0] in THUMBS for button in body.buttons)


def _who() -> str:
    """The operator's name; a container's made-up user may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"


def _joined(bodies: Iterable[Body]) -> Text:
    return Text("\n").join(_styled(body) for body in bodies)


def _styled(body: Body) -> Text:
    text = Text(body.text)
    for span in body.spans:
        text.stylize(_STYLES[span.kind], span.start, span.end)
    return text
