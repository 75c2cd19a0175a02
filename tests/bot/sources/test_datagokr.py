"""data.go.kr is asked by its guide; its refusals are understood, and its key is shown to nobody else."""

from __future__ import annotations

import asyncio
import logging
import traceback
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import NotThere, SourceBusy, SourceError, SourceRefused
from bot.sources.datagokr import DataGoKr
from bot.sources.fetching import Web
from bot.sources.stocks import Quote
from tests.bot.sources.provider import Clock, Provider, Says, says_json

KEY = "open/sesame+very=="
ENCODED = "open%2Fsesame%2Bvery%3D%3D"
NAME = "금융위원회 주식시세정보 (data.go.kr)"


def row(day: str, code: str = "005930", name: str = "삼성전자", price: str = "70500") -> dict[str, str]:
    return {
        "basDt": day,
        "srtnCd": code,
        "itmsNm": name,
        "clpr": price,
        "vs": "-500",
        "fltRt": "-.7",
        "mrktCtg": "KOSPI",
    }


def answer(*rows: dict[str, Any], code: str = "00") -> dict[str, Any]:
    items: Any = {"item": list(rows)} if rows else ""
    body = {"numOfRows": 50, "pageNo": 1, "totalCount": len(rows), "items": items}
    return {"response": {"header": {"resultCode": code, "resultMsg": "NORMAL SERVICE."}, "body": body}}


def source(web: Web, clock: Clock, provider: Provider, key: str = KEY) -> DataGoKr:
    return DataGoKr(web, clock, key, base=provider.url)


@pytest.mark.parametrize("key", [KEY, ENCODED])
async def test_a_code_is_asked_for_and_the_latest_day_read(
    key: str, web: Web, clock: Clock, provider: Provider
) -> None:
    provider.will_say(says_json(answer(row("20261118"), row("20261119", price="70000"), row("20261119", "005935"))))
    quote = await source(web, clock, provider, key).price("005930")
    (asked,) = provider.asked
    assert (asked.method, asked.path) == ("GET", "/GetStockSecuritiesInfoService_V2/getStockPriceInfo_V2")
    assert asked.params == {
        "serviceKey": KEY,
        "resultType": "json",
        "numOfRows": "50",
        "pageNo": "1",
        "beginBasDt": "20261031",
        "likeSrtnCd": "005930",
    }
    assert quote == Quote(
        "삼성전자", "005930", Decimal(70000), Decimal(-500), Decimal("-0.7"), date(2026, 11, 19), NAME
    )


async def test_a_name_is_asked_for_as_such(web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(says_json(answer(row("20261119"))))
    assert (await source(web, clock, provider).price("삼성전자")).code == "005930"
    assert provider.asked[0].params["itmsNm"] == "삼성전자"
    assert "likeSrtnCd" not in provider.asked[0].params


@pytest.mark.parametrize("told", [answer(), answer(row("20261119", "005935"))])
async def test_an_empty_result_is_said(told: dict[str, Any], web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(says_json(told))
    with pytest.raises(NotThere, match="has no price of that stock"):
        await source(web, clock, provider).price("005930")


@pytest.mark.parametrize("name", ["", " ", "가" * 41, "삼성\n전자"])
async def test_what_can_be_no_name_is_not_sent(name: str, web: Web, clock: Clock, provider: Provider) -> None:
    with pytest.raises(NotThere):
        await source(web, clock, provider).price(name)
    assert provider.asked == []


def refusal(code: str, status: int = 200) -> Says:
    xml = f"<OpenAPI_ServiceResponse><cmmMsgHeader><returnReasonCode>{code}</returnReasonCode></cmmMsgHeader>"
    return Says(xml.encode(), status=status)


REFUSALS: list[tuple[Says, type[SourceError], str]] = [
    (refusal("30"), SourceRefused, "doesn't accept the key (code 30)"),
    (refusal("31", status=400), SourceRefused, "doesn't accept the key (code 31)"),
    (says_json(answer(code="20")), SourceRefused, "doesn't accept the key (code 20)"),
    (refusal("22"), SourceBusy, "wait 3600 s"),
    (refusal("99"), SourceError, "reports the fault 99"),
    (says_json(answer(code="03")), SourceError, "reports the fault 03"),
    (Says(b"Unauthorized", status=401), SourceRefused, "refuses us (401)"),
    (Says(b"Bad Request", status=400), SourceError, "answered 400"),
    (Says(b"<html>"), SourceError, "sent HTML or XML"),
    (says_json({"response": {}}), SourceError, "the answer lacks response.header"),
    (says_json(answer({"srtnCd": "005930"})), SourceError, "lacks response.body.items.item[0].basDt"),
]


@pytest.mark.parametrize(("says", "kind", "text"), REFUSALS)
async def test_a_refusal_is_named_and_shows_no_key(
    says: Says,
    kind: type[SourceError],
    text: str,
    web: Web,
    clock: Clock,
    provider: Provider,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.will_say(says)
    (end,) = await asyncio.gather(source(web, clock, provider).price("005930"), return_exceptions=True)
    assert type(end) is kind
    assert text in str(end)
    shown = caplog.text + "".join(traceback.format_exception(end))
    assert "127.0.0.1" in caplog.text  # the log was looked at
    assert not [key for key in (KEY, ENCODED, "sesame") if key in shown]
