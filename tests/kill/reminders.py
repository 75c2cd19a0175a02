"""`python -m tests.kill.reminders`: a thousand reminders due in one minute, and a bot that is killed meanwhile."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.effects import Moment
from bot.locale import load
from bot.messages import Address, Incoming, MessageRef, Person
from bot.reminders import Remind
from bot.store import Store
from tests.kill.endpoint import Endpoint
from tests.kill.victim import Victim
from tests.twins.telegram import Chat, TelegramTwin

_LEAD = 4.0  # seconds from planting to the first that is due
_STILL = 5.0  # seconds without a message after which nothing more is expected
_PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Told:
    """What people saw of `count` reminders, one in each chat.

    `repeats` say that they may be one; `marked` say so and came once; `silent_repeats` do not say so.
    """

    count: int
    lost: int
    repeats: int
    marked: int
    silent_repeats: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"REMINDERS {self.count}: {self.lost} lost, {self.silent_repeats} repeated silently, "
            f"{self.repeats} repeated with a mark, {self.marked} marked that came once, {self.seconds:.0f} s"
        )


async def trial(count: int, within: float, kills: int, stops: int, seed: int, folder: Path) -> Told:
    """Reminders over `within` seconds; the bot is killed (-9) and stopped (SIGTERM) so often while they come."""
    chance = random.Random(seed)
    began = time.monotonic()
    async with TelegramTwin() as twin, Endpoint(twin.changed) as model:
        chats = [twin.private(twin.person(f"사람{number}")) for number in range(count)]
        victim = Victim(folder, platform="telegram", api=twin.url, token=twin.token, model=model.url)
        await plant(folder / "data", chats, within, chance)
        try:
            await victim.start()
            ends = [*["kill"] * kills, *["stop"] * stops]
            chance.shuffle(ends)
            for number, end in enumerate(ends, start=1):
                goal = count * number // (len(ends) + 1)
                await twin.until(lambda goal=goal: told(twin) >= goal, _PATIENCE)  # type: ignore[misc]
                await asyncio.sleep(chance.uniform(0.0, 0.1))
                await (victim.kill() if end == "kill" else victim.stop())
                await victim.start()
            await _calm(twin, count)
        finally:
            await victim.bury()
        return judged(twin, chats, time.monotonic() - began)


async def plant(data: Path, chats: list[Chat], within: float, chance: random.Random) -> None:
    """Write one reminder for each chat into the bot's database."""
    now = datetime.now(UTC)
    store = Store.open(data)
    for number, chat in enumerate(chats, start=1):
        person = Person("telegram", str(chat.id), "사람")
        address = Address("telegram", str(chat.id))
        incoming = Incoming(address, MessageRef("telegram", str(chat.id), "1"), person, "", now, True, True)
        due = now + timedelta(seconds=_LEAD + chance.uniform(0.0, within))
        moment = Moment(number + 1_000_000, incoming, f"telegram:{chat.id}:", now)
        remind = Remind("remind", f"약 {chat.id}", due, "Asia/Seoul")
        await store.run(lambda db, remind=remind, moment=moment: remind.apply(db, moment))  # type: ignore[misc]
    await asyncio.to_thread(store.close)


def told(twin: TelegramTwin) -> int:
    return sum(call.method == "sendMessage" for call in twin.calls)


async def _calm(twin: TelegramTwin, count: int) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        before = told(twin)
        await asyncio.sleep(_STILL)
        if told(twin) == before and before >= count:
            return


def judged(twin: TelegramTwin, chats: list[Chat], seconds: float) -> Told:
    mark = load("ko")("sent_again")
    seen = [Counter("marked" if mark in bubble.text else "plain" for bubble in twin.answers(chat)) for chat in chats]
    return Told(
        len(chats),
        lost=sum(not texts.total() for texts in seen),
        repeats=sum(texts["marked"] for texts in seen if texts.total() > 1),
        marked=sum(texts["marked"] for texts in seen if texts.total() == 1),
        silent_repeats=sum(max(0, texts["plain"] - 1) for texts in seen),
        seconds=seconds,
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kill.reminders", description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--within", type=float, default=60.0, help="seconds in which they are due")
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--stops", type=int, default=2)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 16))
    asked = parser.parse_args()
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    print(
        f"{asked.count} reminders, {asked.kills} kills, {asked.stops} stops, seed {asked.seed}, {os.cpu_count()} cores"
    )
    with tempfile.TemporaryDirectory(prefix="irang-reminders-") as name:
        seen = asyncio.run(trial(asked.count, asked.within, asked.kills, asked.stops, asked.seed, Path(name)))
    print(seen)
    return 1 if seen.lost or seen.silent_repeats else 0


if __name__ == "__main__":
    sys.exit(main())
