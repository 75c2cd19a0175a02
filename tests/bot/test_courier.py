"""Windows in which nobody knows whether a call was taken: a crash before the commit that follows it, a timeout."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bot import outbox
from bot.app import SystemClock
from bot.courier import Courier
from bot.errors import BadToken, PlatformError, Throttled, Uncertain, Unreachable
from bot.messages import Address, Body, Key, MessageRef, Poll
from bot.outbox import Bubble
from bot.pacing import Pacer
from bot.store import Store
from tests.stage import HOME, Stage

HALF, WHOLE = Body("반"), Body("반쪽이 아니라 전부")
REMINDER = Body("약 먹기", plain=True, again="(또?)")


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


class Mute(Stage):
    """A platform that takes the first send and does not say so."""

    async def send(self, to: Address, body: Body, *, reply_to: MessageRef | None, key: Key) -> MessageRef:
        ref = await super().send(to, body, reply_to=reply_to, key=key)
        if len(self.messages) == 1 and self.texts() == [body.text]:
            raise Uncertain("timeout")
        return ref


@pytest.mark.parametrize("body", [REMINDER, Body("?", poll=Poll("점심?", ("국수", "밥")), plain=True, again="(또?)")])
async def test_what_may_have_been_taken_is_marked_when_it_is_sent_again(tmp_path: Path, body: Body) -> None:
    stage = Mute(idempotent=False)
    async with opened(tmp_path) as store:
        await courier(stage, store).place(await fresh(store, body), body)
    first, again = (shown.body for shown in stage.messages.values())
    assert (first, again.text) == (body, f"(또?)\n{body.text}")
    assert again.poll is None or again.poll.question == "(또?)\n점심?"


async def test_a_platform_that_knows_a_repeat_gets_it_unmarked(tmp_path: Path) -> None:
    stage = Stage(idempotent=True)
    stage.faults = [Uncertain("timeout")]
    async with opened(tmp_path) as store:
        await courier(stage, store).place(await fresh(store, REMINDER), REMINDER)
    assert stage.texts() == [REMINDER.text]


@pytest.mark.parametrize("fault", [Unreachable("502"), Throttled(0.01), BadToken("taken back")])
async def test_what_was_surely_not_taken_is_sent_again_unmarked(tmp_path: Path, fault: PlatformError) -> None:
    stage = Stage(idempotent=False)
    stage.faults = [fault]
    async with opened(tmp_path) as store:
        bringing, bubble = courier(stage, store), await fresh(store, REMINDER)
        with suppress(BadToken):
            await bringing.place(bubble, REMINDER)
        await bringing.settle(bubble, REMINDER)
    assert stage.texts() == [REMINDER.text]


async def test_a_send_that_the_disk_did_not_let_begin_is_no_try(tmp_path: Path) -> None:
    stage = Stage(idempotent=False)
    async with opened(tmp_path) as store:
        bringing, bubble = courier(stage, store), await fresh(store, REMINDER)
        await store.run(lambda db: db.execute("alter table outbox rename to elsewhere"))
        with pytest.raises(sqlite3.OperationalError):
            await bringing.place(bubble, REMINDER)
        await store.run(lambda db: db.execute("alter table elsewhere rename to outbox"))
        await bringing.place(bubble, REMINDER)
    assert stage.texts() == [REMINDER.text]
