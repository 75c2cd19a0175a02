"""What is remembered, what is forgotten, and whose rating counts."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlite_utils import Database

from bot import outbox, turns
from bot.messages import Address, Body, MessageRef, Person, Reaction
from bot.outbox import Bubble
from tests.bot.memory import HOME, MINSU, NOON, YUNA, arrive, ask, said


def show(db: Database, turn: int, *refs: str) -> None:
    """The turn's answer is shown in these messages."""
    for part, ref in enumerate(refs):
        bubble = Bubble(0, arrive(db, f"{turn}/{ref}"), part, "lane", Address("telegram", "10"), None, None, "open")
        outbox.add(db, bubble, NOON)
        outbox.ready(db, bubble.id, Body("답"), turn)
        outbox.placed(db, bubble.id, MessageRef("telegram", "10", ref))
        outbox.sent(db, bubble.id)


def ratings(db: Database) -> list[tuple[int, str, str]]:
    return [
        (row["turn"], row["person"], row["value"])
        for row in db.query("select turn, person, value from ratings order by turn, person")
    ]


def press(db: Database, ref: str, value: str, by: Person = MINSU, *, added: bool = True) -> None:
    turns.rate(db, Reaction(MessageRef("telegram", "10", ref), by, value, added), NOON)


# ---- remembering -----------------------------------------------------------------------------------


def test_the_newest_turns_come_oldest_first(db: Database) -> None:
    for number in range(5):
        ask(db, str(number))
    assert said(turns.recent(db, HOME, 3)) == ["2", "3", "4"]
    assert turns.recent(db, HOME, 0) == []


def test_a_turn_comes_back_as_it_was(db: Database) -> None:
    first = ask(db, "처음", by=YUNA)
    ask(db, "둘째", context=(first,), minutes=1.5)
    turn = turns.recent(db, HOME, 1)[0]
    assert (turn.said, turn.answered, turn.model, turn.context) == ("둘째", "답: 둘째", "m@1", (first,))
    assert turn.at == NOON + timedelta(minutes=1.5)
    assert turns.recent(db, HOME, 2)[0].person == YUNA


def test_conversations_do_not_mix(db: Database) -> None:
    ask(db, "여기")
    ask(db, "저기", conversation="telegram:10:7")
    ask(db, "거기", conversation="telegram:100:")
    assert said(turns.recent(db, HOME, 9)) == ["여기"]


def test_a_turn_that_was_answered_anew_keeps_its_place(db: Database) -> None:
    row = arrive(db, "first")
    old = ask(db, "첫째", row=row)
    ask(db, "둘째", minutes=1)
    turns.supersede(db, old)
    new = ask(db, "첫째, 고침", row=row, minutes=2)
    assert said(turns.recent(db, HOME, 9)) == ["첫째, 고침", "둘째"]
    assert said(turns.by_ids(db, [new, 2])) == ["첫째, 고침", "둘째"]
    assert turns.is_superseded(db, old)
    assert not turns.is_superseded(db, new)


def test_a_superseded_turn_is_kept_to_learn_from(db: Database) -> None:
    old = ask(db, "하나")
    turns.supersede(db, old)
    assert turns.recent(db, HOME, 9) == []
    assert turns.live(db, HOME, old) is None
    assert said(turns.by_ids(db, [old])) == ["하나"]


def test_by_ids_leaves_out_what_is_gone(db: Database) -> None:
    first, second = ask(db, "하나"), ask(db, "둘")
    assert said(turns.by_ids(db, [second, 99, first])) == ["하나", "둘"]
    assert turns.by_ids(db, []) == []


def test_a_question_finds_its_turn(db: Database) -> None:
    row = arrive(db, "q")
    old = ask(db, "하나", row=row)
    ref = MessageRef("telegram", "10", f"q{row}")
    found = turns.of_question(db, ref)
    assert found
    assert found.id == old
    assert turns.place(db, old) == (row, ref)
    turns.supersede(db, old)
    assert turns.of_question(db, ref) is None
    new = ask(db, "하나!", row=row)
    assert [turn.id for turn in [turns.of_question(db, ref)] if turn] == [new]
    assert turns.of_question(db, MessageRef("discord", "10", f"q{row}")) is None


# ---- forgetting ------------------------------------------------------------------------------------


def test_what_was_asked_before_is_forgotten_even_when_it_is_answered_after(db: Database) -> None:
    ask(db, "전")
    waiting = arrive(db, "asked before, answered after")
    turns.forget(db, HOME, arrive(db, "/new"))
    ask(db, "기다리던 말", row=waiting)
    after = ask(db, "후")
    assert said(turns.recent(db, HOME, 9)) == ["후"]
    assert turns.live(db, HOME, 1) is None
    assert turns.live(db, HOME, after)


def test_forgetting_one_conversation_leaves_the_others(db: Database) -> None:
    ask(db, "여기")
    ask(db, "저기", conversation="telegram:10:7")
    turns.forget(db, HOME, arrive(db, "/new"))
    assert turns.recent(db, HOME, 9) == []
    assert said(turns.recent(db, "telegram:10:7", 9)) == ["저기"]


def test_forgetting_twice_keeps_the_later_one(db: Database) -> None:
    turns.forget(db, HOME, arrive(db, "/new"))
    ask(db, "사이")
    turns.forget(db, HOME, arrive(db, "/new again"))
    assert turns.recent(db, HOME, 9) == []


def test_a_deleted_question_takes_every_answer_to_it_along(db: Database) -> None:
    row = arrive(db, "q")
    turns.supersede(db, ask(db, "하나", row=row))
    ask(db, "하나", row=row)
    ask(db, "둘")
    turns.retract(db, MessageRef("telegram", "10", f"q{row}"))
    assert said(turns.recent(db, HOME, 9)) == ["둘"]
    assert [row["state"] for row in db.query("select state from turns order by id")] == ["retracted"] * 2 + ["live"]


def test_only_the_conversation_s_own_turns_can_be_named(db: Database) -> None:
    turn = ask(db, "여기")
    assert turns.live(db, HOME, turn)
    assert turns.live(db, "telegram:11:", turn) is None
    assert turns.live(db, HOME, 99) is None


# ---- ratings ---------------------------------------------------------------------------------------


def test_a_rating_is_replaced_and_not_doubled(db: Database) -> None:
    turn = ask(db, "하나")
    show(db, turn, "a", "b")
    press(db, "a", "👍")
    press(db, "b", "👎")  # another message of the same answer
    press(db, "a", "👎", YUNA)
    assert ratings(db) == [(turn, "1", "👎"), (turn, "2", "👎")]


def test_a_rating_can_be_taken_back_by_whoever_gave_it(db: Database) -> None:
    turn = ask(db, "하나")
    show(db, turn, "a")
    press(db, "a", "👍")
    press(db, "a", "👍", YUNA, added=False)
    press(db, "a", "👎", added=False)  # not what stands there: a late notice of an earlier change
    assert ratings(db) == [(turn, "1", "👍")]
    press(db, "a", "👍", added=False)
    assert ratings(db) == []


def test_what_is_no_answer_of_ours_is_not_rated(db: Database) -> None:
    show(db, ask(db, "하나"), "a")
    press(db, "somebody's", "👍")
    assert ratings(db) == []


def test_a_message_that_got_another_answer_rates_that_one(db: Database) -> None:
    old = ask(db, "하나")
    show(db, old, "a")
    outbox.hand_over(db, outbox.of_turn(db, old))
    new = ask(db, "하나, 다시")
    show(db, new, "a")
    press(db, "a", "👍")
    assert ratings(db) == [(new, "1", "👍")]


# ---- letting go ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "gone"), [(-1 / 60, 1), (0, 0), (1, 0)])
def test_the_sweep_takes_exactly_what_is_too_old(db: Database, minutes: float, gone: int) -> None:
    ask(db, "하나", minutes=minutes)
    assert turns.sweep(db, NOON + timedelta(days=30), 30) == gone
    assert len(turns.recent(db, HOME, 9)) == 1 - gone


def test_a_turn_whose_context_was_swept_can_still_be_read(db: Database) -> None:
    old = ask(db, "오래", minutes=-60 * 24 * 40)
    new = ask(db, "요즘", context=(old,))
    turns.sweep(db, NOON, 30)
    assert turns.recent(db, HOME, 9)[0].context == (old,)
    assert turns.by_ids(db, [old]) == []
    assert json.loads(db.execute("select context from turns where id = ?", [new]).fetchone()[0]) == [old]
