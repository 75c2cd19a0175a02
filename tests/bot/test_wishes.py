"""Several wishes in one message, and what is said of reminders right after they were set or listed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.afterthoughts import Afterthought, afterthought, on_list
from bot.wishes import several

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))  # a Saturday


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("내일 9시 회의랑 10시 병원 알려줘", [("회의", "11-22 09:00"), ("병원", "11-22 10:00")]),
        ("내일 9시에 회의, 모레 10시에 병원 알려줘", [("회의", "11-22 09:00"), ("병원", "11-23 10:00")]),
        (
            "내일 아침 8시에 약 먹으라고 알려주고 저녁 7시에 운동하라고 알려줘",
            [("약 먹기", "11-22 08:00"), ("운동하기", "11-22 19:00")],
        ),
        ("내일 7시에 깨워주고 9시에 회의 알려줘", [("", "11-22 07:00"), ("회의", "11-22 09:00")]),
        ("저녁 7시에 약이랑 9시에 산책 알려줘", [("약", "- 19:00"), ("산책", "- 21:00")]),
        ("내일 저녁 7시 약이랑 9시 산책 알려줘", [("약", "11-22 19:00"), ("산책", "11-22 21:00")]),
        ("내일 9시 회의 10시 병원 알려줘", [("회의", "11-22 09:00"), ("병원", "11-22 10:00")]),
        ("3시에 치과 5시에 학원 알려줘", [("치과", "- 15:00"), ("학원", "- 17:00")]),
    ],
)
def test_each_time_has_its_own_words(text: str, wishes: list[tuple[str, str]]) -> None:
    found = [(one.text, one.time) for one in several(text, NOW) if one.time]
    assert [(said, f"{time.day:%m-%d}" if time.day else "-", time.clock) for said, time in found] == [
        (said, at.split()[0], datetime.strptime(at.split()[1], "%H:%M").time()) for said, at in wishes
    ]


def test_a_repeat_goes_on_and_a_length_stands_by_itself() -> None:
    daily = several("매일 아침 8시에 혈압약, 저녁 8시에 비타민 챙기라고 알려줘", NOW)
    assert [wish.time and wish.time.every and wish.time.every.unit for wish in daily] == ["day", "day"]
    lengths = several("30분 뒤에 빨래, 1시간 뒤에 밥 알려줘", NOW)
    assert [wish.text for wish in lengths] == ["빨래", "밥"]
    grouped = several("월요일 9시랑 수요일 10시에 운동, 금요일 8시에 병원 알려줘", NOW)
    assert [(wish.text, len(wish.time.others) if wish.time else -1) for wish in grouped] == [("운동", 1), ("병원", 0)]


@pytest.mark.parametrize(
    "text",
    [
        "내일 9시랑 모레 10시에 약 먹으라고 알려줘",
        "내일 8시에 우유랑 빵 사라고 알려줘",
        "내일 7시에 일어나서 8시에 나가라고 알려줘",
        "오늘 저녁 7시에 9시 뉴스 보라고 알려줘",
        "9시, 13시에 약 알려줘",
        "회의랑 병원 알려줘",
        "랑 " * 150,
        "9시에 약이랑 " * 60,
    ],
)
def test_a_list_of_times_is_one_wish(text: str) -> None:
    assert len(several(text, NOW)) != 2


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1번 취소", Afterthought("1번")),
        ("첫번째 거 취소해줘", Afterthought("첫번째")),
        ("2번이랑 3번 지워줘", Afterthought("2번이랑 3번")),
        ("첫 번째 취소", Afterthought("첫 번째")),
        ("둘 다 취소해줘", Afterthought("둘 다")),
        ("그거 취소해줘", Afterthought("")),
        ("아니 취소", Afterthought("")),
        ("아니 10시에", Afterthought("", "10시에")),
        ("9시 말고 10시", Afterthought("", "10시")),
        ("10시로 바꿔줘", Afterthought("", "10시로 바꿔줘")),
        ("10시로", Afterthought("", "10시로")),
        ("1,2번 취소", Afterthought("1,2번")),
        ("마지막거 취소", Afterthought("마지막")),
        ("하루 미뤄줘", Afterthought("", "하루 뒤로 미뤄줘")),
        ("아침 7시로 바꿔줘", Afterthought("", "아침 7시로 바꿔줘")),
        ("그거 30분 당겨줘", Afterthought("", "30분 당겨줘")),
        ("1번 8시로 변경", Afterthought("1번", "8시로 변경")),
    ],
)
def test_what_follows_is_understood_without_the_word_for_a_reminder(text: str, meant: Afterthought) -> None:
    assert afterthought(text) == meant


def test_entries_of_the_list_just_shown_are_named_by_number() -> None:
    assert on_list("1번 지워줘") == ("delete", "1번")
    assert on_list("2번 했어") == ("done", "2번")
    assert on_list("1번 2번 완료") == ("done", "1번 2번")
    for text in ("다 지워", "그거 했어", "1번 역", "완료", "2번"):
        assert on_list(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "10시",
        "고마워",
        "취소선 긋는 법",
        "내일 비 와?",
        "불 꺼줘",
        "아니 그게 아니라",
        "아니 10시에 자",
        "10시로 바꾸지 마",
        "10시로 변경됐어?",
        "이번 취소",
        "꺼져",
        "그만",
        "",
    ],
)
def test_other_talk_is_no_afterthought(text: str) -> None:
    assert afterthought(text) is None
