"""환율: what a currency is worth in another, by the European Central Bank's daily rates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from bot.command import Command, Reply, Scene, Slot
from bot.errors import SourceError
from bot.informal import longest
from bot.korean.clock import full_day
from bot.korean.folding import match_key
from bot.korean.numbers import number
from bot.messages import Call
from bot.phrase import sayings
from bot.slots import Kind, brief
from bot.sources.currencies import currency_name, currency_names, find_currency
from bot.sources.facts import Facts
from bot.sources.telling import dead, stale

_SIGN = re.compile(r"([$€£¥₩])\s*([\d.,만천백억 ]+)")
_CURRENCY_FIRST = re.compile(r"([A-Za-z]{3}|(?:[가-힣]{2,6}\s)?[가-힣]{1,6})\s*(\d[\d.,]*[십백천만억]*)")
_WON = "KRW"
# As markets quote a pair: the one that comes first here is told in the other, so 엔달러 is USD/JPY.
_BASES = ("EUR", "GBP", "AUD", "NZD", "USD")
_WORD = re.compile(r"(.+?)(?:[을를은는이가의]|에서|대)?")
_TARGET = re.compile(r"(.+?)으?로")
_COIN = re.compile(r"\S*코인|이더리움|리플|도지|테더")
_UNKNOWN = re.compile(r"\S*디나르|\S*텡게|\S*흐리우냐|\S*볼리바르|\S*키프|\S*리엘")


async def answer(scene: Scene, call: Call) -> Reply:
    if "coin" in call.args:
        return Reply(scene.locale("exchange_coin"))
    facts = scene.world.facts
    if facts is None or not facts.has_rates:
        return Reply(scene.locale("exchange_off"))
    asked = _asked(call)
    if asked is None:
        return Reply(scene.locale("currency_unknown"))
    amount, base, quote = asked
    if base == quote:
        return Reply(scene.locale("exchange_same"))
    return await _told(scene, facts, amount, base, quote)


def _asked(call: Call) -> tuple[Decimal, str, str] | None:
    """(amount, from, to); dollars against won where nothing is named."""
    text = next((call.args[name] for name in ("amount", "money", "plainly", "text") if name in call.args), "")
    to = find_currency(call.args["to"]) if call.args.get("to") else None
    if call.args.get("to") and not to:
        return None
    if not text:
        base = find_currency(call.args.get("currency") or call.args.get("foreign") or "달러")
        return (Decimal(1), base, to or _WON) if base else None
    if money := read_money(text):
        amount, base = money[0], _of(call.args.get("country", ""), money[1])
        return amount, base, to or (_WON if base != _WON else "USD")
    base = find_currency(text)
    return (Decimal(1), base, to or (_WON if base != _WON else "USD")) if base else None


def _of(country: str, code: str) -> str:
    """A country's own currency of that name: 달러 in "호주 100달러" is AUD."""
    return (country and find_currency(country + currency_name(code).split()[-1])) or code


def read_money(text: str) -> tuple[Decimal, str] | None:
    """ "100달러", "오만원", "$20", "만 엔", "USD 250", "페소 100"; None where no sum of money is said."""
    said = text.strip()
    if sign := _SIGN.fullmatch(said):
        return _sum(sign[2], sign[1])
    if first := _CURRENCY_FIRST.fullmatch(said):
        return _sum(first[2], first[1])
    joined = "".join(said.split())
    for cut in range(1, len(joined)):
        if money := _sum(joined[:cut], joined[cut:]):
            return money
    return None


def _sum(amount: str, currency: str) -> tuple[Decimal, str] | None:
    value, code = number(amount), find_currency(currency)
    return (value, code) if value is not None and value > 0 and code else None


async def _told(scene: Scene, facts: Facts, amount: Decimal, base: str, quote: str) -> Reply:
    try:
        known = await facts.rate(base, quote)
    except SourceError as error:
        return Reply(
            dead(scene, error, scene.locale("exchange_dead", base=_name(scene, base), quote=_name(scene, quote)))
        )
    rate = known.value
    if amount == 1 and rate.value < Decimal("0.1"):
        amount = Decimal(100)
    if amount == 1 and base == "JPY" and quote == _WON:
        amount = Decimal(100)  # as Korean banks quote the yen
    lines = [
        *stale(scene, known),
        scene.locale(
            "exchange",
            money=_said(scene, amount, base),
            value=_said(scene, amount * rate.value, quote),
        ),
        scene.locale("exchange_source", source=rate.source, date=full_day(rate.date, scene.locale.language)),
    ]
    return Reply("\n".join(lines))


def money(value: Decimal) -> str:
    """Two digits behind the point below a million, none above; small sums keep four significant ones."""
    if value >= 1_000_000:
        return f"{value:,.0f}"
    text = f"{value:,.2f}" if value >= 1 else f"{value:.4g}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _said(scene: Scene, amount: Decimal, code: str) -> str:
    """139,850원; 100 미국 달러."""
    name = _name(scene, code)
    return f"{money(amount)}{name}" if name == "원" else f"{money(amount)} {name}"


def _name(scene: Scene, code: str) -> str:
    return currency_name(code) if scene.locale.language == "ko" else code


def _is_foreign_sum(text: str) -> bool:
    return (found := read_money(text)) is not None and found[1] != _WON


CURRENCY = Kind("currency", brief(find_currency), lambda typed: _currencies(typed))


def _currencies(typed: str) -> list[str]:
    return [name for name in currency_names() if match_key(typed) in match_key(name)]


FOREIGN = Kind("currency", brief(lambda text: find_currency(text) not in (None, _WON)))
MONEY = Kind("money", brief(read_money))
COUNTRY = Kind("country", brief(lambda text: find_currency(f"{text}돈") not in (None, _WON)))
FOREIGN_MONEY = Kind("money", brief(_is_foreign_sum))


# A sum that is the whole message and can't be anything else: not "101동", nor "20 파운드", which may be a weight.
_PLAINLY = re.compile(
    r"[$€£¥].+|[A-Z]{3}\s?\d.*|\d.*?(?:[A-Z]{3}|달러|달라|유로|위안|페소)|(?:달러|달라|유로|위안|페소)\s?\d.*"
)
PLAIN_MONEY = Kind("money", lambda text: _PLAINLY.fullmatch(text.strip()) is not None and _is_foreign_sum(text))
COIN = Kind("coin", lambda text: _COIN.fullmatch(text.strip()) is not None)

# "100달러 주고 산 건데 별로야": what became of money, where nothing is asked.
_SPENT = re.compile(r"주고|(?:샀|썼|벌었|냈|잃었|받았|빌렸|날렸|들었)|(?:쓴|번|낸|받은|잃은)\s")
_ASKS = re.compile(r"얼마|몇|으?로(?:\s|$)|환율|환산|바꾸|[?？]")


def _meant_by(text: str, action: str) -> Mapping[str, str] | None:
    if coin := _COIN.search(text):
        return {"coin": coin[0]}
    if unknown := _UNKNOWN.search(text):
        return {"currency": unknown[0]}
    amount = longest(text, MONEY)
    if amount and _SPENT.search(text) and not _ASKS.search(text):
        return None
    if not amount and (pair := _pair(text)):
        return {"currency": pair[0], "to": pair[1]}
    rest = text.replace(amount, " ", 1)
    to = (amount and _target(rest)) or longest(rest, CURRENCY)
    found = {"amount": amount, "to" if amount else "currency": to}
    return {name: words for name, words in found.items() if words}


def _pair(text: str) -> tuple[str, str] | None:
    """(from, to) where two currencies are named: "달러를 유로로", or as one quotes them: "엔달러"."""
    words = re.split(r"[\s/]+", text)
    codes = [code for word in words for code in _codes(word)]
    if len(codes) != 2 or codes[0] == codes[1]:
        return None
    targets = [find_currency(found[1]) for word in words if (found := _TARGET.fullmatch(word))]
    base, quote = sorted(codes, key=lambda code: (code in targets, _rank(code)))
    return base, quote


def _target(text: str) -> str:
    """What money is to be changed into: 엔 of "엔으로"."""
    named = (found[1] for word in text.split() if (found := _TARGET.fullmatch(word.strip(",.!?~"))))
    return next((word for word in named if find_currency(word)), "")


def _codes(word: str) -> list[str]:
    """The currencies that a word names: 달러를 one, 원달러 two."""
    bare = next((found[1] for each in (_TARGET, _WORD) if (found := each.fullmatch(word))), word)
    if whole := find_currency(word) or find_currency(bare):
        return [whole]
    halves = ((find_currency(bare[:cut]), find_currency(bare[cut:])) for cut in range(1, len(bare)))
    return next(([one, other] for one, other in halves if one and other), [])


def _rank(code: str) -> int:
    """Won come last: Koreans tell the price of foreign money."""
    return _BASES.index(code) if code in _BASES else len(_BASES) + (code == _WON)


COMMAND = Command(
    name="exchange",
    korean="환율",
    about={"ko": "환율을 알려 주고 돈을 바꿔 계산해요", "en": "Exchange rates and conversion"},
    answer=answer,
    said=sayings(__name__),
    exact=True,
    meant=_meant_by,
    examples=(
        "달러 환율",
        "/exchange 100달러",
        "100달러 한국돈으로 얼마야",
        "만 엔이면 원화로 얼마나 되나요",
        "30만원이면 몇 엔이야?",
        "오늘 환율 얼마예요?",
    ),
    slots=(
        Slot("amount", "금액", {"ko": "100달러, 오만원, 엔", "en": "100 dollars, 5만원"}, kind=MONEY),
        Slot("to", "통화", {"ko": "바꿀 통화: 원, 엔, 유로", "en": "The currency to convert to"}, kind=CURRENCY),
        Slot("currency", "돈", {"ko": "달러, 엔, 유로 …", "en": "dollar, yen, euro …"}, kind=CURRENCY),
    ),
    spoken={"coin": COIN, "plainly": PLAIN_MONEY, "foreign": FOREIGN, "money": FOREIGN_MONEY, "country": COUNTRY},
)
