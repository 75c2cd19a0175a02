"""How the running bot is put together and taken apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import backends
from bot.app import running
from bot.messages import Raw
from tests.stage import Script, Stage, on_stage, open_settings


class Connected(Stage):
    """A platform that keeps connections."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: list[bool] = []

    async def close(self) -> None:
        self.closed.append(True)


async def test_a_platform_that_keeps_connections_is_closed_at_the_end(tmp_path: Path) -> None:
    stage = Connected()
    async with running(open_settings(), tmp_path, [stage], Script()):
        assert stage.closed == []
    assert stage.closed == [True]


async def test_a_model_that_does_not_start_is_said_with_its_reason_and_waited_for_no_longer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "empty").mkdir()
    async with backends.model(open_settings(model={"folder": "empty"}), tmp_path) as (_, ready):
        await ready()
    said = [record.getMessage() for record in caplog.records if record.name == "bot.backends"]
    assert len(said) == 1
    assert "the model is not ready" in said[0]
    assert "empty" in said[0]


async def test_what_a_platform_brought_is_answered_though_it_was_off_for_a_while(tmp_path: Path) -> None:
    stage, model, other = Stage(), Script(), Stage()
    other.name = "other"
    model.gate.clear()
    async with on_stage(tmp_path, stage, model):
        await stage.say("기다려 줘")
        await stage.until(lambda: model.running)
    async with on_stage(tmp_path, other, model) as bot:
        await bot.inbox.take("other", [Raw("1", "nothing that can be read")])
        while not await bot.core.store.run(lambda db: db.table("inbox").count_where("state = 'aside'")):
            pass
    model.gate.set()
    async with on_stage(tmp_path, stage, model):
        await stage.until(lambda: stage.texts()[-1:] == ["답: 기다려 줘"])
