"""Which command a text is, if any: "/help", "/도움말", or a phrase that says nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.command import Command
from bot.korean.folding import match_key
from bot.messages import Call


class Router:
    """Recognises commands. A phrase must be the whole message: ordinary talk stays talk."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self._by_name = {match_key(name): command for command in commands for name in (command.name, command.korean)}
        self._phrases = [(pattern(phrase), command) for command in commands for phrase in command.phrases]

    def find(self, text: str) -> Call | None:
        """The command that a text is; None: it is talk. An unknown "/name" is a call too, of that name."""
        if text.startswith("/"):
            return self._slash(text)
        key = match_key(text)
        return next((Call(command.name) for phrase, command in self._phrases if phrase.fullmatch(key)), None)

    def command(self, call: Call) -> Command | None:
        return self._by_name.get(match_key(call.name))

    def _slash(self, text: str) -> Call | None:
        name, *rest = re.split(r"\s+", text[1:].rstrip(), maxsplit=1)
        if not match_key(name) or "/" in name:  # "/", "//", "/etc/passwd": talk
            return None
        return Call(name, {"text": rest[0]} if rest else {})


def pattern(phrase: str) -> re.Pattern[str]:
    """A phrase template as an expression over match keys: "[지금] 몇 시(야|예요)"; spaces mean nothing."""
    pieces = re.findall(r"[\[\]()|]|[^\[\]()|]+", phrase)
    signs = {"[": "(?:", "]": ")?", "(": "(?:", ")": ")", "|": "|"}
    return re.compile("".join(signs.get(piece) or re.escape(match_key(piece)) for piece in pieces))
