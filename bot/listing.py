"""Which entries of a numbered list somebody means: "2번", "1, 3", "전부", or words that are in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol, TypeVar

from bot.korean.counting import count
from bot.korean.folding import match_key

_ALL = re.compile(
    r"(?:내|나의|지금)?(?:전부|다|[둘셋넷]다|모두|모든|전체|싹|싹다|all|전부다|모조리|몽땅)(?:거|것)?(?:를|을|다|싹)?"
)
_INSTEAD = re.compile(r".*\S\s?말고(?:\s+|$)", re.DOTALL)  # of "우유 말고 두유" only 두유 is meant
_ONE = r"[가-힣]{1,3}?"
_NUMBER = re.compile(rf"(\d{{1,3}}|{_ONE})\s?번(?:\s?째)?|(\d{{1,3}})")
_EACH = rf"(?:\d{{1,3}}(?:\s?번(?:\s?째)?)?|{_ONE}\s?번(?:\s?째)?)"
_NUMBERS = re.compile(rf"{_EACH}(?:(?:\s?(?:이?랑|하고|와|과|,|그리고)\s?|\s){_EACH})*(?:\s?[거것])?")


class Entry(Protocol):
    """Something with a text."""

    @property
    def text(self) -> str: ...


E = TypeVar("E", bound=Entry)


def picked(entries: Sequence[E], said: str) -> list[E]:
    """The entries meant, each once; none when the words name none, or name too many to be sure."""
    key = match_key(said)
    if not key:
        return []
    if _ALL.fullmatch(key):
        return list(entries)
    if numbers := _numbers(said):
        return [entries[number - 1] for number in numbers if 1 <= number <= len(entries)]
    exact = [entry for entry in entries if match_key(entry.text) == key]
    if exact:
        return exact
    if instead := _INSTEAD.match(said):
        return picked(entries, said[instead.end() :])
    named = [(entry, match_key(entry.text)) for entry in entries]
    near = [entry for entry, name in named if key in name or (name and name in key)]
    return near if len(near) == 1 else []


def renumbered(said: str, shown: str, now: Sequence[int]) -> str:
    """Numbers of the list that was `shown` (its ids) as those of the list as it is `now`; "": all of them are gone.

    Words that are no numbers stay as they are.

    >>> renumbered("1번이랑 3번", "7 8 9", [8, 9]), renumbered("1번", "7 8 9", [8, 9]), renumbered("전부", "7", [7])
    ('2번', '', '전부')
    """
    ids = [int(id) for id in shown.split()]
    numbers = _numbers(said)
    meant = (ids[number - 1] for number in numbers if 1 <= number <= len(ids))
    return ", ".join(f"{now.index(id) + 1}번" for id in meant if id in now) if numbers else said


def _numbers(said: str) -> list[int]:
    """2 of "2번", 1 and 3 of "1번이랑 3번", "1,3번" and "1 3"."""
    said = " ".join(said.split())
    if not _NUMBERS.fullmatch(said):
        return []
    words = (found[1] or found[2] for found in _NUMBER.finditer(said))
    found = (1 if word == "첫" else count(word) for word in words)
    return list(dict.fromkeys(number for number in found if number))
