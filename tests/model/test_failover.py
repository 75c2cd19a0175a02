"""Several endpoints: the least busy answers, one that dies is stepped over, and comes back when it is well."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from bot.errors import BackendBusy, BackendDown, BackendRefused
from bot.messages import Message, Prompt, Sampling
from model.client import OpenAIBackend
from model.failover import Failover
from tests.model.served import Endpoint, served, until
from tests.model.tiny import saying, tiny_folder

HELLO = Prompt((Message("user", "?"),))
LONG = Prompt(HELLO.messages, Sampling(max_tokens=60))
NOWHERE = "http://127.0.0.1:9/v1"
KEY = "a-key-for-this-test"


@asynccontextmanager
async def over(*urls: str) -> AsyncIterator[Failover]:
    backends = Failover([OpenAIBackend(url, key=KEY) for url in urls])
    try:
        yield backends
    finally:
        await backends.close()


async def answer(backend: Failover, prompt: Prompt = HELLO) -> str:
    return "".join([piece.text async for piece in backend.generate(prompt)])


def allow(*endpoints: Endpoint) -> None:
    """One step for each."""
    for endpoint in endpoints:
        endpoint.engine.allow()


async def test_one_that_is_down_is_stepped_over_at_once_and_left_alone() -> None:
    async with served(saying("ab")) as well, over(NOWHERE, well.url) as backends:
        assert [await answer(backends) for _ in range(3)] == ["ab"] * 3
        assert [bool(endpoint.rest) for endpoint in backends._endpoints] == [True, False]


async def test_chats_go_to_the_one_with_fewer() -> None:
    async with served(saying("ab", for_ever=True)) as one, served(saying("cd", for_ever=True)) as other:
        one.engine.hold()
        other.engine.hold()
        async with over(one.url, other.url) as backends:
            chats = [asyncio.create_task(answer(backends, LONG)) for _ in range(6)]

            await until(lambda: all(chat.done() for chat in chats), doing=lambda: allow(one, other))
        assert sorted(chat.result()[:2] for chat in chats) == ["ab"] * 3 + ["cd"] * 3


async def test_busy_means_that_all_are_busy() -> None:
    async with full() as one, full() as other, over(one.url, other.url) as backends:
        refused = asyncio.create_task(busy(backends))
        await until(refused.done, doing=lambda: allow(one, other))
        assert await refused
    async with full() as one, served(saying("ab")) as other, over(one.url, other.url) as backends:
        told = asyncio.create_task(answer(backends))
        await until(told.done, doing=one.engine.allow)
        assert await told == "ab"


async def busy(backends: Failover) -> bool:
    with pytest.raises(BackendBusy):
        await answer(backends)
    return True


@asynccontextmanager
async def full() -> AsyncIterator[Endpoint]:
    """An endpoint whose only slot is taken, by an answer that grows only when a step is allowed."""
    async with served(saying("ab", for_ever=True), slots=1, waiting=0) as endpoint, over(endpoint.url) as alone:
        endpoint.engine.hold()
        reading = asyncio.create_task(answer(alone, LONG))
        await until(lambda: endpoint.engine.running == 1, doing=endpoint.engine.allow)
        yield endpoint
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def test_a_refusal_is_nobody_elses_business() -> None:
    too_long = Prompt((Message("assistant", "?"),))
    async with served(saying("ab")) as one, over(one.url, NOWHERE) as backends:
        with pytest.raises(BackendRefused):
            await answer(backends, too_long)


async def test_where_none_is_well_all_are_tried() -> None:
    async with over(NOWHERE, "http://127.0.0.1:10/v1") as backends:
        for _ in range(2):
            with pytest.raises(BackendDown):
                await answer(backends)


async def test_one_that_is_well_again_gets_people_again() -> None:
    async with served(saying("ab")) as well, over(NOWHERE, well.url) as backends:
        await answer(backends)
        healed = backends._endpoints[0]
        await healed.backend.close()
        healed.backend = OpenAIBackend(well.url)  # as if a server had been started there
        await until(lambda: not healed.rest)
        assert await answer(backends) == "ab"


@contextmanager
def process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`python -m model serve` on TCP with a bearer token, ready."""
    words = [sys.executable, "-m", "model", "serve", "--model", str(folder), "--port", "0", "--key-env", "TEST_KEY"]
    environment = {**os.environ, "TEST_KEY": KEY}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([*words, "--threads", "1"], text=True, env=environment, **pipes) as child:  # type: ignore[call-overload]
        try:
            assert child.stdout
            url = child.stdout.readline().rpartition(" on ")[2].strip()
            yield child, f"{url}/v1"
        finally:
            child.kill()


async def test_every_chat_ends_in_an_answer_though_one_of_two_servers_is_killed(tmp_path: Path) -> None:
    folder = tiny_folder(tmp_path / "tiny", saying("ab", for_ever=True))
    with ExitStack() as servers:
        (first, one), (_, other) = (servers.enter_context(process(folder)) for _ in range(2))
        async with over(one, other) as backends:

            async def chat() -> str:
                """As bot/writing.py does it: what broke off is begun anew."""
                while True:
                    try:
                        return await answer(backends, LONG)
                    except BackendDown:
                        await asyncio.sleep(0)

            chats = [asyncio.create_task(chat()) for _ in range(20)]
            await until(lambda: any(endpoint.answering for endpoint in backends._endpoints))
            first.send_signal(signal.SIGKILL)
            async with asyncio.timeout(60):
                told = await asyncio.gather(*chats)
    assert told == ["ab" * 30] * 20
