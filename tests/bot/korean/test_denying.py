"""What is denied, asked about or excepted is not taken away."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.command import all_commands
from bot.messages import Call
from bot.router import Router

ROUTER = Router(all_commands())
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))
TAKING = {"cancel", "all", "any", "delete", "done", "finished"}


@pytest.mark.parametrize(
    "text",
    [
        "2번 알림 빼고 다 취소해줘",
        "약 알림만 남기고 다 지워",
        "인스타 알림 다 꺼",
        "할 일 장보기 말고 다 지워",
        "할 일 다 했어?",
        "할 일 다 지워도 돼?",
        "할 일 1번 지우지 마",
        "할 일 2번 안 했어 되돌려줘",
        "대화 초기화하지 말아줘",
        "대화 초기화했어?",
        "대화 기록 지우지 마",
        "할 일 2번 말고 위에 거 다 지워",
        "1번 알림 제외하고 취소해줘",
        "할 일 왜 지웠어",
        "알림 왜 다 꺼졌어",
    ],
)
def test_nothing_is_taken_away(text: str) -> None:
    for typed in (text, unicodedata.normalize("NFD", text)):
        call = ROUTER.read(typed, NOW).call
        assert call is None or (call.name != "new" and not call.args.keys() & TAKING)


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("알림 다 취소해줘", Call("reminders", {"all": "알림"})),
        ("초기화", Call("new")),
        ("2번 할 일 끝냈어", Call("todo", {"action": "done", "text": "2번"})),
        ("부산 말고 서울 날씨", Call("weather", {"place": "서울"})),
        ("존댓말 말고 반말로 해줘", Call("settings", {"tone": "반말"})),
        ("치과 예약 건 할일 목록에서 제외해주세요", Call("todo", {"delete": "치과 예약 건"})),
        ("우유 말고 두유 사기 메모해줘", Call("memo", {"text": "우유 말고 두유 사기"})),
        ("할 일 하나 추가해줘 치과 전화", Call("todo", {"item": "치과 전화"})),
    ],
)
def test_a_plain_wish_is_carried_out_and_what_is_not_wanted_left_out(text: str, call: Call) -> None:
    assert ROUTER.read(text, NOW).call == call


def test_an_absurd_length_is_no_length() -> None:
    found = ROUTER.read("타이머 99999999999시간 맞춰줘", NOW).call
    assert found is None or "length" not in found.args


@pytest.mark.parametrize(
    "text",
    [
        "메모장에 규칙 다 적어놔도",
        "메모장에 규칙 다 적어놔도 까먹어",
        "할 일 목록에 넣어놔도 안 해",
        "알람 7시에 맞춰놔도 못 일어나",
        "7시에 알람 맞춰도 못 깨",
        "7시에 깨워줘도 다시 자",
        "3분 타이머 맞춰놨는데도 라면이 불어",
        "알람 다 꺼놔도 울려",
        "로또 번호 추천해줘도 안 사",
    ],
)
def test_what_is_granted_in_vain_is_no_request(text: str) -> None:
    assert ROUTER.read(text, NOW).call is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("메모에 회의록 적어도", "memo"),  # as in Gyeongsang
        ("모레 점심때 엄마한테 전화하라고 알려도", "remind"),
        ("주차비 메모 지워도 돼 삭제해줘", "memo"),
        ("알람 맞춰놔도 못 일어나니까 7시에 깨워줘", "remind"),
        ("말해줘도 까먹으니까 9시에 약 먹으라고 알려줘", "remind"),
    ],
)
def test_what_is_allowed_or_gives_a_reason_stays_a_request(text: str, name: str) -> None:
    call = ROUTER.read(text, NOW).call
    assert call
    assert call.name == name


@pytest.mark.parametrize(
    "text",
    [
        "다시 안 해도 돼 이번 답 맘에 들어",
        "알림 안 해줘도 돼",
        "며칠 남았는지 말하지 마",
        "오늘 며칠인지 말 안 해줘도 돼",
        "동전 던지지 마",
    ],
)
def test_what_need_not_be_done_is_not_done(text: str) -> None:
    for typed in (text, unicodedata.normalize("NFD", text)):
        assert ROUTER.read(typed, NOW).call is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("말하지 마 그만", "stop"),
        ("내일 9시에 늦지 말라고 알려줘", "remind"),
    ],
)
def test_who_asks_for_something_else_gets_it(text: str, name: str) -> None:
    call = ROUTER.read(text, NOW).call
    assert call
    assert call.name == name
