"""What one person asks in one go: a message, or several that their client made of a long text."""

from __future__ import annotations

import asyncio

from bot.messages import Body, Incoming, MessageRef
from bot.ports import Limits

_GAP = 1.0  # seconds within which a client sends the next part
_FILL = 0.95  # a message this full may be one that goes on


class Paste:
    """The parts by their messages, in their order. `heard_at` is when the last one came, by the loop's clock."""

    def __init__(self, first: Incoming, limits: Limits) -> None:
        self._limits = limits
        self._parts = {first.ref: first.text}  # "" of one that was taken away
        self.heard_at = asyncio.get_running_loop().time()

    def __contains__(self, ref: MessageRef) -> bool:
        return ref in self._parts

    def says(self, message: Incoming) -> bool:
        return self._parts.get(message.ref) == message.text

    @property
    def text(self) -> str:
        return "\n".join(part for part in self._parts.values() if part)

    @property
    def first(self) -> MessageRef:
        """The first message that says something."""
        return next((ref for ref, part in self._parts.items() if part), next(iter(self._parts)))

    def goes_on(self) -> bool:
        """Whether there may be more to come."""
        last = list(self._parts.values())[-1]
        return self._limits.measure(Body(last)) >= self._limits.length * _FILL

    def add(self, more: Incoming) -> None:
        self._parts[more.ref] = more.text
        self.heard_at = asyncio.get_running_loop().time()

    def change(self, message: Incoming) -> None:
        self._parts[message.ref] = message.text

    def take_away(self, ref: MessageRef) -> None:
        """That message says nothing any more. It may be changed back."""
        self._parts[ref] = ""

    async def whole(self) -> None:
        """Wait until it surely is."""
        loop = asyncio.get_running_loop()
        while self.goes_on() and (left := self.heard_at + _GAP - loop.time()) > 0:  # noqa: ASYNC110 each part puts it off
            await asyncio.sleep(left)
