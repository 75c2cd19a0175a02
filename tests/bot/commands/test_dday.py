"""디데이: until the next such day, or since the last one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.commands.test_reminder_wishes import SATURDAY, says
from tests.stage import Hands, Script, Stage, on_stage


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("1월 1일부터 며칠 지났어?", "2026년 1월 1일 목요일에서 324일 지났어요"),
        ("10월 3일부터 며칠째야", "(D+49)"),
        ("10월 3일이 며칠 전이야?", "(D+49)"),
        ("3월 1일부터 오늘까지 며칠째야?", "2026년 3월 1일 일요일에서 265일"),
        ("추석부터 며칠 지났어", "(2026년 9월 25일 금요일)에서 57일"),
        ("여자친구랑 1월 5일에 사귀었는데 며칠째야?", "2026년 1월 5일 월요일에서 320일"),
        ("금요일부터 며칠 지났어?", "2026년 11월 20일 금요일에서 1일"),
        ("25일부터 며칠째야?", "2026년 10월 25일 일요일에서 27일"),
    ],
)
async def test_what_is_over_is_counted_since_its_last_time(tmp_path: Path, said: str, answered: str) -> None:
    await _answers(tmp_path, said, answered)


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("1월 1일까지 며칠 남았어?", "2027년 1월 1일 금요일까지 41일"),
        ("12월 1일부터 휴가인데 며칠 남았어?", "2026년 12월 1일 화요일까지 10일"),
        ("다음 달까지 며칠 남았어?", "2026년 12월 1일 화요일까지 10일"),
        ("이번 달 며칠 남았어?", "2026년 11월 30일 월요일까지 9일"),
        ("이번 주 며칠 남았어?", "2026년 11월 22일 일요일까지 1일"),
    ],
)
async def test_what_is_to_come_is_counted_until_it_begins_or_ends(tmp_path: Path, said: str, answered: str) -> None:
    await _answers(tmp_path, said, answered)


async def _answers(tmp_path: Path, said: str, answered: str) -> None:
    stage = Stage(length=2000)
    async with on_stage(tmp_path, stage, Script(), clock=Hands(SATURDAY)):
        await says(stage, said, answered)
