"""What a reminder says, however it was asked for."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.command import all_commands
from bot.commands.remind import due
from bot.korean import when
from bot.korean.quoting import quoted
from bot.router import Router
from bot.wishes import asked

ROUTER = Router(all_commands())
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("내일 아침 8시에 약 먹으라고 알려줘", "약 먹기"),
        ("30분 뒤에 빨래 꺼내라고 말해줘", "빨래 꺼내기"),
        ("한시간뒤에 전화하라고 알려죠", "전화하기"),
        ("12월 24일에 케이크 찾으라고 알려줘", "케이크 찾기"),
        ("세 시 반에 회의 있다고 알림 줘", "회의 있다"),
        ("3시에 치과라고 알려줘", "치과"),
        ("매주 월요일 9시에 주간보고 알림 설정해줘", "주간보고"),
        ("7시에 깨워줘", ""),
    ],
)
def test_the_words_of_the_wish_become_a_thing_to_do(said: str, told: str) -> None:
    call = ROUTER.find(said, NOW)
    assert call
    assert call.name == "remind"
    words = next((call.args[name] for name in ("what", "task", "saying") if name in call.args), "")
    assert quoted(words) == told


@pytest.mark.parametrize(
    ("said", "due", "told"),
    [
        ("내일 7시 30분 기차니까 6시에 깨워줘", "11-22 06:00", "내일 7시 30분 기차"),
        ("2시에 약속 있는데 1시에 알려줘", "11-21 13:00", "2시에 약속"),
        ("5시까지 보고서 내라고 4시에 알려줘", "11-21 16:00", "5시까지 보고서 내기"),
        ("15일이 마감이니까 14일 오전 10시에 알려줘", "12-14 10:00", "15일이 마감"),
        ("화요일까지 반납인데 월요일 저녁에 알려줘", "11-23 19:00", "화요일까지 반납"),
        ("5시 회의인데 10분 전에 알려줘", "11-21 16:50", "회의"),
        ("내일 9시 수업 2시간 전에 깨워줘", "11-22 07:00", "수업"),
        ("수요일 2시 회의 하루 전에 알려줘", "11-24 14:00", "회의"),
        ("12월 25일 전에 오전 9시에 선물 사라고 알려줘", "12-25 09:00", "전에 선물 사기"),
        ("내일 9시에 이틀 전에 맡긴 세탁물 찾으라고 알려줘", "11-22 09:00", "이틀 전에 맡긴 세탁물 찾기"),
    ],
)
def test_of_two_times_the_one_that_is_asked_for_counts(said: str, due: str, told: str) -> None:
    call = ROUTER.find(said, NOW)
    assert call
    wish = asked(call, NOW)
    text, time = wish.text, wish.time
    assert time
    assert (when.moment(time, NOW) - wish.before).strftime("%m-%d %H:%M") == due
    assert text == told


@pytest.mark.parametrize(
    ("said", "dues", "told"),
    [
        ("월수금 6시에 헬스 알려줘", ["11-23 18:00"], "헬스"),
        ("화요일 목요일 저녁 8시에 수영 가라고 알려줘", ["11-24 20:00"], "수영 가기"),
        ("크리스마스 아침 9시에 케이크 찾으라고 알려줘", ["12-25 09:00"], "케이크 찾기"),
        ("어린이날 전날 10시에 선물 사라고 알려줘", ["05-04 10:00"], "선물 사기"),
        ("오늘 3시랑 5시에 물 마시라고 알려줘", ["11-21 15:00", "11-21 17:00"], "물 마시기"),
        ("아침 9시하고 저녁 9시에 약 먹으라고 알려줘", ["11-22 09:00", "11-21 21:00"], "약 먹기"),
        ("월요일 9시랑 화요일 10시에 회의 알려줘", ["11-23 09:00", "11-24 10:00"], "회의"),
        ("내일 9시랑 모레 10시에 약 먹으라고 알려줘", ["11-22 09:00", "11-23 10:00"], "약 먹기"),
        ("평일 9시랑 주말 11시에 깨워줘", ["11-23 09:00", "11-21 11:00"], ""),
        ("오늘 저녁이랑 내일 아침에 약 먹으라고 알려줘", ["11-21 19:00", "11-22 08:00"], "약 먹기"),
        ("밤 11시랑 12시에 약 먹으라고 알려줘", ["11-21 23:00", "11-22 00:00"], "약 먹기"),
        ("내일 저녁 9시, 12시에 약 먹으라고 알려줘", ["11-22 21:00", "11-23 00:00"], "약 먹기"),
        ("2027년 추석 9시에 전화하라고 알려줘", ["09-15 09:00"], "전화하기"),
    ],
)
def test_lists_of_times_and_days_and_days_with_a_name(said: str, dues: list[str], told: str) -> None:
    call = ROUTER.find(said, NOW)
    assert call
    wish = asked(call, NOW)
    text, time = wish.text, wish.time
    assert time
    each = (at for one in (time, *time.others) for at in due(one, NOW))
    assert [at.strftime("%m-%d %H:%M") for at in each] == dues
    assert text == told


def test_a_time_that_belongs_to_a_thing_sets_nothing() -> None:
    for text in ("9시에 여는 카페 알려줘", "내일 3시에 출발하는 기차 알려줘"):
        assert ROUTER.read(text, NOW).call is None


@pytest.mark.parametrize(
    "text",
    [
        "30분 뒤에 전화할게",
        "내일 3시에 알려줄게",
        "8시에 알려준다며 왜 안 알려줘",
        "나 7시 알람 맞췄어",
        "7시에 깨워줘서 고마워",
        "7시에 깨워달라고 했는데 안 깨워줬어",
        "엄마가 9시에 약 먹으라고 알려줬어",
        "8시에 알림 울려서 깼어",
        "7시 알람 끄고 다시 잤어",
        "알람 6시에 맞춰놨는데 못 일어남",
        "내일 9시에 알려줄까?",
    ],
)
def test_who_promises_or_complains_sets_nothing(text: str) -> None:
    assert ROUTER.read(text, NOW).call is None


@pytest.mark.parametrize("text", ["친구가 예쁘다고 말해줘", "사랑한다고 말해줘", "아침에 일찍 일어나는 비결 알려줘"])
def test_without_a_time_or_a_task_it_is_talk(text: str) -> None:
    assert ROUTER.find(text, NOW) is None
