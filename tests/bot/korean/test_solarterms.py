"""Days that the sun decides, against the dates that the Korea Astronomy and Space Science Institute announced."""

from __future__ import annotations

from datetime import date

import pytest

from bot.korean.festivals import festival
from bot.korean.solarterms import term


@pytest.mark.parametrize(
    ("name", "today", "day"),
    [
        ("동지", "2026-11-21", "2026-12-22"),
        ("올해 하지", "2026-11-21", "2026-06-21"),
        ("내년 입춘", "2026-11-21", "2027-02-04"),
        ("2025년 입춘", "2026-11-21", "2025-02-03"),
        ("2026년 초복", "2026-11-21", "2026-07-15"),
        ("2025년 초복", "2026-11-21", "2025-07-20"),
        ("2025년 중복", "2026-11-21", "2025-07-30"),
        ("2025년 말복", "2026-11-21", "2025-08-09"),
        ("2024년 말복", "2026-11-21", "2024-08-14"),
        ("2026년 한식", "2026-11-21", "2026-04-06"),
    ],
)
def test_a_day_of_the_sun(name: str, today: str, day: str) -> None:
    assert str(festival(name, date.fromisoformat(today))) == day


@pytest.mark.parametrize("angle", range(0, 360, 15))
def test_every_year_has_each_term_once_and_near_the_same_day(angle: int) -> None:
    days = [term(angle, year) for year in range(1950, 2051)]
    assert [day.year for day in days] == list(range(1950, 2051))
    assert max(day.timetuple().tm_yday for day in days) - min(day.timetuple().tm_yday for day in days) <= 3
