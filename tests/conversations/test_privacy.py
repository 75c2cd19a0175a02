"""On the platforms' twins: an export arrives as a file, and who wants to be forgotten is forgotten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conversations.on_discord import DiscordStage
from tests.conversations.on_telegram import TelegramStage
from tests.conversations.stage import Stage

SECRET = "아주 특별한 비밀 칠십칠"


async def test_everything_is_deleted_at_the_press_of_a_button(stage: Stage, tmp_path: Path) -> None:
    async with stage.awake():
        stage.say(SECRET)
        await stage.until(lambda: any(f"답: {SECRET}" in text for text in stage.texts()))
        stage.say("내 정보 지워줘")
        await stage.until(lambda: "되돌릴 수 없어요" in stage.texts()[-1])
        stage.press(stage.shown()[-1], "네, 모두 지워 주세요")
        await stage.until(lambda: "모두 지웠어요" in stage.texts()[-1])
        await stage.become("select state from erased", ("done",))
        assert await stage.rows("select * from turns") == []
    assert on_disk(tmp_path) == []


@pytest.mark.parametrize(("said", "then", "stays"), [("네", "모두 지웠어요", False), ("아니요", "그대로 둘게요", True)])
async def test_who_says_yes_or_no_means_the_button(stage: Stage, said: str, then: str, stays: bool) -> None:
    async with stage.awake():
        stage.say(SECRET)
        await stage.until(lambda: any(f"답: {SECRET}" in text for text in stage.texts()))
        stage.say("내 정보 지워줘")
        await stage.until(lambda: "되돌릴 수 없어요" in stage.texts()[-1])
        stage.say(said)
        await stage.until(lambda: then in stage.texts()[-1])
        assert ((SECRET,) in await stage.rows("select said from turns")) == stays


def on_disk(folder: Path) -> list[str]:
    """The files of the database that still hold what was said."""
    return [file.name for file in folder.rglob("irang.db*") if SECRET.encode() in file.read_bytes()]


async def test_an_export_arrives_as_a_file_on_telegram(telegram: TelegramStage) -> None:
    async with telegram.awake():
        telegram.say(SECRET)
        await telegram.until(lambda: any(f"답: {SECRET}" in text for text in telegram.texts()))
        telegram.say("내 정보 내보내기")
        await telegram.until(lambda: any(bubble.file for bubble in telegram.twin.answers(telegram.home.chat)))
        file = next(bubble.file for bubble in telegram.twin.answers(telegram.home.chat) if bubble.file)
        assert json.loads(file[1])["turns"][0]["said"] == SECRET


async def test_an_export_arrives_as_a_file_on_discord(discord: DiscordStage) -> None:
    async with discord.awake():
        discord.say(SECRET)
        await discord.until(lambda: any(f"답: {SECRET}" in text for text in discord.texts()))
        discord.say("내 정보 내보내기")
        await discord.until(lambda: any(post.files for post in discord.twin.messages(discord.home)))
        (file,) = next(post.files for post in discord.twin.messages(discord.home) if post.files)
        assert json.loads(file[1])["turns"][0]["said"] == SECRET
