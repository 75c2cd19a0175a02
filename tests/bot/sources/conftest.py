"""What the tests of sources share: a provider on loopback, the way to it, a clock that stands."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.sources.fetching import Web
from tests.bot.sources.provider import PATIENCE, Clock, Provider, a_provider, a_web


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with a_provider() as provider:
        yield provider


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with a_web() as web:
        yield web


@pytest.fixture
async def hasty() -> AsyncIterator[Web]:
    """Gives up on silence soon."""
    async with a_web(PATIENCE) as web:
        yield web


@pytest.fixture
def clock() -> Clock:
    """Noon in Seoul on Friday, 20 November 2026."""
    return Clock()
