"""The bot's side: pieces as they come, errors by what may be done next, and nothing left behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BackendBusy, BackendDown, BackendError, BackendRefused
from bot.messages import Message, Piece, Prompt, Sampling
from model.client import OpenAIBackend, _body
from model.sse import EventReader, TooLong
from tests.model.served import NAME, served, until
from tests.model.tiny import CONTEXT, saying

SPEAKER = saying("가나 ?")
ENDLESS = saying("ab", for_ever=True)
PROMPT = Prompt((Message("user", "비밀이야기"),))

# ---- against our own server ----------------------------------------------------------------------


async def test_an_answer_comes_in_pieces_and_says_how_it_ended() -> None:
    async with served(SPEAKER) as endpoint, backend(endpoint.url) as ours:
        pieces = await all_of(ours)
    assert pieces == [*(Piece(text, NAME) for text in ("가", "나", " ", "?")), Piece("", NAME, "stop", 1)]


async def test_what_the_prompt_asks_of_the_sampling_is_done() -> None:
    async with served(ENDLESS) as endpoint, backend(endpoint.url) as ours:
        *pieces, last = await all_of(ours, Sampling(max_tokens=3, top_k=1, repetition_penalty=1.0, seed=1))
    assert ("".join(piece.text for piece in pieces), last.finish) == ("aba", "length")


async def test_an_answer_pauses_for_one_of_a_smaller_priority() -> None:
    async with served(ENDLESS, slots=1) as endpoint, backend(endpoint.url) as ours:
        endpoint.engine.hold()
        later = asyncio.create_task(all_of(ours, Sampling(max_tokens=30), priority=1))
        await until(lambda: endpoint.engine.running == 1, doing=endpoint.engine.allow)
        first = asyncio.create_task(all_of(ours, Sampling(max_tokens=3)))
        await until(lambda: endpoint.engine.paused == 1, doing=endpoint.engine.allow)
        await until(first.done, doing=endpoint.engine.allow)
        endpoint.engine.let_go()
        assert "".join(piece.text for piece in await later) == "ab" * 15


def test_the_usual_priority_is_not_sent_since_servers_of_others_may_refuse_it() -> None:
    assert "priority" not in _body("gpt-5", PROMPT)


async def test_a_unix_socket_serves_as_well(tmp_path: Path) -> None:
    uds = tmp_path / "model.sock"
    async with served(SPEAKER, uds=uds) as endpoint, backend(endpoint.url, uds=uds) as ours:
        assert len(await all_of(ours)) == 5


async def test_the_key_is_sent_and_a_wrong_one_is_refused() -> None:
    async with served(SPEAKER, key="sesame") as endpoint:
        async with backend(endpoint.url, key="sesame") as ours:
            assert await all_of(ours)
        async with backend(endpoint.url, key="simsim") as ours:
            assert "key" in str(await error_of(ours, BackendRefused))


async def test_another_model_is_refused() -> None:
    async with served(SPEAKER) as endpoint, backend(endpoint.url, model="gpt-5") as ours:
        assert "model_not_found" in str(await error_of(ours, BackendRefused))


async def test_closing_the_generator_frees_the_slot() -> None:
    async with served(ENDLESS) as endpoint, backend(endpoint.url) as ours:
        endpoint.engine.hold()
        async with aclosing(ours.generate(PROMPT)) as pieces:
            first = asyncio.ensure_future(anext(pieces))
            await until(first.done, doing=endpoint.engine.allow)
        await until(lambda: not endpoint.engine.running, doing=endpoint.engine.allow)
        assert endpoint.engine.steps < CONTEXT / 2


async def test_cancelling_the_reader_frees_the_slot() -> None:
    async with served(ENDLESS) as endpoint, backend(endpoint.url) as ours:
        endpoint.engine.hold()
        reading = asyncio.create_task(all_of(ours))
        await until(lambda: endpoint.engine.running == 1, doing=endpoint.engine.allow)
        reading.cancel()
        await until(lambda: not endpoint.engine.running, doing=endpoint.engine.allow)
        assert endpoint.engine.steps < CONTEXT / 2


async def test_a_full_queue_is_busy() -> None:
    async with served(ENDLESS, slots=1, waiting=0) as endpoint, backend(endpoint.url) as ours:
        endpoint.engine.hold()
        reading = asyncio.create_task(all_of(ours))
        await until(lambda: endpoint.engine.running == 1, doing=endpoint.engine.allow)
        refused = asyncio.create_task(error_of(ours, BackendBusy))
        await until(refused.done, doing=endpoint.engine.allow)
        assert "queue_full" in str(await refused)
        reading.cancel()


async def test_a_model_that_dies_is_down() -> None:
    async with served(ENDLESS) as endpoint, backend(endpoint.url) as ours:
        endpoint.engine.hold()
        reading = asyncio.create_task(error_of(ours, BackendDown))
        await until(lambda: endpoint.engine.running == 1, doing=endpoint.engine.allow)
        endpoint.engine.fails = True
        endpoint.engine.allow()
        await reading


async def test_lone_surrogates_do_not_stop_a_prompt() -> None:
    async with served(SPEAKER) as endpoint, backend(endpoint.url) as ours:
        assert [piece async for piece in ours.generate(Prompt((Message("user", "a\ud800"),)))]


# ---- against endpoints that misbehave ------------------------------------------------------------


async def test_nobody_there_is_down(tmp_path: Path) -> None:
    async with backend("http://irang/v1", uds=tmp_path / "none.sock") as ours:
        await error_of(ours, BackendDown)
    async with backend("http://127.0.0.1:1/v1") as ours:
        await error_of(ours, BackendDown)


def chunk(text: str | None = None, finish: str | None = None, **more: Any) -> str:
    delta = {} if text is None else {"content": text}
    return f"data: {json.dumps({'model': 'm', 'choices': [{'delta': delta, 'finish_reason': finish}], **more})}\n\n"


ANSWERED = [
    ([chunk("안"), chunk("녕", "stop"), "data: [DONE]\n\n"], "안녕", "stop"),
    ([": hi\n\n", "\r\n", chunk("안").replace("\n", "\r\n"), chunk("녕", "length")], "안녕", "length"),
    ([chunk("<thi"), chunk("nk>음</think>\n안녕"), chunk(None, "stop")], "안녕", "stop"),
    ([chunk(reasoning_content="음"), chunk("안녕", "content_filter")], "안녕", "stop"),
    ([chunk("안녕 <"), chunk(None, "stop")], "안녕 <", "stop"),
    (['data: {"choices": []}\n\n', 'data: {"choices": [{}]}\n\n', chunk("안녕", "stop")], "안녕", "stop"),
]


@pytest.mark.parametrize(("events", "text", "finish"), ANSWERED)
async def test_streams_of_other_servers_are_read(events: list[str], text: str, finish: str) -> None:
    async with speaking(*events) as url, backend(url) as ours:
        pieces = await all_of(ours)
    assert ("".join(piece.text for piece in pieces), pieces[-1].finish, pieces[-1].kept) == (text, finish, None)


@pytest.mark.parametrize(
    "events",
    [
        [],
        [chunk("안")],
        ["data: [DONE]\n\n"],
        ["data: {\n\n"],
        ["data: " + "[" * 100_000 + "\n\n"],
        ['data: {"error": {"message": "비밀이야기"}}\n\n'],
        ["<html>비밀이야기</html>\n\n"],
    ],
)
async def test_an_answer_that_breaks_off_or_makes_no_sense_is_down(events: list[str]) -> None:
    async with speaking(*events) as url, backend(url) as ours:
        await error_of(ours, BackendDown)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (429, "rate_limit_exceeded", BackendBusy),
        (503, "queue_full", BackendBusy),
        (503, "model_error", BackendDown),
        (500, "비밀이야기", BackendDown),
        (400, "비밀이야기", BackendRefused),
        (401, None, BackendRefused),
        (302, "", BackendRefused),
    ],
)
async def test_each_status_says_what_may_be_done_next(status: int, code: str | None, kind: type[BackendError]) -> None:
    body = json.dumps({"error": {"message": "비밀이야기", "code": code}})
    async with speaking(body, status=status) as url, backend(url) as ours:
        await error_of(ours, kind)


async def test_silence_is_down_before_and_after_the_first_words() -> None:
    for events in ([], [chunk("안")]):
        async with speaking(*events, stays=True) as url, backend(url, first_token=0.3, between=0.3) as ours:
            assert "silent" in str(await error_of(ours, BackendDown))


async def test_an_answer_that_is_stopped_the_moment_its_next_piece_comes_breaks_nothing(tmp_path: Path) -> None:
    uds, answering = tmp_path / "model.sock", list[asyncio.StreamWriter]()
    event = chunk("가").encode()
    part = b"%x\r\n%s\r\n" % (len(event), event)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + part)
        answering.append(writer)

    loop, faults = asyncio.get_running_loop(), list[dict[str, Any]]()
    loop.set_exception_handler(lambda _, fault: faults.append(fault))
    async with await asyncio.start_unix_server(answer, uds), backend("http://irang/v1", uds=uds) as ours:
        reading = asyncio.create_task(all_of(ours))
        await until(lambda: bool(answering))
        for _ in range(50):  # turns of the event loop: by then the first piece is read, and the next waited for
            await asyncio.sleep(0)
        answering[0].write(part)  # now the socket can be read, and in the same turn nobody wants to any more
        loop.call_soon(reading.cancel)
        with pytest.raises(asyncio.CancelledError):
            await reading
        answering[0].close()
    assert faults == []


# ---- events out of bytes -------------------------------------------------------------------------

STREAM = '\ufeffdata: 가\r\ndata:나\n\n: 안녕\nid: 1\n\revent: x\rdata: "\u2028"\n\ndata\n\ndata: x'.encode()


@given(st.lists(st.integers(0, len(STREAM))))
def test_events_do_not_depend_on_how_the_bytes_come(cuts: list[int]) -> None:
    reader, places = EventReader(), sorted(cuts)
    chunks = [STREAM[start:end] for start, end in zip([0, *places], [*places, len(STREAM)], strict=True)]
    assert [event for part in chunks for event in reader.feed(part)] == ["가\n나", None, '"\u2028"', ""]


def test_a_line_without_end_is_given_up() -> None:
    reader = EventReader()
    assert reader.feed(b"data: " + b"x" * 900_000) == []
    with pytest.raises(TooLong):
        reader.feed(b"x" * 200_000)


# ---- the scene -----------------------------------------------------------------------------------


@asynccontextmanager
async def backend(url: str, **settings: Any) -> AsyncIterator[OpenAIBackend]:
    ours = OpenAIBackend(url, **settings)
    try:
        yield ours
    finally:
        await ours.close()


async def all_of(ours: OpenAIBackend, sampling: Sampling = PROMPT.sampling, priority: int = 0) -> list[Piece]:
    return [piece async for piece in ours.generate(Prompt(PROMPT.messages, sampling, priority=priority))]


async def error_of(ours: OpenAIBackend, kind: type[BackendError]) -> BackendError:
    with pytest.raises(kind) as caught:
        await all_of(ours)
    assert "비밀이야기" not in str(caught.value)
    return caught.value


@asynccontextmanager
async def speaking(*parts: str, status: int = 200, stays: bool = False) -> AsyncIterator[str]:
    """A server that answers anything with just this, byte after byte, and then hangs up or stays."""
    leaving = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n".encode())
        for part in parts:
            for byte in part.encode()[:200]:
                writer.write(bytes([byte]))
                await asyncio.sleep(0)
            writer.write(part.encode()[200:])
        await writer.drain()
        if stays:
            await leaving.wait()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        leaving.set()
        server.close()
        await server.wait_closed()
