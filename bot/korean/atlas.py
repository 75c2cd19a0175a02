"""All places of places.tsv and the names that lead to them."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from math import cos, hypot, radians
from pathlib import Path
from statistics import fmean

from bot.korean.placenames import (
    ALONE,
    FORMER,
    NICKNAMES,
    RENAMED,
    WELL_KNOWN,
    Kind,
    is_region,
    plain,
    province_names,
    region_names,
    town_names,
    whole,
)
from bot.korean.placeslips import SHORTEST, Slips

TABLE = Path(__file__).with_name("places.tsv")
HEADER = ("name", "latitude", "longitude")

_SAME_KM = 0.3  # one town, written under two regions in two years; 성남 and 하남 have a 위례동 0.5 km apart
_CITY_KM = 5  # the same within one city, whose 구 were drawn anew; 창원 has a 중앙동 every 7 km

# What lay in another region before it got its present name -> that region: 군위군 in 경상북도.
_MOVED = {
    new: parent
    for old, new in RENAMED.items()
    if (parent := old.rpartition(" ")[0]) and parent != new.rpartition(" ")[0]
}

Where = tuple[float, float]  # latitude and longitude in degrees, WGS84
Above = tuple[frozenset[str], ...]  # what the regions round a place are called, the outermost first


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its full name, "경기도 안산시 단원구 고잔동"; latitude and longitude in degrees, WGS84."""

    name: str
    latitude: float
    longitude: float


@dataclass(slots=True)
class Atlas:
    """Every place has a number, in the order of the official codes; names lead to numbers, by how well they fit."""

    places: list[Place] = field(default_factory=list)
    above: list[Above] = field(default_factory=list)
    names: dict[Kind, dict[str, tuple[int, ...]]] = field(default_factory=lambda: {kind: {} for kind in Kind})
    called: set[str] = field(default_factory=set)  # all of these names
    parts: dict[int, int] = field(default_factory=dict)  # towns of numbered 동 -> how many
    present: dict[int, int] = field(default_factory=dict)  # a town's row of another year -> its present one
    slips: Slips = field(default_factory=Slips)

    def named(self, key: str) -> tuple[Place, ...]:
        """The places that a whole match key names, by the best Kind that fits any; the larger first."""
        starts = [start for start in range(len(key) - 1) if key[start:] in self.called]
        for kind in Kind if starts else ():
            fitting = (start for start in starts if start or kind <= ALONE)
            if found := {at for start in fitting for at in self.ending(key, start, kind)}:
                return self.ranked(found)
        return ()

    def resembling(self, key: str) -> tuple[Place, ...]:
        """The only place whose name is one jamo off in the key; () where none is or several are."""
        starts = range(len(key) - SHORTEST + 1)
        meant = ((start, kind, word) for start in starts for kind, word in self.slips.near(key[start:]))
        found = {at for start, kind, word in meant for at in self.ending(f"{key[:start]}{word}", start, kind)}
        ranked = self.ranked(found)
        return ranked if len(ranked) == 1 else ()

    def ending(self, key: str, start: int, kind: Kind) -> Iterator[int]:
        """Places called by what starts there in the key, if all before it names regions round them."""
        return (at for at in self.names[kind].get(key[start:], ()) if _leads(key[:start], self.above[at]))

    def begun(self, key: str, before: str) -> tuple[Place, ...]:
        """The places with a name that begins with the key, in regions that `before` names, by the official codes."""
        named = ((at, word) for words in self.names.values() for word, found in words.items() for at in found)
        found = {
            self.present.get(at, at) for at, word in named if word.startswith(key) and _leads(before, self.above[at])
        }
        return tuple(self.places[at] for at in sorted(found) if not _is_former(self.places[at].name))

    def ranked(self, found: Iterable[int]) -> tuple[Place, ...]:
        """Each place once: towns of many parts first, then what still exists, then by the official codes.

        The only one in Seoul stands alone if it has grown into more numbered 동 than any other: nearly all mean it.
        """
        numbers = {self.present.get(at, at) for at in found}
        order = sorted(numbers, key=lambda at: (-self._size(at), _is_former(self.places[at].name), at))
        in_seoul = [at for at in order if self.places[at].name.startswith("서울")]
        if len(order) > 1 and in_seoul == order[:1] and self._size(order[0]) > self._size(order[1]):
            order = in_seoul
        return tuple(self.places[at] for at in order)

    def _size(self, at: int) -> int:
        return self.parts.get(at, 1)

    def add(self, place: Place, above: Above, names: Iterable[tuple[str, Kind]]) -> int:
        """The place's number, with names that lead to it."""
        self.places.append(place)
        self.above.append(above)
        self.call(len(self.places) - 1, names)
        return len(self.places) - 1

    def call(self, number: int, names: Iterable[tuple[str, Kind]]) -> None:
        for called, kind in names:
            others = self.names[kind].get(called, ())
            if not others:
                self.slips.add(called, kind)
                self.called.add(called)
            if number not in others:
                self.names[kind][called] = (*others, number)


def _leads(before: str, above: Above) -> bool:
    """Whether names of the regions above, in their order and any of them left out, make up what stands before."""
    if not before:
        return True
    return any(
        before.startswith(region) and _leads(before[len(region) :], above[level + 1 :])
        for level, regions in enumerate(above)
        for region in regions
    )


@cache
def atlas() -> Atlas:
    """The shipped table, read once, at the first question. Raises OSError where the file is missing."""
    return drawn(_rows())


def drawn(rows: dict[str, Where]) -> Atlas:
    """The atlas of a table's rows, each after the regions that it lies in."""
    drawing = _Drawing()
    for name, where in _joined(_renamed(rows)).items():
        drawing.place(name, where)
    drawing.count_parts()
    drawing.keep_old_names()
    drawing.match_years()
    return drawing.atlas


def _rows() -> dict[str, Where]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t")
        next(rows)
        return {name: (float(latitude), float(longitude)) for name, latitude, longitude in rows}


def _renamed(rows: dict[str, Where]) -> dict[str, Where]:
    """The rows by present names; where a place has a row of its own, that of its old name is left out."""
    present = {name: _present_name(name) for name in rows}
    kept = {name: where for name, where in rows.items() if present[name] == name}
    for name, where in rows.items():
        kept.setdefault(present[name], where)
    return kept


def _present_name(name: str) -> str:
    words = name.split()
    for count in range(1, len(words) + 1):
        if renamed := RENAMED.get(" ".join(words[:count])):
            words[:count] = renamed.split()
            return _present_name(" ".join(words))
    return name


def _joined(rows: dict[str, Where]) -> dict[str, Where]:
    """The rows and one for 역삼동, in the middle of 역삼1동 and 역삼2동 and before them, unless there is one."""
    towns = {name: town for name in rows if (town := _whole(name)) not in rows}
    parts: dict[str, list[Where]] = defaultdict(list)
    for name, town in towns.items():
        parts[town].append(rows[name])
    joined: dict[str, Where] = {}
    for name, where in rows.items():
        if name in towns:
            joined.setdefault(towns[name], _middle(parts[towns[name]]))
        joined[name] = where
    return joined


class _Drawing:
    """An atlas while it is drawn: what is known of regions and towns on the way."""

    def __init__(self) -> None:
        self.atlas = Atlas()
        self._numbers: dict[str, int] = {}
        self._above: dict[str, Above] = {"": ()}
        self._parts: dict[str, set[str]] = defaultdict(set)

    def place(self, name: str, where: Where) -> None:
        parent, _, word = name.rpartition(" ")
        above = self._round(name, parent)
        self._numbers[name] = self.atlas.add(Place(name, *where), above, _names(name))
        if is_region(word):
            self._above[name] = (*above, _called(name))
        elif (town := _whole(name)) != name:
            self._parts[town].add(plain(word))

    def count_parts(self) -> None:
        for town, parts in self._parts.items():
            self.atlas.parts[self._numbers[town]] = len(parts)

    def keep_old_names(self) -> None:
        for old, new in RENAMED.items():
            self.atlas.call(self._numbers[new], [(_word(old), Kind.FORMER if " " in old else Kind.PROVINCE)])
        for nickname, name in WELL_KNOWN.items():
            self.atlas.call(self._numbers[name], [(nickname, Kind.SHORT)])

    def match_years(self) -> None:
        """Of a town's rows of several years, the present one: of no former region, the most exact, the latest."""
        towns: dict[str, list[int]] = defaultdict(list)
        for name, at in self._numbers.items():
            towns[plain(_word(name))].append(at)
        for rows in towns.values():
            kept: list[int] = []
            for at in sorted(rows, key=self._age):
                same = next((other for other in kept if self._same(at, other)), at)
                if same == at:
                    kept.append(at)
                else:
                    self.atlas.present[at] = same

    def _round(self, name: str, parent: str) -> Above:
        """The regions that may be named before it; one that moved to another may be looked for in the old one."""
        above = self._above[parent]
        before = _MOVED.get(name)
        return (*above[:-1], above[-1] | _called(before)) if before else above

    def _age(self, at: int) -> tuple[bool, int, int]:
        name = self.atlas.places[at].name
        return _is_former(name), -len(name.split()), -at

    def _same(self, at: int, other: int) -> bool:
        one, two = self.atlas.places[at], self.atlas.places[other]
        apart = _apart(one, two)
        return apart < _SAME_KM or (apart < _CITY_KM and one.name.split()[:2] == two.name.split()[:2])


def _names(name: str) -> Iterator[tuple[str, Kind]]:
    word = _word(name)
    if word == name:
        return province_names(word)
    return region_names(word, former=_is_former(name)) if is_region(word) else town_names(word)


def _called(region: str) -> frozenset[str]:
    """All that a region may be called before another name, now and formerly."""
    names = {called for called, _ in _names(region)}
    for old, new in RENAMED.items():
        if new == region:
            names |= {_word(old)}
    return frozenset(names | {NICKNAMES.get(_word(region), _word(region))})


def _whole(name: str) -> str:
    """The full name of the town that a place is part of: its own, if it is no part."""
    parent, _, word = name.rpartition(" ")
    town = None if is_region(word) else whole(word)
    return f"{parent} {town}" if town else name


def _middle(centres: list[Where]) -> Where:
    return fmean(latitude for latitude, _ in centres), fmean(longitude for _, longitude in centres)


def _word(name: str) -> str:
    return name.rpartition(" ")[2]


def _is_former(name: str) -> bool:
    return any(name == region or name.startswith(f"{region} ") for region in FORMER)


def _apart(one: Place, other: Place) -> float:
    """Kilometres, on a flat map."""
    north = (one.latitude - other.latitude) * 111.2  # km of a degree
    east = (one.longitude - other.longitude) * 111.2 * cos(radians(one.latitude))
    return hypot(north, east)
