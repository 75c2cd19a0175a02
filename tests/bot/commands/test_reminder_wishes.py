"""Reminders as people ask for them: several at once, moved, and asked back where a day or a time will not do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

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
        ("12월 1일 10시랑 11월 31일 9시에 병원 가라고 알려줘", "11월 31일"),
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


async def test_a_word_that_ends_an_answer_is_no_afterthought(tmp_path: Path) -> None:
    await talk(tmp_path, ("내일 9시에 약 알려줘", "약"), ("그만", "쓰고 있는 답이 없어요"))
