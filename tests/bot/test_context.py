"""Which earlier turns belong to a conversation, and the prompt that is made of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.context import conversation, prompt, since_silence, took, with_quote
from bot.messages import Address, Message, MessageRef, Quote, Sampling, Turn
from bot.turns import Asked
from tests.bot.memory import MINSU, NOON, YUNA


def turn(number: int, minutes: float = 0, answered: str = "네") -> Turn:
    return Turn(number, "c", MINSU, f"말{number}", answered, "m@1", NOON + timedelta(minutes=minutes))


GROUP = Address("telegram", "-10", "7")


def test_a_group_s_conversation_is_shared_or_each_person_s_own() -> None:
    shared = {conversation(GROUP, person, private=False, shared=True) for person in (MINSU, YUNA)}
    own = {conversation(GROUP, person, private=False, shared=False) for person in (MINSU, YUNA)}
    assert shared == {"telegram:-10:7"}
    assert own == {"telegram:-10:7:1", "telegram:-10:7:2"}


def test_topics_and_platforms_have_conversations_of_their_own() -> None:
    places = [GROUP, Address("telegram", "-10"), Address("discord", "-10", "7"), Address("telegram", "-107")]
    assert len({conversation(place, MINSU, private=False, shared=True) for place in places}) == 4


def test_a_private_chat_is_one_conversation_whatever_the_groups_do() -> None:
    home = Address("telegram", "1")
    assert {conversation(home, MINSU, private=True, shared=shared) for shared in (True, False)} == {"telegram:1:"}


# ---- silence ---------------------------------------------------------------------------------------

TWO_HOURS = timedelta(hours=2)


@pytest.mark.parametrize(
    ("minutes", "kept"),
    [
        ([-10, -5], 2),
        ([-130, -5], 1),  # a silence between the two
        ([-240, -120], 2),  # exactly two hours are no silence yet
        ([-240, -120 - 1 / 60], 0),
        ([-500, -400, -300], 0),
        ([5, 10], 2),  # answered after the question came: it waited
        ([], 0),
    ],
)
def test_a_silence_longer_than_the_setting_starts_afresh(minutes: list[float], kept: int) -> None:
    turns = [turn(number, minute) for number, minute in enumerate(minutes)]
    assert since_silence(turns, NOON, TWO_HOURS) == turns[len(turns) - kept :]


def test_no_silence_is_too_long_when_it_is_zero() -> None:
    turns = [turn(1, -1_000_000), turn(2, -1)]
    assert since_silence(turns, NOON, timedelta()) == turns


def test_a_turn_that_was_answered_anew_just_now_is_no_silence_before_it() -> None:
    turns = [turn(1, -300), turn(2, -190), turn(9, -1), turn(3, -100)]  # the third was answered anew
    assert since_silence(turns, NOON, TWO_HOURS) == turns


# ---- the prompt ------------------------------------------------------------------------------------


def asked(text: str, *earlier: Turn) -> Asked:
    return Asked("c", 1, MessageRef("telegram", "-10", "1"), YUNA, text, earlier)


def test_the_prompt_is_system_then_turns_then_the_question() -> None:
    made = prompt(asked("뭐라고?", turn(1), turn(2)), system="너는 이랑", named=False, sampling=Sampling(max_tokens=5))
    assert [message.role for message in made.messages] == ["system", *["user", "assistant"] * 2, "user"]
    assert [message.content for message in made.messages] == ["너는 이랑", "말1", "네", "말2", "네", "뭐라고?"]
    assert made.sampling.max_tokens == 5


def test_without_a_system_prompt_there_is_no_system_message() -> None:
    assert prompt(asked("안녕"), system="", named=False, sampling=Sampling()).messages == (Message("user", "안녕"),)


def test_in_a_group_it_says_who_speaks_on_one_line() -> None:
    odd = Turn(1, "c", MINSU.__class__("telegram", "3", "줄\n바꾼 이름"), "말", "네", "m@1", NOON)
    made = prompt(asked("안녕", odd), system="", named=True, sampling=Sampling())
    assert [message.content for message in made.messages] == ["줄 바꾼 이름: 말", "네", "유나: 안녕"]


# ---- quotes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("quote", [None, Quote("유나", ""), Quote("유나", " \n ")])
def test_without_a_quote_the_question_is_as_it_was(quote: Quote | None) -> None:
    assert with_quote("응?", quote, None) == "응?"


def test_a_quote_is_one_line_of_limited_length_before_the_question() -> None:
    made = with_quote("이거?", Quote("유\n나", "첫 줄\n둘째\t줄 " + "가" * 1000), None)
    first, second = made.split("\n")
    assert first.startswith("> 유 나: 첫 줄 둘째 줄 가가")
    assert len(first) <= len("> 유 나: ") + 300
    assert second == "이거?"


def test_a_reply_to_the_last_answer_needs_no_quote() -> None:
    last = turn(1, answered="긴  답\n" + "나" * 500)
    assert with_quote("왜?", Quote("이랑", last.answered, ours=True), last) == "왜?"
    assert with_quote("왜?", Quote("이랑", last.answered, ours=True), None) != "왜?"
    assert with_quote("왜?", Quote("이랑", "옛날 답", ours=True), last) != "왜?"
    assert with_quote("왜?", Quote("유나", last.answered), last) != "왜?"  # somebody else said the same


# ---- what the window took --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kept", "ids"), [(None, (1, 2, 3)), (7, (1, 2, 3)), (6, (2, 3)), (5, (2, 3)), (3, (3,)), (2, ()), (1, ()), (0, ())]
)
def test_only_whole_turns_that_the_window_took_are_its_context(kept: int | None, ids: tuple[int, ...]) -> None:
    assert took([turn(1), turn(2), turn(3)], kept) == ids


@given(st.integers(0, 12), st.integers(0, 60))
def test_the_context_is_always_the_newest_turns(count: int, kept: int) -> None:
    turns = [turn(number) for number in range(count)]
    ids = took(turns, kept)
    assert list(ids) == [each.id for each in turns][count - len(ids) :]
    assert 2 * len(ids) <= max(kept - 1, 0)
