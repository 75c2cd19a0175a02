"""The past by hour and by day, in the operator's time zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from bot.operating.history import history
from bot.tables import migrations

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)  # 15:30 in Seoul


@pytest.fixture
def db() -> Iterator[Database]:
    database = Database(memory=True)
    migrations.apply(database)
    yield database
    database.close()


def arrive(db: Database, at: datetime, platform: str = "telegram", key: str = "") -> None:
    key = key or str(db.execute("select count(*) from inbox").fetchone()[0])
    db.execute("insert into inbox (platform, key, payload, at) values (?, ?, '', ?)", [platform, key, at.isoformat()])


def answer(db: Database, at: datetime, conversation: str) -> None:
    db.execute(
        """insert into turns (conversation, inbox, platform, chat, question, person, name, said, answered, model,
           context, at) values (?, 1, 'telegram', '1', '1', '1', '', '비밀', '비밀', 'm', '[]', ?)""",
        [conversation, at.isoformat()],
    )


def test_a_day_has_twenty_four_hours_of_which_the_last_is_this_one(db: Database) -> None:
    found = history(db, "day", NOW, SEOUL)
    assert len(found) == 24
    assert found[-1].at == datetime(2026, 11, 21, 15, tzinfo=SEOUL)
    assert found[0].at == datetime(2026, 11, 20, 16, tzinfo=SEOUL)
    assert [(each.messages, each.conversations, each.up) for each in found] == [({}, 0, 0)] * 24


def test_messages_are_counted_by_platform_and_hour_and_reminders_are_none(db: Database) -> None:
    for minutes in (0, 29, 31, 60 * 23 + 29):
        arrive(db, NOW - timedelta(minutes=minutes))
    arrive(db, NOW, "discord")
    arrive(db, NOW, key="reminder:3:2026")
    arrive(db, NOW - timedelta(days=2))
    found = history(db, "day", NOW, SEOUL)
    assert found[-1].messages == {"telegram": 2, "discord": 1}
    assert found[-2].messages == {"telegram": 1}
    assert found[0].messages == {"telegram": 1}
    assert sum(sum(each.messages.values()) for each in found) == 5


def test_conversations_are_counted_once_in_each_hour_and_answers_all(db: Database) -> None:
    for conversation in ("a", "a", "b"):
        answer(db, NOW, conversation)
    answer(db, NOW - timedelta(hours=1), "a")
    found = history(db, "day", NOW, SEOUL)
    assert [(each.conversations, each.answers) for each in found[-2:]] == [(1, 1), (2, 3)]


def test_a_day_begins_at_the_operator_s_midnight(db: Database) -> None:
    midnight = datetime(2026, 11, 20, 15, tzinfo=UTC)
    for at in (midnight - timedelta(minutes=1), midnight, NOW):
        arrive(db, at)
    found = history(db, "week", NOW, SEOUL)
    assert [each.at.date().isoformat() for each in found][-2:] == ["2026-11-20", "2026-11-21"]
    assert [each.messages.get("telegram", 0) for each in found] == [0, 0, 0, 0, 0, 1, 2]


def test_a_conversation_that_goes_on_all_day_is_one_of_that_day(db: Database) -> None:
    for hours in (0, 1, 2):
        answer(db, NOW - timedelta(hours=hours), "a")
    found = history(db, "month", NOW, SEOUL)
    assert len(found) == 30
    assert (found[-1].conversations, found[-1].answers) == (1, 3)


def test_ratings_stand_where_they_were_given(db: Database) -> None:
    for turn, value in ((1, "👍"), (2, "👍"), (3, "👎")):
        db.execute(
            "insert into ratings (turn, platform, person, value, at) values (?, 'telegram', '1', ?, ?)",
            [turn, value, NOW.isoformat()],
        )
    found = history(db, "week", NOW, SEOUL)
    assert [(each.up, each.down) for each in found][-1] == (2, 1)


def test_half_an_hour_s_zone_is_no_hindrance(db: Database) -> None:
    arrive(db, NOW)
    found = history(db, "day", NOW, ZoneInfo("Asia/Kolkata"))
    assert sum(sum(each.messages.values()) for each in found) == 1
