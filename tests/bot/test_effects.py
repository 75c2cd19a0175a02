"""What a reply does besides being said, also when it is said again after a crash."""

from __future__ import annotations

from sqlite_utils import Database

from bot import people, turns
from bot.effects import Claim, Forget, Moment, Stop, TurnAway
from tests.bot.memory import HOME, MINSU, NOON, arrive, ask, heard


def moment(row: int) -> Moment:
    return Moment(row, heard("초기화"), HOME, NOON)


def count(db: Database, table: str) -> int:
    return int(db.table(table).count)


def test_forgetting_ends_what_was_said_before_and_not_what_comes_after(db: Database) -> None:
    ask(db, "비밀")
    here = moment(arrive(db, "초기화"))
    Forget().apply(db, here)
    after = ask(db, "다시 안녕")
    Forget().apply(db, here)
    assert [turn.id for turn in turns.recent(db, HOME, 10)] == [after]


def test_claiming_makes_an_owner_once(db: Database) -> None:
    for _ in range(2):
        Claim().apply(db, moment(1))
    assert people.is_owner(db, MINSU)
    assert count(db, "owners") == 1


def test_whoever_was_turned_away_is_noted_once(db: Database) -> None:
    for _ in range(2):
        TurnAway().apply(db, moment(1))
    assert people.was_refused(db, heard("").address)
    assert count(db, "refusals") == 1


def test_stopping_changes_nothing_that_is_remembered(db: Database) -> None:
    ask(db, "하나")
    before = list(db.iterdump())
    Stop().apply(db, moment(2))
    assert list(db.iterdump()) == before
