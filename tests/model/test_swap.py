"""A model is changed while chats go on: nobody's answer breaks, and a bad one changes nothing."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.errors import ModelRefused
from bot.messages import Message, Prompt, Sampling
from model.swap import Choice, Swapping
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
