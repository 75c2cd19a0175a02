"""What a request that no phrase fits gives a command to go on: its slots, wherever in it they stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from bot.korean.counting import count
from bot.korean.folding import match_key
from bot.slots import Kind

_MOST_WORDS = 5  # of one slot
_NAME = re.compile(r"<(\w+)>")
_WORD = re.compile(r"할\s+[일거것]\S*|to\s+do\S*|\S+", re.IGNORECASE)
_LAUGHTER = re.compile(r"[ㅋㅎㅠㅜ]+$")
_OBJECT = re.compile(r"(?<=.)(?<![가노마])[을를]$")  # 가을, 노을 and 마을 keep theirs
_PARTICLE = re.compile(
    r"(?<=.)(?:에서는|에서도|에서|에는|한테|까지|부터|으로|이랑|이면|라면|[은는이가을를의에도만로랑과와면])$"
)


def anywhere(text: str, kinds: Mapping[str, Kind]) -> dict[str, str]:
    """For each slot the longest run of words that it takes, a particle at its end aside."""
    return {name: found for name, kind in kinds.items() if (found := longest(text, kind))}


def longest(text: str, kind: Kind) -> str:
    """The longest run of words that a kind takes, the first of them; "": there is none."""
    return next((run for run in _runs(text) if len(match_key(run)) > 1 and kind.accepts(run)), "")


def nothing(text: str, action: str) -> Mapping[str, str]:
    """For a command that needs no more than to be called."""
    return {}


def numbered(text: str, counters: str) -> str:
    """The number before one of these counters, "개|번": "두" of "주사위 두 개만"."""
    found = re.search(rf"(?:^|\s)([0-9]{{1,4}}|[가-힣]{{1,4}}?)\s*(?:{counters})(?![a-z])", text)
    return found[1] if found and count(found[1]) else ""


def counting(counters: str) -> Callable[[str, str], Mapping[str, str]]:
    """For a command whose only slot is `count`, named by one of these counters."""

    def meant(text: str, action: str) -> Mapping[str, str]:
        found = numbered(text, counters)
        return {"count": found} if found else {}

    return meant


def content(text: str) -> str:
    """What a request to keep something is about: without the words around it that only ask.

    >>> content("까먹기 전에 써놔 아이디어: 고양이가 주인공인 웹툰"), content("우유 두 개 사기 할 일에 추가 좀 해주라")
    ('아이디어: 고양이가 주인공인 웹툰', '우유 두 개 사기')
    """
    words = list(_WORD.finditer(text))
    while words and _is_edge(words[0][0]):
        del words[0]
    kept = len(words)
    while words and _is_edge(words[-1][0]):
        del words[-1]
    if not words:
        return text.strip()
    found = _LAUGHTER.sub("", text[words[0].start() : words[-1].end()]).strip(" ,.:;!~-")
    return _OBJECT.sub("", found) if len(words) < kept else found


def _is_edge(word: str) -> bool:
    key = match_key(_LAUGHTER.sub("", word))
    return not key or _edge().fullmatch(key) is not None


@cache
def _edge() -> re.Pattern[str]:
    table = tomllib.loads(files("bot").joinpath("informal.toml").read_text(encoding="utf-8"))

    def written_out(name: str) -> str:
        words = _NAME.sub(lambda found: written_out(found[1]), "|".join(table[name].split()))
        return f"(?:{words})"

    return re.compile("|".join(written_out(name) for name in table if name not in ("to", "into")))


def _runs(text: str) -> Iterator[str]:
    words = [word.strip(",.!?~…") for word in text.split()]
    for size in range(min(_MOST_WORDS, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            run = " ".join(words[start : start + size])
            yield run
            if (bare := _PARTICLE.sub("", run).strip()) != run:
                yield bare
