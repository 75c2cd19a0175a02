"""`irang check`: what it finds, what it says to do about it, and that no token is ever said."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from bot.doctor import Finding, examine
from tests.stage import open_settings

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
ME = {"ok": True, "result": {"username": "irang_bot", "can_read_all_group_messages": False}}


class Answers:
    """An HTTP server that gives one answer to everything, and keeps what it was asked."""

    def __init__(self, status: int, body: object) -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        self._answer = f"HTTP/1.1 {status} x\r\nContent-Length: {len(text.encode())}\r\nConnection: close\r\n\r\n{text}"
        self.asked: list[str] = []
        self.url = ""
        self._serving: set[asyncio.Task[None]] = set()

    def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):  # whoever hangs up without a word
            self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
            writer.write(self._answer.encode())
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    @classmethod
    @asynccontextmanager
    async def answering(cls, status: int, body: object) -> AsyncIterator[Answers]:
        answers = cls(status, body)
        server = await asyncio.start_server(answers._meet, "127.0.0.1", 0)
        answers.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            yield answers
        await asyncio.gather(*answers._serving)


@pytest.fixture(autouse=True)
def _no_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("IRANG_TELEGRAM_TOKEN", "IRANG_DISCORD_TOKEN", "IRANG_MODEL_KEY"):
        monkeypatch.delenv(name, raising=False)


async def found(folder: Path, **tables: dict[str, object]) -> dict[str, Finding]:
    findings = await examine(open_settings(**tables), folder)
    assert all("\n" not in str(finding) for finding in findings)
    assert not any(TOKEN in str(finding) or TOKEN[10:] in str(finding) for finding in findings)
    return {finding.what: finding for finding in findings}


async def on_telegram(
    folder: Path, monkeypatch: pytest.MonkeyPatch, url: str, token: str = TOKEN
) -> dict[str, Finding]:
    monkeypatch.setenv("IRANG_TELEGRAM_TOKEN", token)
    return await found(folder, telegram={"api": url})


async def on_discord(folder: Path, monkeypatch: pytest.MonkeyPatch, url: str, *, wants: bool) -> dict[str, Finding]:
    monkeypatch.setenv("IRANG_DISCORD_TOKEN", TOKEN)
    return await found(folder, discord={"api": url, "message_content": wants})


async def test_with_no_token_everything_here_is_looked_at_and_fine(tmp_path: Path) -> None:
    findings = await found(tmp_path)
    assert list(findings) == ["config", "SQLite", "data folder", "model", "GPU", "Telegram", "Discord"]
    assert [finding for finding in findings.values() if not finding.fine] == []
    assert "IRANG_TELEGRAM_TOKEN is not set" in str(findings["Telegram"])


async def test_a_platform_that_is_switched_off_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRANG_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("IRANG_DISCORD_TOKEN", TOKEN)
    findings = await found(tmp_path, telegram={"enabled": False}, discord={"enabled": False})
    assert "switched off" in str(findings["Telegram"])
    assert "switched off" in str(findings["Discord"])


# ---- here ------------------------------------------------------------------------------------------


async def test_a_model_folder_that_is_not_whole_is_told(tmp_path: Path) -> None:
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "config.json").touch()
    finding = (await found(tmp_path, model={"folder": "half"}))["model"]
    assert "lacks tokenizer.json, model.safetensors" in finding.found
    assert "[model] folder" in finding.remedy


async def test_a_file_where_the_data_should_lie_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    finding = (await found(tmp_path))["data folder"]
    assert "is no folder" in finding.found
    assert "[bot] data" in finding.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_data_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o500)
    assert "can't be written" in (await found(tmp_path))["data folder"].found


# ---- the model's endpoint --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "fine", "words"),
    [
        (200, True, "answers"),
        (401, False, "IRANG_MODEL_KEY"),
        (403, False, "IRANG_MODEL_KEY"),
        (502, False, "HTTP 502"),
    ],
)
async def test_the_endpoint_is_asked_with_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, fine: bool, words: str
) -> None:
    monkeypatch.setenv("IRANG_MODEL_KEY", "sk-test")
    async with Answers.answering(status, {}) as server:
        finding = (await found(tmp_path, model={"url": f"{server.url}/v1"}))["model endpoint"]
    assert (finding.fine, words in str(finding)) == (fine, True)
    assert server.asked[0].startswith("GET /v1/models ")
    assert "Bearer sk-test" in server.asked[0]
    assert "sk-test" not in str(finding)


async def test_an_endpoint_that_nobody_listens_at_is_told_and_no_traceback(tmp_path: Path) -> None:
    finding = (await found(tmp_path, model={"url": "http://127.0.0.1:1/v1"}))["model endpoint"]
    assert not finding.fine
    assert "no answer" in finding.found


# ---- Telegram --------------------------------------------------------------------------------------


async def test_telegram_is_asked_who_the_bot_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Answers.answering(200, ME) as server:
        findings = await on_telegram(tmp_path, monkeypatch, server.url)
    assert server.asked[0].startswith(f"GET /bot{TOKEN}/getMe ")
    assert (findings["Telegram"].found, findings["Telegram"].fine) == ("@irang_bot", True)
    assert "setprivacy" in findings["Telegram privacy mode"].found


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, {"ok": False, "error_code": 401}, "doesn't know this token"),
        (404, "<html>", "doesn't know this token"),
        (200, [], "doesn't know this token"),
        (502, "<html>", "HTTP 502"),
    ],
)
async def test_a_token_that_telegram_does_not_take_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, body: Any, words: str
) -> None:
    async with Answers.answering(status, body) as server:
        finding = (await on_telegram(tmp_path, monkeypatch, server.url))["Telegram"]
    assert not finding.fine
    assert words in finding.found


@pytest.mark.parametrize("token", [f"{TOKEN}\x01", f"{TOKEN[:5]}\n{TOKEN[5:]}", "토큰", "a b/../c?d#e"])
async def test_a_token_that_is_none_brings_down_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    async with Answers.answering(404, {}) as server:
        monkeypatch.setenv("IRANG_DISCORD_TOKEN", token)
        monkeypatch.setenv("IRANG_TELEGRAM_TOKEN", token)
        findings = await found(tmp_path, telegram={"api": server.url}, discord={"api": server.url})
    assert not findings["Telegram"].fine
    assert not findings["Discord"].fine


# ---- Discord ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "wants", "fine", "words"),
    [
        (1 << 18, True, True, "heard"),
        (1 << 19, True, True, "heard"),
        (0, True, False, "Message Content Intent"),
        (None, True, False, "Message Content Intent"),
        ("odd", True, False, "Message Content Intent"),
        (0, False, True, "mentions and direct messages work"),
    ],
)
async def test_discord_is_asked_who_the_bot_is_and_what_it_may_hear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: object, wants: bool, fine: bool, words: str
) -> None:
    async with Answers.answering(200, {"name": "이랑", "flags": flags}) as server:
        findings = await on_discord(tmp_path, monkeypatch, server.url, wants=wants)
    assert findings["Discord"].found == "이랑"
    assert f"Bot {TOKEN}" in server.asked[0]
    assert findings["Discord message content"].fine == fine
    assert words in str(findings["Discord message content"])


async def test_a_token_that_discord_does_not_take_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Answers.answering(401, {"message": "401: Unauthorized"}) as server:
        finding = (await on_discord(tmp_path, monkeypatch, server.url, wants=False))["Discord"]
    assert "IRANG_DISCORD_TOKEN" in finding.remedy


def test_what_is_fine_has_no_remedy() -> None:
    assert Finding("x", "y").fine
    assert str(Finding("x", "y")) == "x: y"
    assert str(Finding("x", "y", "do z")) == "x: y: do z"
