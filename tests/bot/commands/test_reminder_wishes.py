"""Reminders as people ask for them: several at once, moved, and asked back where a day or a time will not do."""

from __future__ import annotations

import time as clocks
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.commands import remind, timer
from tests.stage import Hands, Script, Stage, on_stage

SATURDAY = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # 10:00 in Seoul


async def says(stage: Stage, text: str, expected: str) -> str:
    """Say something and wait for a new message that holds `expected`; returns it."""
    before = len(stage.texts())
    await stage.say(text)
    await stage.until(lambda: len(stage.texts()) > before and expected in stage.texts()[-1])
    return stage.texts()[-1]


async def talk(tmp_path: Path, *turns: tuple[str, str]) -> str:
    """A conversation, each wish with what must be in its answer; returns the list of reminders at its end."""
    stage = Stage(length=2000)
    async with on_stage(tmp_path, stage, Script(), clock=Hands(SATURDAY)):
        for said, answered in turns:
            await says(stage, said, answered)
        return await says(stage, "알림 목록", "알림")


@pytest.mark.parametrize(
    ("said", "answered", "listed"),
    [
        (
            "월요일 9시랑 화요일 10시에 회의 알려줘",
            "모레 오전 9시, 11월 24일 화요일 오전 10시에 알려 드릴게요: 회의",
            ["모레 오전 9시 — 회의", "11월 24일 화요일 오전 10시 — 회의"],
        ),
        (
            "내일 9시랑 모레 10시에 약 먹으라고 알려줘",
            "내일 오전 9시, 모레 오전 10시에 알려 드릴게요: 약 먹기",
            ["내일 오전 9시 — 약 먹기", "모레 오전 10시 — 약 먹기"],
        ),
        (
            "내일이랑 모레 9시에 약 먹으라고 알려줘",
            "내일 오전 9시, 모레 오전 9시에 알려 드릴게요: 약 먹기",
            ["내일 오전 9시 — 약 먹기", "모레 오전 9시 — 약 먹기"],
        ),
        (
            "30분 뒤랑 1시간 뒤에 물 마시라고 알려줘",
            "30분 뒤 (오늘 오전 10시 30분), 1시간 뒤 (오늘 오전 11시)에 알려 드릴게요: 물 마시기",
            ["오늘 오전 10시 30분 — 물 마시기", "오늘 오전 11시 — 물 마시기"],
        ),
        (
            "오늘 오전 9시랑 내일 오전 9시에 약 먹으라고 알려줘",
            "내일 오전 9시에 알려 드릴게요: 약 먹기\n(이미 지난 시간은 뺐어요.)",
            ["내일 오전 9시 — 약 먹기"],
        ),
        (
            "2시간마다 물 마시라고 알려줘",
            "2시간마다 (다음은 오늘 오후 12시)에 알려 드릴게요: 물 마시기",
            ["2시간마다 (다음은 오늘 오후 12시) — 물 마시기"],
        ),
        (
            "내일 오전 11시부터 세 시간마다 안약 넣으라고 알려줘",
            "3시간마다 (다음은 내일 오전 11시)에 알려 드릴게요: 안약 넣기",
            ["3시간마다 (다음은 내일 오전 11시) — 안약 넣기"],
        ),
        (
            "오후 3시부터 30분마다 스트레칭하라고 알려줘",
            "30분마다 (다음은 오늘 오후 3시)에 알려 드릴게요: 스트레칭하기",
            ["30분마다 (다음은 오늘 오후 3시) — 스트레칭하기"],
        ),
        (
            "평일 9시랑 주말 11시에 깨워줘",
            "평일마다 오전 9시, 주말마다 오전 11시에 알려 드릴게요.",
            ["주말마다 오전 11시 — 알림", "평일마다 오전 9시 — 알림"],
        ),
        (
            "매주 월요일 9시랑 수요일 10시에 회의 알려줘",
            "매주 월요일 오전 9시, 매주 수요일 오전 10시에 알려 드릴게요: 회의",
            ["매주 월요일 오전 9시 — 회의", "매주 수요일 오전 10시 — 회의"],
        ),
        (
            "내일 저녁 9시, 12시에 약 먹으라고 알려줘",
            "내일 오후 9시, 모레 오전 12시에 알려 드릴게요: 약 먹기",
            ["내일 오후 9시 — 약 먹기", "모레 오전 12시 — 약 먹기"],
        ),
        (
            "내년 크리스마스 아침 9시에 케이크 찾으라고 알려줘",
            "2027년 12월 25일 토요일 오전 9시에 알려 드릴게요: 케이크 찾기",
            ["2027년 12월 25일 토요일 오전 9시 — 케이크 찾기"],
        ),
    ],
)
async def test_every_day_of_a_wish_is_set(tmp_path: Path, said: str, answered: str, listed: list[str]) -> None:
    found = await talk(tmp_path, (said, answered))
    assert [line.split(". ", 1)[1] for line in found.splitlines()[1:]] == listed


async def test_the_days_of_a_wish_are_called_off_together(tmp_path: Path) -> None:
    found = await talk(
        tmp_path,
        ("월요일 9시랑 화요일 10시에 회의 알려줘", "알려 드릴게요"),
        ("월요일 8시에 약 먹으라고 알려줘", "알려 드릴게요"),
        ("월요일 9시랑 화요일 10시 알람 취소해줘", "2개를 취소했어요"),
    )
    assert found.splitlines()[1:] == ["1. 모레 오전 8시 — 약 먹기"]


@pytest.mark.parametrize(
    "said",
    [
        "내일 9시 알람만 꺼줘",
        "내일 9시 알람만 꺼줘 나머지는 그대로 둬",
        "내일 9시 알람만 끄고 나머지는 그대로 둬",
        "내일 9시 알람만 지우고 나머진 건드리지 마",
        "내일 7시 알림은 그대로 두고 내일 9시 알림만 취소해줘",
        "7시 알람은 건드리지 말고 9시 알람 취소해줘",
        "다른 건 그대로 두고 9시 알림만 취소해줘",
    ],
)
async def test_one_is_called_off_and_the_rest_stay(tmp_path: Path, said: str) -> None:
    found = await talk(
        tmp_path,
        ("내일 7시에 깨워줘", "알려 드릴게요"),
        ("내일 9시에 약 먹으라고 알려줘", "알려 드릴게요"),
        (said, "취소했어요"),
    )
    assert found.splitlines()[1:] == ["1. 내일 오전 7시 — 알림"]


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("8시로 알람 바꿔줘", "바꿨어요: 내일 오전 8시 — 알림"),
        ("8시로 7시 알람 변경해줘", "바꿨어요: 내일 오전 8시 — 알림"),
        ("8시로 바꿔줘 알람", "바꿨어요: 내일 오전 8시 — 알림"),
        ("30분 뒤로 알람 미뤄줘", "바꿨어요: 내일 오전 7시 30분 — 알림"),
        ("알람 매주로 바꿔줘", "바꿨어요: 매주 일요일 오전 7시 — 알림"),
        ("알람 매달 9시로 바꿔줘", "바꿨어요: 매달 22일 오전 9시 — 알림"),
    ],
)
async def test_the_only_one_is_moved_however_it_is_said(tmp_path: Path, said: str, answered: str) -> None:
    await talk(tmp_path, ("내일 7시에 깨워줘", "알려 드릴게요"), (said, answered))


async def test_of_several_the_one_behind_the_new_time_is_moved(tmp_path: Path) -> None:
    found = await talk(
        tmp_path,
        ("내일 7시에 깨워줘", "알려 드릴게요"),
        ("내일 11시에 회의 알려줘", "알려 드릴게요"),
        ("8시로 알람 바꿔줘", "어느 것을 바꿀까요?"),
        ("9시로 7시 알람 변경해줘", "바꿨어요: 내일 오전 9시 — 알림"),
        ("내일 오후 3시로 회의 알림 바꿔줘", "바꿨어요: 내일 오후 3시 — 회의"),
    )
    assert found.splitlines()[1:] == ["1. 내일 오전 9시 — 알림", "2. 내일 오후 3시 — 회의"]


@pytest.mark.parametrize(
    "said", ["알람 9시, 13시로 바꿔줘", "9시, 13시로 알람 바꿔줘", "알람 내일 9시랑 모레 10시로 바꿔줘"]
)
async def test_one_reminder_is_not_moved_to_several_times(tmp_path: Path, said: str) -> None:
    found = await talk(
        tmp_path, ("내일 7시에 깨워줘", "알려 드릴게요"), (said, "알림 하나는 한 시간으로만 바꿀 수 있어요.")
    )
    assert found.splitlines()[1:] == ["1. 내일 오전 7시 — 알림"]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("/remind 11월 31일 병원 가기", "11월 31일"),
        ("11월 31일 9시에 병원 가라고 알려줘", "11월 31일"),
        ("매달 여섯째 월요일에 병원 가라고 9시에 알려줘", "매달 여섯째 월요일"),
        ("11월 31일 9시랑 12월 1일 10시에 병원 가라고 알려줘", "11월 31일"),
        ("2060년 추석 9시에 병원 가라고 알려줘", "2060년 추석"),
    ],
)
async def test_a_day_that_there_is_not_leaves_the_words_of_the_reminder(tmp_path: Path, said: str, day: str) -> None:
    found = await talk(
        tmp_path,
        (said, f"{day}: 그런 때는 없거나"),
        ("11월 30일 9시", "11월 30일 월요일 오전 9시에 알려 드릴게요: 병원 가기"),
    )
    assert found.splitlines()[1:] == ["1. 11월 30일 월요일 오전 9시 — 병원 가기"]


def times(count: int) -> str:
    return ", ".join(f"{13 + each // 60}:{each % 60:02}" for each in range(count))


async def test_a_wish_of_too_many_times_is_not_taken_for_a_full_list(tmp_path: Path) -> None:
    found = await talk(
        tmp_path,
        (f"/remind 내일 {times(101)} 물 마시기", "알림 101개는 한꺼번에 맞출 수 없어요. 지금은 100개까지"),
    )
    assert "없어요" in found


async def test_a_list_that_is_full_says_so_and_a_wish_that_goes_over_says_how_many_are_left(tmp_path: Path) -> None:
    await talk(
        tmp_path,
        (f"/remind 내일 {times(60)} 물 마시기", "알려 드릴게요: 물 마시기"),
        (f"/remind 모레 {times(60)} 물 마시기", "알림 60개는 한꺼번에 맞출 수 없어요. 지금은 40개까지"),
        (f"/remind 모레 {times(40)} 물 마시기", "알려 드릴게요: 물 마시기"),
        ("/remind 모레 9시 물 마시기", "알림이 100개나 있어요"),
    )


@pytest.mark.parametrize(
    ("turns", "left"),
    [
        ((("내일 9시에 약 알려줘", "약"), ("아니 10시에", "바꿨어요: 내일 오전 10시 — 약")), ["내일 오전 10시 — 약"]),
        ((("내일 9시에 약 알려줘", "약"), ("취소", "취소했어요: 내일 오전 9시 — 약")), []),
        ((("내일 9시에 약 알려줘", "약"), ("30분 일찍 알려줘", "내일 오전 8시 30분")), ["내일 오전 8시 30분 — 약"]),
        ((("내일 9시에 약 알려줘", "약"), ("아니 오후 9시로", "바꿨어요: 내일 오후 9시 — 약")), ["내일 오후 9시 — 약"]),
        ((("내일 밤 11시에 약 알려줘", "약"), ("새벽 1시로 바꿔줘", "모레 오전 1시")), ["모레 오전 1시 — 약"]),
        ((("내일 저녁 7시 회식 알려줘", "회식"), ("아침 7시로 바꿔줘", "내일 오전 7시")), ["내일 오전 7시 — 회식"]),
        ((("내일 9시랑 10시에 알려줘", "10시"), ("마지막거 취소", "내일 오전 10시")), ["내일 오전 9시"]),
        (
            (("모레 9시에 밥 알려줘", "밥"), ("내일 9시에 약 알려줘", "약"), ("그거 취소해줘", "취소했어요: 내일")),
            ["모레 오전 9시 — 밥"],
        ),
        (
            (("내일 9시 회의랑 10시 병원 알려줘", "이렇게"), ("알림 목록", "2. "), ("2번 취소", "내일 오전 10시")),
            ["내일 오전 9시 — 회의"],
        ),
        ((("내일 9시 회의랑 10시 병원 알려줘", "이렇게"), ("취소해줘", "2개를 취소했어요")), []),
        ((("10분 타이머", "시작"), ("아니 20분", "20분 남음")), ["20분 남음"]),
        ((("10분 타이머", "시작"), ("5분만 늦춰줘", "15분 남음")), ["15분 남음"]),
        ((("내일 9시에 약 알려줘", "약"), ("아니 5분 뒤에", "오늘 오전 10시 5분")), ["오늘 오전 10시 5분 — 약"]),
        # said later, when something else was talked about: the list is shown first
        (
            (
                ("내일 9시에 약 알려줘", "약"),
                ("안녕", "답: 안녕"),
                ("그거 취소해줘", "1. 내일"),
                ("1번 취소", "취소했어요"),
            ),
            [],
        ),
        # what was just set is gone already: nothing that was set before goes for it
        (
            (
                ("모레 9시에 밥 알려줘", "밥"),
                ("10분 타이머", "시작"),
                ("타이머 취소해줘", "취소했어요"),
                ("10분 타이머", "시작"),
                ("취소", "취소했어요: 타이머"),
            ),
            ["모레 오전 9시 — 밥"],
        ),
    ],
)
async def test_what_was_just_set_is_changed_without_naming_it(
    tmp_path: Path, turns: tuple[tuple[str, str], ...], left: list[str]
) -> None:
    shown = await talk(tmp_path, *turns)
    assert [line.partition(". ")[2] or line.partition("— ")[2] for line in shown.splitlines()[1:]] == left or all(
        each in shown for each in left
    )
    assert ("맞춰 둔 알림이 없어요" in shown) == (not left)


@pytest.mark.parametrize(
    ("said", "answered", "listed"),
    [
        (
            "3시 회의 10분 전에 알려주고 5시 약 알려줘",
            "- 오늘 오후 2시 50분: 회의\n- 오늘 오후 5시: 약",
            ["오늘 오후 2시 50분 — 회의", "오늘 오후 5시 — 약"],
        ),
        (
            "내일 2시 치과 30분 전에 알려주고, 5시 학원 1시간 전에 알려줘",
            "- 내일 오후 1시 30분: 치과\n- 내일 오후 4시: 학원",
            ["내일 오후 1시 30분 — 치과", "내일 오후 4시 — 학원"],
        ),
        (
            "내일 7시 비행기니까 4시에 깨워주고 9시에 짐 싸라고 알려줘",
            "- 내일 오전 4시: 내일 7시 비행기\n- 내일 오전 9시: 짐 싸기",
            ["내일 오전 4시 — 내일 7시 비행기", "내일 오전 9시 — 짐 싸기"],
        ),
        (
            "매일 아침 9시 저녁 9시 약 알려줘",
            "매일 오전 9시, 오후 9시에 알려 드릴게요: 약",
            ["매일 오후 9시 — 약", "매일 오전 9시 — 약"],
        ),
        (
            "다음 주부터 매일 아침 6시에 깨워줘",
            "매일 오전 6시 (다음은 모레 오전 6시)에 알려 드릴게요.",
            ["매일 오전 6시 — 알림"],
        ),
        (
            "밤 11시 약이랑 1시 취침 알려줘",
            "- 오늘 오후 11시: 약\n- 내일 오전 1시: 취침",
            ["오늘 오후 11시 — 약", "내일 오전 1시 — 취침"],
        ),
        (
            "내일 밤 11시에 약 먹으라고 알려주고 2시에 깨워줘",
            "- 내일 오후 11시: 약 먹기\n- 모레 오전 2시: 알림",
            ["내일 오후 11시 — 약 먹기", "모레 오전 2시 — 알림"],
        ),
        (
            "매주 월요일 9시 회의랑 수요일 10시 운동 알려줘",
            "- 매주 월요일 오전 9시: 회의\n- 매주 수요일 오전 10시: 운동",
            ["매주 월요일 오전 9시 — 회의", "매주 수요일 오전 10시 — 운동"],
        ),
        (
            "매일 9시 약이랑 30일까지 매일 10시 산책 알려줘",
            "- 매일 오전 9시: 약\n- 11월 30일 월요일까지 매일 오전 10시: 산책",
            ["매일 오전 9시 — 약", "11월 30일 월요일까지 매일 오전 10시 — 산책"],
        ),
        (
            "매일 아침 8시에 약 먹으라고 알려줘 일주일 동안",
            "11월 28일 토요일까지 매일 오전 8시에 알려 드릴게요: 약 먹기",
            ["11월 28일 토요일까지 매일 오전 8시 — 약 먹기"],
        ),
        (
            "밤 11시랑 12시에 약 먹으라고 알려줘 금요일까지",
            "11월 27일 금요일까지 매일 오후 11시, 11월 28일 토요일까지 매일 오전 12시에 알려 드릴게요: 약 먹기",
            ["11월 27일 금요일까지 매일 오후 11시 — 약 먹기", "11월 28일 토요일까지 매일 오전 12시 — 약 먹기"],
        ),
    ],
)
async def test_each_part_of_a_message_is_understood_as_it_would_be_alone(
    tmp_path: Path, said: str, answered: str, listed: list[str]
) -> None:
    found = await talk(tmp_path, (said, answered))
    assert [line.split(". ", 1)[1] for line in found.splitlines()[1:]] == listed


@pytest.mark.parametrize(
    ("said", "asked", "answer", "listed"),
    [
        (
            "11월 30일이랑 31일 9시에 월세 알려줘",
            "11월 30일 월요일 오전 9시에 알려 드릴게요: 월세\n11월 31일: 그런 때는 없거나",
            "12월 1일 9시",
            ["11월 30일 월요일 오전 9시 — 월세", "12월 1일 화요일 오전 9시 — 월세"],
        ),
        (
            "12월 1일 10시랑 11월 31일 9시에 병원 가라고 알려줘",
            "12월 1일 화요일 오전 10시에 알려 드릴게요: 병원 가기\n11월 31일: 그런 때는 없거나",
            "12월 2일 9시",
            ["12월 1일 화요일 오전 10시 — 병원 가기", "12월 2일 수요일 오전 9시 — 병원 가기"],
        ),
        (
            "11월 30일 9시 회의랑 31일 10시 병원 알려줘",
            "오전 9시에 알려 드릴게요: 회의\n11월 31일: 그런 때는 없거나",
            "12월 1일 10시",
            ["11월 30일 월요일 오전 9시 — 회의", "12월 1일 화요일 오전 10시 — 병원"],
        ),
        (
            "내일 9시 약이랑 매일 10시에 30일까지 보고서 내라고 알려줘",
            "내일 오전 9시에 알려 드릴게요: 약\n“30일까지”: 그렇게 정한 반복은",
            "매일 10시",
            ["내일 오전 9시 — 약", "매일 오전 10시 — 30일까지 보고서 내기"],
        ),
        (
            "5분이랑 10분 뒤에 약 알려줘",
            "“5분이랑”: 그 때를 제가 잘 모르겠어요",
            "내일 10시",
            ["내일 오전 10시 — 약"],
        ),
        (
            "내일 25시 약이랑 10시 회의 알려줘",
            "“25시”: 그 때를 제가 잘 모르겠어요",
            "내일 10시",
            ["내일 오전 10시 — 약이랑 회의"],
        ),
    ],
)
async def test_what_is_sure_is_set_and_the_rest_is_asked_for(
    tmp_path: Path, said: str, asked: str, answer: str, listed: list[str]
) -> None:
    found = await talk(tmp_path, (said, asked), (answer, "알려 드릴게요"))
    assert [line.split(". ", 1)[1] for line in found.splitlines()[1:]] == listed


@pytest.mark.parametrize(
    ("turns", "listed"),
    [
        (
            (("내일 9시랑 10시에 약 알려줘", "약"), ("둘 다 30분 미뤄줘", "내일 오전 10시 30분 — 약")),
            ["내일 오전 9시 30분 — 약", "내일 오전 10시 30분 — 약"],
        ),
        (
            (("내일 9시 회의, 10시 병원 알려줘", "병원"), ("전부 1시간 뒤로", "바꿨어요:\n- 내일 오전 10시 — 회의")),
            ["내일 오전 10시 — 회의", "내일 오전 11시 — 병원"],
        ),
        (
            (("내일 9시 회의, 10시 병원 알려줘", "병원"), ("두 개 다 모레로", "모레 오전 10시 — 병원")),
            ["모레 오전 9시 — 회의", "모레 오전 10시 — 병원"],
        ),
        # what was set before stays
        (
            (
                ("모레 7시 조깅 알려줘", "조깅"),
                ("내일 9시 회의, 10시 병원 알려줘", "병원"),
                ("둘 다 취소해줘", "2개를 취소했어요"),
            ),
            ["모레 오전 7시 — 조깅"],
        ),
        (
            (
                ("모레 7시 조깅 알려줘", "조깅"),
                ("내일 9시 회의, 10시 병원 알려줘", "병원"),
                ("알림 목록", "3. "),
                ("둘 다 취소해줘", "어느 것을 취소할까요?"),
            ),
            ["내일 오전 9시 — 회의", "내일 오전 10시 — 병원", "모레 오전 7시 — 조깅"],
        ),
        (
            (("내일 9시 회의, 10시 병원 알려줘", "병원"), ("둘 다 취소하지 마", "답: ")),
            ["내일 오전 9시 — 회의", "내일 오전 10시 — 병원"],
        ),
        (
            (
                ("모레 7시 조깅 알려줘", "조깅"),
                ("내일 9시 회의 알려줘", "회의"),
                ("알림 둘 다 30분 미뤄줘", "바꿨어요:"),
            ),
            ["내일 오전 9시 30분 — 회의", "모레 오전 7시 30분 — 조깅"],
        ),
        (
            (("내일 9시 회의 알려줘", "회의"), ("알림 전부 30분 미루지 마", "답: ")),
            ["내일 오전 9시 — 회의"],
        ),
        (
            (("내일 9시 약 알려줘", "약"), ("아니 화요일", "11월 24일 화요일 오전 9시")),
            ["11월 24일 화요일 오전 9시 — 약"],
        ),
        ((("내일 9시 약 알려줘", "약"), ("아니 화요일이야", "화요일 오전 9시")), ["11월 24일 화요일 오전 9시 — 약"]),
        (
            (("내일 9시 약 알려줘", "약"), ("날짜를 화요일로 바꿔줘", "화요일 오전 9시")),
            ["11월 24일 화요일 오전 9시 — 약"],
        ),
        ((("내일 9시 약 알려줘", "약"), ("하루만 미뤄줘", "모레 오전 9시")), ["모레 오전 9시 — 약"]),
        (
            (("내일 9시 약 알려줘", "약"), ("10시로", "내일 오전 10시"), ("아니 11시로", "내일 오전 11시")),
            ["내일 오전 11시 — 약"],
        ),
        (
            (
                ("금요일까지 매일 9시 약 알려줘", "11월 27일 금요일까지 매일 오전 9시"),
                ("10시로 옮겨줘", "11월 27일 금요일까지 매일 오전 10시"),
                ("아니 다음 주까지", "11월 29일 일요일까지 매일 오전 10시"),
            ),
            ["11월 29일 일요일까지 매일 오전 10시 — 약"],
        ),
        (
            (("5분이랑 10분 타이머", "2개를 시작했어요"), ("둘 다 1분 늘려줘", "바꿨어요:\n- 타이머 — 6분 남음")),
            ["타이머 — 6분 남음", "타이머 — 11분 남음"],
        ),
        ((("내일 9시 약 알려줘", "약"), ("금요일까지만", "언제로 바꿀까요?")), ["내일 오전 9시 — 약"]),
    ],
)
async def test_all_that_was_just_set_is_changed_together(
    tmp_path: Path, turns: tuple[tuple[str, str], ...], listed: list[str]
) -> None:
    found = await talk(tmp_path, *turns)
    assert [line.split(". ", 1)[1] for line in found.splitlines()[1:]] == listed


@pytest.mark.parametrize(
    ("said", "listed"),
    [
        ("타이머 5분이랑 10분", ["타이머 — 5분 남음", "타이머 — 10분 남음"]),
        ("라면 3분이랑 계란 7분 타이머", ["타이머 라면 — 3분 남음", "타이머 계란 — 7분 남음"]),
        ("3분 5분 10분 타이머 맞춰줘", ["타이머 — 3분 남음", "타이머 — 5분 남음", "타이머 — 10분 남음"]),
        ("사과 3분, 계란 7분 타이머", ["타이머 사과 — 3분 남음", "타이머 계란 — 7분 남음"]),
        ("타이머 3분 타이머 5분", ["타이머 — 3분 남음", "타이머 — 5분 남음"]),
        ("5분 타이머 하나랑 10분 타이머 하나 켜줘", ["타이머 — 5분 남음", "타이머 — 10분 남음"]),
        ("라면 3분, 계란 7분 타이머", ["타이머 라면 — 3분 남음", "타이머 계란 — 7분 남음"]),
        ("파스타 8분 소스 15분 타이머 켜줘", ["타이머 파스타 — 8분 남음", "타이머 소스 — 15분 남음"]),
        ("10분 타이머 두 개", ["타이머 — 10분 남음", "타이머 — 10분 남음"]),
        ("타이머 3분짜리 2개 켜줘", ["타이머 — 3분 남음", "타이머 — 3분 남음"]),
    ],
)
async def test_several_timers_are_started_at_once(tmp_path: Path, said: str, listed: list[str]) -> None:
    found = await talk(tmp_path, (said, f"타이머 {len(listed)}개를 시작했어요"))
    assert [line.split(". ", 1)[1] for line in found.splitlines()[1:]] == listed


@pytest.mark.parametrize("said", ["계란 두 개 7분 타이머", "5분 쉬고 25분 타이머", "10분 타이머 한 개"])
async def test_one_length_is_one_timer(tmp_path: Path, said: str) -> None:
    await talk(tmp_path, (said, "타이머를 시작했어요"))


@pytest.mark.parametrize("said", ["25분 집중 5분 휴식 타이머", "타이머 25분 집중 5분 휴식"])
def test_what_a_length_is_for_may_stand_behind_it(said: str) -> None:
    assert timer.several(said, SATURDAY) == []


def test_a_long_text_is_no_list_of_timers() -> None:
    assert timer.several("3분, " * 1300, SATURDAY) == []


async def test_a_second_wish_in_doubt_is_named_beside_the_question(tmp_path: Path) -> None:
    said = "내일 9시나 10시에 병원, 모레 3시나 4시에 은행 알려줘"
    named = "이것은 그다음에 다시 말씀해 주세요: “모레 3시나 4시에 은행 알려줘”"
    await talk(tmp_path, (said, f"둘 중 언제 알려 드릴까요?\n{named}"))


def test_where_a_repeat_ends_is_looked_for_quickly() -> None:
    started = clocks.process_time()
    for _ in range(10):
        assert remind._OPEN.search("까지" * 2000) is None
    assert clocks.process_time() - started < 1


@pytest.mark.parametrize(("said", "length"), [("타이머 1시간 30분", "1시간 30분"), ("타이머 3분하고 30초", "3분 30초")])
async def test_a_length_in_two_units_is_one_timer(tmp_path: Path, said: str, length: str) -> None:
    await talk(tmp_path, (said, f"{length} 타이머를 시작했어요"))


async def test_a_repeat_that_ends_is_told_to_its_last_day_and_exported_with_it(tmp_path: Path) -> None:
    stage, hands = Stage(length=2000), Hands(SATURDAY)
    async with on_stage(tmp_path, stage, Script(), clock=hands):
        await says(stage, "월요일까지 매일 9시에 약 알려줘", "모레까지 매일 오전 9시에")
        exported = await says(stage, "/mydata export", '"reminders"')
        assert '"until": "2026-11-23"' in exported.replace("\\", "")
        for _ in range(2):
            told = len(stage.texts()) + 1
            hands.at += timedelta(days=1)
            await stage.until(partial(_has_told, stage, told))
        await says(stage, "알림 목록", "맞춰 둔 알림이 없어요")


def _has_told(stage: Stage, count: int) -> bool:
    return len(stage.texts()) == count and "약" in stage.texts()[-1]


async def test_a_word_that_ends_an_answer_is_no_afterthought(tmp_path: Path) -> None:
    await talk(tmp_path, ("내일 9시에 약 알려줘", "약"), ("그만", "쓰고 있는 답이 없어요"))
