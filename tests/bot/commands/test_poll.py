"""투표: what is asked, and what may be chosen."""

from __future__ import annotations

import pytest

from bot.commands.poll import read


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
