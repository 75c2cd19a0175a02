"""Text typed on the wrong layout is read; text that was meant is left alone. The long run: tests/layout_rates.py."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.korean.layout import Repair, latin, repaired
from bot.korean.likeness import english, korean

SAID = """
안녕하세요 | 오늘 날씨 어때? | 고잔동 날씨 어때? | 삼성전자 주가 알려줘 | 7시에 깨워줘 | 3박4일 놀러가고 싶다
아 갑자기 한글이 안쳐져 | 왜 그래? | 잘 자 | 점심 뭐 먹지 | 너무 졸려.. | 사랑.이별.추억.미련 | '야'라고 해
배터리 15%야 | 아까 그 노래 제목이 뭐였더라? | 떡볶이 먹고 싶은데 같이 갈래? | 로또 번호 알려줘
하루 종일 비가 오네 | 내가 해 볼게 | 그거 얼마야? | 응 알겠어 고마워 | 읽씹하지 마
""".replace("\n", "|").split("|")

RIGHT = """
git push | SK | LG | KBS | NASA | API | apple | lol | omg | ok | hi | dm | qwerty | asdf | wasd | def foo():
http://dkssud.com | dkssud@gksrmf.com | @dkssud | #dkssud | :dkssud: | `dkssud` | /usr/dkssud | e5ab9d | v2.10.3
SK KT LG | DJ DOC | gpt4 | rtx 4090 | 나 sk 좋아해 | SK하이닉스 주가 | LG전자 어때? | dm 보내줘 | go 하자
주말에 gogo. | so good | do you want to go so | dk | sk | rk | The cat sat. | please work with wifi
Sofia and Diego | thanks :) | x = dk + sk | don't go | a b c | I'll go | the end of the world | GPT 써봤어?
kt wiz 이겼어
""".replace("\n", "|").split("|")

KOREAN = """
ㅋㅋㅋ ㅎㅇ ㅇㅇ ㅠㅠ ㅜㅜ ㅡㅡ ㄱㄱ ㄴㄴ ㅇㅋ ㅗ ㅗㅗ ㄱㅅ ㅇㄱㄹㅇ ㅏ 아ㅏㅏ 네ㅔ 와ㅏ 안녕ㅇ 해
새 너ㅓ ㅋㅋㅠㅠ ㅠㅜ
""".replace("\n", " ").split(" ")


def said(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines if line.strip()]


@pytest.mark.parametrize("text", said(SAID))
def test_korean_typed_on_the_english_layout_is_read(text: str) -> None:
    assert repaired(latin(text)) == Repair(text, "ko")


@pytest.mark.parametrize("text", said(SAID) + said(KOREAN))
def test_korean_that_is_right_stays(text: str) -> None:
    assert repaired(text) is None


@pytest.mark.parametrize("text", said(RIGHT))
def test_latin_letters_that_were_meant_stay(text: str) -> None:
    assert repaired(text) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("나 wlrma wlqdla", "나 지금 집임"),
        ("dkssud 반가워", "안녕 반가워"),
        ("please say dkssud to him", "please say 안녕 to him"),
        ("@dkssud gksrmf", "@dkssud 한글"),
        ("`git push` djEjgrp go?", "`git push` 어떻게 해?"),
        ("SDzkem akdrkwuTdj", "SD카드 망가졌어"),
        ("Agud skawk", "A형 남자"),
        ("SNS tlrksskdqldla", "SNS 시간낭비임"),
        ("rmsudp snsfmf qhkTtmqslek.", "그녀에 sns를 봤습니다."),
    ],
)
def test_only_what_is_wrong_changes(typed: str, meant: str) -> None:
    assert repaired(typed) == Repair(meant, "ko")


@pytest.mark.parametrize("typed", ["DKSSUD", "Dkssud", "dkssud"])
def test_capitals_of_caps_lock_and_of_phones_are_seen_through(typed: str) -> None:
    assert repaired(typed) == Repair("안녕", "ko")


def test_caps_lock_turns_shift_round() -> None:
    assert repaired("SKFtL DJeO") == Repair("날씨 어때", "ko")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dkssudzzz", "안녕ㅋㅋㅋ"),
        ("dkssud zzz", "안녕 ㅋㅋㅋ"),
        ("dntruzz", "웃겨ㅋㅋ"),
        ("whdkgg", "조아ㅎㅎ"),
        ("dkssudbb", "안녕ㅠㅠ"),
        ("glaemfsp b", "힘들네 ㅠ"),
        ("sjan glaemfdjbb", "너무 힘들어ㅠㅠ"),
        ("dkssud^^", "안녕^^"),
    ],
)
def test_laughing_and_crying_goes_along(typed: str, meant: str) -> None:
    assert repaired(typed) == Repair(meant, "ko")


@pytest.mark.parametrize("typed", ["zzz", "gg", "bb", "rr", "dd", "gd"])
def test_laughing_alone_is_no_evidence(typed: str) -> None:
    assert repaired(typed) is None


def test_a_short_word_needs_company_or_fame() -> None:
    assert repaired("dk") is None
    assert repaired("qkq") is None
    assert repaired("dk rkqwkrl") == Repair("아 갑자기", "ko")
    assert repaired("dho?") == Repair("왜?", "ko")
    assert repaired("DHO") is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ㅗ디ㅣㅐ", "hello"),
        ("ㅗ디ㅣㅐ 재깅!", "hello world!"),
        ("ㅑ ㅣㅐㅍㄷ ㅛㅐㅕ", "i love you"),
        ("ㅗㅐㅈ ㅁㄱㄷ ㅛㅐㅕ?", "how are you?"),
        ("ㅐㅏ", "ok"),
    ],
)
def test_english_typed_on_the_korean_layout_is_read(typed: str, meant: str) -> None:
    assert repaired(typed) == Repair(meant, "en")


@pytest.mark.parametrize("text", ["나 ㅗ디ㅣㅐ", "ㅗ디ㅣㅐ 안녕", "ㅣㅐㅍㅍㅍ", "재깅", "해 새"])
def test_one_run_that_is_no_english_keeps_the_whole_line(text: str) -> None:
    assert repaired(text) is None


def test_the_words_that_english_uses_most_stay() -> None:
    touched = [word for word in english().words(4_000) for text in (word, word.title(), word.upper()) if repaired(text)]
    assert touched == []


@given(st.text(st.sampled_from("dkssudrhㅋㅠ안ㅗ디ㅣ .!`@/:AB1"), max_size=40))
def test_a_reading_never_loses_what_is_no_letter(text: str) -> None:
    found = repaired(text)
    if found is not None:
        assert [sign for sign in found.text if not sign.isalpha()] == [sign for sign in text if not sign.isalpha()]


def test_pastes_are_left_alone() -> None:
    assert repaired("dkssud " * 100) is None


def test_a_message_is_read_well_within_a_frame() -> None:
    """The longest that is looked at; an ordinary message takes a tenth (tests/layout_rates.py)."""
    korean(), english()
    start = time.process_time()
    assert repaired("dkssud " * 70) is not None
    assert time.process_time() - start < 0.1
