"""Which conversion a sentence asks for, and whether it asks for nothing else."""

from __future__ import annotations

import pytest

from bot.korean.conversions import is_all_there_is, wanted
from bot.korean.units import convert


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
        ("1Gbps면 초당 몇 기가바이트야", ("1Gbps", "초당기가바이트")),
        ("시속 36킬로면 초당 몇 미터야", ("시속 36킬로", "초속미터")),
        ("초당 몇 미터야 시속 36킬로면", ("시속 36킬로", "초속미터")),
        ("시속 36킬로미터는 초속 몇 미터야", ("시속 36킬로미터", "초속미터")),
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


def test_a_speed_told_by_the_hour_is_told_by_the_second() -> None:
    assert convert("시속 36킬로", "초속미터") == pytest.approx(10)


@pytest.mark.parametrize(
    "text",
    [
        "오븐 350F로 예열하라는데 섭씨 몇 도야",
        "미국 레시피에 350F라는데 오븐 몇도로 해야 돼",
        "키 6피트 2인치라는데 몇 센티야 저 사람",
        "오븐 350℉로 예열하라는데 섭씨 온도로 알려줘",
        "십 마일이면 몇 킬로인 거지",
    ],
)
def test_two_units_alone_are_a_conversion(text: str) -> None:
    assert is_all_there_is(text)


@pytest.mark.parametrize(
    "text",
    [
        "30분씩 4번이면 몇 시간이야",
        "하루 30분씩 일주일이면 몇 시간이야",
        "영상 30분짜리 10개면 몇 시간이야",
        "3시간 중에 40분 지났으면 몇 분 남았어",
        "2시간 반짜리 영화 두 편 보면 몇 분이야",
        "1주일에 3번 30분이면 한달에 몇 시간이야",
        "물 2리터를 500미리 컵에 따르면 몇 컵이야",
        "우유 500미리 여섯 팩이면 몇 리터야",
        "이틀이면 몇 시간이나 자야 돼",
        "100키로 나가는데 몇 파운드 빼야 돼",
        "우리 100일이 몇 주 남았어",
        "키 180센티를 피트로 바꿔서 영어 자기소개 써줘",
        "섭씨와 화씨 변환 코드 짜줘 100도를 화씨로",
    ],
)
def test_what_else_is_asked_for_makes_it_none(text: str) -> None:
    assert not is_all_there_is(text)
