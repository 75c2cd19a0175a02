"""Tokens from the engine to the text that a client gets, with stop strings cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from model.bridge import Answer, Bridge
from model.detokenize import Spelling
from model.prompt import Renderer
from model.stops import Stops
from model.writer import Produced

KEEP_ALIVE_EVERY = 10.0  # seconds of silence after which a client is told that work goes on


def looked_up(ids: Sequence[int], most: int | None) -> Answer:
    """An answer that is there already, cut to `most` tokens like any other."""
    answer = Answer("", close=lambda _: None)
    cut = most is not None and len(ids) > most
    answer.put(Produced("", tuple(ids[:most]), "length" if cut else "stop"))
    return answer


class Text:
    """One answer as text. Iterate `pieces` to the end; then `finish` says why it ended and `tokens` how long it was.

    `finish` is "stop", "length", "error" (the model failed on it) or "memory" (there was none left).
    """

    def __init__(self, answer: Answer, renderer: Renderer, stops: Stops, bridge: Bridge) -> None:
        self.finish = ""
        self.tokens = 0
        self._answer = answer
        self._spelling = Spelling(renderer.decode)
        self._stops = stops
        self._bridge = bridge

    async def pieces(self) -> AsyncIterator[str]:
        """Text as it becomes sure, never with half a character; "" after a silence in which the model has read."""
        steps = self._bridge.steps
        while not self.finish:
            try:
                produced = await asyncio.wait_for(self._answer.next(), KEEP_ALIVE_EVERY)
            except TimeoutError:
                if self._bridge.steps > steps:  # a stuck engine stays silent
                    yield ""
                steps = self._bridge.steps
                continue
            self.finish = produced.finish
            self.tokens += len(produced.tokens)
            for token in produced.tokens:
                if text := self._stops.feed(self._spelling.add(token)):
                    yield text
            if self._stops.met:
                self.finish = "stop"
                self._answer.close()
        if rest := self._stops.finish():
            yield rest
