"""One trial: a bot under traffic, killed so many times, and what people saw in the end."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.kill.endpoint import Endpoint
from tests.kill.judge import Verdict
from tests.kill.moments import Moments
from tests.kill.traffic import Traffic
from tests.kill.victim import Victim
from tests.kill.worlds import Name, World, world

Signal = Literal["kill", "term"]

_STILL = 4.0  # seconds without any change after which nothing more is expected
_QUIET = 180.0  # seconds until it must be quiet


@dataclass
class Outcome:
    """What a trial has shown. Times in seconds."""

    kills: int
    asked: int = 0
    verdict: Verdict = field(default_factory=Verdict)
    moments: dict[str, int] = field(default_factory=dict)
    restarts: list[float] = field(default_factory=list)  # from a kill to listening again
    stopped_in: float = 0.0
    ends: list[float] = field(default_factory=list)  # from a SIGTERM to the end of the process
    bad_ends: int = 0  # of those: with an error, or killed since they took too long
    violations: list[str] = field(default_factory=list)


async def trial(
    platform: Name, kills: int, seed: int, folder: Path, attempts: int = 100_000, signal: Signal = "kill"
) -> Outcome:
    """`attempts`: [delivery] attempts; `signal`: -9 or SIGTERM. Raises Ended when the bot ends by itself."""
    chance = random.Random(seed)
    outcome = Outcome(kills)
    async with world(platform) as there, Endpoint(there.changed) as model:
        victim = Victim(folder, platform=platform, api=there.url, token=there.token, model=model.url, attempts=attempts)
        traffic = Traffic(there, chance)
        try:
            await _begin(victim, there, traffic)
            moments = Moments(there, model, chance)
            talking = asyncio.create_task(traffic.flow())
            try:
                for _ in range(kills):
                    await _kill_once(victim, there, moments, outcome, signal)
                outcome.stopped_in = await _stop_once(victim, there, model)
            finally:
                talking.cancel()
            await _calm(there, traffic)
        finally:
            await victim.bury()
        outcome.asked, outcome.verdict, outcome.moments = traffic.asked, traffic.judged(), dict(moments.chosen)
        outcome.violations = list(there.violations())
    return outcome


async def _begin(victim: Victim, there: World, traffic: Traffic) -> None:
    """A first message everywhere: Discord tells a bot of a channel by talking in it, and replays nothing before."""
    await victim.start()
    assert await there.until(there.arrivals, 120.0), f"the bot does not listen: {victim.output.read_text()[-2000:]}"
    for place in range(there.places):
        traffic.ask(place)
    assert await there.until(lambda: not traffic.open(), 60.0), f"no answers: {victim.output.read_text()[-2000:]}"


async def _kill_once(victim: Victim, there: World, moments: Moments, outcome: Outcome, signal: Signal) -> None:
    """Kill at some moment, start anew at once. How long the restart took is known when the new one listens."""
    await moments.wait(_listening(there, victim, outcome))
    if signal == "term":
        outcome.ends.append(await victim.stop())
        outcome.bad_ends += not victim.ended_well
    else:
        await victim.kill()
    await victim.start()
    await asyncio.sleep(0.02)  # what the dead one still had on the wire has been read now


async def _stop_once(victim: Victim, there: World, model: Endpoint) -> float:
    """Ask it to end while it writes, and start it anew; the seconds that it took to end."""
    heard = model.said
    await there.until(lambda: model.said > heard, 20.0)
    seconds = await victim.stop()
    await victim.start()
    return seconds


def _listening(there: World, victim: Victim, outcome: Outcome) -> Callable[[], bool]:
    """Whether the bot has come to listen since now; notes the time from the last kill when it has."""
    before, noted = there.arrivals(), not victim.killed_at

    def listening() -> bool:
        nonlocal noted
        here = there.arrivals() > before or not victim.killed_at
        if here and not noted:
            noted = True
            outcome.restarts.append(time.monotonic() - victim.killed_at)
        return here

    return listening


async def _calm(there: World, traffic: Traffic) -> None:
    """Wait until everything is answered, or nothing happens any more; then for what may still come twice."""
    end = time.monotonic() + _QUIET
    while traffic.open() and time.monotonic() < end:
        await there.until(lambda: not traffic.open(), 10.0)
    still = _activity(there)
    while time.monotonic() < end:
        moved = await there.until(lambda: _activity(there) != still, _STILL)  # noqa: B023
        if not moved:
            return
        still = _activity(there)


def _activity(there: World) -> tuple[int, int]:
    return there.calls("send"), there.calls("edit")
