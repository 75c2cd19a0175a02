"""A stage for each platform; whatever a conversation was about, nothing on it may break the platform's rules."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conversations.on_discord import DiscordStage
from tests.conversations.on_telegram import TelegramStage
from tests.conversations.stage import Stage
from tests.twins.discord import DiscordTwin
from tests.twins.telegram import TelegramTwin


@pytest.fixture
async def telegram(tmp_path: Path) -> AsyncIterator[TelegramStage]:
    async with TelegramTwin() as twin:
        yield TelegramStage(twin, tmp_path)
        assert twin.violations == []


@pytest.fixture
async def discord(tmp_path: Path) -> AsyncIterator[DiscordStage]:
    async with DiscordTwin(content_allowed=True) as twin:
        yield DiscordStage(twin, tmp_path)
        assert twin.violations == []


@pytest.fixture(params=["telegram", "discord"])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    if request.param == "telegram":
        async with TelegramTwin() as telegram:
            yield TelegramStage(telegram, tmp_path)
            assert telegram.violations == []
    else:
        async with DiscordTwin(content_allowed=True) as discord:
            yield DiscordStage(discord, tmp_path)
            assert discord.violations == []
