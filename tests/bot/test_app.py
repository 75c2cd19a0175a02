"""How the running bot is put together and taken apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import backends
from bot.app import running
from tests.stage import Script, Stage, open_settings


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
