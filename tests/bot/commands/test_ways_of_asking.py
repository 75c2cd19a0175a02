"""Ways to ask for the small commands, and talk that has their words in it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.command import all_commands
from bot.messages import Call
from bot.router import Router
from tests.bot.test_commands import answered

ROUTER = Router(all_commands())
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.mark.parametrize(
    ("said", "call"),
    [
        ("교무실 시계가 멈췄네요. 정확한 시간 부탁드려요", Call("time")),
        ("올 추석연휴가 언제부터 언제까지요", Call("date", {"day": "추석연휴"})),
        ("수능까지 며칠 남았냐고", Call("dday", {"day": "수능"})),
        ("100달러 얼매고", Call("exchange", {"money": "100달러"})),
        ("d20 roll", Call("dice", {"dice": "d20"})),
        ("roll 2d6", Call("dice", {"dice": "2d6"})),
        ("coin flip", Call("coin")),
        ("누가 쓰레기 버릴지 코인토스 해줘", Call("coin", {"about": "쓰레기 버릴"})),
        ("stop generating", Call("stop")),
        ("84.97제곱미터 평수로요", Call("unit", {"amount": "84.97제곱미터", "to": "평수"})),
        ("시속 100km 초속으로 바꿔줘", Call("unit", {"amount": "시속 100km", "to": "초속"})),
        (
            "이벤트 당첨자 뽑아줘 후보: 감자칩, 루나, 고등어킹",
            Call("choose", {"what": "이벤트 당첨자", "listed": "감자칩, 루나, 고등어킹"}),
        ),
        (
            "청소 당번 뽑아줘 후보는 저, 오대리, 윤과장입니다",
            Call("choose", {"what": "청소 당번", "listed": "저, 오대리, 윤과장"}),
        ),
        (
            "발표자 추첨입니다. 민서, 도윤, 하린, 지호 중 한 명이요.",
            Call("choose", {"options": "민서, 도윤, 하린, 지호", "count": "한"}),
        ),
    ],
)
def test_a_request_is_heard_with_what_it_names(said: str, call: Call) -> None:
    assert ROUTER.read(said, NOW).call == call


@pytest.mark.parametrize(
    ("said", "place"),
    [("오후에 판교 소나기 소식 있습니까?", "판교"), ("소풍 가는 금요일에 경주는 맑을까요", "경주")],
)
def test_the_weather_of_an_outing_is_told_for_its_place(said: str, place: str) -> None:
    assert ROUTER.read(said, NOW).call == Call("weather", {"place": place, "when": said})


@pytest.mark.parametrize(
    "said",
    [
        "배 나간 날은 며칠 남았나 세지 않는 게 우리 동네 법이여",
        "방학까지 며칠 남았냐고 아이들이 매시간 물어요",
        "연휴가 언제부터 언제까지인지 모르겠다",
        "정확한 시간 개념이 필요해",
        "정확한 시간은 나중에 알려줄게",
        "누가 이길지 동전 던지기 하는 기분이야",
        "stop typing so loud",
        "니 나이가 얼매고",
        "두 컵 반 마셨어",
    ],
)
def test_talk_that_has_the_words_of_a_request_stays_talk(said: str) -> None:
    assert ROUTER.read(said, NOW).call is None


@pytest.mark.parametrize(
    ("said", "told"),
    [("84.97제곱미터 평수로요", "25.7034 평"), ("시속 100km 초속으로 바꿔줘", "27.7778 m/s")],
)
def test_what_is_measured_is_told_in_its_unit(said: str, told: str) -> None:
    assert told in answered(ROUTER.read(said, NOW).call).text


@pytest.mark.parametrize(
    "said", ["뽀모도로 25분 해봤는데 23분 딴짓함", "방학까지 며칠 남았냐고 아이들이 매시간 물어요 제가 더 기다리는데"]
)
def test_what_is_told_of_lengths_and_days_sets_and_counts_nothing(said: str) -> None:
    assert ROUTER.read(said, NOW).call is None
