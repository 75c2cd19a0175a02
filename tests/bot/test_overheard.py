"""What a group says to itself is kept only where that was agreed to, and only as long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from bot import overheard, turns
from bot.effects import Moment
from bot.messages import Address, Incoming
from bot.overheard import Unhear
from bot.preferences import Prefer
from tests.bot.memory import HOME, NOON, YUNA, arrive, ask, heard

HERE = Address("telegram", "10")
EVER = NOON - timedelta(days=365)


def said(text: str, minutes: float = 0, thread: str = "") -> Incoming:
    return replace(heard(text, by=YUNA, minutes=minutes), address=replace(HERE, thread=thread), private=False)


def agreed(db: Database, days: str = "3") -> None:
    Prefer("overhear", days).apply(db, Moment(1, said("설정"), HOME, NOON))


def hear(db: Database, text: str, minutes: float = 0, thread: str = "") -> None:
    overheard.keep(db, arrive(db, f"{text}{minutes}{thread}"), said(text, minutes, thread))


def texts(db: Database, limit: int = 100, address: Address = HERE) -> list[str]:
    return [text for _, _, text in overheard.recent(db, address, limit, EVER)]


@pytest.mark.parametrize("days", ["", "0"])
def test_nothing_is_kept_where_nobody_agreed(db: Database, days: str) -> None:
    agreed(db, days)
    hear(db, "우리끼리")
    assert texts(db) == []


def test_what_is_kept_comes_in_its_order_with_what_was_asked_and_answered(db: Database) -> None:
    agreed(db)
    hear(db, "점심 뭐 먹지")
    ask(db, "추천해 줘")
    hear(db, "국수 좋다", minutes=1)
    assert texts(db) == ["점심 뭐 먹지", "추천해 줘", "답: 추천해 줘", "국수 좋다"]
    assert texts(db, limit=2) == ["답: 추천해 줘", "국수 좋다"]


def test_a_message_without_words_and_one_that_came_before_are_not_kept_twice(db: Database) -> None:
    agreed(db)
    row = arrive(db, "하나")
    for text in ("하나", "하나", ""):
        overheard.keep(db, row, said(text))
    assert texts(db) == ["하나"]


def test_topics_and_chats_are_apart(db: Database) -> None:
    agreed(db)
    hear(db, "여기", thread="7")
    assert texts(db) == []
    assert texts(db, address=replace(HERE, thread="7")) == ["여기"]
    assert texts(db, address=Address("telegram", "1")) == []


def test_a_chat_whose_id_begins_alike_is_another(db: Database) -> None:
    ask(db, "안녕", conversation="telegram:100:")
    ask(db, "하나", conversation="telegram:10:7")
    assert texts(db) == []


def test_what_is_forgotten_comes_back_in_no_summary(db: Database) -> None:
    ask(db, "비밀이야")
    ask(db, "유나 몰래", conversation=f"{HOME}:2")  # where each person has a conversation of their own
    turns.forget(db, HOME, arrive(db, "/new"))
    ask(db, "뭐였지")
    assert texts(db) == ["유나 몰래", "답: 유나 몰래", "뭐였지", "답: 뭐였지"]
    turns.forget(db, f"{HOME}:2", arrive(db, "hers"))
    assert texts(db) == ["뭐였지", "답: 뭐였지"]


def test_since_is_a_moment_whatever_the_time_zone(db: Database) -> None:
    ask(db, "열한 시", minutes=-60)
    ask(db, "열두 시")
    since = (NOON - timedelta(minutes=1)).astimezone(ZoneInfo("Asia/Seoul"))
    assert [text for _, _, text in overheard.recent(db, HERE, 9, since)] == ["열두 시", "답: 열두 시"]


def test_what_is_older_than_agreed_goes(db: Database) -> None:
    agreed(db, "1")
    hear(db, "어제", minutes=-1_500)
    hear(db, "오늘")
    overheard.sweep(db, NOON)
    assert texts(db) == ["오늘"]


def test_taking_the_agreement_back_forgets_everything(db: Database) -> None:
    agreed(db)
    hear(db, "하나")
    hear(db, "둘", thread="7")
    Unhear().apply(db, Moment(9, said("꺼 줘"), HOME, NOON))
    assert db.execute("select count(*) from overheard").fetchone() == (0,)
