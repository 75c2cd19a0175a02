"""What waits is looked up together, unless one of it may change what is known of another."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import people
from bot.app import running
from bot.arrivals import Arrival, Arrivals
from bot.messages import Address, Deleted, MessageRef, Person, Raw
from tests.stage import GROUP, Script, Stage, open_settings

MINSU, YUNA = Person("stage", "1", "민수"), Person("stage", "2", "유나")
HOME, HERS = Address("stage", "home"), Address("stage", "home2")


@asynccontextmanager
async def waiting(folder: Path) -> AsyncIterator[tuple[Stage, Arrivals]]:
    """A stage on which people talk, and nobody who answers yet."""
    stage = Stage()
    async with running(open_settings(), folder, [stage], Script()) as bot:
        stage._intake = bot.inbox
        stage._running.set()
        yield stage, Arrivals(bot.core, bot.inbox, lambda message: message if message.addressed else None)


def ahead(found: list[Arrival]) -> list[bool]:
    return [arrival.known is not None for arrival in found]


async def test_the_first_message_of_each_chat_is_looked_up_with_the_others(tmp_path: Path) -> None:
    async with waiting(tmp_path) as (stage, arrivals):
        await stage.say("하나", person=MINSU, to=HOME)
        await stage.say("둘", person=YUNA, to=HERS)
        await stage.say("셋", person=MINSU, to=HOME)
        found = await arrivals.next()
        assert [arrival.meant and arrival.meant.text for arrival in found] == ["하나", "둘", "셋"]
        assert ahead(found) == [True, True, False]  # what becomes of "하나" may matter to "셋"


async def test_who_waits_alone_is_looked_up_in_its_turn(tmp_path: Path) -> None:
    async with waiting(tmp_path) as (stage, arrivals):
        await stage.say("안녕")
        (alone,) = await arrivals.next()
        assert alone.known is None
        assert not (await arrivals.look_up(alone)).refused


async def test_what_follows_something_else_than_a_message_waits_for_that(tmp_path: Path) -> None:
    async with waiting(tmp_path) as (stage, arrivals):
        await stage.say("하나", to=HOME)
        await stage.say("둘", to=HERS)
        await stage.happen(Deleted(MessageRef("stage", "home", "in1")))
        await stage.say("셋", to=Address("stage", "home3"))
        assert ahead(await arrivals.next()) == [True, True, False, False]


async def test_what_is_not_meant_for_us_is_not_looked_up(tmp_path: Path) -> None:
    async with waiting(tmp_path) as (stage, arrivals):
        await stage.say("우리끼리", to=GROUP, addressed=False)
        await stage.say("하나", to=HOME)
        await stage.say("둘", to=HERS)
        found = await arrivals.next()
        assert ahead(found) == [False, True, True]
        assert found[0].meant is None


async def test_a_row_that_cannot_be_read_tells_why_and_hides_nobody(tmp_path: Path) -> None:
    async with waiting(tmp_path) as (stage, arrivals):
        await stage.say("하나", to=HOME)
        assert stage._intake
        await stage._intake.take("stage", [Raw("broken", "17")])
        await stage.say("둘", to=HERS)
        found = await arrivals.next()
        assert [type(arrival.fault) for arrival in found] == [type(None), ValueError, type(None)]
        assert [arrival.meant and arrival.meant.text for arrival in found] == ["하나", None, "둘"]


async def test_when_one_cannot_be_looked_up_each_is_in_its_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bool:
        raise sqlite3.OperationalError("database or disk is full")

    async with waiting(tmp_path) as (stage, arrivals):
        await stage.say("하나", to=HOME)
        await stage.say("둘", to=HERS)
        with monkeypatch.context() as patched:
            patched.setattr(people, "is_owner", broken)
            found = await arrivals.next()
        assert ahead(found) == [False, False]
        assert (await arrivals.look_up(found[0])).owner is False
