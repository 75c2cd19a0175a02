"""What is asked of the world outside, and what is told: with source and time, and honestly where nobody knows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import SourceBusy, SourceError
from bot.messages import Attachment, Call
from tests.outside import Outside
from tests.stage import Hands, Script, Stage, on_stage

SATURDAY = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)  # 10:00 in Seoul


@pytest.fixture
def hands() -> Hands:
    return Hands(SATURDAY)


@pytest.fixture
def outside(hands: Hands) -> Outside:
    return Outside(hands)


@pytest.fixture
async def stage(tmp_path: Path, hands: Hands, outside: Outside) -> AsyncIterator[Stage]:
    """A stage with the bot on it; no question about the world outside reaches the model."""
    model, stage = Script(), Stage(length=2000)
    async with on_stage(tmp_path, stage, model, clock=hands, surround=outside.surround):
        yield stage
    assert model.prompts == []


async def told(stage: Stage, said: str) -> str:
    """What is answered to this."""
    before = len(stage.texts())
    await stage.say(said)
    return await _next(stage, before)


async def pressed(stage: Stage, label: str) -> str:
    before = len(stage.texts())
    await stage.press(stage.last(), label)
    return await _next(stage, before)


async def _next(stage: Stage, before: int) -> str:
    await stage.until(lambda: len(stage.texts()) > before and not stage.unfinished("home"))
    return stage.texts()[-1]


def labels(stage: Stage) -> list[str]:
    return [button.label for button in stage.last().body.buttons]


# ---- weather -------------------------------------------------------------------------------------


async def test_weather_is_told_with_the_air_its_source_and_its_time(stage: Stage, outside: Outside) -> None:
    assert await told(stage, "고잔동 날씨 어때?") == "\n".join(
        [
            "안산시 단원구 고잔동은 지금 3°C (체감 1°C), 맑음. 습도 41%, 바람 2 m/s",
            "오늘: 맑음, 0~5°C, 비 올 확률 10%",
            "미세먼지 나쁨 (81㎍/㎥), 초미세먼지 좋음 (12㎍/㎥)",
            "기상대, 오전 10시 기준",
        ]
    )
    assert {question[0] for question in outside.asked} == {"weather", "air"}


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("인천 고잔동 날씨 어때?", "인천 남동구"),
        ("전북특별자치도 날씨", "전북특별자치도"),
        ("전라북도 날씨", "전북특별자치도"),
        ("강원도 날씨", "강원특별자치도"),
        ("도쿄 날씨 어때?", "도쿄"),
        ("/weather 서울", "서울특별시"),
    ],
)
async def test_the_place_is_the_one_that_was_named(stage: Stage, said: str, place: str) -> None:
    assert place in (await told(stage, said)).splitlines()[0]


async def test_abroad_it_is_asked_in_the_zone_of_that_place(stage: Stage, outside: Outside) -> None:
    await told(stage, "도쿄 날씨")
    assert outside.asked[0] == ("weather", 35.68, 139.69, "Asia/Tokyo")


async def test_a_name_of_several_places_is_asked_about_with_buttons(stage: Stage) -> None:
    assert await told(stage, "내일 중구 날씨") == "중구가 여러 곳이에요. 어느 곳인가요?"
    assert labels(stage) == ["서울 중구", "부산 중구", "대구 중구", "인천 중구", "대전 중구", "울산 중구"]
    chosen = await pressed(stage, "대구 중구")
    assert chosen.splitlines()[:2] == ["대구 중구 날씨예요.", "내일: 맑음, 1~6°C, 비 올 확률 10%"]


@pytest.mark.parametrize("said", ["3", "3번", "대구 중구"])
async def test_one_of_several_places_can_be_picked_by_writing(stage: Stage, said: str) -> None:
    await told(stage, "중구 날씨")
    assert "대구 중구는 지금" in await told(stage, said)


async def test_without_a_place_it_is_asked_for_and_answered(stage: Stage) -> None:
    assert "어느 곳의 날씨" in await told(stage, "내일 날씨")
    assert (await told(stage, "고잔동")).startswith("안산시 단원구 고잔동 날씨예요.\n내일:")


@pytest.mark.parametrize("place", ["수원", "도쿄"])
async def test_a_place_kept_by_its_button_is_the_one_meant_from_then_on(stage: Stage, place: str) -> None:
    await told(stage, f"{place} 날씨")
    assert "내 지역" in await pressed(stage, "📍 여기를 내 지역으로")
    assert place in await told(stage, "날씨 어때?")
    assert labels(stage) == []


async def test_a_place_that_nobody_knows_is_asked_about(stage: Stage, outside: Outside) -> None:
    assert (
        await told(stage, "/weather 무릉도원") == "“무릉도원”이 어디인지 모르겠어요. 시, 구, 동 이름으로 말해 주세요."
    )
    assert outside.asked == []
    assert (await told(stage, "부산")).startswith("부산광역시는 지금")


async def test_a_location_that_was_sent_is_told_about(stage: Stage, outside: Outside) -> None:
    await stage.say("", attachments=(Attachment("location", (37.318712, 126.838321)),))
    await stage.until(lambda: stage.texts() and stage.texts()[-1].startswith("보내 주신 곳은 지금 3°C"))
    assert outside.asked[0] == ("weather", 37.32, 126.84, "Asia/Seoul"), "nobody hears where exactly somebody is"


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("수원 내일 날씨", ["내일"]),
        ("수원 모레 날씨", ["모레"]),
        ("수원 이번 주말 날씨", ["오늘", "내일"]),  # it is Saturday
        ("수원 월요일 날씨", ["모레"]),
        ("수원 3일 뒤 날씨", ["11월 24일 화요일"]),
        ("수원 내일이랑 모레 저녁 7시에 비 와?", ["내일", "모레"]),
    ],
)
async def test_the_days_are_those_that_were_asked_about(stage: Stage, said: str, days: list[str]) -> None:
    lines = (await told(stage, said)).splitlines()
    assert [line.split(":")[0] for line in lines if "~" in line] == days


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("뉴욕 날씨", ["오늘: 맑음, 0~5°C, 비 올 확률 10%"]),
        ("뉴욕 내일 날씨", ["내일: 맑음, 1~6°C, 비 올 확률 10%"]),
        (
            "뉴욕 이번 주말 날씨",
            ["내일: 맑음, 1~6°C, 비 올 확률 10%", "모레: 비, 2~7°C, 비 올 확률 80%"],
        ),
    ],
)
async def test_abroad_today_is_the_day_that_it_is_there(stage: Stage, said: str, lines: list[str]) -> None:
    """In New York it is still Friday, 8 pm."""
    assert [line for line in (await told(stage, said)).splitlines() if "~" in line] == lines


async def test_a_location_that_was_sent_has_the_days_of_the_chat_s_time_zone(stage: Stage, outside: Outside) -> None:
    await told(stage, "/settings 시간대 America/New_York")
    await stage.say("", attachments=(Attachment("location", (40.71, -74.01)),))
    await stage.until(lambda: stage.texts()[-1].startswith("보내 주신 곳은 지금"))
    assert outside.asked[0] == ("weather", 40.71, -74.01, "America/New_York")
    assert "오늘: 맑음, 0~5°C" in stage.texts()[-1]


async def test_the_week_has_seven_lines(stage: Stage) -> None:
    lines = (await told(stage, "수원 이번 주 날씨")).splitlines()
    assert [line.split(":")[0] for line in lines if "~" in line] == ["오늘", "내일"], "the week ends on Sunday"
    lines = (await told(stage, "수원 주간 날씨")).splitlines()
    assert len([line for line in lines if "~" in line]) == 7


async def test_what_lies_too_far_ahead_is_said_to_be_unknown(stage: Stage) -> None:
    assert "7일까지의 날씨만" in await told(stage, "수원 다음 달 1일 날씨")


async def test_dust_comes_first_when_dust_was_asked_about(stage: Stage) -> None:
    answer = await told(stage, "수원 미세먼지 어때?")
    assert answer.splitlines()[0] == "수원시: 미세먼지 나쁨 (81㎍/㎥), 초미세먼지 좋음 (12㎍/㎥)"
    assert answer.count("미세먼지 나쁨") == 1


async def test_dust_that_the_source_does_not_know_is_said_to_be_unknown(stage: Stage, outside: Outside) -> None:
    outside.knows_air = False
    assert "미세먼지는 지금 알 수 없어요." in await told(stage, "수원 미세먼지 어때?")
    assert "미세먼지" not in await told(stage, "부산 날씨 어때?")


# ---- trouble -------------------------------------------------------------------------------------

DOWN = SourceError("기상대", "doesn't answer")
BUSY = SourceBusy("기상대", 60)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("수원 날씨", "지금은 수원시 날씨를 알아볼 수 없어요."),
        ("달러 환율", "지금은 미국 달러와 원 사이의 환율을 알아볼 수 없어요."),
        ("삼성전자 주가", "지금은 삼성전자 주가를 알아볼 수 없어요."),
    ],
)
async def test_a_source_that_fails_gives_one_honest_sentence(
    stage: Stage, outside: Outside, said: str, sentence: str
) -> None:
    outside.fault = DOWN
    answer = await told(stage, said)
    assert answer.startswith(sentence)
    assert "\n" not in answer


@pytest.mark.parametrize("said", ["수원 날씨", "달러 환율", "삼성전자 주가"])
async def test_a_source_that_has_too_many_questions_is_not_called_dead(
    stage: Stage, outside: Outside, said: str
) -> None:
    outside.fault = BUSY
    assert await told(stage, said) == "기상대에 물어보는 사람이 지금 너무 많대요. 조금 뒤에 다시 물어봐 주세요."


@pytest.mark.parametrize("fault", [DOWN, BUSY], ids=["down", "429"])
@pytest.mark.parametrize(
    ("said", "known"), [("수원 날씨", "지금 3°C"), ("달러 환율", "1,398.5"), ("삼성전자 주가", "71,500원")]
)
async def test_what_was_known_last_is_told_with_its_age(
    stage: Stage, outside: Outside, hands: Hands, said: str, known: str, fault: SourceError
) -> None:
    assert known in await told(stage, said)
    hands.at += timedelta(hours=2, minutes=5)
    outside.fault = fault
    first, second, *_ = (await told(stage, said)).splitlines()
    assert first == "지금은 새로 알아볼 수 없어서 2시간 5분 전에 본 것을 알려 드려요."
    assert known in second


async def test_a_source_that_is_busy_is_left_alone_as_long_as_it_said(
    stage: Stage, outside: Outside, hands: Hands
) -> None:
    outside.fault = BUSY
    await told(stage, "달러 환율")
    outside.fault = None
    hands.at += timedelta(seconds=59)
    assert "너무 많대요" in await told(stage, "엔 환율")
    assert len(outside.asked) == 1
    hands.at += timedelta(seconds=2)
    assert "921.23" in await told(stage, "엔 환율")


# ---- rates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("달러 환율", "1 미국 달러는 1,398.5원이에요."),
        ("100달러 한국돈으로 얼마야", "100 미국 달러는 139,850원이에요."),
        ("만 엔이면 원화로 얼마나 되나요", "10,000 일본 엔은 92,123원이에요."),
        ("30만원이면 몇 엔이야?", "300,000원은 32,565 일본 엔이에요."),
        ("엔화 환율 알려줘", "100 일본 엔은 921.23원이에요."),
        ("오늘 환율 얼마예요?", "1 미국 달러는 1,398.5원이에요."),
        ("엔 2만 원으로", "20,000 일본 엔은 184,246원이에요."),
    ],
)
async def test_money_is_converted_and_the_day_and_source_are_named(stage: Stage, said: str, answer: str) -> None:
    assert await told(stage, said) == f"{answer}\n중앙은행, 2026년 11월 20일 금요일 기준"


@pytest.mark.parametrize(
    ("said", "base", "quote"),
    [
        ("원달러 환율", "USD", "KRW"),
        ("원엔 환율", "JPY", "KRW"),
        ("엔달러 환율", "USD", "JPY"),
        ("달러/엔 환율", "USD", "JPY"),
        ("유로 달러 환율 알려줘", "EUR", "USD"),
        ("달러를 유로로 환율", "USD", "EUR"),
        ("유로를 달러로 환율", "EUR", "USD"),
        ("호주 100달러 얼마야", "AUD", "KRW"),
        ("100캐나다달러 얼마야", "CAD", "KRW"),
        ("멕시코 50페소 얼마야", "MXN", "KRW"),
        ("베트남 돈 만 동 얼마야", "VND", "KRW"),
        ("태국 돈 100바트 얼마야", "THB", "KRW"),
        ("100만원을 엔으로", "KRW", "JPY"),
        ("만원을 엔으로", "KRW", "JPY"),
        ("100달러를 엔으로", "USD", "JPY"),
        ("엔으로 100달러", "USD", "JPY"),
        ("엔 1000", "JPY", "KRW"),
        ("페소 100", "PHP", "KRW"),
        ("덴마크 크로네 899짜리 의자 원으로 얼마임", "DKK", "KRW"),
        ("USD 100", "USD", "KRW"),
        ("1달라", "USD", "KRW"),
        ("$50", "USD", "KRW"),
        ("¥1000", "JPY", "KRW"),
    ],
)
async def test_the_rate_is_that_of_the_two_currencies_meant(
    stage: Stage, outside: Outside, said: str, base: str, quote: str
) -> None:
    await told(stage, said)
    assert outside.asked == [("rate", base, quote)]


async def test_a_currency_that_is_none_of_ours_is_not_told_as_the_dollar(stage: Stage, outside: Outside) -> None:
    assert "어느 나라 돈인지 모르겠어요" in await told(stage, "튀니지 디나르 환율")
    assert outside.asked == []


@pytest.mark.parametrize("said", ["비트코인 얼마", "비트코인 환율", "이더리움 시세 알려줘"])
async def test_of_coins_no_price_is_told(stage: Stage, outside: Outside, said: str) -> None:
    assert await told(stage, said) == "가상 화폐의 시세는 알려 드리지 못해요."
    assert outside.asked == []


async def test_a_currency_without_a_rate_is_said_to_have_none(stage: Stage) -> None:
    assert "그 통화가 없거나" in await told(stage, "루블 환율")


# ---- stocks --------------------------------------------------------------------------------------


async def test_a_price_is_told_with_its_change_its_source_and_its_day(stage: Stage) -> None:
    assert (
        await told(stage, "삼성전자 주가 알려줘")
        == "삼성전자: 71,500원 ▼ 900 (-1.24%)\n거래소, 2026년 11월 20일 금요일 기준"
    )
    assert "삼성전자: 71,500원" in await told(stage, "삼전 주식 얼마야")


async def test_a_name_of_several_companies_is_asked_about_with_buttons(stage: Stage) -> None:
    assert "어느 " in await told(stage, "/stock 카카")
    assert len(labels(stage)) > 1
    assert (await pressed(stage, "카카오")).startswith("카카오: 39,000원")


async def test_without_a_company_it_is_asked_for_and_answered(stage: Stage) -> None:
    assert await told(stage, "/stock") == "어느 회사의 주가를 알려 드릴까요?"
    assert (await told(stage, "삼성전자")).startswith("삼성전자: 71,500원")


async def test_tomorrow_s_price_is_a_joke_and_asks_nobody(stage: Stage, outside: Outside) -> None:
    assert "저를 너무 믿지 마세요!" in await told(stage, "삼성전자 주가 내일 오를까?")
    assert outside.asked == []


# ---- as options of a slash command ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (Call("weather", {"place": "고잔동", "when": "내일"}), "안산시 단원구 고잔동 날씨예요.\n내일:"),
        (Call("exchange", {"amount": "100달러"}), "100 미국 달러는 139,850원이에요."),
        (Call("exchange", {"amount": "30만원", "to": "엔"}), "300,000원은 32,565 일본 엔이에요."),
        (Call("exchange", {"currency": "엔"}), "100 일본 엔은 921.23원이에요."),
        (Call("stock", {"company": "005930"}), "삼성전자: 71,500원"),
    ],
    ids=lambda value: value.name if isinstance(value, Call) else "",
)
async def test_options_mean_what_words_mean(stage: Stage, call: Call, answer: str) -> None:
    await stage.say(f"/{call.name}", call=call)
    await stage.until(lambda: stage.texts() and stage.texts()[-1].startswith(answer))
