"""Frankfurter is asked by its documentation, and its answers are read strictly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.errors import NotThere, SourceBusy, SourceError
from bot.sources.fetching import Web
from bot.sources.frankfurter import Frankfurter
from bot.sources.rates import Rate
from tests.bot.sources.provider import Clock, Provider, Says, says_json

ANSWER = b'{"amount": 1.0, "base": "USD", "date": "2026-11-19", "rates": {"KRW": 1412.3456789012345678}}'


def source(web: Web, clock: Clock, provider: Provider) -> Frankfurter:
    return Frankfurter(web, clock, base=provider.url)


async def test_a_rate_is_asked_for_and_read_to_the_last_digit(web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(Says(ANSWER))
    rate = await source(web, clock, provider).rate("USD", "KRW")
    (asked,) = provider.asked
    assert (asked.method, asked.path, asked.params) == ("GET", "/v1/latest", {"base": "USD", "symbols": "KRW"})
    value = Decimal("1412.3456789012345678")
    assert rate == Rate("USD", "KRW", value, date(2026, 11, 19), "ECB (frankfurter.dev)")


@pytest.mark.parametrize(
    ("base", "quote", "named"), [("TWD", "KRW", "TWD"), ("USD", "VND", "VND"), ("XXX", "AED", "AED, XXX")]
)
async def test_currencies_without_a_rate_cost_no_request(
    base: str, quote: str, named: str, web: Web, clock: Clock, provider: Provider
) -> None:
    with pytest.raises(NotThere, match=f"publishes no rate of {named}$"):
        await source(web, clock, provider).rate(base, quote)
    assert provider.asked == []


async def test_a_currency_costs_one_of_itself(web: Web, clock: Clock, provider: Provider) -> None:
    assert (await source(web, clock, provider).rate("KRW", "KRW")).value == 1
    assert provider.asked == []


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({}, "the answer lacks base"),
        ({"base": "EUR"}, "answered for another currency"),
        ({"base": "USD", "date": "2026-11-19", "rates": {}}, r"the answer lacks rates\.KRW"),
        ({"base": "USD", "rates": {"KRW": 1400}}, "the answer lacks date"),
        ({"base": "USD", "date": "2026-11-19", "rates": {"KRW": 0}}, "sent a rate that isn't above zero"),
        ({"base": "USD", "date": "2026-11-19", "rates": {"KRW": None}}, r"rates\.KRW is no number"),
    ],
)
async def test_a_wrong_answer_is_named(
    answer: dict[str, Any], fault: str, web: Web, clock: Clock, provider: Provider
) -> None:
    provider.will_say(says_json(answer))
    with pytest.raises(SourceError, match=fault):
        await source(web, clock, provider).rate("USD", "KRW")


async def test_trouble_is_told(web: Web, clock: Clock, provider: Provider) -> None:
    provider.will_say(Says(status=429), Says(b"<html>"), Says(ANSWER[:-10]))
    with pytest.raises(SourceBusy):
        await source(web, clock, provider).rate("USD", "KRW")
    with pytest.raises(SourceError, match="HTML"):
        await source(web, clock, provider).rate("USD", "KRW")
    with pytest.raises(SourceError, match="whole JSON"):
        await source(web, clock, provider).rate("USD", "KRW")
