"""What the bot may ask outside itself, as config.toml has it: sources of facts, documents, scenarios."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Protocol

import httpx

from bot import forms
from bot.config import Settings, SourceSettings, secret
from bot.errors import ConfigError, StoreError
from bot.forms import Form
from bot.knowledge import Knowledge
from bot.korean import festivals, likeness, places, units
from bot.ports import Clock
from bot.sources.datagokr import DataGoKr
from bot.sources.facts import Facts
from bot.sources.fetching import Web
from bot.sources.frankfurter import Frankfurter
from bot.sources.krx import KRX
from bot.sources.metno import MetNo
from bot.sources.openmeteo import OpenMeteo
from bot.sources.stocks import OwnStocks, Stocks
from bot.store import Store
from bot.world import World

log = logging.getLogger(__name__)

_LOOK_AGAIN = 30.0  # seconds after which the folder of documents is looked at again


class Surround(Protocol):
    """Makes the world that commands may ask."""

    def __call__(
        self, settings: Settings, root: Path, store: Store, clock: Clock, scenarios: Mapping[str, Form]
    ) -> AbstractAsyncContextManager[World]: ...


def scenarios(settings: Settings, root: Path) -> Mapping[str, Form]:
    """The shipped scenarios and the operator's own. Raises ConfigError for one that can't be used."""
    return forms.load(forms.SHIPPED, root / settings.bot.data / "forms")


@asynccontextmanager
async def world(
    settings: Settings, root: Path, store: Store, clock: Clock, scenarios: Mapping[str, Form]
) -> AsyncIterator[World]:
    """Everything that commands may ask; connections end on leaving."""
    data = root / settings.bot.data
    knowledge = await asyncio.to_thread(_prepared, data)
    shelving = asyncio.create_task(_shelve(knowledge))
    async with httpx.AsyncClient() as client:
        facts = _facts(settings.sources, Web(client), clock)
        try:
            yield World(read=store.run, facts=facts, knowledge=knowledge, forms=scenarios)
        finally:
            shelving.cancel()
            await asyncio.gather(shelving, return_exceptions=True)
            await facts.close()


def _prepared(data: Path) -> Knowledge:
    """The documents; and what is read from our own tables on first use, so that the first message need not wait."""
    places.load()
    likeness.korean()
    likeness.english()
    festivals.next_rest(date.today())
    units.convert("1m", "cm")
    return Knowledge.open(data / "knowledge", data / "knowledge.db")


async def _shelve(knowledge: Knowledge) -> None:
    """Keep the index up to what lies in the folder of documents."""
    while True:
        try:
            changes = await asyncio.to_thread(knowledge.refresh)
            for fault in changes.faults:
                log.warning("%s can't be read: %s", fault.name, fault.fault)
        except StoreError as error:
            log.error("documents can't be indexed: %s", error)
        await asyncio.sleep(_LOOK_AGAIN)


def _facts(settings: SourceSettings, web: Web, clock: Clock) -> Facts:
    forecasts = MetNo(web, clock, settings.contact) if settings.weather == "met-norway" else OpenMeteo(web, clock)
    return Facts(
        clock,
        forecasts if settings.weather != "off" else None,
        Frankfurter(web, clock) if settings.rates != "off" else None,
        _stocks(settings, web, clock),
    )


def _stocks(settings: SourceSettings, web: Web, clock: Clock) -> Stocks | None:
    if settings.stocks == "off":
        return None
    if settings.stocks == "own":
        return OwnStocks(web, settings.stocks_url, name=httpx.URL(settings.stocks_url.split("{", 1)[0]).host)
    key = secret(settings.stocks_key_env)
    if key is None:
        raise ConfigError([f"{settings.stocks_key_env}: expected your key for {settings.stocks} in the environment"])
    return DataGoKr(web, clock, key) if settings.stocks == "data.go.kr" else KRX(web, clock, key)
