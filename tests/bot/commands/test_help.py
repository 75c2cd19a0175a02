"""/help: one command is explained however it is asked for."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.command import all_commands
from bot.router import Router
from tests.bot.test_commands import answered, reply

ROUTER = Router(all_commands())
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("도움말 타이머", "timer"),
        ("도움말 알림", "remind"),
        ("타이머 사용법 알려줘", "timer"),
        ("help weather", "weather"),
    ],
)
def test_the_help_of_one_command_is_its_page(text: str, name: str) -> None:
    call = ROUTER.read(text, NOW).call
    assert call
    assert call.name == "help"
    assert answered(call).text == reply("help", text=name).text
    assert reply("help", text=name).text != reply("help").text
