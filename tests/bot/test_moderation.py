"""Bad words in their disguises, the innocent ones that look like them, and a stream that never shows half of one."""

from __future__ import annotations

import time
import tomllib
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot
from bot.moderation import Masking, Words


def cases(name: str) -> list[str]:
    table: str = tomllib.loads(Path(__file__).with_name("moderation.toml").read_text(encoding="utf-8"))[name]
    return [case.strip() for line in table.split("\n") for case in line.split(" | ") if case.strip()]


BAD, INNOCENT = cases("bad"), cases("innocent")


@cache
def words() -> Words:
    return Words.load()


@pytest.mark.parametrize("text", BAD)
def test_a_bad_word_is_found_in_its_disguise(text: str) -> None:
    assert words().found(text)


@pytest.mark.parametrize("text", INNOCENT)
def test_an_innocent_look_alike_passes(text: str) -> None:
    assert words().masked(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("text", BAD)
def test_letters_put_apart_by_the_machine_hide_nothing(text: str) -> None:
    assert words().found(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize("text", INNOCENT)
def test_an_innocent_sentence_stays_innocent_however_it_is_stored(text: str) -> None:
    assert not words().found(unicodedata.normalize("NFD", text))


def test_the_tables_are_as_long_as_promised() -> None:
    assert len(set(BAD)) >= 120
    assert len(set(INNOCENT)) >= 200
    assert not set(BAD) & set(INNOCENT)


@pytest.mark.parametrize(
    "text",
    [
        "시\u200b발",
        "시\u200b\u2060발",
        "씨\u3164발",
        "병\ufe0f신",
        "시\u0338발\u0338",
        "f\u200duck",
        "\u1109\u200b\u1175\u1107\u1161\u11af",  # conjoining jamo with something invisible between
        "\uffb5\uffb2",  # half-width ㅅㅂ
        "\uffb5\uffdc\uffb2\uffc2\uffa9",  # half-width ㅅㅣㅂㅏㄹ
        "ᄉᄇ",
        "시👊발",
        "씨❤️발",
    ],
)
def test_what_nobody_sees_hides_nothing(text: str) -> None:
    assert words().found(text)


def test_a_mask_covers_the_word_and_nothing_else() -> None:
    assert words().masked("야 이 개새끼야, 시 발!") == "야 이 ♥♥♥야, ♥ ♥!"
    assert words().masked("fuck이네 fucking") == "♥♥♥♥이네 ♥♥♥♥ing"
    assert words().found("오늘 시1발 덥다") == ((3, 6),)


def test_spans_count_composed_letters() -> None:
    text = unicodedata.normalize("NFD", "오늘 병신")
    assert words().found(text) == ((3, 5),)
    assert words().masked(text) == "오늘 ♥♥"


def test_an_operator_adds_words_of_their_own() -> None:
    own = Words.load(extra=("당근(?", "spam", "  ", "광고쟁이"))
    assert (
        own.masked("광고쟁이는 광.고.쟁.이 spam spammer 당근(? 당근 시발") == "♥♥♥♥는 ♥♥♥♥♥♥♥ ♥♥♥♥ spammer ♥♥♥♥ 당근 ♥♥"
    )
    assert not own.found("왕광고쟁이")
    assert not words().found("광고쟁이")


def test_an_operators_word_means_itself_and_has_room() -> None:
    assert Words.load(extra=("a_b",)).masked("a_b a b") == "♥♥♥ a b"
    with pytest.raises(ValueError, match="at most 18"):
        Words.load(extra=("가" * 19,))


def test_the_list_asks_for_no_more_than_a_decision_may_look_at() -> None:
    table = tomllib.loads((Path(bot.__file__).parent / "korean/profanity.toml").read_text(encoding="utf-8"))
    behind = [
        word for entry in table["word"] for key in ("before", "not_before") for word in entry.get(key, "").split()
    ]
    earlier = [word for entry in table["word"] for word in entry.get("after", "").split() + table["cries"].split()]
    assert max(map(len, behind)) <= 5
    assert max(map(len, earlier)) <= 10


def streamed(text: str, cuts: list[int]) -> str:
    masking = Masking(words())
    places = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    pieces = [masking.feed(text[start:end]) for start, end in pairwise(places)]
    return "".join(pieces) + masking.end()


fragments = st.one_of(
    st.sampled_from(BAD + INNOCENT),
    st.sampled_from(
        ["시", "발", "씨", "이", "ㅅ", "ㅂ", "새", "끼", "개", " ", ".", "1", "\u200b", "\n", "병", "신", "\u11af"]
    ),
    st.text(max_size=4),
    st.text("시씨발바이ㅅㅂㅏㄹ새끼개고양1. ,\u200b\u11a8fuckshit아놈", max_size=12),
)
texts = st.builds(
    lambda parts, form: unicodedata.normalize(form, "".join(parts)) if form else "".join(parts),
    st.lists(fragments, max_size=12),
    st.sampled_from(["", "NFC", "NFD"]),
)


@settings(max_examples=500, deadline=None)
@given(texts, st.lists(st.integers(0, 200), max_size=20))
def test_a_stream_shows_what_the_whole_text_would_however_it_is_cut(text: str, cuts: list[int]) -> None:
    assert streamed(text, cuts) == words().masked(text)


@settings(max_examples=200, deadline=None)
@given(texts)
def test_a_stream_letter_by_letter_shows_the_same_and_holds_little_back(text: str) -> None:
    masking, shown = Masking(words()), ""
    for at, letter in enumerate(text):
        shown += masking.feed(letter)
        so_far = unicodedata.normalize("NFC", text[: at + 1])
        marks = sum(unicodedata.category(mark).startswith("M") for mark in so_far)
        assert len(so_far) - len(shown) <= 24 + 1 + marks
    assert shown + masking.end() == words().masked(text)


@settings(max_examples=200, deadline=None)
@given(texts)
def test_a_mask_is_as_long_as_the_text_and_hides_every_span(text: str) -> None:
    whole = unicodedata.normalize("NFC", text)
    masked = words().masked(text)
    assert len(masked) == len(whole)
    spans = words().found(text)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    inside = {at for start, end in spans for at in range(start, end)}
    assert all(masked[at] == letter for at, letter in enumerate(whole) if at not in inside)
    assert all(masked[at] == "♥" or whole[at].isspace() for at in inside)


def test_ordinary_talk_flows_without_delay() -> None:
    masking, text = Masking(words()), "오늘은 맑고 따뜻해요. 산책하기 좋은 날이네요."
    shown = ""
    for at, letter in enumerate(text):
        shown += masking.feed(letter)
        assert at + 1 - len(shown) <= 3
    assert shown + masking.end() == text


def test_half_a_bad_word_is_never_shown() -> None:
    masking = Masking(words())
    assert masking.feed("오늘 시") == "오늘 "
    assert masking.feed("발") == ""
    assert masking.feed("점에서 다시 만나요.") == "시발점에서 다시 만나요"
    assert masking.end() == "."
    assert masking.feed("시") + masking.feed("발") + masking.end() == "♥♥"


def test_long_texts_take_milliseconds() -> None:
    """A guard against runaway patterns, far above what is measured on an idle machine (docs name the figures)."""
    for text in ("시발 다시 발표 " * 500, "시이이이" * 1024, "ㅅㅂ개새끼 " * 700, "s" * 4096, "시.1 " * 1024):
        started = time.process_time()
        words().found(text[:4096])
        assert time.process_time() - started < 1.0
