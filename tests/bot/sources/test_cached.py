"""One question at a time, the last known in trouble, and never more than fits."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.errors import NotThere, SourceBusy, SourceError, SourceRefused
from bot.sources.cached import Cached, Known
from tests.bot.sources.provider import Clock


class Source:
    """Says a number that grows, or the fault it was given; `open` lets it speak."""

    def __init__(self) -> None:
        self.asked = 0
        self.fault: SourceError | None = None
        self.heard = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self) -> int:
        self.asked += 1
        self.heard.set()
        await self.open.wait()
        if self.fault is not None:
            raise self.fault
        return self.asked


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def cache(clock: Clock) -> Cached[str, int]:
    return Cached(clock, timedelta(minutes=10), keep=timedelta(hours=3), size=3)


async def test_what_is_fresh_is_told_without_asking(cache: Cached[str, int], clock: Clock, source: Source) -> None:
    said_at = clock.at
    await cache.get("a", source)
    clock.pass_by(minutes=9)
    assert await cache.get("a", source) == Known(1, said_at, fresh=True)
    assert source.asked == 1


async def test_what_is_old_is_asked_again(cache: Cached[str, int], clock: Clock, source: Source) -> None:
    await cache.get("a", source)
    clock.pass_by(minutes=10)
    assert await cache.get("a", source) == Known(2, clock.at, fresh=True)


async def test_questions_at_once_share_one_request(cache: Cached[str, int], source: Source) -> None:
    source.open.clear()
    questions = [asyncio.create_task(cache.get("a", source)) for _ in range(20)]
    await asyncio.wait_for(source.heard.wait(), 5)
    source.open.set()
    assert {known.value for known in await asyncio.gather(*questions)} == {1}
    assert source.asked == 1


async def test_one_who_gives_up_takes_nothing_from_the_others(cache: Cached[str, int], source: Source) -> None:
    source.open.clear()
    first, second = (asyncio.create_task(cache.get("a", source)) for _ in range(2))
    await asyncio.wait_for(source.heard.wait(), 5)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    source.open.set()
    assert (await second).value == 1


async def test_a_fault_is_told_to_all_who_asked(cache: Cached[str, int], source: Source) -> None:
    source.open.clear()
    source.fault = SourceError("X", "is broken")
    questions = [asyncio.create_task(cache.get("a", source)) for _ in range(3)]
    await asyncio.wait_for(source.heard.wait(), 5)
    source.open.set()
    assert [type(end) for end in await asyncio.gather(*questions, return_exceptions=True)] == [SourceError] * 3
    assert source.asked == 1


async def test_in_trouble_the_last_known_is_told_with_its_age(
    cache: Cached[str, int], clock: Clock, source: Source
) -> None:
    said_at = clock.at
    await cache.get("a", source)
    clock.pass_by(hours=2)
    source.fault = SourceError("X", "is broken")
    assert await cache.get("a", source) == Known(1, said_at, fresh=False)


async def test_what_is_too_old_is_not_told(cache: Cached[str, int], clock: Clock, source: Source) -> None:
    await cache.get("a", source)
    clock.pass_by(hours=4)
    source.fault = SourceError("X", "is broken")
    with pytest.raises(SourceError, match="is broken"):
        await cache.get("a", source)


async def test_a_source_in_trouble_is_left_alone_for_a_while(
    cache: Cached[str, int], clock: Clock, source: Source
) -> None:
    source.fault = SourceError("X", "is broken")
    for _ in range(3):
        with pytest.raises(SourceError):
            await cache.get("a", source)
    assert source.asked == 1
    clock.pass_by(seconds=30)
    source.fault = None
    assert (await cache.get("a", source)).fresh


async def test_trouble_with_one_question_is_not_trouble_with_another(cache: Cached[str, int], source: Source) -> None:
    source.fault = NotThere("X", "knows no such thing")
    with pytest.raises(NotThere):
        await cache.get("a", source)
    source.fault = None
    assert (await cache.get("b", source)).fresh


@pytest.mark.parametrize(
    ("fault", "seconds"), [(SourceBusy("X", 120), 120), (SourceRefused("X", "refuses us (403)"), 600)]
)
async def test_a_source_that_sends_us_away_is_asked_nothing(
    fault: SourceError, seconds: float, cache: Cached[str, int], clock: Clock, source: Source
) -> None:
    await cache.get("a", source)
    clock.pass_by(minutes=10)
    source.fault = fault
    with pytest.raises(type(fault)):
        await cache.get("b", source)
    assert not (await cache.get("a", source)).fresh
    clock.pass_by(seconds=seconds - 1)
    with pytest.raises(type(fault)):
        await cache.get("c", source)
    assert source.asked == 2
    clock.pass_by(seconds=1)
    source.fault = None
    assert (await cache.get("c", source)).fresh


async def test_a_fault_told_often_does_not_grow(cache: Cached[str, int], source: Source) -> None:
    source.fault = SourceError("X", "is broken")
    depths = []
    for _ in range(5):
        with pytest.raises(SourceError) as caught:
            await cache.get("a", source)
        depths.append(len(caught.traceback))
    assert depths[1:] == depths[1:2] * 4


async def test_the_least_wanted_go_first(cache: Cached[str, int], source: Source) -> None:
    for key in "abc":
        await cache.get(key, source)
    await cache.get("a", source)
    await cache.get("d", source)
    assert len(cache) == 3
    assert (await cache.get("a", source)).value == 1
    assert (await cache.get("b", source)).value == 5


async def test_a_thousand_questions_leave_three_entries(cache: Cached[str, int], source: Source) -> None:
    source.fault = NotThere("X", "knows no such thing")
    for number in range(1000):
        with pytest.raises(NotThere):
            await cache.get(str(number), source)
    assert (len(cache), len(cache._asking)) == (3, 0)


async def test_closing_ends_what_is_being_asked(cache: Cached[str, int], source: Source) -> None:
    source.open.clear()
    question = asyncio.create_task(cache.get("a", source))
    await asyncio.wait_for(source.heard.wait(), 5)
    await cache.close()
    with pytest.raises(asyncio.CancelledError):
        await question
    assert not cache._asking
