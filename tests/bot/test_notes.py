"""Memos and to-dos: each conversation its own, each kept once."""

from __future__ import annotations

from sqlite_utils import Database

from bot.effects import Moment
from bot.notes import LONGEST, Check, Keep, Note, Remove, notes
from bot.tables import migrations
from tests.bot.memory import HOME, NOON, heard


def moment(row: int, conversation: str = HOME) -> Moment:
    return Moment(row, heard("메모"), conversation, NOON)


def kept(db: Database, *texts: str) -> list[Note]:
    for row, text in enumerate(texts, 1):
        Keep("todo", text).apply(db, moment(row))
    return notes(db, "todo", HOME)


def test_notes_come_in_the_order_they_were_kept(db: Database) -> None:
    assert [note.text for note in kept(db, "하나", "둘", "셋")] == ["하나", "둘", "셋"]


def test_a_repeat_after_a_crash_keeps_nothing_twice(db: Database) -> None:
    for _ in range(2):
        Keep("memo", "우유").apply(db, moment(7))
    assert [note.text for note in notes(db, "memo", HOME)] == ["우유"]


def test_several_things_of_one_message_are_several_rows(db: Database) -> None:
    for nth in (0, 1, 0, 1):
        Keep("todo", f"할 일 {nth}", nth).apply(db, moment(1))
    assert [note.text for note in notes(db, "todo", HOME)] == ["할 일 0", "할 일 1"]


def test_notes_of_an_older_database_stay_and_no_id_is_given_twice() -> None:
    db = Database(memory=True)
    migrations.apply(db, stop_before="m009_several_items")
    for row in (1, 2, 3):
        db.execute(
            """insert into notes (kind, conversation, person, text, done, inbox, at)
               values ('memo', ?, '1', ?, 1, ?, '')""",
            [HOME, f"메모 {row}", row],
        )
    db.execute("delete from notes where inbox = 3")
    migrations.apply(db)
    Keep("memo", "새것").apply(db, moment(4))
    assert [(note.id, note.text, note.done) for note in notes(db, "memo", HOME)] == [
        (1, "메모 1", True),
        (2, "메모 2", True),
        (4, "새것", False),
    ]
    db.close()


def test_memos_are_no_to_dos_and_no_other_conversation_s(db: Database) -> None:
    Keep("memo", "우유").apply(db, moment(1))
    assert notes(db, "todo", HOME) == notes(db, "memo", "telegram:11:") == []


def test_what_is_done_stays_in_the_list(db: Database) -> None:
    first, _ = kept(db, "하나", "둘")
    Check((first.id,)).apply(db, moment(9))
    assert [(note.text, note.done) for note in notes(db, "todo", HOME)] == [("하나", True), ("둘", False)]


def test_nobody_changes_the_notes_of_another_conversation(db: Database) -> None:
    (note,) = kept(db, "하나")
    for effect in (Check((note.id,)), Remove((note.id,))):
        effect.apply(db, moment(9, "telegram:11:"))
    assert notes(db, "todo", HOME) == [note]
    Remove((note.id,)).apply(db, moment(9))
    assert notes(db, "todo", HOME) == []


def test_a_note_has_an_end(db: Database) -> None:
    (note,) = kept(db, "가" * (LONGEST + 1))
    assert len(note.text) == LONGEST
