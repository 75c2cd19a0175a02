"""At the pace that the platforms allow: their twins refuse whoever is faster, and nobody is ever refused."""

from __future__ import annotations

from pathlib import Path

from tests.conversations.on_discord import DiscordStage
from tests.conversations.on_telegram import TelegramStage
from tests.conversations.stage import Stage
from tests.twins.discord import DiscordTwin
from tests.twins.telegram import TelegramTwin


async def talk_fast(stage: Stage) -> None:
    async with stage.awake(hurried=False):
        for text in ("하나", "둘", "셋"):
            stage.say(text, to=stage.group, mention=True)
        await stage.settled("답: 민수: 하나", "답: 민수: 둘", "답: 민수: 셋", to=stage.group)


async def test_discords_pace_is_kept(tmp_path: Path) -> None:
    async with DiscordTwin(content_allowed=True, refuses_haste=True) as twin:
        await talk_fast(DiscordStage(twin, tmp_path))
        assert twin.violations == []


async def test_telegrams_pace_is_kept(tmp_path: Path) -> None:
    async with TelegramTwin(refuses_haste=True) as twin:
        stage = TelegramStage(twin, tmp_path)
        await talk_fast(stage)
        assert twin.violations == []
