"""Builds places.tsv: the names and centres of Korean places. `python -m bot.korean.gazetteer FOLDER` is run by hand."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import cos, hypot, radians
from pathlib import Path
from statistics import median

from bot.korean.atlas import HEADER, TABLE

SOURCE = "korea_regions_wgs84.tsv"  # github.com/vuski/admdongkor, from Statistics Korea SGIS

Where = tuple[float, float]  # latitude and longitude in degrees, WGS84

# A city's 동 lies near its others; only islands, which are 읍 and 면, lie farther from the rest of their county.
_FAR_KM = 60
# "부천시소사구": two words that the source writes as one.
_GLUED = re.compile(r"(\S{2,}시)(\S{2,}구)")


def build(folder: Path) -> dict[str, Where]:
    """Every place's full name and centre, in the order of the official codes, former names too.

    The centre is the source's pop_lat and pop_lon (near where people live) where it has them. Raises OSError where
    the folder lacks the source's file and KeyError or ValueError where its columns are others.
    """
    with (folder / SOURCE).open(encoding="utf-8", newline="") as file:
        rows = [(_name(row["name"]), _centre(row), row["level"]) for row in csv.DictReader(file, delimiter="\t")]
    towns = {name: where for name, where, level in rows if level == "emd"}
    return _with_parents({name: _mended(name, where, towns) for name, where, _ in rows}, towns)


def write(places: dict[str, Where], table: Path) -> None:
    """The table as lines of name, latitude and longitude, rounded to 4 digits: some 10 m."""
    with table.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, delimiter="\t", lineterminator="\n")
        lines.writerow(HEADER)
        lines.writerows((name, f"{where[0]:.4f}", f"{where[1]:.4f}") for name, where in places.items())


def _name(name: str) -> str:
    """The name with one space between its words and none of them twice: "세종특별자치시 세종특별자치시 나성동"."""
    words = _GLUED.sub(r"\1 \2", name).split()
    return " ".join(words[:1] + [word for before, word in pairwise(words) if word != before])


def _centre(row: dict[str, str]) -> Where:
    return float(row["pop_lat"] or row["lat"]), float(row["pop_lon"] or row["lon"])


def _mended(name: str, where: Where, towns: dict[str, Where]) -> Where:
    """A place's centre, or its neighbours' middle where the source errs: it puts 포항시 상대1동 145 km off."""
    if name not in towns or not name.endswith("동"):
        return where
    middle = _middle(name.rpartition(" ")[0], towns)
    return middle if _apart(where, middle) > _FAR_KM else where


def _with_parents(places: dict[str, Where], towns: dict[str, Where]) -> dict[str, Where]:
    """The places, each after those it lies in: the source has the 구 of 수원시, but no 수원시."""
    whole: dict[str, Where] = {}
    for name, where in places.items():
        for parent in _parents(name):
            if parent not in places and parent not in whole:
                whole[parent] = _middle(parent, towns)
        whole[name] = where
    return whole


def _parents(name: str) -> Iterable[str]:
    words = name.split()
    return (" ".join(words[:count]) for count in range(1, len(words)))


def _middle(region: str, towns: dict[str, Where]) -> Where:
    """The median of the centres of a region's towns, as the source's pop_lat and pop_lon are."""
    inside = [where for name, where in towns.items() if name.startswith(f"{region} ")]
    return median(latitude for latitude, _ in inside), median(longitude for _, longitude in inside)


def _apart(one: Where, other: Where) -> float:
    """Kilometres between two places, on a flat map: good enough within a country."""
    degree = 111.2  # km of a degree of latitude
    return hypot((one[0] - other[0]) * degree, (one[1] - other[1]) * degree * cos(radians(one[0])))


def main(args: Sequence[str]) -> None:
    """Write the table from the folder that is named first, to the file that is named second or places.tsv."""
    match [Path(arg) for arg in args]:
        case [folder]:
            write(build(folder), TABLE)
        case [folder, table]:
            write(build(folder), table)
        case _:
            raise SystemExit("python -m bot.korean.gazetteer FOLDER [TABLE]: FOLDER holds korea_regions_wgs84.tsv")


if __name__ == "__main__":
    main(sys.argv[1:])
