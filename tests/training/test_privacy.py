"""Personal data is found however it is written, and everyday talk is left as it is."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from tests.training.made_personal import SONGYS, false_alarms, lines, recall
from training.cleaning.privacy import masked


def share(count: int, seed: int) -> float:
    figures = recall(list(lines(count, seed))).values()
    return sum(safe for safe, _ in figures) / sum(total for _, total in figures)


def test_a_thousand_made_lines_lose_their_personal_data() -> None:
    assert share(1_000, seed=5) >= 0.99


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 110))
def test_five_thousand_made_lines_lose_their_personal_data(seed: int) -> None:
    assert share(5_000, seed) >= 0.99


@pytest.mark.skipif(not SONGYS.is_file(), reason="../shared/data is not here")
def test_everyday_talk_is_left_as_it_is() -> None:
    assert false_alarms() == []


@pytest.mark.parametrize(
    "text",
    [
        "2024년 5월 1일", "2024-05-01 12:30:45", "오후 3시 30분", "1,234,567원", "하루에 3-4번 운동 2-3회",
        "100미터를 12.34초에", "서울로 7시까지", "그대로 3개 줘", "위로 10층", "1588-1234로 문의", "공일이 이삼일 걸려",
        "버전 1.2.3.4", "환율 1300원 10000엔", "로또 3 11 15 29 35 44", "1 2 3 4 5 6 7 8 9", "101동으로 와",
        "영이 이사 일구 사 오라고", "온도 25도 1000미터", "골뱅이 무침 먹고 싶다", "카페로 10명 예약", "요리 1-2인분",
        "https://example.com/a/123", "공부하면 1-2시간", "12시 3456 버스",
    ],
)  # fmt: skip
def test_numbers_that_are_nobodys_stay(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("내 번호는 010-1234-5678이야", "내 번호는 <전화번호>이야"),
        ("공일공 일이삼사 오육칠팔", "<전화번호>"),
        ("０１０－１２３４－５６７８", "<전화번호>"),
        ("민번 900101-1234567", "민번 <주민번호>"),
        ("minsu 골뱅이 네이버 닷컴", "<이메일>"),
        ("국민은행 123456-78-901234 이민수", "국민은행 <계좌번호> 이민수"),
        ("110 123 456789 신한", "<계좌번호> 신한"),
        ("카드 5234-1234-1234-1234", "카드 <카드번호>"),
        ("서울시 강남구 테헤란로 123, 101동 1203호", "<주소>"),
        ("역삼동 736-1번지", "<주소>"),
        ("래미안아파트 101-1203 입니다", "<주소> 입니다"),
        ("12가 3456 차 빼 주세요", "<차량번호> 차 빼 주세요"),
    ],
)
def test_each_kind_is_masked_by_its_name(text: str, safe: str) -> None:
    assert masked(text) == safe


def test_what_was_masked_is_counted_by_kind() -> None:
    found: Counter[str] = Counter()
    masked("010-1234-5678 02-123-4567 a.b@c.kr", found)
    assert found == {"전화번호": 2, "이메일": 1}


@pytest.mark.parametrize(
    "sign", ["1", "0", "a", "가", "가 ", "1 ", "0-", "1-", "로", "공일", "시 ", "은행", "@", "a.", "1동"]
)
def test_no_text_takes_long(sign: str) -> None:
    began = time.perf_counter()
    masked(sign * 20_000)
    assert time.perf_counter() - began < 5.0
