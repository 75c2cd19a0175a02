"""The bot's side against vLLM's ways: answers stream, reasoning stays hidden, each fault becomes the right error."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import openai
import pytest

from bot.errors import BackendBusy, BackendDown, BackendError, BackendRefused
from bot.messages import Message, Piece, Prompt, Sampling
from model.client import OpenAIBackend
from model.failover import Failover
from tests.model.served import until
from tests.twins.vllm import Trouble, Vllm, vllm

SECRET = "비밀이야기"
QUESTION = Prompt((Message("system", "너는 이랑이다."), Message("user", SECRET)))


@asynccontextmanager
async def asking(*fakes: Vllm, key: str = "", model: str = "irang", between: float = 60) -> AsyncIterator[Failover]:
    """As config.toml's [model] endpoints would reach them, the first one first."""
    hosts = [OpenAIBackend(fake.url, model, key or None, first_token=between, between=between) for fake in fakes]
    backends = Failover(hosts)
    try:
        yield backends
    finally:
        await backends.close()


async def pieces(backend: Failover, prompt: Prompt = QUESTION) -> list[Piece]:
    return [piece async for piece in backend.generate(prompt)]


async def text(backend: Failover, prompt: Prompt = QUESTION) -> str:
    return "".join(piece.text for piece in await pieces(backend, prompt))


def talk(turns: int, question: str = "이제는?") -> Prompt:
    """So many turns of twenty characters each, and a question."""
    earlier = [
        message
        for turn in range(turns)
        for message in (Message("user", f"질문 {turn:02} 입니다."), Message("assistant", f"대답 {turn:02} 입니다."))
    ]
    return Prompt((Message("system", "이랑"), *earlier, Message("user", question)))


# ---- answers ---------------------------------------------------------------------------------------


async def test_an_answer_comes_in_pieces_with_its_model_and_its_end() -> None:
    async with vllm(Vllm(key="k")) as fake, asking(fake, key="k") as backend:
        assert await pieces(backend) == [
            *(Piece(word, "irang") for word in fake.words),
            Piece("", "irang", "stop"),
        ]


async def test_an_answer_at_its_limit_ends_for_its_length() -> None:
    async with vllm(Vllm()) as fake, asking(fake) as backend:
        *_, last = await pieces(backend, Prompt(QUESTION.messages, Sampling(max_tokens=2)))
        assert last.finish == "length"


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
async def test_reasoning_in_a_field_of_its_own_is_never_shown(field: str) -> None:
    async with vllm(Vllm(reasoning=("먼저 ", "생각하면"), thought_field=field)) as fake, asking(fake) as backend:
        assert await text(backend) == "안녕하세요"


async def test_reasoning_without_a_parser_is_cut_as_ever() -> None:
    words = ("<thi", "nk>생각", "</think>", "\n\n", "안녕", "하세요")
    async with vllm(Vllm(words=words)) as fake, asking(fake) as backend:
        assert await text(backend) == "안녕하세요"


async def test_signs_of_life_keep_a_long_wait_alive() -> None:
    async with vllm(Vllm(breath=1.5)) as fake, asking(fake, between=1.0) as backend:
        assert await text(backend) == "안녕하세요"


async def test_everything_that_is_asked_of_the_sampling_is_taken_or_known_to_be_ignored() -> None:
    every = Sampling(
        max_tokens=9, temperature=0.0, top_p=1.0, top_k=0, repetition_penalty=1.25, seed=1, min_tokens=0,
        no_repeat_ngram_size=3, bad_words=("나쁜말",), stop=("그만",), num_beams=3,
    )  # fmt: skip
    async with vllm(Vllm()) as fake, asking(fake) as backend:
        assert await text(backend, Prompt(QUESTION.messages, every)) == "안녕하세요"
        assert fake.ignored == {"no_repeat_ngram_size", "num_beams"}  # docs/scaling.md says so


async def test_the_openai_package_reads_the_twin_too() -> None:
    """A judge that is not ours: what is no answer of the protocol it would not read."""
    async with vllm(Vllm(reasoning=("음",))) as fake, openai.AsyncOpenAI(base_url=fake.url, api_key="x") as client:
        stream = await client.chat.completions.create(
            model="irang",
            messages=[{"role": "user", "content": "?"}],
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk async for chunk in stream]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "안녕하세요"
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].choices == []
    assert chunks[-1].usage
    assert chunks[-1].usage.completion_tokens == 3


# ---- a window that we have to fit ourselves -----------------------------------------------------


@pytest.mark.parametrize("old_form", [False, True])
async def test_a_conversation_that_is_too_long_goes_without_its_oldest_turns(old_form: bool) -> None:
    async with vllm(Vllm(context=60, old_form=old_form)) as fake, asking(fake) as backend:
        last = (await pieces(backend, talk(8)))[-1]
    sent = [message["content"] for message in fake.requests[-1]["messages"]]
    assert (sent[0], sent[1], sent[-1]) == ("이랑", "질문 06 입니다.", "이제는?")
    assert (last.finish, last.kept) == ("stop", 5)
    assert len(fake.requests) == 3  # 8 turns, 4, 2


async def test_a_question_that_is_too_long_loses_its_start() -> None:
    async with vllm(Vllm(context=600)) as fake, asking(fake) as backend:
        assert await text(backend, talk(2, "가" * 1500 + "끝?")) == "안녕하세요"
    assert fake.requests[-1]["messages"][-1]["content"].endswith("가끝?")


async def test_what_never_fits_is_refused_and_not_tried_for_ever() -> None:
    async with vllm(Vllm(context=10)) as fake, asking(fake) as backend:
        with pytest.raises(BackendRefused, match="does not fit") as refused:
            await text(backend, talk(8, SECRET * 300))
        assert SECRET not in str(refused.value)
        assert len(fake.requests) < 12


# ---- errors ----------------------------------------------------------------------------------------

TROUBLES: list[tuple[Trouble, type[BackendError]]] = [
    ("overloaded", BackendBusy),
    ("overloaded late", BackendBusy),
    ("too many", BackendBusy),
    ("engine dead", BackendDown),
    ("generation error", BackendDown),
    ("abort", BackendDown),
    ("cut", BackendDown),
]


@pytest.mark.parametrize("old_form", [False, True])
@pytest.mark.parametrize(("trouble", "kind"), TROUBLES)
async def test_each_trouble_says_what_may_be_done_next(
    trouble: Trouble, kind: type[BackendError], old_form: bool
) -> None:
    async with vllm(Vllm(old_form=old_form, troubles=deque([trouble]))) as fake, asking(fake) as backend:
        with pytest.raises(kind) as error:
            await text(backend)
        assert SECRET not in str(error.value)
        assert await text(backend) == "안녕하세요"  # the next question is answered


@pytest.mark.parametrize("old_form", [False, True])
async def test_another_name_and_a_wrong_key_are_refused_with_what_to_check(old_form: bool) -> None:
    async with vllm(Vllm(key="k", old_form=old_form)) as fake:
        async with asking(fake, key="k", model="Irang") as backend:
            with pytest.raises(BackendRefused, match=r"no such model.*check url and name.*404 NotFoundError"):
                await text(backend)
        async with asking(fake, key="wrong") as backend:
            with pytest.raises(BackendRefused, match="does not take the key"):
                await text(backend)


async def test_an_odd_setting_is_refused() -> None:
    async with vllm(Vllm()) as fake, asking(fake) as backend:
        with pytest.raises(BackendRefused, match="400 BadRequestError"):
            await text(backend, Prompt(QUESTION.messages, Sampling(top_p=0.0)))


# ---- two of them -----------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", ["overloaded", "overloaded late", "too many", "engine dead"])
async def test_what_fails_before_the_first_word_is_asked_of_the_second(trouble: Trouble) -> None:
    first, second = Vllm(troubles=deque([trouble])), Vllm(words=("둘째",))
    async with vllm(first), vllm(second), asking(first, second) as backend:
        assert await text(backend) == "둘째"
        assert (len(first.requests), len(second.requests)) == (1, 1)


@pytest.mark.parametrize("trouble", ["cut", "abort", "generation error"])
async def test_what_breaks_off_in_the_middle_is_told_and_begun_anew_elsewhere(trouble: Trouble) -> None:
    first, second = Vllm(troubles=deque([trouble])), Vllm(words=("둘째",))
    async with vllm(first), vllm(second), asking(first, second) as backend:
        stream = backend.generate(QUESTION)
        assert (await anext(stream)).text == "안"  # bot/writing.py throws it away and asks again
        with pytest.raises(BackendDown):
            await anext(stream)
        assert await text(backend) == "둘째"


async def test_one_that_was_down_gets_people_again() -> None:
    first, second = Vllm(troubles=deque(["engine dead"])), Vllm(words=("둘째",))
    async with vllm(first), vllm(second), asking(first, second) as backend:
        assert await text(backend) == "둘째"
        await until(lambda: not backend._endpoints[0].rest)
        assert await text(backend) == "안녕하세요"
