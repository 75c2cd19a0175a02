"""Grades, feelings and neighbours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.sources.weather import Air, feels_like, most_severe, nearby


def air(pm10: float, pm25: float) -> Air:
    return Air(pm10, pm25, datetime(2026, 11, 20, tzinfo=UTC), "X")


@pytest.mark.parametrize(
    ("dust", "grade"),
    [(0, "좋음"), (30.4, "좋음"), (31, "보통"), (80, "보통"), (81, "나쁨"), (150, "나쁨"), (150.5, "매우나쁨")],
)
def test_pm10_is_graded_as_the_ministry_does(dust: float, grade: str) -> None:
    assert air(dust, 0).pm10_grade == grade


@pytest.mark.parametrize(
    ("dust", "grade"),
    [(15, "좋음"), (15.5, "보통"), (35, "보통"), (36, "나쁨"), (75.4, "나쁨"), (76, "매우나쁨")],
)
def test_pm25_is_graded_as_the_ministry_does(dust: float, grade: str) -> None:
    assert air(0, dust).pm25_grade == grade


def test_the_worse_of_the_two_counts() -> None:
    assert [air(20, 40).grade, air(200, 40).grade, air(20, 10).grade] == ["나쁨", "매우나쁨", "좋음"]


def test_the_most_severe_sky_counts() -> None:
    assert most_severe(["clear", "snow", "rain"]) == "snow"


def test_neighbours_are_one_place() -> None:
    assert nearby(37.3187, 126.8383) == nearby(37.3221, 126.8417) == (37.32, 126.84)
    assert str(nearby(-0.001, -0.004)) == "(0.0, 0.0)"


def test_wind_cools_and_damp_heat_weighs() -> None:
    assert feels_like(0, 50, 10) < feels_like(0, 50, 1) < 0
    assert feels_like(33, 80, 0) > 33
    # By hand: e = 0.5 * 6.105 * exp(17.27 * 20 / 257.7) = 11.66 hPa; 20 + 3.85 - 1.4 - 4
    assert feels_like(20, 50, 2) == pytest.approx(18.45, abs=0.01)
