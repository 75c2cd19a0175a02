"""Bad words: found in what people write, masked in what the model writes, while it is written.

The rules, of which bot/korean/profanity.toml is the list:

- Insults and obscenities count, rude words don't (바보, 꺼져, 놈, 미친 alone): a false alarm is worse than a miss.
- A word counts in every disguise of bot/korean/disguise.py: stretched, taken apart, half-width, in look-alikes of
  other alphabets, with invisible marks between; some words also as typed in the wrong layout (tlqkf).
- A Hangul word begins a word, or stands behind what its entry allows (아시발), and ends as its entry says: 시발점 and
  다시발송 hold no bad word. A Latin word is a whole word. Loose jamo (ㅅㅂ) touch no other consonants but ㅋ and ㅎ.
- Signs and digits between the letters (시1발) hide nothing, but then the word must end where it ends; and where blanks
  are between them (시 발) only a cry may go before: "일곱 시 발 기차" and "민수 씨 발 아파요?" pass.
- A word inside an innocent phrase (새끼 고양이, 시발역) is innocent.
- Whether a word counts depends on at most 12 characters before it, 18 of its own and 6 behind. So the model's text is
  held back by 24 characters at the most, and what is shown is never changed by what follows.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import product
from typing import Any

from bot.korean.disguise import begun, first_letters, fold, layout, literal, spellings, whole

Span = tuple[int, int]

_MASK = "♥"  # no Markdown sign
_BEFORE, _WIDTH, _BEHIND = 12, 18, 6  # characters that a decision may look at
_BLANK = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class _Rule:
    """One entry of the list. `follows`: what may or must stand before, None: anything."""

    core: re.Pattern[str]
    loose: re.Pattern[str] | None
    begun: re.Pattern[str]
    first: frozenset[str]
    follows: re.Pattern[str] | None
    anywhere: bool
    starts: bool
    ends: bool
    before: tuple[str, ...] | None
    not_after: tuple[str, ...]
    not_before: tuple[str, ...]

    def may_begin(self, letters: str) -> bool:
        """Whether these letters are a word or begin one."""
        return any(pattern.match(letters) for pattern in (self.begun, self.core, self.loose) if pattern)

    def match(self, text: str, at: int) -> Span | None:
        """Where the word lies that begins at `at`; None when none does, or when it is part of another word."""
        limit = min(len(text), at + _WIDTH)
        if (found := self.core.match(text, at, limit)) and self._stands(text, at, found.end()):
            return at, found.end()
        if self.loose and (found := self.loose.match(text, at, limit)) and self._stands_apart(text, at, found.end()):
            return at, found.end()
        return None

    def open(self, text: str, at: int) -> bool:
        """More text might change what `match` says."""
        limit = min(len(text), at + _WIDTH)
        if limit == len(text) and self.begun.match(text, at):
            return True
        tries = (pattern.match(text, at, limit) for pattern in (self.core, self.loose) if pattern)
        return any(found and found.end() > len(text) - _BEHIND for found in tries)

    def _stands(self, text: str, start: int, end: int) -> bool:
        if text.endswith(self.not_after, max(0, start - _BEFORE), start) or text.startswith(self.not_before, end):
            return False
        return self._begins(text, start) and self._ends(text, end)

    def _begins(self, text: str, start: int) -> bool:
        if self.anywhere or (self.starts and not joined(text, start)):
            return True
        return self.follows is not None and bool(self.follows.search(text, max(0, start - _BEFORE), start))

    def _ends(self, text: str, end: int) -> bool:
        if self.before is None or (self.ends and not joined(text, end)):
            return True
        return any(text.startswith(tail, end) and not _goes_on(text, end + len(tail)) for tail in self.before)

    def _stands_apart(self, text: str, start: int, end: int) -> bool:
        """A word with signs or blanks inside is surely one when nothing touches it."""
        if joined(text, start) or (joined(text, end) and not text.startswith(("놈", "년", "새끼", "아", "것"), end)):
            return False
        inside = text[start:end]
        if ", " in inside or "\n" in inside:  # a list of things
            return False
        return not _BLANK.search(inside) or self._opens(text, start)

    def _opens(self, text: str, start: int) -> bool:
        earlier = text[max(0, start - _BEFORE) : start].rstrip()
        if not earlier or not earlier[-1].isalnum():
            return True
        return self.follows is not None and bool(self.follows.search(text, max(0, start - _BEFORE), start))


def joined(text: str, at: int) -> bool:
    """Whether the letters before and after `at` are of one word: two syllables, two Latin letters, two consonants, …"""
    if not 0 < at < len(text):
        return False
    return (_kind(text[at - 1]), _kind(text[at])) in _JOINED


def _goes_on(text: str, at: int) -> bool:
    """Latin letters on both sides: whoreson is not whore and s."""
    return joined(text, at) and _kind(text[at]) == "latin"


_JOINED = {
    *((kind, kind) for kind in ("syllable", "consonant", "vowel", "latin", "digit")),
    ("digit", "syllable"),
    ("syllable", "vowel"),
    ("consonant", "vowel"),
    ("vowel", "syllable"),
}


def _kind(letter: str) -> str:
    if "가" <= letter <= "힣":
        return "syllable"
    if letter in "ㅋㅎㅠㅜㅡ":  # laughing and crying belong to no word
        return "mood"
    if "ㄱ" <= letter <= "ㅣ":
        return "consonant" if letter <= "ㅎ" else "vowel"
    if letter.isascii() and letter.isalnum():
        return "digit" if letter.isdigit() else "latin"
    return "sign"


class Words:
    """A list of bad words, ready to be looked for."""

    def __init__(self, table: Mapping[str, Any], extra: Iterable[str] = ()) -> None:
        """`table` is profanity.toml's content; an `extra` word counts where it begins a word (Latin: is one).

        Raises ValueError for an extra word of more than 18 characters, which would never be found.
        """
        rules = [rule for entry in table["word"] for rule in _rules(entry, table["cries"])]
        rules += [_extra(word) for word in extra if word.strip()]
        letters = {letter for rule in rules for letter in rule.first}
        self._rules = {letter: [rule for rule in rules if letter in rule.first] for letter in letters}
        self._first = re.compile(f"[{re.escape(''.join(sorted(letters)))}]")
        phrases: list[str] = table["innocent"]
        self._innocent = _phrases(phrase for phrase in phrases if not phrase.startswith("^"))
        self._innocent_words = _phrases(phrase[1:] for phrase in phrases if phrase.startswith("^"))
        self._innocent_starts = {phrase[:3] for phrase in self._innocent | self._innocent_words}
        self._likely = lru_cache(maxsize=8192)(self._choose)

    @classmethod
    def load(cls, extra: Iterable[str] = ()) -> Words:
        """The shipped list, with an operator's own words."""
        text = files(__package__).joinpath("korean/profanity.toml").read_text(encoding="utf-8")
        return cls(tomllib.loads(text), extra)

    def found(self, text: str) -> tuple[Span, ...]:
        """Where bad words lie in the text's NFC, in order and apart; () when it is clean."""
        return _merged(self._spans(fold(unicodedata.normalize("NFC", text))))

    def masked(self, text: str) -> str:
        """The text's NFC with every letter and sign of a bad word made ♥, as long as before."""
        text = unicodedata.normalize("NFC", text)
        pieces, shown = [], 0
        for start, end in self.found(text):
            pieces += [text[shown:start], "".join(letter if letter.isspace() else _MASK for letter in text[start:end])]
            shown = end
        return "".join([*pieces, text[shown:]])

    def settled(self, text: str) -> int:
        """How many characters of an NFC text are certain, whatever is written next."""
        folded = fold(text)
        for found in self._first.finditer(folded, max(0, len(folded) - _WIDTH - _BEHIND)):
            at = found.start()
            if any(rule.open(folded, at) for rule in self._likely(folded[at : at + 3])):
                return at
        return len(text)

    def _spans(self, folded: str) -> Iterator[Span]:
        for found in self._first.finditer(folded):
            at = found.start()
            for rule in self._likely(folded[at : at + 3]):
                span = rule.match(folded, at)
                if span and not self._excused(folded, *span):
                    yield span

    def _choose(self, letters: str) -> tuple[_Rule, ...]:
        """The rules that may match where these letters stand: three leave few, and are soon asked for again."""
        return tuple(rule for rule in self._rules[letters[0]] if rule.may_begin(letters))

    def _excused(self, folded: str, start: int, end: int) -> bool:
        near = range(max(0, start - _BEFORE), start + 1)
        begins = (at for at in near if folded[at : at + 3] in self._innocent_starts)
        ends = range(end, min(len(folded), end + _BEHIND) + 1)
        return any(self._is_innocent(folded, at, to) for at in begins for to in ends)

    def _is_innocent(self, folded: str, start: int, end: int) -> bool:
        phrase = folded[start:end]
        return phrase in self._innocent or (phrase in self._innocent_words and not joined(folded, start))


class Masking:
    """A text that is masked while it is written: `feed` pieces in, get what may be shown. Never half a bad word.

    All that comes out equals `words.masked` of all that went in, however it was cut.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self._text = ""  # what is held back, behind as much of what was shown as a decision may look at
        self._shown = 0

    def feed(self, piece: str) -> str:
        self._text = unicodedata.normalize("NFC", self._text + piece)
        return self._show(self._words.settled(self._text[: _last_letter(self._text)]))

    def end(self) -> str:
        """The rest; the next `feed` begins another text."""
        rest = self._show(len(self._text))
        self._text, self._shown = "", 0
        return rest

    def _show(self, upto: int) -> str:
        if upto <= self._shown:
            return ""
        piece = self._words.masked(self._text)[self._shown : upto]
        forgotten = max(0, upto - _BEFORE - 2 * _WIDTH)
        self._text, self._shown = self._text[forgotten:], upto - forgotten
        return piece


def _last_letter(text: str) -> int:
    """Where the last letter begins, which a mark or a jamo that follows may still change."""
    at = len(text) - 1
    while at > 0 and (unicodedata.category(text[at]).startswith("M") or "\u1160" <= text[at] <= "\u11ff"):
        at -= 1
    return max(0, at)


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)


def _rules(entry: Mapping[str, Any], cries: str) -> Iterator[_Rule]:
    words = spellings(entry["spell"])
    yield _rule(words, entry, cries)
    if entry.get("layout") and (typed := layout(words)):
        yield _rule(typed, {"after": "*"}, cries)


def _extra(word: str) -> _Rule:
    words = literal(word)
    if len(words[0]) > _WIDTH:
        raise ValueError(f"a word of {len(words[0])} characters: at most {_WIDTH}")
    latin = _kind(words[0][-1]) == "latin"
    return _rule(words, {"before": ""} if latin else {"loose": len(words[0]) > 1}, "")


def _rule(words: Sequence[Sequence[str]], entry: Mapping[str, Any], cries: str) -> _Rule:
    after = entry.get("after", "").replace("@", cries).split()
    loose = bool(entry.get("loose"))
    return _Rule(
        core=whole(words),
        loose=whole(words, loose=True) if loose else None,
        begun=begun(words, loose=loose),
        first=frozenset(letter for word in words for letter in first_letters(word)),
        follows=_any_before(after) if after else None,
        anywhere="*" in after,
        starts=entry.get("start", True),
        ends=entry.get("end", True),
        before=tuple(entry["before"].split()) if "before" in entry else None,
        not_after=tuple(entry.get("not_after", "").split()),
        not_before=tuple(entry.get("not_before", "").split()),
    )


def _any_before(words: Iterable[str]) -> re.Pattern[str]:
    listed = "|".join(re.escape(word).replace("_", r"\s?") for word in words)
    return re.compile(rf"(?<![가-힣])(?:{listed})\s?\Z")


def _phrases(specs: Iterable[str]) -> frozenset[str]:
    """Every innocent phrase with and without its blanks."""
    return frozenset(
        "".join(letters)
        for spec in specs
        for places in spellings(spec)
        for letters in product(*((" ", "") if place == " " else place for place in places))
    )
