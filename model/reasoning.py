"""Cuts a model's reasoning out of its answer while the answer streams in."""

from __future__ import annotations

from collections.abc import Sequence

DEFAULT_TAGS = ("think", "thought")
_FENCE = 3  # CommonMark: a code fence has at least three backticks, indented by at most three spaces


class ReasoningCut:
    """Shows a stream without its <think>…</think> blocks, whatever the pieces it comes in.

    Blocks may nest; one that is never closed swallows the rest; a closing tag without an opening one is dropped.
    A tag in code is an example that somebody asked for, and stays: in a block fenced with ```, and in `inline code`
    as far as it goes on one line. Nothing is held back but what may become a tag. White space after a block is
    dropped where text before it ends in white space too, or there is none.
    `inside`: the prompt has opened a block already, so the stream begins within it.
    """

    def __init__(self, tags: Sequence[str] = DEFAULT_TAGS, *, inside: bool = False) -> None:
        names = [tag.lower() for tag in tags]
        self._tags = {f"<{name}>": name for name in names} | {f"</{name}>": name for name in names}
        self._open: list[str] = names[:1] if inside else []
        self._held = ""
        self._code = _Code()
        self._after_space = True
        self._trimming = inside

    def feed(self, text: str) -> str:
        """The part of the answer that can be shown now."""
        self._held += text
        shown: list[str] = []
        while self._held:
            before, _, _ = self._held.partition("<")
            if before:
                shown.append(self._pass(before))
                continue
            if tag := self._tag():
                shown.append(self._meet(tag))
                continue
            if self._may_become_tag():
                break
            shown.append(self._pass("<"))
        return "".join(shown)

    def finish(self) -> str:
        """What was held back and turned out to be no tag: the stream has ended."""
        return self._pass(self._held)

    def _tag(self) -> str:
        return next((tag for tag in self._tags if self._held[: len(tag)].lower() == tag), "")

    def _may_become_tag(self) -> bool:
        start = self._held.lower()
        return any(tag.startswith(start) for tag in self._tags)

    def _meet(self, tag: str) -> str:
        if not self._open and self._code.inside():
            return self._pass(self._held[: len(tag)])
        self._held = self._held[len(tag) :]
        name = self._tags[tag]
        if not tag.startswith("</"):
            self._open.append(name)
        elif name in self._open:
            while self._open.pop() != name:  # an inner block that nobody closed ends with the outer one
                pass
        self._trimming = self._after_space
        return ""

    def _pass(self, text: str) -> str:
        """Take `text` off what is held; what of it is shown."""
        self._held = self._held[len(text) :]
        if self._open:
            return ""
        if self._trimming:
            text = text.lstrip()
        if not text:
            return ""
        self._trimming = False
        self._after_space = text[-1].isspace()
        self._code.read(text)
        return text


class _Code:
    """Whether a place in a text lies in Markdown code."""

    def __init__(self) -> None:
        self._indent: int | None = 0  # spaces since the line's start; None: other text came
        self._run = 0
        self._fence = 0
        self._inline = 0

    def read(self, text: str) -> None:
        for char in text:
            if char == "`":
                self._run += 1
                continue
            self._end_run()
            if char == "\n":
                self._indent, self._inline = 0, 0
            elif char == " " and self._indent is not None and self._indent < _FENCE:
                self._indent += 1
            else:
                self._indent = None

    def inside(self) -> bool:
        self._end_run()
        return bool(self._fence or self._inline)

    def _end_run(self) -> None:
        run, self._run = self._run, 0
        if not run:
            return
        starts_line, self._indent = self._indent is not None, None
        if self._fence:
            self._fence = 0 if starts_line and run >= self._fence else self._fence
        elif starts_line and run >= _FENCE:
            self._fence = run
        elif not self._inline:
            self._inline = run
        elif self._inline == run:
            self._inline = 0
