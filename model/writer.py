"""One answer as it grows: what it wants to have read next, and when it ends."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Literal

from model.kept import Kept
from model.memory import Aside, Memory, out_of_memory, taken
from model.packed import Stretch
from model.sampling import Draw

Finish = Literal["", "stop", "length", "error", "memory"]

_KEEP_AT_ONCE = 128  # new tokens of a prompt that are kept as soon as they are read: others may begin with them too
_LOOP = 64  # tokens that only repeat up to _PERIOD of them: nothing else is going to come
_PERIOD = 16


@dataclass(frozen=True, slots=True)
class Produced:
    """What one step gave one request: tokens, or the end, or both. A stop token is not handed out.

    `finish` is "stop", "length" (max_tokens, the window is full, or it only repeated itself), "error" (the model's
    numbers are not finite), "memory" (there is none left for it), or "" while it goes on.
    """

    request: str
    tokens: tuple[int, ...] = ()
    finish: Finish = ""


class Writer:
    """A request that is written token by token. `draw` knows its text, `seat` where its past lies."""

    def __init__(self, id: str, draw: Draw, memory: Memory, kept: Kept, context: int, adapter: str = "") -> None:
        self.id = id
        self.draw = draw
        self._adapter = adapter
        self.longest = min(context, draw.prompt_length + (draw.sampling.max_tokens or context))
        self.read, layers = kept.find(draw.seen, adapter)
        self._found = self.read
        self.seat = memory.seat(len(draw.seen), layers)
        self._aside: Aside | None = None  # what was read, while it is paused and has no seat
        self._memory = memory
        self._kept = kept

    def twin(self, draw: Draw) -> Writer:
        """Another one that has read the same and goes on in its own way."""
        other = copy(self)
        other.draw, other.seat = draw, self._memory.twin(self.seat, self.read)
        return other

    def plan(self, chunk: int) -> list[Stretch]:
        """What shall be read next: one token of the answer, or at most `chunk` of the prompt."""
        unread = len(self.draw.seen) - self.read
        count = 1 if unread == 1 else min(unread, chunk)
        if not count:
            return []
        self.seat = self._memory.room(self.seat, self.read + count)
        return [Stretch(self.seat, self.read, self.draw.seen[self.read : self.read + count], self._adapter)]

    def has_read(self, stretch: Stretch) -> bool:
        """Note what was read; True when a next token can be chosen."""
        self.read += len(stretch.ids)
        if self.read == self.draw.prompt_length >= self._found + _KEEP_AT_ONCE:
            self._keep()
        return self.read == len(self.draw.seen)

    def take(self, token: int) -> Produced:
        """The token that was chosen, as it is handed out."""
        if token in self.draw.stop_ids:
            return Produced(self.id, (), "stop")
        self.draw.take(token)
        full = len(self.draw.seen) >= self.longest or _repeats(self.draw.seen, self.draw.written)
        return Produced(self.id, (token,), "length" if full else "")

    def pause(self) -> None:
        """Give the row back and put aside what it held, so that the answer goes on later as if nothing had been."""
        self._aside = self._memory.put_aside(self.seat, self.read)

    def resume(self) -> None:
        assert self._aside
        self.seat = self._memory.take_back(self._aside, len(self.draw.seen))
        self._aside = None

    def close(self, finish: Finish = "") -> None:
        """Give the memory back; what was read is kept for the conversation's next turn, if memory did not run out."""
        if finish != "memory":
            self._keep()
        if self._aside:
            self._memory.forget(self._aside)
        else:
            self.give_back(finish)

    def give_back(self, finish: Finish = "") -> None:
        if finish == "error":
            self.seat.slab.wipe(self.seat)
        self.seat.slab.give_back(self.seat)

    def _keep(self) -> None:
        """Where there is no memory for a copy, what others left goes too: those who write need it more."""
        layers = self._aside.layers if self._aside else taken(self.seat, self.read)
        try:
            self._kept.keep(self.draw.seen[: self.read], layers, self._adapter)
        except RuntimeError as error:
            if not out_of_memory(error):
                raise
            self._kept.clear()


def _repeats(seen: Sequence[int], written: int) -> bool:
    """Whether the end of an answer is nothing but the same few tokens, again and again."""
    if written < _LOOP or written % 8:
        return False
    tail = seen[-_LOOP:]
    return any(tail[period:] == tail[:-period] for period in range(1, _PERIOD + 1))
