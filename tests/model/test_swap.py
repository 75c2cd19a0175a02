"""A model is changed while chats go on: nobody's answer breaks, and a bad one changes nothing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ModelRefused
from bot.messages import Message, Piece, Prompt, Sampling
from model import swap
from model.lives import Choice
from model.swap import Swapping
from tests.model.served import until
from tests.model.test_lora import adapter_folder
from tests.model.tiny import saying, tiny_folder, tiny_model

LONG = Prompt((Message("user", "?"),), Sampling(max_tokens=60))


@asynccontextmanager
async def swapping(folder: Path, data: Path) -> AsyncIterator[Swapping]:
    models = Swapping(Choice(folder), data, {"threads": 1}, (), load_within=120.0)
    try:
        assert await models.process.wait_ready(120)
        yield models
    finally:
        await models.close()


def _behind(pid: int | None) -> str:
    """How far a process's session stands behind others; "": the kernel doesn't share by session."""
    file = Path(f"/proc/{pid}/autogroup")
    return (file.read_text(encoding="ascii").split() or [""])[-1] if file.exists() else ""


async def answer(models: Swapping, prompt: Prompt = LONG) -> str:
    return "".join([piece.text async for piece in models.generate(prompt)])


async def test_a_new_model_takes_over_and_the_old_one_ends_its_answers(tmp_path: Path) -> None:
    old = tiny_folder(tmp_path / "old", saying("ab", for_ever=True))
    new = tiny_folder(tmp_path / "new", saying("cd"))
    async with swapping(old, tmp_path) as models:
        first = models.process
        stream = models.generate(LONG)
        begun = await anext(stream)
        await models.use(Choice(new))
        assert await answer(models) == "cd"
        assert _behind(models.process.pid) in ("0", "")  # it was, while it was loaded
        rest = [piece.text async for piece in stream]
        assert "".join([begun.text, *rest]) == "ab" * 30
        assert (models.swaps, models.failed) == (1, 0)
        await until(lambda: first.pid is None)
        await models.use(Choice(old))
        assert await answer(models, Prompt(LONG.messages, Sampling(max_tokens=4))) == "abab"
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".sock")]


@pytest.mark.parametrize("harm", ["missing weights", "no model"])
async def test_a_model_that_does_not_load_changes_nothing(tmp_path: Path, harm: str) -> None:
    good, bad = tiny_folder(tmp_path / "good", saying("ab")), tiny_folder(tmp_path / "bad", saying("cd"))
    weights = bad / "model.safetensors"
    if harm == "missing weights":
        os.truncate(weights, weights.stat().st_size // 2)
    else:
        weights.unlink()
    async with swapping(good, tmp_path) as models:
        pid = models.process.pid
        with pytest.raises(ModelRefused, match="bad") as refusal:
            await models.use(Choice(bad))
        assert "\n" not in str(refusal.value)
        assert (await answer(models), models.process.pid) == ("ab", pid)
        assert (models.swaps, models.failed) == (0, 1)


async def test_many_chats_notice_nothing(tmp_path: Path) -> None:
    old = tiny_folder(tmp_path / "old", saying("ab", for_ever=True))
    new = tiny_folder(tmp_path / "new", saying("cd", for_ever=True))
    async with swapping(old, tmp_path) as models:
        changed = asyncio.Event()

        async def chat() -> list[str]:
            told: list[str] = []
            while not changed.is_set() or not told or "ab" in told[-1]:
                told.append(await answer(models))
            return told

        chats = [asyncio.create_task(chat()) for _ in range(8)]
        await models.use(Choice(new))
        changed.set()
        answers = [text for told in await asyncio.gather(*chats) for text in told]
    assert set(answers) == {"ab" * 30, "cd" * 30}


async def test_several_adapters_are_served_over_one_base(tmp_path: Path) -> None:
    base = tiny_folder(tmp_path / "base")
    adapters = {name: adapter_folder(tmp_path / name, tiny_model(), "gpt2", n) for n, name in enumerate("ab")}
    async with swapping(base, tmp_path) as models:
        told = [await answer(models)]
        for name in "ab":
            await models.use(Choice(base, adapters, name))
            told.append(await answer(models))
        await models.use(Choice(base))
        assert await answer(models) == told[0]
    assert len(set(told)) == 3


# ---- what happens between the processes, told by small ones of our own ---------------------------


class Pretended:
    """A model's process that loads or doesn't, as its folder's name says."""

    def __init__(self, folder: Path, socket: Path, _: Mapping[str, object], *, beside: bool) -> None:
        self.socket = socket
        self.beside = beside
        self.lacked_memory = beside and folder.name == "large"
        self.last_words = f"{folder}: config.json: not JSON in UTF-8" if "broken" in folder.name else ""
        self.stopped = asyncio.Event()

    async def run(self) -> None:
        await self.stopped.wait()

    async def loads(self, _: float) -> bool:
        return not self.lacked_memory and not self.last_words

    async def stop(self) -> None:
        self.stopped.set()


class Dictated:
    """A backend that ends its answers when it is told to."""

    end = asyncio.Event()

    def __init__(self, *_: str, **__: Any) -> None:
        pass

    async def generate(self, _: Prompt) -> AsyncGenerator[Piece]:
        yield Piece("a", "pretended")
        await self.end.wait()
        yield Piece("b", "pretended")

    async def close(self) -> None:
        pass


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap, "ModelProcess", Pretended)
    monkeypatch.setattr(swap, "OpenAIBackend", Dictated)
    monkeypatch.setattr(Dictated, "end", asyncio.Event())


async def until_nothing_moves() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.mark.usefixtures("pretended")
async def test_a_process_ends_the_answers_of_the_trial_that_it_was_shared_with(tmp_path: Path) -> None:
    adapters = {name: adapter_folder(tmp_path / name, tiny_model(), "gpt2", n) for n, name in enumerate("ab")}
    models = Swapping(Choice(tmp_path / "base", adapters, "a"), tmp_path, {}, ())
    await models.share(Choice(tmp_path / "base", adapters, "b"), 100)
    shared = models._life.running
    tried = models.generate(Prompt(LONG.messages, chat="x"))
    assert (await anext(tried)).text == "a"
    await models.use(Choice(tmp_path / "other"))
    await until_nothing_moves()
    assert shared.answering == 1
    assert not shared.watching.done(), "somebody is still being answered"
    Dictated.end.set()
    assert [piece.text async for piece in tried] == ["b"]
    await shared.watching
    await models.close()


@pytest.mark.usefixtures("pretended")
async def test_a_broken_model_that_is_called_memory_does_not_end_the_good_one(tmp_path: Path) -> None:
    models = Swapping(Choice(tmp_path / "good"), tmp_path, {}, ())
    good = models._life
    for attempt in (
        models.use(Choice(tmp_path / "broken-memory")),
        models.share(Choice(tmp_path / "broken-memory"), 9),
    ):
        with pytest.raises(ModelRefused, match="not JSON"):
            await attempt
    assert models._life is good
    assert not good.running.watching.done()
    await models.close()


@pytest.mark.usefixtures("pretended")
async def test_a_model_that_does_not_fit_beside_the_other_is_loaded_after_it(tmp_path: Path) -> None:
    models = Swapping(Choice(tmp_path / "small"), tmp_path, {}, ())
    small, large = models._life, Choice(tmp_path / "large")
    with pytest.raises(ModelRefused, match="no memory for two models"):
        await models.share(large, 9)
    assert models._life is small
    await models.use(large)
    assert small.running.watching.done()
    assert (models.name, models.process.beside) == ("large", False)
    await models.close()


@pytest.mark.usefixtures("pretended")
async def test_only_who_answers_nobody_but_a_share_goes_on_loading_behind(tmp_path: Path) -> None:
    models = Swapping(Choice(tmp_path / "old"), tmp_path, {}, ())
    await models.share(Choice(tmp_path / "new"), 9)
    assert models._trial
    new = models._trial.life.process
    assert (new.beside, models.process.beside) == (True, False)
    await models.use(Choice(tmp_path / "new"))
    assert (models.process, models.process.beside) == (new, False)
    await models.close()
