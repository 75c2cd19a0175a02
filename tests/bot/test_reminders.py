"""Reminders as rows: due, told once, repeated, cancelled, and what is said when the time has come."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot import reminders
from bot.effects import Moment
from bot.korean.when import Every
from bot.locale import load
from bot.reminders import LONGEST, Cancel, Kind, Move, Remind, Reminder
from bot.tables import migrations
from bot.telling import announcement
from tests.bot.memory import HOME, NOON, heard
from tests.stage import Hands, Script, Stage, on_stage

KOREAN = load("ko")
SEOUL = "Asia/Seoul"
DAILY = Every("day")
ON = ("telegram",)


def moment(row: int, conversation: str = HOME) -> Moment:
    return Moment(row, heard("알려줘"), conversation, NOON)


def remind(db: Database, text: str, minutes: float, row: int = 1, every: Every | None = None) -> Reminder:
    Remind("remind", text, NOON + timedelta(minutes=minutes), SEOUL, every).apply(db, moment(row))
    return next(each for each in reminders.waiting(db, HOME) if each.text == text[:LONGEST])


def waiting(db: Database, conversation: str = HOME) -> list[str]:
    return [each.text for each in reminders.waiting(db, conversation)]


def test_the_soonest_comes_first_and_only_here(db: Database) -> None:
    remind(db, "나중", 60, row=1)
    remind(db, "먼저", 30, row=2)
    assert waiting(db) == ["먼저", "나중"]
    assert waiting(db, "telegram:11:") == []


def test_what_is_kept_is_what_was_asked_for(db: Database) -> None:
    kept = remind(db, "약", 30, every=Every("week", weekdays=(0, 2)))
    assert (kept.due, kept.zone, kept.person.name) == (NOON + timedelta(minutes=30), SEOUL, "민수")
    assert kept.every == Every("week", weekdays=(0, 2))
    assert kept.local.hour == 21


def test_a_repeat_after_a_crash_makes_no_second_one(db: Database) -> None:
    remind(db, "약", 30)
    remind(db, "약", 30)
    assert waiting(db) == ["약"]


def test_what_is_due_is_told_once_longest_overdue_first(db: Database) -> None:
    remind(db, "둘", 2, row=1)
    remind(db, "하나", 1, row=2)
    remind(db, "셋", 3, row=3)
    now = NOON + timedelta(minutes=2)
    due = reminders.due(db, now, ON)
    assert [each.text for each in due] == ["하나", "둘"]
    for each in due:
        reminders.told(db, each, now)
    assert reminders.due(db, now, ON) == []
    assert waiting(db) == ["셋"]


def test_what_belongs_to_a_platform_that_is_off_waits(db: Database) -> None:
    remind(db, "약", 1)
    later = NOON + timedelta(hours=1)
    assert reminders.due(db, later, ("discord",)) == []
    assert reminders.due(db, later, ()) == []
    assert len(reminders.due(db, later, ("discord", "telegram"))) == 1


def test_a_daily_one_comes_again_at_its_time_of_day_however_late_it_was_told(db: Database) -> None:
    daily = remind(db, "일기", 30, every=DAILY)
    now = NOON + timedelta(days=3, hours=5)
    reminders.told(db, daily, now)
    (again,) = reminders.waiting(db, HOME)
    assert again.due == NOON + timedelta(days=4, minutes=30)


@pytest.mark.parametrize("late", [timedelta(seconds=0.5), timedelta(days=3)], ids=["at_once", "after_a_pause"])
def test_every_other_week_is_counted_from_the_last_one_however_late_it_was_told(db: Database, late: timedelta) -> None:
    saturdays = remind(db, "분리수거", 30, every=Every("week", (5,), interval=2))
    reminders.told(db, saturdays, saturdays.due + late)
    (again,) = reminders.waiting(db, HOME)
    assert again.due == saturdays.due + timedelta(weeks=2)


def test_every_other_week_keeps_its_weeks_after_a_long_pause(db: Database) -> None:
    saturdays = remind(db, "분리수거", 30, every=Every("week", (5,), interval=2))
    reminders.told(db, saturdays, saturdays.due + timedelta(weeks=3))
    (again,) = reminders.waiting(db, HOME)
    assert again.due == saturdays.due + timedelta(weeks=4)


@pytest.mark.parametrize(("late", "next_one"), [(0, 120), (119, 120), (120, 240), (600, 720)])
def test_every_two_hours_keeps_its_minutes_and_what_was_slept_through_is_told_once(
    db: Database, late: int, next_one: int
) -> None:
    water = remind(db, "물", 30, every=Every("minute", interval=120))
    now = water.due + timedelta(minutes=late)
    reminders.told(db, water, now)
    assert [each.due for each in reminders.waiting(db, HOME)] == [water.due + timedelta(minutes=next_one)]
    assert reminders.due(db, now, ON) == []


def test_every_week_without_a_weekday_keeps_the_one_it_had_however_late_it_was_told(db: Database) -> None:
    weekly = remind(db, "주간보고", 30, every=Every("week"))
    reminders.told(db, weekly, weekly.due + timedelta(days=3))
    (again,) = reminders.waiting(db, HOME)
    assert again.due == weekly.due + timedelta(weeks=1)


def test_a_repeat_is_kept_with_its_last_day_and_over_behind_it(db: Database) -> None:
    ending = Every("day", until=NOON.date() + timedelta(days=2))
    daily = remind(db, "약", 30, every=ending)
    assert daily.every == ending
    for day in (0, 1):
        reminders.told(db, daily, NOON + timedelta(days=day, minutes=30))
        (daily,) = reminders.waiting(db, HOME)
    assert daily.due == NOON + timedelta(days=2, minutes=30)
    reminders.told(db, daily, daily.due)
    assert waiting(db) == []


def test_one_that_is_told_only_after_its_last_day_is_told_once(db: Database) -> None:
    remind(db, "약", 30, every=Every("day", until=NOON.date() + timedelta(days=2)))
    late = NOON + timedelta(days=5)
    (daily,) = reminders.due(db, late, ON)
    assert "늦어서" in announcement(daily, late, KOREAN).text
    reminders.told(db, daily, late)
    assert waiting(db) == []


def test_words_of_what_is_over_are_not_kept(db: Database) -> None:
    reminders.told(db, remind(db, "비밀 약속", 1), NOON)
    Cancel((remind(db, "다른 비밀", 1, row=2).id,)).apply(db, moment(3))
    assert db.execute("select state, text from reminders order by id").fetchall() == [("done", ""), ("cancelled", "")]


def test_nobody_cancels_another_conversation_s(db: Database) -> None:
    kept = remind(db, "약", 30)
    Cancel((kept.id,)).apply(db, moment(9, "telegram:11:"))
    assert waiting(db) == ["약"]
    Cancel((kept.id,)).apply(db, moment(10))
    assert waiting(db) == []


def test_a_text_has_an_end(db: Database) -> None:
    assert len(remind(db, "가" * (LONGEST + 100), 30).text) == LONGEST


def test_only_what_is_long_over_is_swept(db: Database) -> None:
    reminders.told(db, remind(db, "옛날", -60, row=1), NOON)
    remind(db, "먼 훗날", 60 * 24 * 365, row=2)
    reminders.sweep(db, NOON + timedelta(days=31), 30)
    assert db.execute("select state from reminders").fetchall() == [("waiting",)]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("remind", "약 먹기", "⏰ 민수님, 약 먹기"),
        ("remind", "", "⏰ 민수님, 말씀하신 시간이에요!"),
        ("timer", "라면", "⏱ 민수님, 시간이 다 됐어요: 라면"),
        ("timer", "", "⏱ 민수님, 시간이 다 됐어요!"),
    ],
)
def test_the_words_when_the_time_has_come(db: Database, kind: Kind, text: str, said: str) -> None:
    Remind(kind, text, NOON, SEOUL).apply(db, moment(1))
    (reminder,) = reminders.waiting(db, HOME)
    body = announcement(reminder, NOON, KOREAN)
    assert (body.text, body.plain) == (said, True)
    assert body.again == "(이미 받으셨을 수도 있어요.)"


def test_a_late_one_says_so_and_when_it_was_due(db: Database) -> None:
    reminder = remind(db, "약", 0)
    assert "늦어서" not in announcement(reminder, NOON + timedelta(seconds=90), KOREAN).text
    late = announcement(reminder, NOON + timedelta(hours=12), KOREAN).text
    assert late == "⏰ 민수님, 약\n(늦어서 죄송해요. 어제 오후 9시에 알려 드렸어야 했어요.)"


def test_several_times_of_one_wish_are_several_rows(db: Database) -> None:
    for nth in (0, 1, 0, 1):
        Remind("remind", "약", NOON + timedelta(hours=nth + 1), SEOUL, nth=nth).apply(db, moment(1))
    assert waiting(db) == ["약", "약"]


def test_another_time_is_for_what_waits_here(db: Database) -> None:
    kept, later = remind(db, "약", 30), NOON + timedelta(hours=2)
    Move(kept.id, later, DAILY).apply(db, moment(8, "telegram:11:"))
    assert [each.due for each in reminders.waiting(db, HOME)] == [NOON + timedelta(minutes=30)]
    Move(kept.id, later, DAILY).apply(db, moment(9))
    assert [(each.due, each.every) for each in reminders.waiting(db, HOME)] == [(later, DAILY)]
    Cancel((kept.id,)).apply(db, moment(10))
    Move(kept.id, later).apply(db, moment(11))
    assert waiting(db) == []


def test_reminders_of_an_older_database_stay_and_no_id_is_given_twice() -> None:
    db = Database(memory=True)
    migrations.apply(db, stop_before="m008_several_times")
    for row in (1, 2, 3):
        db.execute(
            """insert into reminders
               (platform, chat, thread, conversation, person, name, kind, text, due, zone, inbox, at)
               values ('telegram', '10', '', ?, '1', '민수', 'remind', ?, ?, ?, ?, '')""",
            [HOME, f"약 {row}", f"2026-11-22T0{row}:00:00.000000", SEOUL, row],
        )
    db.execute("delete from reminders where inbox = 3")
    migrations.apply(db)
    assert waiting(db) == ["약 1", "약 2"]
    assert remind(db, "새것", 1, row=4).id == 4
    db.close()


def test_a_repeat_that_was_kept_before_repeats_could_end_goes_on(db: Database) -> None:
    remind(db, "약", 30, every=DAILY)
    db.execute("update reminders set every = json_remove(every, '$.until')")
    (daily,) = reminders.waiting(db, HOME)
    assert daily.every == DAILY


# ---- what can't be told as it stands -------------------------------------------------------------


def test_a_repeat_whose_days_end_is_told_and_is_over(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(*_: object) -> None:
        raise ValueError("no such day ahead")

    last = remind(db, "할머니 생신", 1, every=Every("year"))
    monkeypatch.setattr(reminders, "following", ended)
    assert reminders.told(db, last, NOON + timedelta(minutes=1))
    assert waiting(db) == []


@pytest.mark.parametrize(("column", "value"), [("zone", "Mars/Base"), ("zone", "/etc"), ("every", "{"), ("every", "3")])
def test_what_cannot_be_read_of_one_does_not_keep_it_from_being_told(db: Database, column: str, value: str) -> None:
    remind(db, "약", 1, every=DAILY)
    db.execute(f"update reminders set {column} = ?", [value])  # noqa: S608 our own columns
    late = NOON + timedelta(hours=1)
    (reminder,) = reminders.due(db, late, ON)
    assert "약" in announcement(reminder, late, KOREAN).text
    assert reminders.told(db, reminder, late)


def test_a_clock_that_is_set_back_comes_to_the_same_time_again(db: Database) -> None:
    daily, then = remind(db, "일기", 30, every=DAILY), NOON + timedelta(minutes=30)
    reminders.told(db, daily, then)
    Move(daily.id, then, DAILY).apply(db, moment(2))
    (again,) = reminders.due(db, then + timedelta(seconds=1), ON)
    assert reminders.told(db, again, then + timedelta(seconds=1))


async def test_one_that_cannot_be_told_is_put_aside_and_the_others_are_told(tmp_path: Path) -> None:
    stage = Stage()
    async with on_stage(tmp_path, stage, Script(), clock=Hands(NOON.astimezone(UTC))) as bot:
        await stage.say("10분 뒤에 약 먹으라고 알려줘")
        await stage.say("10분 뒤에 물 마시라고 알려줘")
        await stage.until(lambda: len(stage.texts()) == 2)
        await bot.core.store.run(lambda db: db.execute("update reminders set due = '0' where text like '%약%'"))
        await bot.core.store.run(
            lambda db: db.execute("update reminders set due = '2026-11-21T11:59:59.000000' where due <> '0'")
        )
        await stage.until(lambda: any(text.startswith("⏰") and "물" in text for text in stage.texts()))
        letters = await bot.desk.letters()
        assert [letter.reason for letter in letters] == ["reminder 1: ValueError"]
        assert "약" not in json.dumps(asdict(letters[0]), default=str)
        assert await bot.core.store.run(
            lambda db: db.execute("select state from reminders order by id").fetchall()
        ) == [
            ("failed",),
            ("done",),
        ]
