"""Sums that are told in a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.korean.arithmetic import expression
from bot.korean.wordsums import told


@pytest.mark.parametrize(
    ("text", "sum"),
    [
        ("더치페이 86400원 다섯 명이서 얼마씩", "86400/5"),
        ("회식비 47만6천원인데 열네 명이서 더치하면 인당 얼마", "476000/14"),
        ("사과 한 박스 32000원인데 20개면 개당 얼마꼴이여", "32000/20"),
        ("평균 내줘 88 92 75 100", "(88+92+75+100)/4"),
        ("8월 관리비 182300 9월 195400 두 개 더해주세요", "182300+195400"),
        ("영수증 합계 좀 12300 4500 8900 2700", "12300+4500+8900+2700"),
        ("부가세 10퍼 붙이면 275,000원이 얼마가 되나요", "275000*(1+10/100)"),
        ("15% 할인하면 39000원짜리 얼마야", "39000*(1-15/100)"),
        ("450만원의 3.3% 떼면 실수령 얼마", "4500000*(1-3.3/100)"),
        ("원래 54000원인데 37800원에 샀음 몇 퍼센트 깎은 거?", "(1-37800/54000)*100"),
        ("열두 명 중 아홉 명이면 몇 퍼센트야", "9/12*100"),
        ("17을 5로 나눈 나머지가 뭐임", "17%5"),
        ("시급 10030원으로 6시간 반이면 얼마 받음", "10030*6.5"),
        ("일당 13만원씩 22일이믄 얼마유", "130000*22"),
        ("백만원의 3.5프로가 얼마예요", "1000000*3.5/100"),
        ("15개 맞았는데 20개 중 몇 퍼센트야", "15/20*100"),
    ],
)
def test_sums_in_sentences(text: str, sum: str) -> None:
    assert told(text) == sum
    assert expression(sum)


@pytest.mark.parametrize(
    "text",
    [
        "5분의 3 더하기 4분의 1",
        "조의금 5만원 열두 집 10만원 여섯 집이면 모두 얼마요",
        "반지름 5인 원 넓이 계산해줘",
        "팩토리얼 6",
        "대출 2억에 연 4.2%면 한 달 이자가 얼마지 계산 부탁",
        "만원 오천원 개당 얼마",
        "사과 5개에 3000원이면 한 개에 얼마야",
        "연봉 4800만원이면 월급 얼마야",
        "10만원에서 3만5천원 쓰면 나머지 얼마야",
        "하루 5천원씩 1년 모으면 얼마야",
        "30%가 15000원이면 전체는 얼마야",
        "20% 할인해서 8000원이면 원래 얼마야",
        "부가세 포함 110000원이면 10% 부가세 빼면",
        "얼마예요",
    ],
)
def test_what_is_not_sure_is_no_sum(text: str) -> None:
    assert told(text) is None


@given(st.text(alphabet="0123456789.,% 원명개월할인더하면나누평균얼마씩합계중몇퍼센트만천", max_size=60))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    sum = told(text)
    assert sum is None or set(sum) <= set("0123456789.+-*/()%")
