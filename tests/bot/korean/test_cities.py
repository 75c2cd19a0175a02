"""Cities abroad: every one has a zone that exists and a place on earth."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from bot.korean.cities import city_names, find_city


@pytest.mark.parametrize("name", city_names(""))
def test_every_city_has_a_zone_and_a_place(name: str) -> None:
    city = find_city(name)
    assert city
    assert ZoneInfo(city.zone)
    assert -90 <= city.latitude <= 90
    assert -180 <= city.longitude <= 180


def test_a_country_means_its_main_city_and_other_words_none() -> None:
    assert [city.name for name in ("일본", "뉴욕", "NEW YORK") if (city := find_city(name))] == ["도쿄", "뉴욕", "뉴욕"]
    assert find_city("화성") is None
