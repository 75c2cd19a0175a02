"""What config.toml says of the world outside is what commands may ask."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from bot.config import Settings
from bot.errors import ConfigError
from bot.store import Store
from bot.surroundings import scenarios, world
from tests.stage import Hands, earlier


def settings(**sources: object) -> Settings:
    return Settings.model_validate({"sources": sources})


async def has(folder: Path, chosen: Settings) -> tuple[bool, bool, bool]:
    """Weather, rates, stocks."""
    with closing(Store.open(folder / "data")) as store:
        async with world(chosen, folder, store, Hands(earlier(0)), scenarios(chosen, folder)) as surroundings:
            facts = surroundings.facts
            assert facts
            return facts.has_weather, facts.has_rates, facts.has_stocks


async def test_without_a_word_there_is_weather_and_rates_but_no_prices(tmp_path: Path) -> None:
    assert await has(tmp_path, settings()) == (True, True, False)


async def test_what_is_switched_off_is_not_asked(tmp_path: Path) -> None:
    assert await has(tmp_path, settings(weather="off", rates="off")) == (False, False, False)


async def test_the_operator_s_own_prices_need_an_address_alone(tmp_path: Path) -> None:
    own = settings(stocks="own", stocks_url="https://example.org/price/{code}")
    assert await has(tmp_path, own) == (True, True, True)


@pytest.mark.parametrize("source", ["data.go.kr", "krx"])
async def test_a_source_without_its_key_says_which_variable_is_missing(
    tmp_path: Path, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IRANG_STOCKS_KEY", raising=False)
    with pytest.raises(ConfigError, match="IRANG_STOCKS_KEY: expected your key"):
        await has(tmp_path, settings(stocks=source))
    monkeypatch.setenv("IRANG_STOCKS_KEY", "k" * 20)
    assert await has(tmp_path, settings(stocks=source)) == (True, True, True)


def test_the_operator_s_scenarios_stand_beside_the_shipped_ones(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "forms"
    folder.mkdir(parents=True)
    (folder / "order.yaml").write_text("name: 주문\nabout: 주문\nsystem: 받아 적으세요\n", "utf-8")
    (folder / "english.yaml").write_text("name: 우리영어\nabout: 영어\nsystem: Teach.\n", "utf-8")
    found = scenarios(Settings(), tmp_path)
    assert set(found) == {"english", "order", "reservation"}
    assert found["english"].name == "우리영어", "a file of the same name takes the shipped one's place"
