"""Crash windows between a platform's call and the commit that follows it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import outbox
from bot.app import SystemClock
from bot.courier import Courier
from bot.messages import Address, Body, Key, MessageRef
from bot.outbox import Bubble
from bot.pacing import Pacer
from bot.store import Store
from tests.stage import HOME, Stage

HALF, WHOLE = Body("반"), Body("반쪽이 아니라 전부")


@pytest.fixture(params=[True, False], ids=["idempotent", "placeholder"])
def stage(request: pytest.FixtureRequest) -> Stage:
    return Stage(idempotent=request.param)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Store]:
    store = Store.open(folder)
    try:
        yield store
    finally:
        await asyncio.to_thread(store.close)


def courier(stage: Stage, store: Store) -> Courier:
    return Courier(stage, Pacer(stage.limits), store, SystemClock())


async def fresh(store: Store, body: Body) -> Bubble:
    bubble = Bubble(0, 1, 0, "lane", HOME, None, None, "open", body)
    return await store.run(lambda db: outbox.add(db, bubble, SystemClock().now()))


async def after_a_crash(store: Store, *, forgets: bool) -> Bubble:
    """The bubble as the next process reads it; `forgets`: the crash came before the message's id was committed."""
    if forgets:
        await store.run(lambda db: db.execute("update outbox set ref = null"))
    return (await store.run(lambda db: outbox.of(db, 1)))[0]


async def test_a_send_that_is_repeated_after_a_crash_still_ends_in_the_final_text(tmp_path: Path, stage: Stage) -> None:
    async with opened(tmp_path) as store:
        await courier(stage, store).place(await fresh(store, HALF), HALF)
        bubble = await after_a_crash(store, forgets=True)
        await courier(stage, store).settle(bubble, WHOLE)
    assert stage.texts() == ([WHOLE.text] if stage.limits.idempotent else ["…", WHOLE.text])


async def test_a_repeat_after_a_crash_has_the_key_of_the_first_try(tmp_path: Path, stage: Stage) -> None:
    async with opened(tmp_path) as store:
        first = await fresh(store, HALF)
        again = await after_a_crash(store, forgets=True)
    assert again.key == first.key
    assert len(first.key) <= 25  # Discord's nonce
    assert again.body == HALF  # what the first try said, by which it can be found in a channel's history


async def test_a_message_that_somebody_deleted_gets_a_successor_under_another_key(tmp_path: Path, stage: Stage) -> None:
    async with opened(tmp_path) as store:
        bubble = await fresh(store, HALF)
        first = bubble.key
        await courier(stage, store).place(bubble, HALF)
        assert bubble.ref
        await stage.delete(bubble.ref)
        await courier(stage, store).settle(bubble, WHOLE)
        assert stage.texts() == [WHOLE.text]
        assert (await after_a_crash(store, forgets=False)).key == bubble.key != first


class Slow(Stage):
    """A platform that takes a send and answers only when told to."""

    def __init__(self) -> None:
        super().__init__(idempotent=False)
        self.taken = asyncio.Event()
        self.answer = asyncio.Event()

    async def send(self, to: Address, body: Body, *, reply_to: MessageRef | None, key: Key) -> MessageRef:
        ref = await super().send(to, body, reply_to=reply_to, key=key)
        self.taken.set()
        await self.answer.wait()
        return ref


async def test_a_send_under_way_when_the_bot_stops_is_known_afterwards(tmp_path: Path) -> None:
    stage = Slow()
    async with opened(tmp_path) as store:
        placing = asyncio.create_task(courier(stage, store).place(await fresh(store, HALF), HALF))
        await stage.taken.wait()
        placing.cancel()
        asyncio.get_running_loop().call_soon(stage.answer.set)
        with pytest.raises(asyncio.CancelledError):
            await placing
        assert (await after_a_crash(store, forgets=False)).ref is not None
