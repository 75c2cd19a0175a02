"""Amounts and units as Koreans write them."""

from __future__ import annotations

import pytest

from bot.korean.units import convert, in_korean_cups, wanted


@pytest.mark.parametrize(
    ("amount", "unit", "value"),
    [
        ("34평", "제곱미터", 34 * 400 / 121),
        ("84㎡", "평", 84 * 121 / 400),
        ("10마일", "킬로", 16.09344),
        ("150파운드", "kg", 68.0388555),
        ("두 근", "그램", 1200),
        ("한 돈", "그램", 3.75),
        ("6피트 2인치", "센티", 187.96),
        ("화씨 100도", "섭씨", 37.7777778),
        ("섭씨36.5도", "화씨로", 97.7),
        ("영하 40도씨", "화씨", -40),
        ("시속 60마일", "시속 킬로", 96.56064),
        ("2기가", "메가", 2000),
        ("3갤런", "리터", 11.356235),
        ("삼십 평", "헤베", 30 * 400 / 121),
        ("만 미터", "km", 10),
        ("2컵반", "ml", 2.5 * 236.588236),
        ("세 근 반", "그램", 2100),
        ("84.97제곱미터", "평수", 84.97 * 121 / 400),
        ("육백 평", "제곱메타", 600 * 400 / 121),
        ("시속 100km", "초속", 100 / 3.6),
        ("초속 10m", "시속", 36),
        ("3자 6치", "센치", 360 / 3.3),
        ("2시간 45분", "분", 165),
        ("500kcal", "줄", 2_092_000),
        ("200마력", "kW", 147.09975),
        ("1013hPa", "mmHg", 759.8125),
    ],
)
def test_an_amount_is_converted(amount: str, unit: str, value: float) -> None:
    assert convert(amount, unit) == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize(
    ("amount", "unit"),
    [
        ("34평", "리터"),
        ("반", "평"),
        ("두 컵 반의반", "리터"),
        ("5 몰라", "평"),
        ("", "평"),
        ("평", "평"),
        ("10마일", ""),
        ("10마일", "사과"),
    ],
)
def test_what_means_nothing_is_none(amount: str, unit: str) -> None:
    assert convert(amount, unit) is None


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("야드 150 미터로 바꿔줘", ("150야드", "미터")),
        ("켈빈 300은 섭씨 몇도", ("300켈빈", "섭씨")),
        ("센티를 인치로 바꿔줄래? 175야", ("175센티", "인치")),
        ("5 feet 7 inch 센티미터 얼마예요?", ("5 feet7 inch", "센티미터")),
        ("섭씨 180도 화씨로 변환", ("섭씨 180도", "화씨")),
        ("5피트 9인치면 키 몇임", ("5피트9인치", "센티미터")),
        ("미국 레시피에 350F라는데 오븐 몇도로 해야 돼", ("350F", "섭씨")),
        ("십 마일이 몇 킬로미터인지", ("10 마일", "킬로미터")),
        ("하루는 몇 초야", ("1일", "초")),
        ("72시간 며칠인지", ("72시간", "일")),
        ("3갤런=?리터", ("3갤런", "리터")),
        ("고구마 열관이면 몇 킬로지?", ("10관", "킬로")),
        ("절대온도 300K 섭씨로 몇도", ("300K", "섭씨")),
        ("인터넷 500Mbps면 초당 몇 메가바이트지", ("500Mbps", "초당메가바이트")),
    ],
)
def test_what_a_sentence_wants_converted(text: str, asked: tuple[str, str]) -> None:
    assert wanted(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "키 172 피트로 바꿔줘",
        "마일당 8분 30초면 키로당 몇분 페이스임?",
        "쌀 한 되가 몇 키로유",
        "이 컵이 몇 밀리리터냐",
        "3시간 반은 몇 분",
    ],
)
def test_what_is_no_plain_conversion_is_left(text: str) -> None:
    assert wanted(text) is None


def test_cups_are_told_by_the_korean_measure_as_well() -> None:
    assert in_korean_cups("1리터", "컵") == pytest.approx(5)
    assert in_korean_cups("2컵", "ml") == pytest.approx(400)
    assert in_korean_cups("1리터", "ml") is None
    assert in_korean_cups("2컵", "그램") is None
