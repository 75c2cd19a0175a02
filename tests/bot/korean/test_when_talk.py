"""What only sounds like a time stays talk, and no text breaks the reader."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.korean.when import When, moment, read

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Asia/Seoul"))


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            " ",
            "안녕",
            "세상",
            "다시 해 봐",
            "몇 시야",
            "몇 분 뒤",
            "지금 몇 시",
            "두 분 오셨어요",
            "이 분이야",
            "오분",
        ],
        *["일이 많아", "이일", "주말농장", "주말부부", "매일유업 주가", "삼일절", "월급", "시월드", "월요병", "오늘날"],
        *[
            "모래",
            "보름달",
            "역시",
            "동시에",
            "수시로",
            "잠시 후",
            "일시",
            "십시일반",
            "한시도 못 참아",
            "이시간",
            "이시국",
        ],
        *[
            "돈을 낼 수 있어",
            "낼 사람",
            "화낼 거야",
            "그제야 알았어",
            "하루 아침에",
            "하루 종일",
            "하루",
            "이달의 소녀",
        ],
        *[
            "아침 먹었어?",
            "점심 뭐 먹지",
            "저녁은 먹었니",
            "밤새 게임",
            "자정작용",
            "다음 주제",
            "다음 주문",
            "이번 주가 어때",
        ],
        *["3일 밤낮", "3일 밤을 새웠어"],
        *[
            "3박4일 여행",
            "3일째",
            "2일차",
            "3일 만에",
            "3일 됐어",
            "헤어진지 8일",
            "3일 밤낮",
            "3일 밤을 새웠어",
            "100일",
            "5일장",
            "3월생",
            "10월호",
        ],
        *[
            "3분기 실적",
            "3분카레",
            "5시리즈",
            "5분 전",
            "한 시간 전에",
            "30분째",
            "5분마다",
            "3분의 1",
            "10분의 1",
            "2주",
            "삼성전자 2주",
        ],
        *["7시야", "7시에요", "7시예요", "7시인데", "월", "월화", "화목한 가정", "주 3회", "1일 1식"],
        *[
            "13월 40일",
            "2월 30일",
            "4월 31일",
            "2026년 2월 29일",
            "0월 0일",
            "32일",
            "25시",
            "7시 75분",
            "24시 30분",
            "99:99",
        ],
        *["오전 15시", "아침 3시", "새벽 9시", "이번 달 31일", "음력 13월 1일", "13/40", "2026-13-01", "음력 8월 31일"],
        *[
            "1/2",
            "3/4 컵",
            "24/7",
            "3:0",
            "010-1234-5678",
            "192.168.0.1",
            "버전 22.8.1",
            "3~5일",
            "9~18시",
            "1,2일",
            "제3시",
        ],
        *[
            "3월 셋째 주",
            "100년 뒤에",
            "99999999999시간 뒤",
            "http://a.kr/12-25",
            "a7시",
            "고3",
            "갤럭시S25",
            "iPhone 7",
        ],
    ],
)
def test_this_is_no_time(text: str) -> None:
    assert read(text, NOW) == (None, text)


WORDS = (
    "오늘 내일 모레 낼 어제 이번 다음 담 지난 주 달 주말 월요일 월욜 요일 월 화 수 일 년 시 분 초 반 시간 전 뒤 후 "
    "마다 매일 매주 매달 매년 격주 평일 말일 음력 12 7 30 25 2 31 99 0 1.5 : / - . 한 두 세 열 이십 오전 저녁 밤 "
    "새벽 아침 정오 자정 에 까지 부터 의 깨워줘 우유 날씨 하루 이틀 보름 동안 정각 첫째 내년 2026년 am"
)
SENTENCES = st.lists(
    st.tuples(st.sampled_from(WORDS.split()), st.sampled_from(["", " ", "  "])).map("".join), max_size=12
).map("".join)


@settings(max_examples=500)
@given(SENTENCES | st.text())
def test_any_text_is_read_and_nothing_is_added(text: str) -> None:
    when, rest = read(text, NOW)
    assert len(rest) <= len(text)
    assert when is None or when.after is None or when.after.total_seconds() >= 0
    assert when != When()
    if when is None:
        assert rest == text


@settings(max_examples=500)
@given(
    SENTENCES,
    st.datetimes(datetime(2000, 1, 1), datetime(2049, 1, 1)),
    st.sampled_from(["Asia/Seoul", "Europe/Berlin", "America/New_York", "UTC"]),
)
def test_every_moment_lies_ahead_or_is_refused(text: str, at: datetime, zone: str) -> None:
    now = at.replace(tzinfo=ZoneInfo(zone))
    when, _ = read(text, now)
    if when is None:
        return
    with suppress(ValueError):  # over, or beyond the lunar tables
        assert moment(when, now).timestamp() >= now.timestamp()


@pytest.mark.parametrize(
    "text", ["내일", "3일 ", "월", "열", "1", "매주 월 ", "오늘 ", " ", "12월", "오전 ", "2026-", "한 시간 ", "월,"]
)
def test_a_long_text_is_read_quickly(text: str) -> None:
    started = time.perf_counter()
    read(text * (4096 // len(text)), NOW)
    assert time.perf_counter() - started < 1
