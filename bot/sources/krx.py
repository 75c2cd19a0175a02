"""KRX Open API: the exchange's own closing prices, a whole market a day, with the operator's key."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.errors import NotThere, SourceError
from bot.ports import Clock
from bot.sources.cached import Cached
from bot.sources.fetching import Web
from bot.sources.reading import Reading
from bot.sources.stocks import SEOUL, Quote, is_code, speakable

BASE = "https://data-dbg.krx.co.kr"
_KOSPI, _KOSDAQ = "stk_bydd_trd", "ksq_bydd_trd"
_DAYS = 12  # weekdays looked back: more than the longest holidays
# A day's prices appear at 8:00 in Seoul on the next; ten minutes' grace.
_APPEARS = timedelta(hours=8, minutes=10)
_TABLES = 2 * _DAYS
_FRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Line:
    """One stock of a table, its figures as they came."""

    name: str
    code: str
    price: str
    change: str
    percent: str


_Table = Mapping[str, _Line]  # by code and by name


class KRX:
    """A price costs no request while its day's table is at hand; tables hold a market each, up to 1,800 stocks."""

    name = "한국거래소 (KRX)"

    def __init__(self, web: Web, clock: Clock, key: str, *, base: str = BASE) -> None:
        self._web = web
        self._clock = clock
        self._key = key
        self._url = f"{base}/svc/apis/sto"
        self._tables: Cached[tuple[str, date], _Table] = Cached(clock, _FRESH, size=_TABLES)

    async def price(self, stock: str) -> Quote:
        """Days that were fetched before time ran out are known the next time."""
        wanted = speakable(self.name, stock)
        try:
            async with asyncio.timeout(self._web.total):
                return await self._latest(wanted)
        except TimeoutError:
            raise SourceError(self.name, f"no answer within {self._web.total:g} s") from None

    async def _latest(self, wanted: str) -> Quote:
        for day in self._days():
            kospi = await self._table(_KOSPI, day)
            if not kospi:  # a holiday
                continue
            line = kospi.get(wanted) or (await self._table(_KOSDAQ, day)).get(wanted)
            if line is None:
                raise NotThere(self.name, "has no price of that stock")
            return self._quote(line, day)
        raise SourceError(self.name, f"has no prices of the last {_DAYS} weekdays")

    def _days(self) -> Iterator[date]:
        """Weekdays whose prices should be out, the latest first."""
        day = (self._clock.now().astimezone(SEOUL) - _APPEARS).date()
        left = _DAYS
        while left:
            day -= timedelta(days=1)
            if day.weekday() < 5:
                left -= 1
                yield day

    async def _table(self, market: str, day: date) -> _Table:
        return (await self._tables.get((market, day), lambda: self._fetch(market, day))).value

    async def _fetch(self, market: str, day: date) -> _Table:
        answer = await self._web.get(
            self.name, f"{self._url}/{market}", {"basDd": f"{day:%Y%m%d}"}, {"AUTH_KEY": self._key}
        )
        lines = [_line(row) for row in answer.json()["OutBlock_1"].items()]
        return {key: line for line in lines for key in (line.name, line.code)}

    def _quote(self, line: _Line, day: date) -> Quote:
        def figure(text: str, field: str) -> Reading:
            return Reading(self.name, text, field)

        return Quote(
            name=line.name,
            code=line.code,
            price=figure(line.price, "TDD_CLSPRC").decimal(),
            change=figure(line.change, "CMPPREVDD_PRC").decimal(),
            percent=figure(line.percent, "FLUC_RT").decimal(),
            date=day,
            source=self.name,
        )


def _line(row: Reading) -> _Line:
    code = row["ISU_CD"].text().strip()
    if not is_code(code):
        raise SourceError(row.source, f"{row.way}.ISU_CD is no code")
    return _Line(
        name=row["ISU_NM"].text().strip(),
        code=code,
        price=row["TDD_CLSPRC"].text(),
        change=row["CMPPREVDD_PRC"].text(),
        percent=row["FLUC_RT"].text(),
    )
