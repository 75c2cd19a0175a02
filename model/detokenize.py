"""Token ids to text while they are being written, with no character shown before all its bytes are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_UNFINISHED = "\ufffd"  # what a decoder writes for bytes that are no character, or not yet


class Spelling:
    """The text of a growing answer.

    A tokenizer may spell an id differently at the start of a text (a leading blank is dropped), so each stretch is
    decoded behind the one before it, and what that one says is taken off.
    """

    def __init__(self, decode: Callable[[Sequence[int]], str]) -> None:
        self._decode = decode
        self._before: list[int] = []
        self._stretch: list[int] = []
        self._shown = 0  # characters of this stretch

    def add(self, id: int) -> str:
        """The text that this id completes; "" while a character's bytes are still to come, for good if they never do.

        Bytes that turn out to be no character are shown as U+FFFD as soon as a character follows.
        """
        self._stretch.append(id)
        known = len(self._decode(self._before))
        text = self._decode([*self._before, *self._stretch])[known:]
        finished = text.rstrip(_UNFINISHED)
        new = finished[self._shown :]
        if text and finished == text:
            self._before, self._stretch, self._shown = self._stretch, [], 0
        else:
            self._shown += len(new)
        return new
