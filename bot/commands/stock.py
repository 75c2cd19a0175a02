"""주가: a company's last price, where the operator configured a source; and the forecast, which is a joke."""

from __future__ import annotations

import re

from bot.command import Choice, Command, Expect, Reply, Scene, Slot
from bot.errors import SourceError
from bot.korean.clock import full_day
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import Kind, brief
from bot.sources.companies import Company, find_company
from bot.sources.facts import Facts
from bot.sources.telling import dead, stale

_FORECAST = re.compile(
    r"오를까|오르려나|내릴까|떨어질까|오를지|내릴지|예측|예상|전망|떡상|떡락|폭등|폭락|갈까|오르겠|언제.*오[르를]|내일|"
    r"다음 ?주"
)


async def answer(scene: Scene, call: Call) -> Reply:
    said = (call.args.get("company") or call.args.get("foretold") or call.args.get("text") or "").strip()
    if not said:
        return Reply(scene.locale("stock_which"), expect=Expect(Call("stock"), "company"))
    found = find_company(said)
    if "foretold" in call.args or _FORECAST.search(scene.incoming.text):
        return _foretold(scene, found[0].name if found else said)
    facts = scene.world.facts
    if facts is None or not facts.has_stocks:
        return Reply(scene.locale("stock_off"))
    if len(found) > 1:
        choices = tuple(Choice(each.name, Call("stock", {"company": each.code})) for each in found[:8])
        return Reply(scene.locale("stock_several", company=said), choices=choices)
    return await _told(scene, facts, found[0] if found else None, said)


def _foretold(scene: Scene, name: str) -> Reply:
    """Nobody knows, and we say so: a coin decides."""
    way = scene.locale(scene.world.random.choice(("stock_up", "stock_down")))
    return Reply(scene.locale("stock_joke", company=name, way=way))


async def _told(scene: Scene, facts: Facts, company: Company | None, said: str) -> Reply:
    try:
        known = await facts.price(company.code if company else said)
    except SourceError as error:
        return Reply(dead(scene, error, scene.locale("stock_dead", company=company.name if company else said)))
    quote = known.value
    sign = "▲" if quote.change > 0 else "▼" if quote.change < 0 else "–"
    lines = [
        *stale(scene, known),
        scene.locale(
            "stock",
            company=quote.name or (company.name if company else said),
            price=f"{quote.price:,}",
            change=f"{sign} {abs(quote.change):,} ({quote.percent:+}%)",
        ),
        scene.locale("stock_source", source=quote.source, date=full_day(quote.date, scene.locale.language)),
    ]
    return Reply("\n".join(lines))


# Shares that people ask for and our list of Korean companies does not hold.
_ABROAD = re.compile(
    r"(?:테슬라|애플|엔비디아|마이크로소프트|마소|구글|알파벳|아마존|메타|넷플릭스|인텔|코카콜라|스타벅스|디즈니|tsla|aapl|nvda|msft|goog|amzn|코스피|코스닥|나스닥|다우|에스앤피500|s&p500|비트코인)",
    re.IGNORECASE,
)


def _is_company(text: str) -> bool:
    said = text.strip()
    return bool(find_company(said)) or _ABROAD.fullmatch(said.replace(" ", "")) is not None


# A brand or a game has a price too; these names are said of shares alone.
_SHARES = re.compile(
    r"삼전|하이닉스|하닉|테슬라|엔비디아|현차|셀트리온|에코프로|두산에너빌리티|포스코홀딩스|엘지에너지솔루션|엔솔|카뱅|한화에어로스페이스|hmm|삼성바이오로직스|셀트|코스피|코스닥|나스닥|tsla|nvda",
    re.IGNORECASE,
)
LISTED = Kind("company", brief(lambda text: _SHARES.fullmatch(text.replace(" ", ""))))
COMPANY = Kind("company", brief(_is_company), lambda typed: [each.name for each in find_company(typed)])

COMMAND = Command(
    name="stock",
    korean="주가",
    about={
        "ko": "주가를 알려 줘요 (운영자가 제공처를 정한 경우)",
        "en": "Stock prices, where the operator configured a source",
    },
    answer=answer,
    said=sayings(__name__),
    sure=0.8,
    exact=True,
    examples=(
        "삼성전자 주가 알려줘",
        "/stock 삼성전자",
        "삼전 주식 얼마야",
        "카카오 주가 얼마야?",
        "삼성전자 주가 내일 오를까?",
    ),
    slots=(Slot("company", "회사", {"ko": "회사 이름이나 종목 코드", "en": "A company's name or code"}, kind=COMPANY),),
    spoken={"foretold": COMPANY, "listed": LISTED},
)
