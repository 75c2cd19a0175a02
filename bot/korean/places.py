"""Where a name lies: "고잔동" -> 경기도 안산시 단원구 고잔동, "중구" -> which of the six?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from bot.korean.atlas import Place, atlas
from bot.korean.folding import match_key
from bot.korean.placenames import PROVINCES, is_region

__all__ = ["MOST", "Place", "beginning", "find", "load", "name"]

MOST = 8  # as many as a question with buttons can offer
SUGGESTED = 25  # as many as Discord shows
_LONGEST = 40  # letters of a key: the longest full name and what may follow it

# What may follow a name and is no part of it.
_TAIL = re.compile(r"(?<=..)(?:에서|에는|에선|시내|지역|근처|일대|부근|주변|인근|쪽|의|은|는|이|가|에|도)$")
_NO_PLACES = frozenset({"고양이"})  # a cat, not 고양 with a particle


@lru_cache(maxsize=256)  # the same few words of a message are tried for many phrases
def find(text: str) -> tuple[Place, ...]:
    """What a text names, as a whole: one place is sure, several (at most MOST, best first) are asked about, () is none.

    A region may stand before the name and skip levels ("인천 고잔동"); spaces mean nothing; a particle may follow.
    The best Kind wins, so a 시도 hides all else ("광주"). Of towns that share a name, the only one in Seoul wins alone
    if it has grown into several numbered 동 ("역삼동"), else the larger comes first. Where nothing fits, a name of 3
    syllables or more may differ by one jamo if only one place does then ("헤운대").
    """
    key = match_key(text)
    if not 2 <= len(key) <= _LONGEST or key in _NO_PLACES:
        return ()
    known, spoken = atlas(), list(_without_tails(key))
    readings = chain(map(known.named, spoken), map(known.resembling, spoken))
    return next(filter(None, readings), ())[:MOST]


def beginning(typed: str) -> tuple[Place, ...]:
    """What somebody who is typing may mean: what the text names already, then what begins so, regions first.

    As in `find`, regions may stand before it: "인천 고". At most SUGGESTED.
    """
    *regions, last = typed.split() or [""]
    before, key = match_key("".join(regions)), match_key(last)
    if not key or len(before) + len(key) > _LONGEST:
        return ()
    begun = sorted(
        atlas().begun(key, before), key=lambda place: (not is_region(place.name.split()[-1]), len(place.name.split()))
    )
    return tuple(dict.fromkeys([*find(typed), *begun]))[:SUGGESTED]


def load() -> None:
    """Read the table now, a matter of 0.1 s, so that the first question need not wait. Raises OSError without it."""
    atlas()


def name(place: Place) -> str:
    """A place as people say it: "안산시 단원구 고잔동", "인천 남동구 논현고잔동", "강원 고성군".

    A province is left out where the rest tells the place; a metropolitan city is short.
    """
    province, *rest = place.name.split()
    if not rest:
        return province
    if province.endswith("도") and len(find(rest[0])) == 1:
        return " ".join(rest)
    return " ".join([PROVINCES[province], *rest])


def _without_tails(key: str) -> Iterator[str]:
    """The key, then without the particles that end it, one by one: 강남쪽은, 강남쪽, 강남."""
    yield key
    while tail := _TAIL.search(key):
        key = key[: tail.start()]
        yield key
