"""Who gets an answer that somebody wrote takes a place in the queue like anybody else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from threading import Event, Lock

import httpx

from bot.messages import Message
from model.exchanges import Anything, Exchanges
from model.listening import Listening
from model.repertoire import Repertoire
from tests.model.served import Endpoint, served, until
from tests.model.test_repertoire import Judging
from tests.model.tiny import saying

SPEAKER = saying("가나 ?")


class Slow(Repertoire):
    """Says "네." when it is let go, and knows how many it was asked for at once."""

    def __init__(self) -> None:
        super().__init__(Exchanges([]), Listening([Anything("danger", "109")], None), Judging())
        self.let_go = Event()
        self.under_way = 0
        self.most = 0
        self._counting = Lock()

    def answer(self, messages: Sequence[Message], seed: int | None = None) -> str:
        with self._counting:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        assert self.let_go.wait(10)
        with self._counting:
            self.under_way -= 1
        return "네."


async def post(endpoint: Endpoint, text: str = "안녕") -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        body = {"messages": [{"role": "user", "content": text}]}
        return await client.post(f"{endpoint.url}/chat/completions", json=body)


async def test_more_lookups_than_may_wait_are_refused_and_their_places_are_free_afterwards() -> None:
    slow = Slow()
    async with served(SPEAKER, slots=1, waiting=2, repertoires={"": slow}) as endpoint:
        asked = [asyncio.create_task(post(endpoint)) for _ in range(4)]
        (refused, *_), _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        assert (refused.result().status_code, refused.result().json()["error"]["code"]) == (429, "queue_full")
        slow.let_go.set()
        answers = await asyncio.gather(*asked)
        assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 429]
        assert (await post(endpoint)).json()["choices"][0]["message"]["content"] == "네."


async def test_somebody_in_danger_is_answered_though_nobody_else_may_come() -> None:
    slow = Slow()
    async with served(SPEAKER, slots=1, waiting=2, repertoires={"": slow}) as endpoint:
        asked = [asyncio.create_task(post(endpoint)) for _ in range(4)]
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        assert (await post(endpoint)).status_code == 429
        helped = await post(endpoint, "죽고 싶어")
        slow.let_go.set()
        await asyncio.gather(*asked)
    assert helped.json()["choices"][0]["message"]["content"] == "109"


async def test_who_hangs_up_leaves_the_queue_but_not_the_thread_that_looks_up() -> None:
    slow = Slow()
    async with served(SPEAKER, slots=1, waiting=6, repertoires={"": slow}) as endpoint:
        gone = [asyncio.create_task(post(endpoint)) for _ in range(7)]
        await until(lambda: slow.under_way == 4)
        for each in gone:
            each.cancel()
        await asyncio.gather(*gone, return_exceptions=True)
        await asyncio.sleep(0.2)  # the server hears of it
        asked = [asyncio.create_task(post(endpoint)) for _ in range(7)]
        await asyncio.sleep(0.2)
        assert slow.under_way == 4
        slow.let_go.set()
        assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}


async def test_a_few_are_looked_up_at_a_time_and_prompts_are_read_meanwhile() -> None:
    slow = Slow()
    async with served(SPEAKER, slots=4, waiting=20, repertoires={"": slow}) as endpoint:
        asked = [asyncio.create_task(post(endpoint)) for _ in range(12)]
        await until(lambda: slow.under_way >= 4)
        async with httpx.AsyncClient(trust_env=False) as client:
            written = await client.post(f"{endpoint.url}/completions", json={"prompt": "가", "max_tokens": 1})
        assert written.status_code == 200
        slow.let_go.set()
        assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}
    assert slow.most == 4
