"""A chat that has a new id keeps everything, and no other chat's is touched."""

from __future__ import annotations

from sqlite_utils import Database

from bot import moving, outbox, people, turns
from bot.messages import Address, Body, MessageRef, Reaction
from tests.bot.memory import HOME, MINSU, NOON, YUNA, arrive, ask, said
from tests.bot.test_outbox import CHAT, add, bubble


def test_every_column_that_holds_a_conversation_is_known(db: Database) -> None:
    found = {(table.name, column.name) for table in db.tables for column in table.columns}
    assert {each for each in found if each[1] in ("conversation", "lane")} == set(moving._CONVERSATIONS)


def test_a_chat_that_moved_takes_everything_along(db: Database) -> None:
    turn = ask(db, "하나", conversation="telegram:10:7:1")
    turns.forget(db, "telegram:10:", arrive(db, "/new"))
    ask(db, "둘")
    people.note_refusal(db, CHAT, NOON)
    shown, due = (
        add(db, 1),
        outbox.add(db, bubble(2, address=Address("telegram", "10", "7"), lane="telegram:10:7:1"), NOON),
    )
    for row, text in ((shown, "답"), (due, "아직")):
        outbox.ready(db, row.id, Body(text), turn)
        outbox.placed(db, row.id, MessageRef("telegram", "10", f"m{row.id}"))
    outbox.sent(db, shown.id)
    moving.move(db, "telegram", "10", "-100")

    assert said(turns.recent(db, "telegram:-100:7:1", 9)) == ["하나"]
    assert said(turns.recent(db, "telegram:-100:", 9)) == ["둘"]  # and what was forgotten stays so
    assert db.execute("select conversation from forgotten").fetchall() == [("telegram:-100:",)]
    assert people.was_refused(db, Address("telegram", "-100"))
    waiting = outbox.due(db)[0]
    assert (waiting.address, waiting.ref, waiting.lane) == (Address("telegram", "-100", "7"), None, "telegram:-100:7:1")
    turns.rate(db, Reaction(MessageRef("telegram", "-100", f"m{shown.id}"), MINSU, "👍", True), NOON)
    assert db.table("ratings").count == 1
    for table in ("turns", "outbox", "refusals"):
        assert db.table(table).count_where("chat = '10'") == 0
    for table, column in (("turns", "conversation"), ("forgotten", "conversation"), ("outbox", "lane")):
        assert db.table(table).count_where(f"{column} like 'telegram:10:%'") == 0


def test_a_chat_that_moved_touches_no_other(db: Database) -> None:
    for place in ("telegram:100:", "telegram:1:", "discord:10:", "telegram:10_:", "telegram:10"):
        ask(db, place, by=YUNA, conversation=place)
    before = db.execute("select conversation from turns order by id").fetchall()
    moving.move(db, "telegram", "10", "-100")
    assert db.execute("select conversation from turns order by id").fetchall() == before


def test_moving_twice_is_moving_once(db: Database) -> None:
    ask(db, "하나")
    turns.forget(db, HOME, 0)
    people.note_refusal(db, CHAT, NOON)
    for _ in range(2):
        moving.move(db, "telegram", "10", "-100")
    turns.forget(db, HOME, 0)  # the old id is heard of once more
    people.note_refusal(db, CHAT, NOON)
    moving.move(db, "telegram", "10", "-100")
    assert said(turns.recent(db, "telegram:-100:", 9)) == ["하나"]
    assert db.execute("select conversation from forgotten").fetchall() == [("telegram:-100:",)]
