"""data.go.kr: the Financial Services Commission's closing prices of the Korea Exchange, with the operator's key."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import unquote

from bot.errors import NotThere, SourceBusy, SourceError, SourceRefused
from bot.ports import Clock
from bot.sources.fetching import Answer, Web
from bot.sources.reading import Reading
from bot.sources.stocks import SEOUL, Quote, is_code, speakable

# Keys made since 2026 open this second version alone; the first one calls them unregistered.
BASE = "https://apis.data.go.kr/1160100"
_PATH = "/GetStockSecuritiesInfoService_V2/getStockPriceInfo_V2"
_BACK = timedelta(days=20)  # the longest holidays, and the day or two that prices take to appear
_ROWS = "50"
_REASON = re.compile(rb"<returnReasonCode>\s*(\d{1,3})\s*<")
# The portal's codes: 22 is the day's limit; 20 and 30 to 33 mean an unknown, expired or unapproved key.
_LIMIT, _KEY = {"22"}, {"20", "30", "31", "32", "33"}
_HOUR = 3600.0


class DataGoKr:
    """`key` is the 일반 인증키, in either of the portal's spellings ("Encoding" or "Decoding")."""

    name = "금융위원회 주식시세정보 (data.go.kr)"

    def __init__(self, web: Web, clock: Clock, key: str, *, base: str = BASE) -> None:
        self._web = web
        self._clock = clock
        self._key = unquote(key)
        self._url = base + _PATH

    async def price(self, stock: str) -> Quote:
        wanted = speakable(self.name, stock)
        rows = await self._rows(wanted)
        field = "srtnCd" if is_code(wanted) else "itmsNm"
        its = [row for row in rows if row[field].text().strip() == wanted]
        if not its:
            raise NotThere(self.name, "has no price of that stock")
        return self._quote(max(its, key=lambda row: row["basDt"].day()))

    async def _rows(self, wanted: str) -> tuple[Reading, ...]:
        since = self._clock.now().astimezone(SEOUL).date() - _BACK
        params = {
            "serviceKey": self._key,
            "resultType": "json",
            "numOfRows": _ROWS,
            "pageNo": "1",
            "beginBasDt": f"{since:%Y%m%d}",
            ("likeSrtnCd" if is_code(wanted) else "itmsNm"): wanted,
        }
        answer = await self._web.get(self.name, self._url, params, accept=(200, 400, 500))
        self._mind_refusal(answer)
        response = answer.json()["response"]
        self._mind_code(response["header"]["resultCode"].text())
        body = response["body"]
        if body["totalCount"].whole() == 0:  # then `items` is an empty text
            return ()
        return body["items"]["item"].items()

    def _mind_refusal(self, answer: Answer) -> None:
        """It refuses in XML, whatever form was asked for."""
        if found := _REASON.search(answer.body):
            self._mind_code(found[1].decode())
        if answer.status != 200:
            raise SourceError(self.name, f"answered {answer.status}")

    def _mind_code(self, code: str) -> None:
        if code in _LIMIT:
            raise SourceBusy(self.name, _HOUR)
        if code in _KEY:
            raise SourceRefused(self.name, f"doesn't accept the key (code {code}): look at it, and at its approval")
        if code.strip("0"):
            raise SourceError(self.name, f"reports the fault {code[:3]}")

    def _quote(self, row: Reading) -> Quote:
        return Quote(
            name=row["itmsNm"].text().strip(),
            code=row["srtnCd"].text().strip(),
            price=row["clpr"].decimal(),
            change=row["vs"].decimal(),
            percent=row["fltRt"].decimal(),
            date=row["basDt"].day(),
            source=self.name,
        )
