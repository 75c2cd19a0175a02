"""투표: what is asked, and what may be chosen."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.command import all_commands
from bot.commands.poll import read
from bot.messages import Poll
from bot.router import Router
from tests.bot.test_commands import answered, reply

ROUTER = Router(all_commands())
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.mark.parametrize(
    "text", ["오늘 회식 갈까요?", "10/25 모임 참석?", "내일 저녁에 다 같이 볼까?", "찬성하시나요?"]
)
def test_a_question_alone_has_no_options(text: str) -> None:
    poll = read(text)
    assert poll
    assert (poll.question, poll.options) == (text, ())


@pytest.mark.parametrize(
    ("text", "question", "options"),
    [
        ("점심 뭐 먹지? 김밥, 라면", "점심 뭐 먹지?", ("김밥", "라면")),
        ("회의 시간? 10:30, 11:00", "회의 시간?", ("10:30", "11:00")),
        ("메뉴 김밥 vs 라면?", "메뉴", ("김밥", "라면")),
        ("점심 김밥, 라면?", "점심", ("김밥", "라면")),
        ("점심: 김밥 라면?", "점심", ("김밥", "라면")),
        ("회비 얼마? 10,000원, 20,000원", "회비 얼마?", ("10,000원", "20,000원")),
    ],
)
def test_options_stand_behind_the_question_or_between_signs(text: str, question: str, options: tuple[str, ...]) -> None:
    poll = read(text)
    assert poll
    assert (poll.question, poll.options) == (question, options)


def test_the_wish_behind_the_options_is_none_of_them() -> None:
    call = ROUTER.read("회식 날짜 투표 금요일/토요일/일요일 만들어줘", NOW).call
    assert answered(call).poll == Poll("회식 날짜", ("금요일", "토요일", "일요일"))


@pytest.mark.parametrize("text", ["산 바다 투표", "회식 장소 투표"])
def test_the_word_for_a_poll_is_no_option(text: str) -> None:
    asked = reply("poll", text=text)
    assert asked.poll is None
    assert "보기를 둘 이상" in asked.text
