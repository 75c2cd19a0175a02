"""What was said in the chats of a platform that keeps no messages itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot import inbox, outbox
from bot.inbox import Inbox
from bot.messages import Address, Body, MessageRef, Raw
from bot.outbox import Bubble
from bot.ports import Entry
from bot.store import Store
from bot.transcript import History
from tests.stage import Hands

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
HOME = Address("web", "home")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store.open(tmp_path)
    yield store
    store.close()


async def heard(store: Store, *keys: str, chat: str = "home") -> None:
    await Inbox(store, Hands(NOW)).take("web", [Raw(key, f"raw {key}", chat) for key in keys])


async def answered(store: Store, row: int, text: str, *, state: str = "sent", part: int = 0) -> None:
    """An answer of one bubble, as far as `state`."""

    def work(db: Database) -> None:
        ref = MessageRef("web", "home", f"m{row}.{part}")
        bubble = outbox.add(db, Bubble(0, row, part, "web:home:", HOME, None, ref, "open", Body("처음")), NOW)
        if state != "open":
            inbox.done(db, [row])
            outbox.ready(db, bubble.id, Body(text), None)
        if state == "sent":
            outbox.sent(db, bubble.id, keep=True)

    await store.run(work)


def said(entries: tuple[Entry, ...] | list[Entry]) -> list[str]:
    return [entry.body.text if entry.body else entry.raw for entry in entries]


async def test_questions_stand_before_their_answers_whenever_those_came(store: Store) -> None:
    await heard(store, "a", "b")
    await answered(store, 2, "답 b")
    await answered(store, 1, "답 a")
    await answered(store, 1, "둘째 장", part=1)
    entries = list(await History(store).entries("web", "home", before=None, most=10))
    assert said(entries) == ["raw a", "답 a", "둘째 장", "raw b", "답 b"]
    older = list(await History(store).entries("web", "home", before=entries[3].place, most=2))
    assert said(older) == ["답 a", "둘째 장"]


@pytest.mark.parametrize(
    ("state", "done", "texts"), [("open", False, []), ("ready", False, []), ("sent", True, ["답"])]
)
async def test_a_row_is_done_once_its_last_message_was_delivered(
    store: Store, state: str, done: bool, texts: list[str]
) -> None:
    await heard(store, "a")
    await answered(store, 1, "답", state=state)
    outcome = await History(store).outcome("web", "a")
    assert outcome is not None
    assert (outcome.raw, outcome.done, said(outcome.entries)) == ("raw a", done, texts)


async def test_a_key_that_never_came_has_no_outcome(store: Store) -> None:
    await heard(store, "a")
    assert await History(store).outcome("web", "b") is None
    assert await History(store).outcome("telegram", "a") is None


async def test_chats_are_told_apart_and_the_newest_comes_first(store: Store) -> None:
    await heard(store, "a", chat="one")
    await heard(store, "b", chat="two")
    await heard(store, "c", chat="one")
    await heard(store, "d", chat="")
    chats = await History(store).chats("web", 10)
    assert [(chat.id, chat.raw) for chat in chats] == [("one", "raw a"), ("two", "raw b")]
    assert await History(store).entries("web", "", before=None, most=10) == []


async def test_what_is_erased_leaves_the_database_and_what_is_under_way_stays(store: Store) -> None:
    await heard(store, "a", "b")
    await answered(store, 1, "답 a")
    assert not await History(store).quiet("web", "home")
    await History(store).erase("web", "home")
    assert said(list(await History(store).entries("web", "home", before=None, most=10))) == ["raw b"]
    outcome = await History(store).outcome("web", "a")
    assert outcome is not None
    assert (outcome.raw, outcome.entries) == ("", ())


async def test_a_platform_that_keeps_its_messages_leaves_nothing_here(store: Store) -> None:
    await heard(store, "a", chat="")
    await store.run(lambda db: inbox.done(db, [1]))
    assert await store.run(lambda db: db.execute("select payload from inbox").fetchall()) == [("",)]


async def test_a_failed_row_is_told_as_done_with_nothing_said(store: Store) -> None:
    await heard(store, "a")
    await store.run(lambda db: inbox.aside(db, [1], "no row of ours"))
    outcome = await History(store).outcome("web", "a")
    assert outcome is not None
    assert (outcome.done, outcome.entries) == (True, ())
