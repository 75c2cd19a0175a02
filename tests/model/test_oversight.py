"""Our own models as an operator sees and changes them: over the real registry and a real process."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import ModelRefused
from model.folder import EMBEDDED as EMBEDDED_FOLDER
from model.lives import Choice
from model.oversight import EMBEDDED, Own
from model.registry import Registry
from tests.model.test_swap import answer, swapping
from tests.model.tiny import saying, tiny_folder


async def test_versions_are_listed_changed_and_changed_back(tmp_path: Path) -> None:
    default = tiny_folder(tmp_path / "default", saying("ab"))
    registry = Registry(tmp_path / "models")
    registry.add(tiny_folder(tmp_path / "new", saying("cd")), "new", licence="CC0-1.0")
    async with swapping(default, tmp_path) as models:
        own = Own(models, registry, lambda name: Choice(registry.get(name).folder if name else default))
        before = {version.name: version for version in own.versions()}
        assert [name for name, version in before.items() if version.current] == [EMBEDDED]
        assert before[EMBEDDED].bytes == (EMBEDDED_FOLDER / "model.safetensors").stat().st_size
        assert before["new"].licence == "CC0-1.0"
        assert before["new"].bytes > 0
        await own.use("new")
        assert await answer(models) == "cd"
        assert [version.name for version in own.versions() if version.current] == ["new"]
        assert own.changes() == (1, 0)
        [told] = await own.expositions()
        assert "irang_model_tokens_total" in told
        await own.use(EMBEDDED)
        assert await answer(models) == "ab"
        assert registry.current() is None


async def test_a_version_that_has_changed_on_the_disk_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    default = tiny_folder(tmp_path / "default", saying("ab"))
    registry = Registry(tmp_path / "models")
    version = registry.add(tiny_folder(tmp_path / "new", saying("cd")), "new")
    weights = version.folder / "model.safetensors"
    weights.chmod(0o644)
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    async with swapping(default, tmp_path) as models:
        own = Own(models, registry, lambda name: Choice(registry.get(name).folder if name else default))
        with pytest.raises(ModelRefused, match="has changed"):
            await own.use("new")
        assert (await answer(models), registry.current(), own.changes()) == ("ab", None, (0, 0))


async def test_where_the_configuration_says_what_answers_nothing_can_be_chosen(tmp_path: Path) -> None:
    default = tiny_folder(tmp_path / "default", saying("ab"))
    async with swapping(default, tmp_path) as models:
        own = Own(models, Registry(tmp_path / "models"), lambda _: Choice(default), fixed=True)
        assert [(version.name, version.current) for version in own.versions()] == [("default", True)]
        with pytest.raises(ModelRefused, match=r"config\.toml"):
            await own.use("default")


async def test_a_process_that_is_gone_tells_nothing(tmp_path: Path) -> None:
    default = tiny_folder(tmp_path / "default", saying("ab"))
    async with swapping(default, tmp_path) as models:
        own = Own(models, Registry(tmp_path / "models"), lambda _: Choice(default))
        await models.process.stop()
        assert await own.expositions() == ()
