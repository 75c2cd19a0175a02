"""The endpoint speaks OpenAI's protocol, refuses clearly, and forgets who has left."""

from __future__ import annotations

import asyncio
import json
import stat
import threading
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
import torch
from openai.types.chat import ChatCompletionMessageParam

from bot.messages import Message
from model.http import LONGEST_BODY
from model.prompt import Rendered, Renderer
from tests.model.served import NAME, Endpoint, served, until
from tests.model.tiny import CONTEXT, saying

SPEAKER = saying("가나 ?")
ENDLESS = saying("ab", for_ever=True)
HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "안녕"}]


def openai_client(endpoint: Endpoint, key: str = "unused") -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(
        base_url=endpoint.url, api_key=key, max_retries=0, http_client=openai.DefaultAsyncHttpxClient(trust_env=False)
    )


async def post(endpoint: Endpoint, **body: Any) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.post(f"{endpoint.url}/chat/completions", json={"messages": HELLO, **body})


async def test_the_openai_package_gets_an_answer() -> None:
    async with served(SPEAKER) as endpoint, openai_client(endpoint) as client:
        answer = await client.chat.completions.create(model="irang", messages=HELLO)
    assert answer.model == NAME
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("가나 ?", "stop")
    assert answer.usage
    assert answer.usage.completion_tokens == 8
    assert answer.model_extra == {"irang": {"kept": 1}}


async def test_the_openai_package_streams_an_answer() -> None:
    async with served(SPEAKER) as endpoint, openai_client(endpoint) as client:
        stream = await client.chat.completions.create(
            model=NAME, messages=HELLO, stream=True, max_tokens=7, stream_options={"include_usage": True}
        )
        *chunks, last, usage = [chunk async for chunk in stream]
    assert [chunk.choices[0].delta.content for chunk in chunks] == ["", "가", "나", " "]
    assert last.choices[0].finish_reason == "length"
    assert last.model_extra == {"irang": {"kept": 1}}
    assert not usage.choices
    assert usage.usage
    assert usage.usage.completion_tokens == 7


async def test_the_openai_package_lists_the_model() -> None:
    async with served(SPEAKER) as endpoint, openai_client(endpoint) as client:
        assert [model.id async for model in client.models.list()] == [NAME]


async def test_no_half_character_is_sent() -> None:
    async with served(SPEAKER) as endpoint:
        assert (await post(endpoint, max_tokens=5)).json()["choices"][0]["message"]["content"] == "가"


async def test_how_many_messages_the_window_took_is_told() -> None:
    talk = [{"role": "user", "content": "긴 말 " * 3}, {"role": "assistant", "content": "응"}] * 5 + HELLO
    async with served(SPEAKER) as endpoint:
        kept = (await post(endpoint, messages=talk, max_tokens=8)).json()["irang"]["kept"]
    assert 1 < kept < len(talk)


async def test_decomposed_korean_is_asked_like_composed() -> None:
    async with served(SPEAKER) as endpoint:
        usages = [
            (await post(endpoint, messages=[{"role": "user", "content": unicodedata.normalize(form, "안녕")}])).json()
            for form in ("NFC", "NFD")
        ]
    assert usages[0]["usage"] == usages[1]["usage"]


async def test_content_may_come_in_parts() -> None:
    parts = [{"type": "text", "text": "안"}, {"type": "text", "text": "녕"}]
    async with served(SPEAKER) as endpoint:
        whole, in_parts = await post(endpoint), await post(endpoint, messages=[{"role": "user", "content": parts}])
    assert whole.json()["usage"] == in_parts.json()["usage"]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"messages": []}, "messages"),
    ({"messages": None}, "messages"),
    ({"messages": "비밀이야기"}, "messages"),
    ({"messages": [{"role": "user"}]}, "messages.0.content"),
    ({"messages": [{"role": "user", "content": ["비밀이야기"]}]}, "messages.0.content"),
    ({"messages": [{"role": "비밀이야기", "content": "a"}]}, "messages.0.role"),
    ({"messages": [{"role": "assistant", "content": "비밀이야기"}]}, "messages"),
    ({"temperature": -1}, "temperature"),
    ({"temperature": float("nan")}, "temperature"),
    ({"temperature": "비밀이야기"}, "temperature"),
    ({"top_p": 1.5}, "top_p"),
    ({"top_k": 1.5}, "top_k"),
    ({"repetition_penalty": 0}, "repetition_penalty"),
    ({"max_tokens": 0}, "max_tokens"),
    ({"max_tokens": True}, "max_tokens"),
    ({"seed": 1 << 64}, "seed"),
    ({"stream": "yes"}, "stream"),
    ({"model": 5}, "model"),
    ({"n": 2}, "n"),
    ({"stop": [""]}, "stop"),
    ({"stop": ["비밀이야기" * 100]}, "stop"),
    ({"bad_words": "비밀이야기"}, "bad_words"),
    ({"num_beams": 99}, "num_beams"),
    ({"priority": 1.5}, "priority"),
    ({"tools": [{"type": "function"}]}, "tools"),
    ({"response_format": {"type": "json_object"}}, "response_format"),
]


async def test_a_long_prompt_is_read_while_others_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, read = threading.Event(), threading.Event()
    render = Renderer.render

    def slowly(self: Renderer, messages: Sequence[Message], room: int) -> Rendered:
        reading.set()
        assert read.wait(10), "nobody else was let in"
        return render(self, messages, room)

    monkeypatch.setattr(Renderer, "render", slowly)
    async with served(SPEAKER) as endpoint, openai_client(endpoint) as client:
        asked = asyncio.create_task(post(endpoint))
        await until(reading.is_set)
        assert [model.id for model in (await client.models.list()).data] == [NAME]
        read.set()
        assert (await asked).status_code == 200


async def test_a_completion_that_is_too_long_is_refused_by_its_own_field() -> None:
    async with served(SPEAKER) as endpoint, httpx.AsyncClient(trust_env=False) as client:
        response = await client.post(f"{endpoint.url}/completions", json={"prompt": "가" * CONTEXT})
    assert (response.status_code, response.json()["error"]["param"]) == (400, "prompt")


async def test_what_cannot_be_done_is_refused_with_its_place_and_without_repeating_it() -> None:
    async with served(SPEAKER) as endpoint, httpx.AsyncClient(trust_env=False) as client:
        for wrong, param in REFUSED:
            body = json.dumps({"messages": HELLO, **wrong})
            response = await client.post(f"{endpoint.url}/chat/completions", content=body)
            error = response.json()["error"]
            assert (response.status_code, error["type"]) == (400, "invalid_request_error"), wrong
            assert error["param"].startswith(param), wrong
            assert "비밀이야기" not in response.text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"messages": ' + b"9" * 5000])
async def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    async with served(SPEAKER) as endpoint, httpx.AsyncClient(trust_env=False) as client:
        response = await client.post(f"{endpoint.url}/chat/completions", content=body)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid_json")


async def test_fields_without_effect_are_taken() -> None:
    harmless = {"n": 1, "stop": None, "user": "u", "frequency_penalty": 0, "response_format": {"type": "text"}}
    async with served(SPEAKER) as endpoint:
        assert (await post(endpoint, **harmless)).status_code == 200


async def test_half_a_surrogate_pair_is_no_reason_to_fail() -> None:
    body = json.dumps({"messages": [{"role": "user", "content": "a\ud800"}]})
    async with served(SPEAKER) as endpoint, httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(f"{endpoint.url}/chat/completions", content=body)).status_code == 200


async def test_other_models_paths_and_sizes_are_refused_in_the_protocols_form() -> None:
    async with served(SPEAKER) as endpoint, httpx.AsyncClient(trust_env=False) as client:
        unknown = await post(endpoint, model="gpt-5")
        nowhere = await client.get(f"{endpoint.url}/nowhere")
        wrong_method = await client.get(f"{endpoint.url}/chat/completions")
        huge = await client.post(f"{endpoint.url}/chat/completions", content=b" " * (LONGEST_BODY + 1))
    told = [(answer.status_code, answer.json()["error"]["code"]) for answer in (unknown, nowhere, wrong_method, huge)]
    assert told == [(404, "model_not_found"), (404, "not_found"), (405, "method_not_allowed"), (413, "too_long")]


async def test_a_full_queue_is_429() -> None:
    async with served(ENDLESS, slots=1, waiting=1) as endpoint, openai_client(endpoint) as client:
        endpoint.engine.hold()
        asked = [asyncio.create_task(post(endpoint)) for _ in range(2)]
        refused = asyncio.create_task(client.chat.completions.create(model="", messages=HELLO))
        endpoint.engine.allow(3)
        with pytest.raises(openai.RateLimitError) as caught:
            await refused
        assert caught.value.code == "queue_full"
        endpoint.engine.let_go()
        assert [answer.status_code for answer in await asyncio.gather(*asked)] == [200, 200]


async def test_two_chats_are_answered_at_once() -> None:
    order: list[str] = []

    async def read(name: str, client: openai.AsyncOpenAI) -> None:
        stream = await client.chat.completions.create(model="", messages=HELLO, stream=True, max_tokens=20)
        async for _ in stream:
            order.append(name)

    async with served(ENDLESS) as endpoint, openai_client(endpoint) as client:
        endpoint.engine.hold()
        reading = [asyncio.create_task(read(name, client)) for name in "ab"]
        await until(lambda: {*order} == {*"ab"}, doing=endpoint.engine.allow)
        endpoint.engine.let_go()
        await asyncio.gather(*reading)
    assert order.index("b") < len(order) - 1 - order[::-1].index("a")
    assert order.index("a") < len(order) - 1 - order[::-1].index("b")


@pytest.mark.parametrize("stream", [True, False])
async def test_who_hangs_up_leaves_the_engine(stream: bool) -> None:
    async with served(ENDLESS) as endpoint:
        endpoint.engine.hold()
        asking = asyncio.create_task(post(endpoint, stream=stream))
        await until(lambda: endpoint.engine.running + endpoint.engine.waiting == 1)
        endpoint.engine.allow()
        await until(lambda: endpoint.engine.running == 1)
        asking.cancel()
        await until(lambda: not endpoint.engine.running, doing=endpoint.engine.allow)
        assert endpoint.engine.steps < CONTEXT / 2, "it left long before the answer's end"


async def test_numbers_that_are_not_finite_are_an_error_and_are_not_sent() -> None:
    model = saying("ab", for_ever=True)
    with torch.no_grad():
        model.transformer.wte.weight[258] = float("nan")  # <sys>, which ends every prompt
    async with served(model) as endpoint, openai_client(endpoint) as client:
        assert (await post(endpoint)).status_code == 503
        with pytest.raises(openai.APIError, match="failed on this request"):
            async for _ in await client.chat.completions.create(model="", messages=HELLO, stream=True):
                pass
        assert endpoint.told == ["ready"]


async def test_an_engine_that_dies_ends_its_answers_and_is_reported() -> None:
    async with served(ENDLESS) as endpoint:
        endpoint.engine.fails = True
        assert (await post(endpoint)).status_code == 503
        assert endpoint.told == ["ready", "dead"]
        assert (await post(endpoint)).status_code == 503
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(endpoint.url.replace("/v1", "/health"))).status_code == 503


async def test_health_tells_that_a_token_was_written() -> None:
    async with served(SPEAKER) as endpoint, httpx.AsyncClient(trust_env=False) as client:
        before, after = [(await client.get(endpoint.url.replace("/v1", "/health"))).json() for _ in range(2)]
    assert before["status"] == "ok"
    assert before["model"] == NAME
    assert after["steps"] > before["steps"]


async def test_without_the_key_nobody_gets_in() -> None:
    async with served(SPEAKER, key="열려라") as endpoint, httpx.AsyncClient(trust_env=False) as client:
        for key in ("Bearer nope", "열려라", "bearer 열려라", ""):
            given = {b"Authorization": key.encode()}
            answer = await client.get(f"{endpoint.url}/models", headers=given)
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")
        right = {b"Authorization": "Bearer 열려라".encode()}
        assert (await client.get(f"{endpoint.url}/models", headers=right)).status_code == 200


async def test_the_unix_socket_is_for_its_owner_alone(tmp_path: Path) -> None:
    uds = tmp_path / "model.sock"
    async with served(SPEAKER, uds=uds) as endpoint:
        assert stat.S_IMODE(uds.stat().st_mode) == 0o600
        async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(uds))) as client:
            assert (await client.get(f"{endpoint.url}/models")).status_code == 200
