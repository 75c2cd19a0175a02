"""What 이랑 says, by language: one TOML file of sentences each."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from bot.korean.josa import Word

LANGUAGES = ("ko", "en")


class Locale:
    """The sentences of one language.

    `locale("key", name=...)` fills one in, with Korean particles where it asks for them: "{name:이에요}".
    """

    def __init__(self, language: str, sentences: dict[str, str]) -> None:
        self.language = language
        self._sentences = sentences

    def __call__(self, key: str, /, **values: object) -> str:
        words = {
            name: value if not isinstance(value, str) or isinstance(value, Word) else Word(value)
            for name, value in values.items()
        }
        return self._sentences[key].format(**words)

    def keys(self) -> frozenset[str]:
        return frozenset(self._sentences)


@cache
def load(language: str) -> Locale:
    """Raises FileNotFoundError for a language that has no file."""
    text = files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return Locale(language, tomllib.loads(text))
