"""Things to do: several at once, typed actions, and numbers that there are not."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.command import all_commands
from bot.router import Router
from tests.stage import Script, Stage, on_stage

ROUTER = Router(all_commands())
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


async def answers(tmp_path: Path, *said: str) -> list[str]:
    """What is answered to each of these, said one after the other."""
    stage = Stage(length=2000)
    async with on_stage(tmp_path, stage, Script()):
        for number, text in enumerate(said, start=1):
            await stage.say(text)
            await stage.until(partial(_has_answered, stage, number))
        return stage.texts()


def _has_answered(stage: Stage, count: int) -> bool:
    return len(stage.texts()) == count and stage.texts()[-1] != "…"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("할 일에 청소랑 빨래 추가", ["청소", "빨래"]),
        ("장보기 목록: 우유, 계란, 빵", ["우유", "계란", "빵"]),
        ("오늘 할 일: 운동, 공부, 청소", ["운동", "공부", "청소"]),
        ("할 일: 세탁소, 은행", ["세탁소", "은행"]),
        ("/todo 우유, 계란", ["우유", "계란"]),
        ("할 일에 엄마랑 통화 추가해줘", ["엄마랑 통화"]),
        ("쇼핑 목록: 우유, 계란", ["우유", "계란"]),
        ("구매 목록: A4용지, 토너", ["A4용지", "토너"]),
        ("장보기 목록: 우유", ["우유"]),
        ("장보기 목록에 우유 추가해줘", ["우유"]),
        ("장보기 목록에 우유, 계란 추가해줘", ["우유", "계란"]),
        ("쇼핑 리스트에 세제 적어줘", ["세제"]),
        ("/todo add 우유 사기", ["우유 사기"]),
        ("/todo 삭제 버튼 만들기", ["삭제 버튼 만들기"]),
        ("할 일에 추가 서류 제출 넣어줘", ["추가 서류 제출"]),
    ],
)
async def test_each_thing_of_a_list_is_one_to_do(tmp_path: Path, said: str, kept: list[str]) -> None:
    told, listed = await answers(tmp_path, said, "할 일 목록")
    assert all(text in told for text in kept)
    assert listed.splitlines()[1:] == [f"{number}. ⬜ {text}" for number, text in enumerate(kept, start=1)]


@pytest.mark.parametrize(
    "said",
    [
        "할 일 우유, 계란, 빵 추가하지 마",
        "할 일에 우유, 계란 넣지 말아줘",
        "할 일 청소랑 빨래 취소",
        "오늘 할 일 청소, 빨래, 설거지 다 했다",
    ],
)
def test_what_is_denied_or_done_is_not_added(said: str) -> None:
    call = ROUTER.find(said, NOW)
    assert call is None or call.name != "todo" or not {"item", "items", "text", "thing"} & call.args.keys()


@pytest.mark.parametrize("said", ["엄마가 쇼핑 목록에 과자 넣어줬어", "쇼핑 목록에 뭐 넣었어?", "준비물: 뭐 챙기지?"])
def test_who_tells_or_asks_of_a_shopping_list_adds_nothing(said: str) -> None:
    assert ROUTER.read(said, NOW).call is None


@pytest.mark.parametrize("said", ["/todo delete 99", "할 일 99번 삭제", "할 일 99번 완료", "/todo 99번 완료"])
async def test_a_number_that_there_is_not_tells_what_there_is(tmp_path: Path, said: str) -> None:
    *_, told, listed = await answers(tmp_path, "할 일에 우유 추가", "할 일에 빨래 추가", said, "할 일 목록")
    assert told.startswith("99")
    assert told.endswith("지금은 2개예요: 1. 우유, 2. 빨래")
    assert listed.splitlines()[1:] == ["1. ⬜ 우유", "2. ⬜ 빨래"]


async def test_an_action_typed_behind_the_command_is_no_thing_to_do(tmp_path: Path) -> None:
    found = await answers(tmp_path, "/todo 우유, 빨래, 약", "/todo done 2", "/todo delete 1", "/todo list")
    assert found[1:3] == ["마쳤네요: 빨래. 남은 할 일은 2개예요.", "할 일에서 지웠어요: 우유"]
    assert found[3].splitlines()[1:] == ["1. ✅ 빨래", "2. ⬜ 약"]


async def test_adding_without_a_thing_asks_for_it(tmp_path: Path) -> None:
    asked, told = await answers(tmp_path, "할 일 추가", "우유, 계란")
    assert asked == "할 일에 무엇을 더할까요?"
    assert told == "할 일에 2개를 더했어요: 우유, 계란"
