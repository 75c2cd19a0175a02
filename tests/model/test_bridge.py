"""Orders reach the engine's thread and tokens come back, whatever happens to either side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import torch

from bot.messages import Sampling
from model.bridge import Answer, Bridge, EngineDead
from model.schedule import QueueFull
from tests.model.served import HeldEngine, held_engine
from tests.model.tiny import following

LOOP = following([1, 2, 1], 259)
ANY = Sampling()


@asynccontextmanager
async def bridged(*, slots: int = 4, waiting: int = 4) -> AsyncIterator[tuple[Bridge, HeldEngine]]:
    engine = held_engine(LOOP, slots=slots, waiting=waiting)
    bridge = Bridge(engine, lambda: None)
    bridge.start()
    try:
        yield bridge, engine
    finally:
        engine.let_go()
        await bridge.stop()


async def tokens(answer: Answer) -> list[int]:
    return [token async for produced in answer for token in produced.tokens]


async def test_an_answer_comes_back_whole() -> None:
    async with bridged() as (bridge, _):
        assert await tokens(await bridge.submit([1], Sampling(max_tokens=4))) == [2, 1, 2, 1]


async def test_two_chats_are_written_side_by_side() -> None:
    order: list[str] = []

    async def read(name: str, answer: Answer) -> None:
        async for _ in answer:
            order.append(name)

    async with bridged() as (bridge, engine):
        engine.hold()
        first = await bridge.submit([1], Sampling(max_tokens=3))
        adding = asyncio.create_task(bridge.submit([1], Sampling(max_tokens=3)))
        await asyncio.sleep(0)  # so that it is ordered before the step ends
        engine.allow()
        second = await adding
        engine.allow(3)
        await asyncio.gather(read("a", first), read("b", second))
    assert sorted(order) == ["a"] * 3 + ["b"] * 3
    assert order != sorted(order)


async def test_closing_an_answer_frees_its_slot_within_one_step() -> None:
    async with bridged(slots=1) as (bridge, engine):
        first = await bridge.submit([1], ANY)
        await first.next()
        engine.hold()
        second = asyncio.create_task(bridge.submit([2], Sampling(max_tokens=1)))
        await asyncio.sleep(0)
        first.close()
        engine.allow(3)  # one that may be under way, one that may have begun before the order, the second's own
        async with asyncio.timeout(5):
            assert await tokens(await second) == [1]


async def test_an_answer_that_pauses_comes_back_whole_though_nobody_else_is_left() -> None:
    async with bridged(slots=1) as (bridge, engine):
        paused = await bridge.submit([1], Sampling(max_tokens=6), priority=1)
        assert (await paused.next()).tokens == (2,)
        assert await tokens(await bridge.submit([2], Sampling(max_tokens=3))) == [1, 2, 1]
        async with asyncio.timeout(5):
            assert [2, *await tokens(paused)] == [2, 1] * 3
        assert (engine.running, engine.waiting) == (0, 0)


async def test_a_request_that_is_given_up_while_it_is_added_leaves_nothing_behind() -> None:
    async with bridged() as (bridge, engine):
        engine.hold()
        running = await bridge.submit([1], Sampling(max_tokens=50))
        given_up = asyncio.create_task(bridge.submit([1], ANY))
        await asyncio.sleep(0)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        engine.let_go()
        await tokens(running)
        assert await bridge.alive(5)
        assert (engine.running, engine.waiting) == (0, 0)


async def test_a_full_queue_and_a_prompt_too_long_are_told_to_who_asked() -> None:
    async with bridged(slots=1, waiting=0) as (bridge, engine):
        with pytest.raises(ValueError, match="does not fit"):
            await bridge.submit([1] * 1000, ANY)
        await bridge.submit([1], ANY)
        engine.hold()
        asking = asyncio.create_task(bridge.submit([1], ANY))
        await asyncio.sleep(0)
        engine.allow(2)
        with pytest.raises(QueueFull):
            await asking


async def test_alive_means_a_token_was_written() -> None:
    async with bridged(slots=1, waiting=0) as (bridge, engine):
        assert await bridge.alive(5)
        answer = await bridge.submit([1], ANY)
        assert await bridge.alive(5), "somebody else's token will do"
        answer.close()
        assert await tokens(await bridge.submit([1], Sampling(max_tokens=1))) == [2]
        engine.hold()  # now that nothing is under way
        assert not await bridge.alive(0.05)
        engine.let_go()
        assert await bridge.alive(5)


@pytest.mark.parametrize(("asked", "steps"), [(Sampling(max_tokens=1), 4), (Sampling(num_beams=2, max_tokens=50), 12)])
async def test_alive_means_also_that_the_model_reads_though_nobody_gets_a_token(asked: Sampling, steps: int) -> None:
    engine = held_engine(LOOP, slots=1, chunk=8)
    bridge = Bridge(engine, lambda: None)
    bridge.start()
    engine.hold()
    answer = await bridge.submit([1] * 40, asked)
    for _ in range(steps):
        asking = asyncio.create_task(bridge.alive(5))
        await asyncio.sleep(0)
        engine.allow()
        assert await asking
    assert answer.first is None
    engine.let_go()
    await bridge.stop()


async def test_a_model_whose_numbers_are_not_finite_is_not_alive_and_says_so_at_once() -> None:
    broken = following([1, 2, 1], 259)
    with torch.no_grad():
        broken.lm_head.weight.fill_(float("nan"))
    bridge = Bridge(held_engine(broken), lambda: None)
    bridge.start()
    async with asyncio.timeout(5):
        assert not await bridge.alive(600)
    assert bridge.steps == 0
    await bridge.stop()


async def test_memory_that_nobody_needs_any_more_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.bridge._TRIM", 0.01)
    async with bridged() as (bridge, engine):
        await asyncio.gather(*[tokens(await bridge.submit([1], Sampling(max_tokens=4))) for _ in range(3)])
        for _ in range(1000):
            if not engine._memory.held:
                break
            await asyncio.sleep(0.01)
        assert not engine._memory.held


async def test_an_engine_that_fails_ends_every_answer_and_is_reported() -> None:
    engine, told = held_engine(LOOP), asyncio.Event()
    bridge = Bridge(engine, told.set)
    bridge.start()
    answer = await bridge.submit([1], ANY)
    engine.fails = True
    assert [produced.finish async for produced in answer][-1] == "error"
    await told.wait()
    with pytest.raises(EngineDead):
        await bridge.submit([1], ANY)
    assert not await bridge.alive(5)
    await bridge.stop()
