"""Stock prices as values, and how the operator's own source of them is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.errors import NotThere, SourceError
from bot.sources.fetching import Web

SEOUL = ZoneInfo("Asia/Seoul")
# Short codes of the Korea Exchange: six digits, and since 2024 also letters from the second place on.
_CODE = re.compile(r"[0-9][0-9A-Z]{5}", re.ASCII)
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Quote:
    """A price in won, its change since the day before in won and per cent; `source` is to be named in the answer."""

    name: str
    code: str
    price: Decimal
    change: Decimal
    percent: Decimal
    date: date
    source: str


class Stocks(Protocol):
    """Where prices come from."""

    name: str

    async def price(self, stock: str) -> Quote:
        """The latest price of a code ("005930") or of a company's exact name.

        Raises NotThere when the source knows no such stock, SourceError.
        """


def is_code(stock: str) -> bool:
    return _CODE.fullmatch(stock) is not None


def speakable(source: str, stock: str) -> str:
    """A code or name that may be sent to a source. Raises NotThere for what can be neither."""
    bare = stock.strip()
    if not 0 < len(bare) <= _LONGEST_NAME or not bare.isprintable():
        raise NotThere(source, "knows no stock of such a name")
    return bare


class OwnStocks:
    """The operator's own endpoint: JSON {"name", "code", "price", "change", "percent", "date"} for each code.

    `template` is its address with {code} in it. Raises ValueError when that isn't one.
    """

    def __init__(self, web: Web, template: str, *, name: str) -> None:
        if not template.startswith(("http://", "https://")) or "{code}" not in template:
            raise ValueError("the address of the operator's own stock prices must be http(s) and hold {code}")
        self.name = name
        self._web = web
        self._template = template

    async def price(self, stock: str) -> Quote:
        if not is_code(stock):  # nobody's words become part of an address
            raise NotThere(self.name, "knows stocks by their codes alone")
        answer = (await self._web.get(self.name, self._template.replace("{code}", stock))).json()
        if answer["code"].text() != stock:
            raise SourceError(self.name, "answered for another stock")
        return Quote(
            name=answer["name"].text(),
            code=stock,
            price=answer["price"].decimal(),
            change=answer["change"].decimal(),
            percent=answer["percent"].decimal(),
            date=answer["date"].day(),
            source=self.name,
        )
