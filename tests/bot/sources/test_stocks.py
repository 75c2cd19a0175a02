"""The operator's own endpoint gets codes alone, and its answers are read strictly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import NotThere, SourceError
from bot.sources.fetching import Web
from bot.sources.stocks import OwnStocks, Quote, is_code
from tests.bot.sources.provider import Provider, says_json

ANSWER: dict[str, Any] = {
    "name": "삼성전자",
    "code": "005930",
    "price": 70500,
    "change": "-500",
    "percent": -0.7,
    "date": "2026-11-20",
}


def source(web: Web, provider: Provider) -> OwnStocks:
    return OwnStocks(web, f"{provider.url}/quotes/{{code}}?token=sesame", name="우리 시세")


async def test_a_price_is_asked_for_and_read(web: Web, provider: Provider) -> None:
    provider.will_say(says_json(ANSWER))
    quote = await source(web, provider).price("005930")
    (asked,) = provider.asked
    assert (asked.method, asked.path, asked.params) == ("GET", "/quotes/005930", {"token": "sesame"})
    assert quote == Quote(
        "삼성전자", "005930", Decimal(70500), Decimal(-500), Decimal("-0.7"), date(2026, 11, 20), "우리 시세"
    )


@pytest.mark.parametrize("stock", ["삼성전자", "../../etc", "005930/..", "00593", "", "０05930"])
async def test_nobody_s_words_become_part_of_an_address(stock: str, web: Web, provider: Provider) -> None:
    with pytest.raises(NotThere):
        await source(web, provider).price(stock)
    assert provider.asked == []


@pytest.mark.parametrize("field", list(ANSWER))
async def test_a_missing_field_is_named(field: str, web: Web, provider: Provider) -> None:
    provider.will_say(says_json({name: value for name, value in ANSWER.items() if name != field}))
    with pytest.raises(SourceError, match=f"^우리 시세: the answer lacks {field}$"):
        await source(web, provider).price("005930")


async def test_an_answer_for_another_stock_is_refused(web: Web, provider: Provider) -> None:
    provider.will_say(says_json(ANSWER))
    with pytest.raises(SourceError, match="answered for another stock"):
        await source(web, provider).price("000660")


@pytest.mark.parametrize("template", ["", "https://example.com/", "file:///{code}", "{code}"])
async def test_what_is_no_template_is_refused(template: str, web: Web) -> None:
    with pytest.raises(ValueError, match=r"\{code\}"):
        OwnStocks(web, template, name="X")


def test_codes_are_told_from_names() -> None:
    assert [is_code(text) for text in ("005930", "0126Z0", "삼성전자", "A05930", "00593", "0059300")] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]
