"""From which turns a question is answered, the first time and again."""

from __future__ import annotations

from dataclasses import replace

from sqlite_utils import Database

from bot import turns
from bot.command import Again
from bot.config import MemorySettings
from bot.messages import Call, MessageRef, Quote
from bot.recall import recall, recall_again, unchanged
from tests.bot.memory import HOME, MINSU, YUNA, arrive, ask, heard, said

MEMORY = MemorySettings()
RETRY = replace(heard("다시", by=YUNA), call=Call("retry"))


def test_a_question_comes_with_what_is_remembered(db: Database) -> None:
    for number in range(12):
        ask(db, str(number))
    asked = recall(db, MEMORY, HOME, 99, heard("응?"))
    assert (said(asked.earlier), asked.said, asked.row) == ([str(number) for number in range(4, 12)], "응?", 99)
    assert asked.replaces is None


def test_no_turns_at_all_when_the_setting_says_so_but_the_quote_still_knows_the_last(db: Database) -> None:
    ask(db, "하나")
    none = MemorySettings(turns=0)
    assert recall(db, none, HOME, 9, heard("왜?", quote=Quote("이랑", "답: 하나", ours=True))).said == "왜?"
    assert recall(db, none, HOME, 9, heard("왜?")).earlier == ()


def test_what_was_before_a_silence_stays_away(db: Database) -> None:
    ask(db, "아침", minutes=-300)
    ask(db, "점심", minutes=-10)
    assert said(recall(db, MEMORY, HOME, 9, heard("저녁?")).earlier) == ["점심"]
    assert said(recall(db, MemorySettings(silence=0), HOME, 9, heard("저녁?")).earlier) == ["아침", "점심"]


def test_again_asks_the_same_from_the_same_turns(db: Database) -> None:
    first = ask(db, "하나")
    row = arrive(db, "둘")
    second = ask(db, "둘", row=row, context=(first,))
    asked = recall_again(db, Again(), HOME, 99, RETRY)
    assert asked
    assert (asked.said, said(asked.earlier), asked.row, asked.person) == ("둘", ["하나"], row, MINSU)
    assert asked.replaces
    assert asked.replaces.id == second


def test_again_can_name_a_turn_of_its_own_conversation_only(db: Database) -> None:
    first = ask(db, "하나")
    ask(db, "둘")
    named = recall_again(db, Again(first), HOME, 99, RETRY)
    assert named
    assert named.said == "하나"
    assert recall_again(db, Again(first), "telegram:11:", 99, RETRY) is None
    assert recall_again(db, Again(12345), HOME, 99, RETRY) is None


def test_there_is_nothing_to_ask_again_at_first_or_after_forgetting(db: Database) -> None:
    assert recall_again(db, Again(), HOME, 99, RETRY) is None
    turn = ask(db, "하나")
    turns.forget(db, HOME, arrive(db, "/new"))
    assert recall_again(db, Again(), HOME, 99, RETRY) is None
    assert recall_again(db, Again(turn), HOME, 99, RETRY) is None


def test_an_edited_question_brings_its_new_text(db: Database) -> None:
    row = arrive(db, "q")
    turn = ask(db, "서울?", row=row)
    ask(db, "다른 말")
    edited = replace(heard("부산?"), ref=MessageRef("telegram", "10", f"q{row}"))
    asked = recall_again(db, Again(turn, here=True), HOME, 99, edited)
    assert asked
    assert (asked.said, asked.row) == ("부산?", row)


def test_the_last_question_is_the_one_that_was_asked_last(db: Database) -> None:
    row = arrive(db, "first")
    old = ask(db, "첫째", row=row)
    ask(db, "둘째")
    turns.supersede(db, old)
    ask(db, "첫째, 고침", row=row)  # answered last, asked first
    asked = recall_again(db, Again(), HOME, 99, RETRY)
    assert asked
    assert asked.said == "둘째"


def test_a_shortened_question_is_another_one_and_a_quote_is_none_of_its_words(db: Database) -> None:
    def is_unchanged(said: str, now: str) -> bool:
        (turn,) = turns.by_ids(db, [ask(db, said, row=arrive(db, f"{said} {now}"))])
        return unchanged(turn, heard(now))

    assert is_unchanged("좋아해?", "좋아해?")
    assert is_unchanged("> 유나: 첫 줄\n무슨 뜻\n이야?", "무슨 뜻\n이야?")
    assert not is_unchanged("안 좋아해?", "좋아해?")
    assert not is_unchanged("> 유나: 첫 줄\n무슨 뜻\n이야?", "이야?")
    assert not is_unchanged("첫 줄\n둘째 줄", "둘째 줄")
