"""How people of every province, and of the internet, ask: the endings in bot/korean/cues.toml."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.command import all_commands
from bot.messages import Call
from bot.router import Router

ROUTER = Router(all_commands())
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))

# 경상, 전라, 충청, 제주, the old, the internet
GIVINGS = [
    "주이소",
    "주이소예",
    "주소",
    "달라카이",
    "줄 수 있능교",
    "주쇼잉",
    "주씨요",
    "주랑께",
    "줄랑가",
    "줄 수 있당가",
    "줘유",
    "주세유",
    "주슈",
    "주실래유",
    "줍서",
    "주구려",
    "주시게",
    "줄 수 있남",
    "줄 수 있음",
    "줄래여",
    "줘욥",
    "주세연",
    "주떼염",
    "줬음 좋겠다",
]


@pytest.mark.parametrize("ending", GIVINGS)
def test_what_is_to_be_told_is_asked_for_in_every_dialect(ending: str) -> None:
    assert ROUTER.find(f"서울 날씨 알려{ending}", NOW) == Call("weather", {"place": "서울"})


@pytest.mark.parametrize("ending", [each for each in GIVINGS if each != "주소"])
def test_what_is_to_be_done_is_asked_for_in_every_dialect(ending: str) -> None:
    assert ROUTER.find(f"할 일에 우유 사기 추가해{ending}", NOW) == Call("todo", {"thing": "우유 사기"})


@pytest.mark.parametrize(
    "ending",
    [
        "하이소",
        "하입시다",
        "합시데이",
        "해보입시더",
        "해라잉",
        "하랑께",
        "해불자",
        "해부러",
        "해유",
        "하셔유",
        "혀봐",
        "하소",
        "하십쇼",
        "하자구",
        "해보장",
        "할께요",
        "하고파",
    ],
)
def test_what_is_to_begin_is_asked_for_in_every_dialect(ending: str) -> None:
    assert ROUTER.find(f"새 대화 시작{ending}", NOW) == Call("new")


@pytest.mark.parametrize(
    "asked", ["어떠노", "우떻노", "어떤교", "어떨랑가", "어쩐가", "어떻당가", "워뗘", "어떠유", "뭐고", "뭐당가"]
)
def test_a_state_is_asked_about_in_every_dialect(asked: str) -> None:
    assert ROUTER.find(f"서울 날씨 {asked}", NOW) == Call("weather", {"place": "서울"})


@pytest.mark.parametrize("asked", ["얼만교", "얼맙니꺼", "얼마당가", "얼마다냐", "얼마유", "월마여", "얼마얌"])
def test_a_price_is_asked_about_in_every_dialect(asked: str) -> None:
    assert ROUTER.find(f"삼성전자 주가 {asked}", NOW) == Call("stock", {"company": "삼성전자"})


@pytest.mark.parametrize("said", ["도움말 뭐꼬", "도움말 모야", "사용법 뭔교", "사용법 뭐시여"])
def test_what_something_is_is_asked_in_every_dialect(said: str) -> None:
    assert ROUTER.find(said, NOW) == Call("help")


@pytest.mark.parametrize(
    "said",
    [
        "엄마가 밥 해주소 하더라",
        "할매가 병원 데려다주이소 캤다",
        "도와주소서",
        "날 사랑해주소",
        "오늘 날씨 어쩐가 모르겄네",
        "우리 다시 시작하장",
        "밥 무라 카이",
        "아침에 잘 일어나는 비결 좀 알려주소",
        "로또 판매점 주소",
    ],
)
def test_talk_in_a_dialect_stays_talk(said: str) -> None:
    assert ROUTER.read(said, NOW).call is None


def test_an_address_is_no_ending() -> None:
    assert ROUTER.find("메모해 주소 이전 신고하기", NOW) == Call("memo", {"note": "주소 이전 신고하기"})
