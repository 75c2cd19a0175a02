"""KRX is asked for a market and a day, and a table once fetched serves for every stock in it."""

from __future__ import annotations

import asyncio
import logging
import traceback
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import NotThere, SourceError, SourceRefused
from bot.sources.fetching import Web
from bot.sources.krx import KRX
from bot.sources.stocks import Quote
from tests.bot.sources.provider import Clock, Provider, Says, says_json

KEY = "open-sesame"
KOSPI, KOSDAQ = "/svc/apis/sto/stk_bydd_trd", "/svc/apis/sto/ksq_bydd_trd"


def row(code: str, name: str, price: str = "70,500") -> dict[str, str]:
    return {"ISU_CD": code, "ISU_NM": name, "TDD_CLSPRC": price, "CMPPREVDD_PRC": "-500", "FLUC_RT": "-0.70"}


def table(*rows: dict[str, Any]) -> Says:
    return says_json({"OutBlock_1": list(rows)})


STOCKS = table(row("005930", "삼성전자"), row("000660", "SK하이닉스", "-"))
OTHERS = table(row("247540", "에코프로비엠"))


def source(web: Web, clock: Clock, provider: Provider) -> KRX:
    return KRX(web, clock, KEY, base=provider.url)


async def test_the_last_day_is_asked_for_and_read(web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(STOCKS)
    quote = await source(web, clock, provider).price("005930")
    (asked,) = provider.asked
    assert (asked.method, asked.path, asked.params) == ("GET", KOSPI, {"basDd": "20261119"})
    assert asked.headers["auth_key"] == KEY
    assert quote == Quote(
        "삼성전자", "005930", Decimal(70500), Decimal(-500), Decimal("-0.70"), date(2026, 11, 19), "한국거래소 (KRX)"
    )


async def test_the_other_market_is_asked_next(web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(STOCKS, OTHERS)
    assert (await source(web, clock, provider).price("에코프로비엠")).code == "247540"
    assert [asked.path for asked in provider.asked] == [KOSPI, KOSDAQ]


async def test_a_table_serves_for_every_stock(web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(STOCKS, OTHERS)
    krx = source(web, clock, provider)
    for stock in ("005930", "삼성전자", "247540", "에코프로비엠"):
        await krx.price(stock)
    assert len(provider.asked) == 2


async def test_holidays_and_weekends_are_stepped_over(web: Web, clock: Clock, provider: Provider) -> None:
    clock.at = datetime(2026, 11, 24, 3, tzinfo=UTC)  # Tuesday; say that Monday was a holiday
    provider.will_say(table(), STOCKS)
    assert (await source(web, clock, provider).price("005930")).date == date(2026, 11, 20)
    assert [asked.params["basDd"] for asked in provider.asked] == ["20261123", "20261120"]


async def test_before_eight_yesterday_is_not_out(web: Web, clock: Clock, provider: Provider) -> None:
    clock.at = datetime(2026, 11, 19, 23, 9, tzinfo=UTC)  # Friday, 8:09 in Seoul
    provider.will_say(STOCKS)
    assert (await source(web, clock, provider).price("005930")).date == date(2026, 11, 18)


async def test_it_does_not_look_back_for_ever(web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(table())
    with pytest.raises(SourceError, match="has no prices of the last 12 weekdays"):
        await source(web, clock, provider).price("005930")
    assert len(provider.asked) == 12


async def test_an_unknown_stock_is_said(web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(STOCKS, OTHERS)
    with pytest.raises(NotThere):
        await source(web, clock, provider).price("999999")


@pytest.mark.parametrize(
    ("says", "stock", "fault"),
    [
        (says_json({}), "005930", "the answer lacks OutBlock_1"),
        (table({"ISU_CD": "005930"}), "005930", r"lacks OutBlock_1\[0\].ISU_NM"),
        (table(row("KR7005930003", "삼성전자")), "005930", "ISU_CD is no code"),
        (STOCKS, "000660", "TDD_CLSPRC is no number"),
        (Says(b"<html>"), "005930", "sent HTML or XML"),
        (Says(status=500), "005930", "answered 500"),
    ],
)
async def test_a_wrong_answer_is_named(
    says: Says, stock: str, fault: str, web: Web, clock: Clock, provider: Provider
) -> None:
    provider.will_say(says)
    with pytest.raises(SourceError, match=fault):
        await source(web, clock, provider).price(stock)


async def test_a_refused_key_is_named_and_not_shown(
    web: Web, clock: Clock, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.will_say(Says(status=401))
    (end,) = await asyncio.gather(source(web, clock, provider).price("005930"), return_exceptions=True)
    assert type(end) is SourceRefused
    assert KEY not in caplog.text + "".join(traceback.format_exception(end))
