"""/healthz and /readyz mean it: a row is really written, a token really generated, and neither more than needed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import HealthSettings
from bot.errors import BackendDown
from bot.messages import Message, Prompt
from bot.operating.figures import Witness
from bot.operating.health import Checks, Pulse
from bot.overview import Health, PlatformState
from bot.store import Store
from tests.stage import Script

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SETTINGS = HealthSettings(poll_seconds=60.0, token_seconds=30.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


def checks(store: Store, model: Script | None = None, pulse: Pulse | None = None, *platforms: PlatformState) -> Checks:
    return Checks(SETTINGS, store, Witness(model or Script()), pulse or Pulse(), lambda: platforms, lambda: NOW)


def faulty(health: Health) -> list[str]:
    return [check.name for check in health.checks if not check.fine]


async def test_a_bot_that_works_is_alive_and_ready(store: Store) -> None:
    seen = PlatformState("telegram", watched=True, last=NOW - timedelta(seconds=59))
    terminal = PlatformState("console", watched=False)
    found = checks(store, None, None, seen, terminal)
    assert [check.name for check in (await found.alive()).checks] == ["loop", "database"]
    ready = await found.ready()
    assert [check.name for check in ready.checks] == ["loop", "database", "telegram", "model"]
    assert ready.fine


async def test_a_loop_that_is_late_is_said(store: Store) -> None:
    pulse = Pulse()
    pulse.lag = 2.5
    alive = await checks(store, None, pulse).alive()
    assert faulty(alive) == ["loop"]
    assert "2.500 s" in alive.checks[0].about


async def test_the_pulse_notices_a_loop_that_was_held_up() -> None:
    pulse = Pulse()
    beating = asyncio.create_task(pulse.run())
    await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    held_until = loop.time() + 1.3
    while loop.time() < held_until:  # what a blocking call does to it
        continue
    async with asyncio.timeout(5):
        while not pulse.worst:  # noqa: ASYNC110 it is a clock that is watched
            await asyncio.sleep(0.01)
    beating.cancel()
    assert pulse.worst >= 0.25


async def test_a_database_that_takes_no_row_is_not_alive(store: Store) -> None:
    await store.run(lambda db: db.execute("pragma query_only = on").fetchall())
    alive = await checks(store).alive()
    assert faulty(alive) == ["database"]
    assert "readonly" in alive.checks[1].about


async def test_a_closed_database_is_not_alive(store: Store) -> None:
    store.close()
    assert faulty(await checks(store).alive()) == ["database"]


async def test_one_written_row_is_believed_for_a_while(store: Store) -> None:
    found = checks(store)
    assert (await found.alive()).fine
    await store.run(lambda db: db.execute("pragma query_only = on").fetchall())
    assert (await found.alive()).fine


async def test_the_proof_reaches_the_disk(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "irang.db-wal"
    before = log.stat().st_mtime_ns, log.stat().st_size
    assert (await checks(store).alive()).fine
    assert (log.stat().st_mtime_ns, log.stat().st_size) != before


@pytest.mark.parametrize(
    ("state", "about"),
    [
        (PlatformState("telegram", watched=True), "not heard from yet"),
        (PlatformState("telegram", watched=True, last=NOW - timedelta(seconds=61)), "heard from 61 s ago"),
        (
            PlatformState("telegram", watched=True, last=NOW - timedelta(hours=1), note="409"),
            "heard from 3600 s ago: 409",
        ),
    ],
)
async def test_a_deaf_platform_is_not_ready_but_alive(store: Store, state: PlatformState, about: str) -> None:
    found = checks(store, None, None, state)
    ready = await found.ready()
    assert faulty(ready) == ["telegram"]
    assert next(check for check in ready.checks if check.name == "telegram").about == about
    assert (await found.alive()).fine


async def test_a_model_that_gives_no_token_is_not_ready_and_says_why(store: Store) -> None:
    model = Script()
    model.failures = [BackendDown("no connection to the model")]
    ready = await checks(store, model).ready()
    assert faulty(ready) == ["model"]
    assert ready.checks[-1].about == "no connection to the model"


async def test_many_who_ask_cost_one_token(store: Store) -> None:
    model = Script()
    found = checks(store, model)
    for health in await asyncio.gather(*(found.ready() for _ in range(20))):
        assert health.fine
    assert len(model.prompts) == 1
    assert model.prompts[0].sampling.max_tokens == 1


async def test_a_model_that_answers_people_is_not_asked_besides(store: Store) -> None:
    model = Script()
    witness = Witness(model)
    found = Checks(SETTINGS, store, witness, Pulse(), lambda: (), lambda: NOW)
    async for _ in witness.generate(Prompt((Message("user", "안녕"),))):
        pass
    assert (await found.ready()).fine
    assert [prompt.messages[0].content for prompt in model.prompts] == ["안녕"]
