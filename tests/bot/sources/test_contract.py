"""What every source makes of a provider that does wrong: one SourceError, in time, naming the source and the fault."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from zoneinfo import ZoneInfo

import pytest

from bot.errors import SourceBusy, SourceError
from bot.sources.datagokr import DataGoKr
from bot.sources.fetching import Web
from bot.sources.frankfurter import Frankfurter
from bot.sources.krx import KRX
from bot.sources.metno import MetNo
from bot.sources.openmeteo import OpenMeteo
from bot.sources.stocks import OwnStocks
from tests.bot.sources.provider import Clock, Provider, Says

SEOUL = ZoneInfo("Asia/Seoul")

Question = Callable[[Web, Clock, str], Awaitable[object]]
QUESTIONS: dict[str, tuple[str, Question]] = {
    "Open-Meteo.com": ("weather", lambda web, clock, url: OpenMeteo(web, clock, forecast=url).weather(37, 127, SEOUL)),
    "Open-Meteo.com ": ("air", lambda web, clock, url: OpenMeteo(web, clock, air=url).air(37, 127, SEOUL)),
    "MET Norway": ("weather", lambda web, clock, url: MetNo(web, clock, "a@b.kr", base=url).weather(37, 127, SEOUL)),
    "ECB (frankfurter.dev)": ("rate", lambda web, clock, url: Frankfurter(web, clock, base=url).rate("USD", "KRW")),
    "금융위원회 주식시세정보 (data.go.kr)": (
        "price",
        lambda web, clock, url: DataGoKr(web, clock, "key", base=url).price("005930"),
    ),
    "한국거래소 (KRX)": ("price", lambda web, clock, url: KRX(web, clock, "key", base=url).price("005930")),
    "우리 시세": ("price", lambda web, clock, url: OwnStocks(web, url + "/{code}", name="우리 시세").price("005930")),
}
FAULTS: dict[str, tuple[Says, str]] = {
    "slow": (Says(silent=True), "no answer within 0.3 s"),
    "too many": (Says(status=429, headers={"Retry-After": "90"}), "too many requests: wait 90 s"),
    "broken": (Says(status=500), "answered 500"),
    "HTML": (Says(b"<!DOCTYPE html><title>Wartung</title>"), "sent HTML or XML instead of JSON"),
    "nothing": (Says(b""), "sent nothing"),
    "cut": (Says(b'{"current": {"time": "2026-'), "sent something that isn't whole JSON"),
    "missing": (Says(b'{"hello": 1}'), "the answer lacks "),
    "another shape": (Says(b"[1, 2]"), "the answer lacks "),
    "null": (Says(b"null"), "the answer lacks "),
    "big": (Says(json.dumps(["x" * 1000] * 10_000).encode()), "sent more than 1,000,000 bytes"),
    "elsewhere": (Says(status=301, headers={"Location": "http://127.0.0.1:1/"}), "points elsewhere (301)"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", QUESTIONS)
async def test_a_wrong_provider_is_one_named_error(
    name: str, fault: str, web: Web, hasty: Web, clock: Clock, provider: Provider
) -> None:
    says, text = FAULTS[fault]
    provider.will_say(says)
    with pytest.raises(SourceError) as caught:
        await QUESTIONS[name][1](hasty if says.silent else web, clock, provider.url)
    assert str(caught.value).startswith(f"{name.strip()}: {text}")
    assert isinstance(caught.value, SourceBusy) == (fault == "too many")
    assert len(provider.asked) == 1
