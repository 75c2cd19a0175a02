"""What is committed is answered, whatever becomes of whoever brought it."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from bot.app import SystemClock
from bot.inbox import Inbox, aside
from bot.messages import Cursor, Raw
from bot.operating import letters
from bot.store import Store


async def test_a_row_is_queued_though_its_connection_ends_while_it_is_committed(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    try:
        inbox, door = Inbox(store, SystemClock()), threading.Event()
        held = asyncio.create_task(store.run(lambda db: door.wait(5)))
        bringing = asyncio.create_task(inbox.take("stage", [Raw("1", "안녕")], Cursor("offset", "2")))
        async with asyncio.timeout(5):
            while not inbox._taking:  # noqa: ASYNC110 nothing tells of it
                await asyncio.sleep(0)
        bringing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await bringing
        door.set()
        await held
        async with asyncio.timeout(5):
            assert (await inbox.next()).payload == "안녕"
    finally:
        await asyncio.to_thread(store.close)


async def test_a_row_that_is_known_is_queued_once(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    try:
        inbox = Inbox(store, SystemClock())
        for _ in range(2):
            await inbox.take("stage", [Raw("1", "안녕")])
        await inbox.take("stage", [Raw("2", "끝")])
        assert [(await inbox.next()).payload for _ in range(2)] == ["안녕", "끝"]
    finally:
        await asyncio.to_thread(store.close)


async def test_what_many_bring_at_once_shares_commits_and_is_queued_in_the_order_of_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[int] = []
    commit = Store._commit

    def counted(store: Store, group: list[Any]) -> None:
        commits.append(len(group))
        commit(store, group)

    monkeypatch.setattr(Store, "_commit", counted)
    store = Store.open(tmp_path)
    try:
        inbox, platforms = Inbox(store, SystemClock()), ("telegram", "web", "discord")
        bringing = (inbox.take(platforms[n % 3], [Raw(f"{n}a", ""), Raw(f"{n}b", "")]) for n in range(300))
        await asyncio.gather(*bringing)
        rows = [row for _ in range(12) for row in await inbox.waiting(50)]
    finally:
        await asyncio.to_thread(store.close)
    assert [row.id for row in rows] == sorted(row.id for row in rows)
    assert len(rows) == 600
    assert len(commits) < 150  # one for each would be 300


async def test_what_came_from_a_platform_that_is_off_waits_until_it_is_on(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    try:
        inbox = Inbox(store, SystemClock())
        await inbox.take("telegram", [Raw("1", "안녕"), Raw("2", "거기?")])
        await inbox.take("console", [Raw("1", "나야")])
        later = Inbox(store, SystemClock())
        assert await later.replay(["console"]) == 1
        assert await later.replay([]) == 0
        assert [row.payload for row in await later.waiting(10)] == ["나야"]
        assert await later.replay({"telegram": 1, "discord": 2}) == 2
        assert [row.payload for row in await later.waiting(10)] == ["안녕", "거기?"]
    finally:
        await asyncio.to_thread(store.close)


async def test_what_an_operator_wants_answered_is_still_wanted_after_a_crash(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    try:
        inbox = Inbox(store, SystemClock())
        await inbox.take("stage", [Raw("1", "오래된 말"), Raw("2", "새 말")])
        await store.run(lambda db: aside(db, [1], "the backup is older"))
        taken_up = await store.run(lambda db: letters.take_up(db, 1, ["stage"]))
        assert taken_up
        assert taken_up.wanted
        later = Inbox(store, SystemClock())
        await later.replay(["stage"])
        assert [(row.payload, row.wanted) for row in await later.waiting(10)] == [("오래된 말", True), ("새 말", False)]
    finally:
        await asyncio.to_thread(store.close)
