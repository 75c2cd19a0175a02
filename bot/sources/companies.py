"""Companies by the names that people give them: 삼전, 하이닉스, 엘지전자, "삼송전자"."""

from __future__ import annotations

import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from bot.korean.folding import match_key

# How the Latin beginnings of names are said.
_SPOKEN = {
    "sk": "에스케이",
    "lg": "엘지",
    "kt": "케이티",
    "cj": "씨제이",
    "gs": "지에스",
    "hd": "에이치디",
    "kb": "케이비",
    "ls": "엘에스",
    "nh": "엔에이치",
    "db": "디비",
    "hmm": "에이치엠엠",
    "skc": "에스케이씨",
    "skt": "에스케이티",
    "lig": "엘아이지",
    "bgf": "비지에프",
}
# Words that several names begin with: an abbreviation takes a beginning of one and a beginning of what follows.
_FAMILIES = (
    "삼성 현대 에스케이 엘지 한화 두산 롯데 카카오 포스코 한국 미래에셋 우리 하나 셀트리온 에코프로 대우 신세계 한미 "
    "메리츠 대한 제주 신한"
)
_SHORT = range(2, 5)  # syllables of an abbreviation such as 현차
_FEWEST_TO_MISSPELL = 3  # syllables: shorter names are one letter away from too many words


@dataclass(frozen=True, slots=True)
class Company:
    """A listed company; `code` is the exchange's short code."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class _Entry:
    company: Company
    keys: tuple[str, ...]  # the match keys of its name and aliases
    halves: tuple[tuple[str, str], ...]  # those that begin with a family's name, in two
    jamo: tuple[str, ...]  # those with enough syllables, in letters


@lru_cache(maxsize=256)  # the same few words of a message are tried for many phrases
def find_company(text: str) -> tuple[Company, ...]:
    """The companies that `text` may mean, the best known first; spaces, case and signs don't matter.

    A name, alias or code means one company. Otherwise the beginning of names ("삼성": several), an abbreviation that
    fits one company alone ("현모비"), or a name of three or more syllables with one letter wrong ("삼송전자").

    >>> [company.code for company in find_company("삼전")]
    ['005930']
    """
    key = match_key(text)
    if not key:
        return ()
    steps: tuple[Callable[[str], tuple[Company, ...]], ...] = (_exact, _beginning, _abbreviated, _misspelt)
    return next((found for step in steps if (found := step(key))), ())


def _exact(key: str) -> tuple[Company, ...]:
    found = _by_key().get(key)
    return (found,) if found else ()


def _beginning(key: str) -> tuple[Company, ...]:
    return _companies(_by_beginning().get(key, ()))


def _abbreviated(key: str) -> tuple[Company, ...]:
    """현차 for 현대 + 차: only where it fits one company alone."""
    found = _by_abbreviation().get(key, ())
    return _companies(found) if len(found) == 1 else ()


def _misspelt(key: str) -> tuple[Company, ...]:
    if not _can_be_misspelt(key):
        return ()
    letters, entries = _letters(key), _entries()
    near = {at for rest in _rests(letters) for at in _by_rest().get(rest, ())}
    return _companies(at for at in sorted(near) if any(_is_one_off(letters, name) for name in entries[at].jamo))


def _companies(places: Iterable[int]) -> tuple[Company, ...]:
    return tuple(_entries()[at].company for at in places)


def _is_hangul(key: str) -> bool:
    return all("가" <= letter <= "힣" for letter in key)


def _letters(key: str) -> str:
    return unicodedata.normalize("NFD", key)


def _is_one_off(one: str, other: str) -> bool:
    """One letter is missing, too many or another."""
    if abs(len(one) - len(other)) > 1:
        return False
    shorter, longer = sorted((one, other), key=len)
    start = 0
    while start < len(shorter) and shorter[start] == longer[start]:
        start += 1
    rest = longer[start + 1 :]
    return shorter[start + (len(shorter) == len(longer)) :] == rest


@cache
def _entries() -> tuple[_Entry, ...]:
    text = files(__package__).joinpath("companies.toml").read_text(encoding="utf-8")
    return tuple(_entry(Company(names[0], code), names) for code, names in tomllib.loads(text).items())


def _entry(company: Company, names: list[str]) -> _Entry:
    written = [match_key(name) for name in names]
    keys = tuple(dict.fromkeys([*written, *(said for key in written for said in _spoken(key))]))
    halves = tuple((first, key[len(first) :]) for key in keys for first in _FAMILIES.split() if key.startswith(first))
    return _Entry(company, keys, halves, tuple(_letters(key) for key in keys if _can_be_misspelt(key)))


def _can_be_misspelt(key: str) -> bool:
    return len(key) >= _FEWEST_TO_MISSPELL and _is_hangul(key)


def _spoken(key: str) -> list[str]:
    """엘지전자 for lg전자; nothing for a name that goes on in Latin letters (kakao is no "kt")."""
    latin = "".join(letter for letter in key if letter.isascii())
    return [_SPOKEN[latin] + key[len(latin) :]] if latin in _SPOKEN and key.startswith(latin) else []


@cache
def _by_key() -> dict[str, Company]:
    """Names and codes."""
    found = {match_key(entry.company.code): entry.company for entry in _entries()}
    return found | {key: entry.company for entry in _entries() for key in entry.keys}


@cache
def _by_beginning() -> Mapping[str, list[int]]:
    """What names begin with, two letters at least."""
    return _places((key[:end] for key in entry.keys for end in range(2, len(key) + 1)) for entry in _entries())


@cache
def _by_abbreviation() -> Mapping[str, list[int]]:
    return _places((short for halves in entry.halves for short in _shortened(*halves)) for entry in _entries())


def _shortened(first: str, rest: str) -> Iterator[str]:
    for cut in range(1, len(first)):
        shorts = (first[:cut] + rest[:more] for more in range(1, len(rest) + 1))
        yield from (short for short in shorts if len(short) in _SHORT and _is_hangul(short))


@cache
def _by_rest() -> Mapping[str, list[int]]:
    """What is left of names' letters without one of them, or without none."""
    return _places((rest for name in entry.jamo for rest in _rests(name)) for entry in _entries())


def _rests(letters: str) -> Iterator[str]:
    """The letters, and these without each of them: two names that are one letter apart have one of them in common."""
    yield letters
    yield from (letters[:at] + letters[at + 1 :] for at in range(len(letters)))


def _places(strings: Iterable[Iterable[str]]) -> Mapping[str, list[int]]:
    """Strings, some of each entry, with the places of the entries that they are of."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(strings):
        for string in dict.fromkeys(each):
            found[string].append(at)
    return dict(found)
