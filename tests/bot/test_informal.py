"""Requests that no phrase fits: what they are, and what they give a command to go on."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot import filling, forms
from bot.command import all_commands
from bot.commands.calc import SUM
from bot.informal import content, longest, numbered
from bot.messages import Call
from bot.router import Router

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))
ROUTER = Router((*all_commands(), *filling.commands(forms.load(forms.SHIPPED))))


@pytest.mark.parametrize(
    ("said", "name", "slots"),
    [
        ("받아 적어. 계좌번호 국민 123-45-6789", "memo", {"text": "계좌번호 국민 123-45-6789"}),
        ("3번 할 일 끝냈으니 체크 부탁", "todo", {"action": "done", "text": "3번"}),
        ("주사위 두 알만 굴려봐 내기하게", "dice", {"count": "두"}),
        ("동전 세번만 튕겨봐라", "coin", {"count": "세"}),
        ("지금 제주도 바람 많이 부나요", "weather", {"place": "제주도"}),
        ("삼전 지금 얼마에 거래되고 있어?", "stock", {"company": "삼전"}),
        ("1250+3400+780 다 더해줘", "calc", {"sum": "1250+3400+780"}),
        ("설날까지 얼마나 남았는지 좀 봐줘", "dday", {"day": "설날"}),
        ("반말로 말해줘 이제부터", "settings", {"name": "style", "value": "casual"}),
        ("위에 톡 너무 많다 300개만 정리해줘", "summary", {"count": "300"}),
    ],
)
def test_a_request_in_its_own_words_is_understood(said: str, name: str, slots: Mapping[str, str]) -> None:
    assert ROUTER.find(said, NOW) is None, "a phrase fits it: take another"
    for typed in (said, unicodedata.normalize("NFD", said)):
        reading = ROUTER.read(typed, NOW)
        assert reading.likely
        assert reading.call == Call(name, slots)


@pytest.mark.parametrize(
    "said",
    [
        "메모 같은 거 안 해도 난 다 기억해",
        "주식 초보인데 뭐부터 공부해?",
        "시간 복잡도 설명해줘",
        "비 오는 날 어울리는 노래 추천해줘",
        "타이머 코드 짜줘",
        "어제 회의에서 투표했는데 또 졌어",
        "알람을 못 듣고 지각했어",
        "골라 봐",
        "가격이 얼마나 되는지 계산이 안 서네",
        "가" * 121,
    ],
)
def test_talk_and_tasks_for_the_model_stay_so(said: str) -> None:
    assert ROUTER.read(said, NOW).call is None


def test_what_was_typed_on_the_other_layout_is_looked_at_as_it_was_meant() -> None:
    reading = ROUTER.read("ehdwjs tpqjsaks xnldruqhkfk", NOW)  # 동전 세번만 튕겨봐라
    assert (reading.repaired, reading.call) == ("동전 세번만 튕겨봐라", Call("coin", {"count": "세"}))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("메모해줘 내일 우유 사기", "내일 우유 사기"),
        ("할 일에 빨래 널기 추가 좀 해주라ㅋㅋ", "빨래 널기"),
        ("잊을까봐 적어 둬: 사물함은 37번", "사물함은 37번"),
        ("메모해줘\n1. 우유\n2. 빵  두 개", "1. 우유\n2. 빵  두 개"),
        ("서울의 가을 메모해줘", "서울의 가을"),
        ("보고서를 할 일에 넣어줘", "보고서"),
        ("메모", "메모"),
        ("", ""),
    ],
)
def test_the_words_around_what_is_kept_are_left_out(said: str, kept: str) -> None:
    assert content(said) == kept


def test_the_longest_run_of_words_that_fits_is_found() -> None:
    assert longest("그럼 12 + 3 은 얼마일까", SUM) == "12 + 3"
    assert longest("아무것도 없다", SUM) == ""


@pytest.mark.parametrize(
    ("said", "number"), [("주사위 두 개만", "두"), ("5게임", "5"), ("개가 와", ""), ("한개", "한")]
)
def test_a_number_is_known_by_its_counter(said: str, number: str) -> None:
    assert numbered(said, "개|게임") == number
