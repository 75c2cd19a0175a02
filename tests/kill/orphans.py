"""Does the model's process end with the bot, however that ends?"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from contextlib import suppress
from pathlib import Path

from tests.kill.victim import Victim
from tests.kill.worlds import Name, World, world

_GRACE = 5.0  # seconds that the model's process may outlive the bot
_LOOK_EVERY = 0.05


async def orphans(platform: Name, kills: int, seed: int, folder: Path) -> int:
    """Kill a bot with the embedded model so many times; how many model processes outlived it by more than 5 s."""
    chance = random.Random(seed)
    left: set[int] = set()
    async with world(platform) as there:
        victim = Victim(folder, platform=platform, api=there.url, token=there.token)
        try:
            for number in range(kills):
                before = there.arrivals()
                await victim.start()
                await there.until(lambda: there.arrivals() > before, 30.0)  # noqa: B023 used up at once
                children = await _children_once_there(victim.pid)
                await _some_moment(there, chance, loading=number % 2 == 0)
                children |= _descendants(victim.pid)
                await victim.kill()
                left |= await _survivors(children)
        finally:
            await victim.bury()
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
    return len(left)


async def _children_once_there(pid: int) -> set[int]:
    async with asyncio.timeout(30):
        while not (found := _descendants(pid)):  # noqa: ASYNC110 nobody tells of a process
            await asyncio.sleep(_LOOK_EVERY)
    return found


async def _some_moment(there: World, chance: random.Random, *, loading: bool) -> None:
    """While it loads, or while it answers."""
    if loading:
        return await asyncio.sleep(chance.uniform(0.0, 3.0))
    there.speak(0, "안녕")
    await there.until(lambda: any(each.text.strip("…") for each in there.shown(0)), 60.0)


async def _survivors(children: set[int]) -> set[int]:
    """Those that still run after the grace."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_GRACE):
            while any(map(_runs, children)):  # noqa: ASYNC110 nor of its end
                await asyncio.sleep(_LOOK_EVERY)
    return {pid for pid in children if _runs(pid)}


def _descendants(pid: int) -> set[int]:
    parents = _parents()
    found: set[int] = set()
    fresh = {pid}
    while fresh := {child for child, parent in parents.items() if parent in fresh} - found:
        found |= fresh
    return found


def _parents() -> dict[int, int]:
    """Who started whom, from /proc."""
    found: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and (parent := _status(int(folder.name))[0]):
            found[int(folder.name)] = parent
    return found


def _runs(pid: int) -> bool:
    _, state = _status(pid)
    return state not in ("", "Z")


def _status(pid: int) -> tuple[int, str]:
    """A process's parent and state (proc(5)); 0 and "" when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0, ""
    return int(fields[1]), fields[0]
