"""Two forms of a text: one that is kept, one that is compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Invisible letters that people's keyboards and copy-paste bring along: Hangul fillers are letters to Unicode.
_FILLERS = "\u115f\u1160\u3164\uffa0"
_OPENING, _CLOSING = '(-$€£¥₩√*_`#[<"“‘', ')%℃℉*_`]>"”’'
_LAST_SIGNS = " ?!.,~…\t\n"
_UNSEEN = re.compile(f"[{_FILLERS}\u200b-\u200f\u2060\ufeff]")
_DROPPED = re.compile(rf"[{_FILLERS}\W_]+")


def clean(text: str) -> str:
    """The form that is stored and shown: NFC, no NUL, no half surrogates.

    Never NFKC: it would make 하 of ㅎㅏ and change ㅋㅋ.
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return unicodedata.normalize("NFC", whole.replace("\0", "")).strip()


def seen(text: str) -> str:
    """The text without what nobody sees: Hangul fillers, zero-width marks."""
    return _UNSEEN.sub("", text)


def match_key(text: str) -> str:
    """The form that is compared: NFKC, lower case, letters and digits only, so that spacing and signs don't matter."""
    return unicodedata.normalize("NFC", _DROPPED.sub("", unicodedata.normalize("NFKC", text).casefold()))


@dataclass(frozen=True, slots=True)
class Keyed:
    """A text with its match key, which remembers where in the text each of its letters stands."""

    text: str
    key: str
    spans: tuple[tuple[int, int], ...]

    def begins_word(self, letter: int) -> bool:
        """Whether a blank or a sign stands before that letter of the key, or nothing."""
        start = self.spans[letter][0]
        return start == 0 or bool(_DROPPED.match(self.text[start - 1]))

    def stretch(self, start: int, end: int) -> str:
        """What letters `start` to `end` of the key were in the text, with the blanks and signs between them.

        Signs that belong to a value come along: (12+8)*5, 15%, -3, $20.
        """
        if start >= end:
            return ""
        first, last = self.spans[start][0], self.spans[end - 1][1]
        while first and self.text[first - 1] in _OPENING:
            first -= 1
        while last < len(self.text) and self.text[last] in _CLOSING:
            last += 1
        if end == len(self.key):  # what follows the last letter belongs to it: an emoji, the end of a link
            last = max(last, len(self.text.rstrip(_LAST_SIGNS)))
        return self.text[first:last]


def keyed(text: str) -> Keyed:
    """The text in NFC and its match key, letter by letter."""
    composed = unicodedata.normalize("NFC", text)
    letters: list[str] = []
    spans: list[tuple[int, int]] = []
    for place, char in enumerate(composed):
        for letter in _folded(char):
            joins = bool(letters) and not ("가" <= letter <= "힣" or letter.isascii())
            whole = unicodedata.normalize("NFC", letters[-1] + letter) if joins else ""
            if len(whole) == 1:  # ㅎ and ㅏ, typed one by one, are 하
                letters[-1], spans[-1] = whole, (spans[-1][0], place + 1)
            else:
                letters.append(letter)
                spans.append((place, place + 1))
    return Keyed(composed, "".join(letters), tuple(spans))


@lru_cache(maxsize=4096)
def _folded(char: str) -> str:
    return _DROPPED.sub("", unicodedata.normalize("NFKC", char).casefold())
