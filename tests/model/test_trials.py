"""A second model answers some of the chats, always the same ones, and nobody suffers from it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.errors import ModelRefused
from bot.messages import Message, Prompt, Sampling
from model.lives import Choice
from model.registry import Registry
from model.swap import Swapping
from model.trials import Trials
from tests.model.served import until
from tests.model.test_lora import adapter_folder
from tests.model.test_swap import LONG, answer, swapping
from tests.model.tiny import saying, tiny_folder, tiny_model

CHATS = [f"telegram:{number}:" for number in range(40)]


def asked(chat: str) -> Prompt:
    return Prompt((Message("user", "?"),), Sampling(max_tokens=2), chat=chat)


async def answers(models: Swapping, chats: Sequence[str] = CHATS) -> list[str]:
    return await asyncio.gather(*(answer(models, asked(chat)) for chat in chats))


async def signed(models: Swapping, chat: str) -> str:
    return [piece.model async for piece in models.generate(asked(chat))][-1]


async def test_a_share_of_the_chats_gets_the_new_model_and_always_the_same_ones(tmp_path: Path) -> None:
    old, new = tiny_folder(tmp_path / "old", saying("ab")), tiny_folder(tmp_path / "new", saying("cd"))
    async with swapping(old, tmp_path) as models:
        await models.share(Choice(new), 25)
        assert models.on_trial == "new"
        told = await answers(models)
        assert 3 <= told.count("cd") <= 18, "about a quarter of 40"
        assert await answers(models) == told
        assert await answer(models, LONG) == "ab", "a question of no chat is not tried out on"
        lucky = CHATS[told.index("cd")]
        assert await signed(models, lucky) == await asyncio.to_thread(Choice(new).signs)
        await models.share(Choice(new), 50)
        more = await answers(models)
        assert all(after == "cd" for before, after in zip(told, more, strict=True) if before == "cd")
        await models.unshare()
        assert (set(await answers(models)), models.on_trial) == ({"ab"}, "")
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".sock")]


async def test_a_model_on_trial_that_dies_is_stood_in_for(tmp_path: Path) -> None:
    old, new = tiny_folder(tmp_path / "old", saying("ab")), tiny_folder(tmp_path / "new", saying("cd"))
    async with swapping(old, tmp_path) as models:
        await models.share(Choice(new), 100)
        assert await answer(models, asked("x")) == "cd"
        (tmp_path / "new/model.safetensors").unlink()  # so that it can't come back
        life = models._trial.life if models._trial else None
        assert life
        assert life.process.pid
        os.kill(life.process.pid, 9)
        await until(lambda: life.process.pid is None)
        assert await answer(models, asked("x")) == "ab"


async def test_what_does_not_load_changes_nothing(tmp_path: Path) -> None:
    old, bad = tiny_folder(tmp_path / "old", saying("ab")), tiny_folder(tmp_path / "bad", saying("cd"))
    (bad / "model.safetensors").unlink()
    async with swapping(old, tmp_path) as models:
        with pytest.raises(ModelRefused, match="bad"):
            await models.share(Choice(bad), 50)
        assert (models.on_trial, models.failed) == ("", 1)
        assert set(await answers(models, CHATS[:4])) == {"ab"}


async def test_using_the_model_on_trial_starts_no_third_one(tmp_path: Path) -> None:
    old, new = tiny_folder(tmp_path / "old", saying("ab")), tiny_folder(tmp_path / "new", saying("cd"))
    async with swapping(old, tmp_path) as models:
        await models.share(Choice(new), 50)
        pid = models._trial.life.process.pid if models._trial else None
        await models.use(Choice(new))
        assert (models.process.pid, models.on_trial, models.swaps) == (pid, "", 1)
        assert set(await answers(models)) == {"cd"}


async def test_an_adapter_that_is_loaded_already_needs_no_second_process(tmp_path: Path) -> None:
    base = tiny_folder(tmp_path / "base")
    adapters = {name: adapter_folder(tmp_path / name, tiny_model(), "gpt2", n) for n, name in enumerate("ab")}
    models = Swapping(Choice(base, adapters, "a"), tmp_path, {"threads": 1}, (), load_within=60.0)
    try:
        assert await models.process.wait_ready(60)
        sockets = sorted(name for name in os.listdir(tmp_path) if name.endswith(".sock"))
        await models.share(Choice(base, adapters, "b"), 50)
        assert sorted(name for name in os.listdir(tmp_path) if name.endswith(".sock")) == sockets
        signs = {await signed(models, chat) for chat in CHATS[:12]}
        assert signs == {Choice(base, adapters, name).signs() for name in "ab"}
        await models.unshare()
        assert {await signed(models, chat) for chat in CHATS[:4]} == {Choice(base, adapters, "a").signs()}
    finally:
        await models.close()


async def test_only_a_whole_version_that_is_not_live_can_be_tried(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "models")
    for name, text in (("old", "ab"), ("new", "cd")):
        registry.add(tiny_folder(tmp_path / name, saying(text)), name)
    registry.use("old")
    async with swapping(registry.get("old").folder, tmp_path) as models:
        trials = Trials(models, registry, lambda name: Choice(registry.get(name).folder))
        assert trials.live() == "old"
        with pytest.raises(ModelRefused, match="old answers everybody already"):
            await trials.begin("old", 10)
        with pytest.raises(ModelRefused, match="no model version is called 'none'"):
            await trials.begin("none", 10)
        signs, others = await trials.begin("new", 100)
        assert (await signed(models, "x"), await signed(models, "")) == (signs, others)
        await trials.use("new")
        assert (trials.live(), await answer(models, asked("x"))) == ("new", "cd")
        fixed = Trials(models, registry, lambda name: Choice(registry.get(name).folder), fixed=True)
        with pytest.raises(ModelRefused, match=r"config\.toml"):
            await fixed.begin("old", 10)
