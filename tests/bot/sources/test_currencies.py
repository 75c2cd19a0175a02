"""Currencies are found by what people call them."""

from __future__ import annotations

import unicodedata

import pytest

from bot.sources.currencies import _by_word, at_ecb, currency_name, find_currency

SAID = {
    "USD": "달러|미국 달러|미국달러화|달러화|불|미화|$|US$|USD|usd|dollar|Dollars|미국 돈",
    "JPY": "엔|엔화|일본 엔|일본돈|일본 돈|¥|￥|JPY|yen|円",
    "EUR": "유로|유로화|€|EUR|euros|유럽 돈",
    "CNY": "위안|위안화|중국 돈|중국 위안|CNY|元|rmb|인민폐",
    "GBP": "파운드|영국 파운드|영국돈|£|GBP",
    "KRW": "원|원화|한국돈|한국 원|KRW|₩|￦|won",
    "HKD": "홍콩 달러|홍콩달러|HKD|HK$|홍콩돈",
    "TWD": "대만 달러|타이완 달러|TWD|NT$|대만돈",
    "THB": "바트|태국 바트|태국 돈|THB",
    "VND": "동|베트남 동|베트남 돈|VND|₫",
    "INR": "루피|인도 루피|INR|₹",
    "IDR": "루피아|인도네시아 루피아|IDR",
    "PHP": "페소|필리핀 페소|PHP",
    "MXN": "멕시코 페소|MXN",
    "AUD": "호주 달러|호주달러|AUD|A$|호주돈",
    "CAD": "캐나다 달러|CAD|C$",
    "CHF": "스위스 프랑|프랑|CHF",
    "SGD": "싱가포르 달러|싱가폴 달러|SGD",
    "NZD": "뉴질랜드 달러|NZD",
    "TRY": "리라|튀르키예 리라|터키 리라|TRY",
    "RUB": "루블|러시아 루블|RUB",
}


@pytest.mark.parametrize(("code", "said"), [(code, word) for code, words in SAID.items() for word in words.split("|")])
def test_a_currency_is_found(code: str, said: str) -> None:
    assert find_currency(said) == code
    assert find_currency(unicodedata.normalize("NFD", f" {said} ")) == code


@pytest.mark.parametrize("said", ["", " ", "사과", "동화", "중화", "미돈", "돈", "환율", "날씨", "real", "ㅎ"])
def test_other_words_are_no_currency(said: str) -> None:
    assert find_currency(said) is None


def test_every_currency_is_found_by_its_code_and_its_name() -> None:
    codes = set(_by_word().values())
    assert {find_currency(code) for code in codes} == codes
    assert {find_currency(currency_name(code)) for code in codes} == codes
    assert currency_name("XXX") == "XXX"


def test_the_bank_s_list_is_that_of_2026() -> None:
    assert len(at_ecb()) == 30  # 29 currencies and the euro, since the lev left
    assert {"KRW", "USD", "JPY", "EUR", "CNY"} <= at_ecb()
    assert not at_ecb() & {"TWD", "VND", "RUB", "AED", "BGN"}
