"""A command reaches the running bot, hears why it was refused, and notices when nobody is there."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.control import ask, serving
from bot.errors import IrangError, ModelRefused


async def add(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"sum": asked["a"] + asked["b"]}


async def refuse(_: Mapping[str, Any]) -> Mapping[str, Any]:
    raise ModelRefused("v2: 그 모델은 못 써요")


async def test_a_wish_is_done_and_answered(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    async with serving(path, {"add": add}):
        assert await ask(path, "add", a=2, b=3) == {"done": True, "sum": 5}
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert await ask(path, "add", a=2, b=3) is None


async def test_a_refusal_comes_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    async with serving(path, {"refuse": refuse}):
        with pytest.raises(IrangError, match=r"^v2: 그 모델은 못 써요$"):
            await ask(path, "refuse")
        with pytest.raises(IrangError, match="does not know"):
            await ask(path, "dance")


async def test_a_socket_that_a_crash_left_behind_is_replaced_and_a_living_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    dead = await asyncio.start_unix_server(lambda r, w: None, path)
    dead.close()
    await dead.wait_closed()
    path.touch()
    async with serving(path, {"add": add}), serving(path, {}):
        assert await ask(path, "add", a=1, b=1) == {"done": True, "sum": 2}


@pytest.mark.parametrize("line", [b"\n", b"[]\n", b"{\n", b"\xff\n", b"x" * 100_000 + b"\n"])
async def test_nonsense_harms_nobody(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "control.sock"
    async with serving(path, {"add": add}):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(line)
        await reader.read()
        writer.close()
        assert await ask(path, "add", a=1, b=1) == {"done": True, "sum": 2}
