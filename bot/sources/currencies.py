"""Currencies by the names that people give them: 달러, 일본돈, ¥, JPY."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

# code (-: the European Central Bank publishes no rate) | Korean name | countries | units, said after a country | what
# says it alone. Where several countries use a name (달러, 페소, 루피), alone it means the one that Koreans mean.
_TABLE = """
USD | 미국 달러 | 미국 미 us | 달러 딸라 달라 불 dollar dollars | 달러 딸라 달라 불 미불 미화 dollar dollars bucks $ us$
KRW | 원 | 한국 대한민국 우리나라 korean | 원 won | 원 원화 won 우리돈 ₩
JPY | 일본 엔 | 일본 japanese | 엔 yen 앤 | 엔 엔화 yen yens ¥ 円 jp¥
EUR | 유로 | 유럽 유럽연합 eu | 유로 euro euros | 유로 유로존 euro euros €
CNY | 중국 위안 | 중국 중 chinese | 위안 위엔 원 yuan 인민폐 | 위안 위엔 인민폐 런민비 yuan renminbi rmb 元 cn¥
GBP | 영국 파운드 | 영국 british | 파운드 pound pounds | 파운드 파운드스털링 스털링 pound pounds sterling quid £
HKD | 홍콩 달러 | 홍콩 hongkong | 달러 불 dollar dollars | hk$
TWD- | 대만 달러 | 대만 타이완 taiwan | 달러 불 dollar dollars 위안 | 신대만달러 뉴타이완달러 nt$
SGD | 싱가포르 달러 | 싱가포르 싱가폴 singapore | 달러 불 dollar dollars | s$
AUD | 호주 달러 | 호주 오스트레일리아 australian | 달러 불 dollar dollars | a$ au$
NZD | 뉴질랜드 달러 | 뉴질랜드 newzealand | 달러 불 dollar dollars | nz$
CAD | 캐나다 달러 | 캐나다 canadian | 달러 불 dollar dollars | c$ ca$
CHF | 스위스 프랑 | 스위스 swiss | 프랑 franc francs | 프랑 franc francs
THB | 태국 바트 | 태국 타이 thai | 바트 밧 baht | 바트 밧 baht ฿
VND- | 베트남 동 | 베트남 월남 vietnamese | 동 dong | 동 dong ₫
IDR | 인도네시아 루피아 | 인도네시아 인니 indonesian | 루피아 rupiah | 루피아 rupiah
INR | 인도 루피 | 인도 indian | 루피 rupee rupees | 루피 rupee rupees ₹
PHP | 필리핀 페소 | 필리핀 philippine | 페소 peso pesos | 페소 peso pesos ₱
MXN | 멕시코 페소 | 멕시코 mexican | 페소 peso pesos | mx$
MYR | 말레이시아 링깃 | 말레이시아 malaysian | 링깃 링기트 ringgit | 링깃 링기트 ringgit
SEK | 스웨덴 크로나 | 스웨덴 swedish | 크로나 크로네 krona kronor | 크로나 krona kronor
NOK | 노르웨이 크로네 | 노르웨이 norwegian | 크로네 크로나 krone kroner |
DKK | 덴마크 크로네 | 덴마크 danish | 크로네 크로나 krone kroner |
ISK | 아이슬란드 크로나 | 아이슬란드 icelandic | 크로나 크로네 krona |
CZK | 체코 코루나 | 체코 czech | 코루나 koruna | 코루나 koruna
HUF | 헝가리 포린트 | 헝가리 hungarian | 포린트 forint | 포린트 forint
PLN | 폴란드 즐로티 | 폴란드 polish | 즐로티 즈워티 zloty | 즐로티 즈워티 zloty
RON | 루마니아 레우 | 루마니아 romanian | 레우 레이 leu | 레우
TRY | 튀르키예 리라 | 튀르키예 터키 turkish | 리라 lira | 리라 lira ₺
ILS | 이스라엘 셰켈 | 이스라엘 israeli | 셰켈 세켈 shekel shekels | 셰켈 세켈 shekel shekels ₪
BRL | 브라질 헤알 | 브라질 brazilian | 헤알 레알 real | 헤알 r$
ZAR | 남아공 랜드 | 남아공 남아프리카공화국 southafrican | 랜드 란드 rand | 랜드
RUB- | 러시아 루블 | 러시아 russian | 루블 ruble rouble rubles | 루블 ruble rouble rubles ₽
AED- | 아랍에미리트 디르함 | 아랍에미리트 두바이 uae | 디르함 디람 dirham | 디르함 디람 dirham
SAR- | 사우디 리얄 | 사우디 사우디아라비아 saudi | 리얄 riyal |
MNT- | 몽골 투그릭 | 몽골 mongolian | 투그릭 tugrik | 투그릭 tugrik
"""
_MONEY = ("돈", "화폐", "통화", "화", "money")


def find_currency(text: str) -> str | None:
    """The ISO 4217 code of a currency's name, sign or code; spaces and case don't matter. None: it is none of ours.

    >>> find_currency("미국 달러"), find_currency("일본돈"), find_currency("￥"), find_currency("사과")
    ('USD', 'JPY', 'JPY', None)
    """
    return _by_word().get(_key(text))


def currency_name(code: str) -> str:
    """Its Korean name; the code itself when it is none of ours."""
    return _names().get(code, code)


def currency_names() -> tuple[str, ...]:
    """The Korean names of what the European Central Bank publishes a rate of, the best known first."""
    return tuple(name for code, name in _names().items() if code in at_ecb())


def _key(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _rows() -> Iterator[tuple[str, ...]]:
    return (tuple(part.strip(" -") for part in line.split("|")) for line in _TABLE.strip().splitlines())


@cache
def at_ecb() -> frozenset[str]:
    """Codes that the European Central Bank publishes a daily rate of (its list since the lev left it on 1 Jan 2026)."""
    return frozenset(line.split()[0] for line in _TABLE.strip().splitlines() if not line.split()[0].endswith("-"))


@cache
def _names() -> dict[str, str]:
    return {code: name for code, name, *_ in _rows()}


@cache
def _by_word() -> dict[str, str]:
    """Every way to say a currency; where two could be meant by it, the one further up."""
    words: dict[str, str] = {}
    for code, name, *lists in _rows():
        countries, units, alone = (part.split() for part in lists)
        formal = (f"{one}화" for one in alone if len(one) > 1)  # 달러화; but 동화 is a fairy tale
        for word in (code, name, *alone, *formal, *_said(countries, units)):
            words.setdefault(_key(word), code)
    return words


def _said(countries: list[str], units: list[str]) -> Iterator[str]:
    for country in countries:
        yield from (country + unit for unit in units)
        yield from (country + unit + "화" for unit in units)
        if len(country) > 1:  # 미국돈; but 미돈 and 중화 are something else
            yield from (country + money for money in _MONEY)
