"""Many jobs while memory runs out and the model's process is killed: `python -m tests.chaos --jobs 2000`.

Every job is a person's message to the whole core. One step of the engine in ten finds no memory, and for one job in a
hundred the model's process is killed with -9. Each job must end in one answer, or in one sentence that says sorry.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.locale import load
from bot.messages import Address, Person
from model.client import OpenAIBackend
from model.process import ModelProcess
from tests.model.tiny import saying, tiny_folder
from tests.stage import Stage, on_stage, open_settings

CHATS = 40
EVERY = 100  # jobs between two deaths
ANSWER = "abcdef"


class _Victim(ModelProcess):
    """The model's process with memory that runs out."""

    program = ("-m", "tests.chaos_worker")


@dataclass(frozen=True, slots=True)
class Outcome:
    jobs: int
    answers: int
    apologies: int
    lost: int
    duplicated: int
    deaths: int

    def __str__(self) -> str:
        return (
            f"CHAOS {self.jobs} jobs: {self.answers} answers, {self.apologies} apologies, {self.lost} lost, "
            f"{self.duplicated} duplicated, {self.deaths} deaths of the model's process"
        )

    @property
    def fine(self) -> bool:
        return not (self.lost or self.duplicated) and self.answers + self.apologies == self.jobs


async def chaos(jobs: int, work: Path) -> Outcome:
    """Ask, kill, wait until everybody is answered, and count what each chat shows."""
    stage = Stage()
    folder = tiny_folder(work / "tiny", saying(ANSWER))
    process = _Victim(folder, work / "model.sock", {"threads": 1}, first_delay=0.05, healthy_after=0.1)
    backend = OpenAIBackend("http://model/v1", uds=process.socket, tags=())
    settings = open_settings(
        quota=dict.fromkeys(("person_per_minute", "person_per_day", "chat_per_minute", "chat_per_day"), 0),
        model={"patience": 30.0},
    )
    supervising = asyncio.create_task(process.run())
    try:
        await process.wait_ready(60)
        async with on_stage(work, stage, backend, settings):
            deaths = await _ask(stage, process, jobs)
            with suppress(AssertionError):  # counted as lost
                await stage.until(lambda: stage.deliveries >= jobs, within=60 + jobs / 5)
    finally:
        await process.stop()
        await supervising
        await backend.close()
    return _count(stage, jobs, deaths)


async def _ask(stage: Stage, process: ModelProcess, jobs: int) -> int:
    """A steady stream of questions; returns how often the process was killed meanwhile."""
    deaths = 0
    for number in range(jobs):
        chat = f"home{number % CHATS}"
        await stage.say("?", person=Person("stage", chat, chat), to=Address("stage", chat))
        if number % EVERY == EVERY // 2:
            deaths += _killed(process)
        await stage.until(lambda done=number - 2 * CHATS: stage.deliveries >= done, within=120)  # type: ignore[misc]
    return deaths


def _killed(process: ModelProcess) -> bool:
    """Kill it, if it is there."""
    if process.pid is None:
        return False
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    return True


def _count(stage: Stage, jobs: int, deaths: int) -> Outcome:
    sorry = load("ko")
    apologies = {sorry(key) for key in ("model_unavailable", "apology", "model_silent")}
    asked = Counter(f"home{number % CHATS}" for number in range(jobs))
    told = Counter(shown.chat for shown in stage.messages.values())
    texts = [shown.body.text for shown in stage.messages.values()]
    return Outcome(
        jobs,
        texts.count(ANSWER),
        sum(text in apologies for text in texts),
        sum((asked - told).values()),
        sum((told - asked).values()),
        deaths,
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--jobs", type=int, default=2000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        outcome = asyncio.run(chaos(asked.jobs, Path(work)))
    print(outcome)
    return 0 if outcome.fine else 1


if __name__ == "__main__":
    sys.exit(main())
