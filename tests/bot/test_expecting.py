"""What was asked back, and which words answer it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlite_utils import Database

from bot import expecting
from bot.afterthoughts import AFTER
from bot.command import Choice, Expect, all_commands
from bot.expecting import Expected
from bot.messages import Call
from tests.bot.memory import HOME, MINSU, NOON, YUNA

WEATHER = next(command for command in all_commands() if command.name == "weather")
REMINDERS = next(command for command in all_commands() if command.name == "reminders")
WHERE = Expect(Call("weather", {"when": "내일"}), "place")
CHOICES = (Choice("서울 중구", Call("weather", {"place": "서울 중구"})), Choice("부산 중구", Call("weather")))


def test_words_of_the_right_kind_complete_the_call() -> None:
    filled = Expected(WHERE, ()).filled("고잔동", WEATHER)
    assert filled == Call("weather", {"when": "내일", "place": "고잔동"})


def test_other_words_are_talk_unless_whatever_is_said_was_asked_for() -> None:
    assert Expected(WHERE, ()).filled("그건 그렇고 배고프다", WEATHER) is None
    strict = Expected(Expect(Call("memo"), "text", strict=True), ())
    assert strict.filled("그건 그렇고", WEATHER) == Call("memo", {"text": "그건 그렇고"})


@pytest.mark.parametrize("said", ["서울 중구", "서울중구", "1", "1번", " 1 "])
def test_a_choice_is_picked_by_its_label_or_its_number(said: str) -> None:
    assert Expected(None, CHOICES).filled(said, None) == CHOICES[0].call


@pytest.mark.parametrize("said", ["3", "0", "중구", "1번 주세요", ""])
def test_what_names_no_choice_picks_none(said: str) -> None:
    assert Expected(None, CHOICES).filled(said, None) is None


@pytest.mark.parametrize(("said", "name"), [("네", "delete"), ("응", "delete"), ("ㅇㅇ", "delete"), ("아니요", "keep")])
def test_a_bare_yes_or_no_picks_the_choice_that_begins_so(said: str, name: str) -> None:
    choices = Choice("네, 모두 지워 주세요", Call("delete")), Choice("아니요", Call("keep"))
    assert Expected(None, choices).filled(said, None) == Call(name)
    assert Expected(None, (Choice("응암동", Call("a")), Choice("예산군", Call("b")))).filled(said, None) is None


def test_only_a_strict_question_wants_a_word_that_is_a_command_elsewhere() -> None:
    strict = Expected(Expect(Call("reservation"), "said", strict=True), ())
    assert strict.wants(Call("stop"), "그만", None)
    assert not strict.wants(Call("time"), "몇 시야", None)
    assert not Expected(WHERE, CHOICES).wants(Call("stop"), "취소", WEATHER)


def test_what_may_follow_a_promise_wants_the_words_that_it_knows() -> None:
    promised = Expected(AFTER, ())
    assert promised.wants(Call("stop"), "취소해줘", REMINDERS)
    assert not promised.wants(Call("stop"), "그만", REMINDERS)
    assert promised.dropped_by(Call("stop")) == Call("stop"), "nothing was asked"


def test_a_number_is_that_of_the_list_that_was_shown() -> None:
    """Of three things to do the first is done: 2 is still the second line, and the first button."""
    left = Expected(
        None, (Choice("✓ 세탁소", Call("todo", {"id": "8"}), 2), Choice("✓ 약국", Call("todo", {"id": "9"}), 3))
    )
    assert left.filled("2", None) == Call("todo", {"id": "8"})
    assert left.filled("3번", None) == Call("todo", {"id": "9"})
    assert left.filled("1", None) is None


def test_a_button_stands_for_its_call_in_its_own_conversation_alone(db: Database) -> None:
    (first, _) = expecting.offer(db, HOME, CHOICES, NOON)
    name, _, id = first.data.partition(":")
    assert (name, first.label) == (expecting.PRESS, "서울 중구")
    assert expecting.chosen(db, HOME, id) == CHOICES[0].call
    assert expecting.chosen(db, "telegram:11:", id) is None


@pytest.mark.parametrize("id", ["", "999", "-1", "x", "²", "1; drop table choices"])
def test_a_button_that_nobody_was_shown_is_none(db: Database, id: str) -> None:
    assert expecting.chosen(db, HOME, id) is None


def test_a_button_fits_into_what_telegram_takes(db: Database) -> None:
    db.execute("insert into choices (id, conversation, call, at) values (9223372036854775806, 'x', '[]', 'x')")
    (button,) = expecting.offer(db, HOME, CHOICES[:1], NOON)
    assert len(button.data.encode()) <= 64


def test_an_answer_is_expected_once_of_the_person_who_was_asked(db: Database) -> None:
    expecting.expect(db, HOME, MINSU, WHERE, CHOICES, NOON)
    assert expecting.take(db, HOME, YUNA, 1, NOON) is None
    assert expecting.take(db, HOME, MINSU, 2, NOON) == Expected(WHERE, CHOICES)
    assert expecting.take(db, HOME, MINSU, 3, NOON) is None
    assert expecting.take(db, HOME, MINSU, 2, NOON) == Expected(WHERE, CHOICES), "the same row again, after a crash"


def test_whether_something_waits_can_be_asked_without_taking_it(db: Database) -> None:
    expecting.expect(db, HOME, MINSU, WHERE, (), NOON)
    assert expecting.waits(db, HOME, MINSU, 1, NOON)
    assert not expecting.waits(db, HOME, YUNA, 1, NOON)
    assert expecting.take(db, HOME, MINSU, 2, NOON)
    assert not expecting.waits(db, HOME, MINSU, 1, NOON)
    assert expecting.waits(db, HOME, MINSU, 2, NOON), "the same row again, after a crash"


def test_a_later_question_takes_the_place_of_the_one_before(db: Database) -> None:
    expecting.expect(db, HOME, MINSU, WHERE, (), NOON)
    expecting.expect(db, HOME, MINSU, None, CHOICES, NOON)
    assert expecting.take(db, HOME, MINSU, 1, NOON) == Expected(None, CHOICES)


def test_an_answer_that_asks_nothing_leaves_the_question_open(db: Database) -> None:
    expecting.expect(db, HOME, MINSU, WHERE, (), NOON)
    expecting.expect(db, HOME, MINSU, None, (), NOON)
    assert expecting.take(db, HOME, MINSU, 1, NOON)


def test_after_ten_minutes_it_is_no_answer_any_more(db: Database) -> None:
    expecting.expect(db, HOME, MINSU, WHERE, (), NOON)
    assert expecting.take(db, HOME, MINSU, 1, NOON + timedelta(minutes=10)) is None


def test_old_buttons_and_questions_are_swept(db: Database) -> None:
    (button, _) = expecting.offer(db, HOME, CHOICES, NOON)
    expecting.expect(db, HOME, MINSU, WHERE, (), NOON)
    expecting.sweep(db, NOON + timedelta(days=30), 30)
    assert expecting.chosen(db, HOME, button.data.partition(":")[2])
    expecting.sweep(db, NOON + timedelta(days=31), 30)
    assert [db.table(table).count for table in ("choices", "expected")] == [0, 0]
