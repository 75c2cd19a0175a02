"""Stop strings: the text that ends an answer, found while it is written and never shown."""

from __future__ import annotations

from collections.abc import Sequence


class Stops:
    """Passes text on until one of `words` begins in it. What may be the beginning of one is held back."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = tuple(word for word in words if word)
        self._held = ""
        self.met = False

    def feed(self, text: str) -> str:
        """What may be shown now; "" for ever once a stop string was `met`."""
        return "".join(self._next(character) for character in text)

    def finish(self) -> str:
        """What was held back and turned out to be no stop string."""
        return "" if self.met else self._held

    def _next(self, character: str) -> str:
        """The word that is complete first ends the answer, however the text was cut into pieces."""
        if self.met:
            return ""
        self._held += character
        complete = [word for word in self._words if self._held.endswith(word)]
        self.met = bool(complete)
        size = len(max(complete, key=len)) if complete else self._beginning()
        shown, self._held = self._held[: len(self._held) - size], self._held[len(self._held) - size :]
        return shown

    def _beginning(self) -> int:
        """How many characters at the end could be the beginning of a stop string."""
        longest = max((len(word) for word in self._words), default=1) - 1
        sizes = range(min(longest, len(self._held)), 0, -1)
        return next((n for n in sizes if any(word.startswith(self._held[-n:]) for word in self._words)), 0)
