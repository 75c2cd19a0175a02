"""No secret gets out: the whole bot at DEBUG while everything fails, and then every byte that it left is looked at."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest

from adapters.telegram.webhook import HEADER
from bot import app
from bot.config import Settings
from bot.errors import BadToken, ConfigError
from bot.logs import set_up
from tests.conversations.test_telegram import free_port
from tests.trouble import HOOK, KEY, PATIENCE, WORD, Traces, a_world, all_is_said, live_through_it, spoil
from tests.twins import faults
from tests.twins.discord import TOKEN as DISCORD
from tests.twins.telegram import TOKEN as TELEGRAM

SECRETS = {
    "the Telegram token": TELEGRAM,
    "its secret half": TELEGRAM.partition(":")[2],
    "the Discord token": DISCORD,
    "its secret part": DISCORD.rpartition(".")[2],
    "the webhook's secret": HOOK,
    "the model's key": KEY,
}
HANDLE = "token-of-"  # how the twin begins every interaction's token: fit for the database, not for a log


# ---- looking -----------------------------------------------------------------------------------------


def forms(secret: str) -> set[bytes]:
    """A secret as it may be written: plain, percent-encoded, escaped in JSON, in base64 wherever it begins there."""
    plain = secret.encode()
    encoded = {quote(secret, safe=""), quote(secret), json.dumps(secret)[1:-1], secret[::-1]}
    for shift in range(3):
        # Whole groups of three bytes look the same whatever stands before and behind them
        inside = plain[(3 - shift) % 3 :]
        whole = inside[: len(inside) // 3 * 3]
        encoded |= {base64.b64encode(whole).decode(), base64.urlsafe_b64encode(whole).decode()}
    return {plain, plain.hex().encode(), *(each.encode() for each in encoded)}


def leaks(places: Mapping[str, bytes], secrets: Mapping[str, str] = SECRETS) -> list[str]:
    """Which secret is in which place, in any form."""
    return [
        f"{name} is in {place}"
        for place, content in places.items()
        for name, secret in secrets.items()
        if any(form in content for form in forms(secret))
    ]


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize(
    "written",
    [
        lambda secret: f"GET https://api.telegram.org/bot{secret}/getMe",
        lambda secret: quote(f"token={secret}&x=1", safe=""),
        lambda secret: base64.b64encode(f"Basic :{secret}!".encode()).decode(),
        lambda secret: base64.b64encode(f"u:{secret}".encode()).decode(),
        lambda secret: base64.urlsafe_b64encode(f"{secret}??".encode()).decode(),
        lambda secret: json.dumps({"Authorization": f"Bearer {secret}"}),
    ],
    ids=["plain", "percent", "base64", "base64 shifted", "base64 for addresses", "json"],
)
def test_a_planted_secret_is_found(name: str, written: object) -> None:
    assert callable(written)
    content = b"\x00page of a database\xff" + written(SECRETS[name]).encode() + b"\x00"
    assert f"{name} is in the log" in leaks({"the log": content})
    assert leaks({"the log": b"nothing", "bot id": TELEGRAM.partition(":")[0].encode()}) == []


@contextmanager
def logging_at_debug(folder: Path, secrets: Sequence[str]) -> Iterator[None]:
    """Logs as `irang run` sets them up; afterwards as they were."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    for handler in handlers:
        root.removeHandler(handler)  # so that set_up does not close pytest's
    names = ("httpx", "httpcore", "telegram", "discord", "websockets", "aiohttp.access", "markdown_it")
    levels = {name: logging.getLogger(name).level for name in names}
    try:
        set_up("DEBUG", folder / "data" / "logs", secrets, terminal="DEBUG")
        yield
    finally:
        for handler in list(root.handlers):
            root.removeHandler(handler)
            handler.close()
        for handler in handlers:
            root.addHandler(handler)
        root.setLevel(level)
        for name, before in levels.items():
            logging.getLogger(name).setLevel(before)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRANG_TELEGRAM_TOKEN", TELEGRAM)
    monkeypatch.setenv("IRANG_DISCORD_TOKEN", DISCORD)
    monkeypatch.setenv("IRANG_TELEGRAM_SECRET", HOOK)
    monkeypatch.setenv("IRANG_MODEL_KEY", KEY)


async def test_no_secret_gets_out_while_everything_fails(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    async with a_world(tmp_path) as world:
        with logging_at_debug(tmp_path, []):  # without the filter, so that nothing hangs on it alone
            spoil(world)
            async with world.running() as work:
                await live_through_it(world)
                await all_is_said(world)
                assert not work.done()
                await world.discord.gateway.close(4014)
                world.telegram.faults.inject("getUpdates", faults.answers(401))
                world.telegram.end_poll()
                await asyncio.wait([work], timeout=PATIENCE)
    captured = capfd.readouterr()
    traces = world.traces
    traces.texts |= {"stdout": captured.out, "stderr": captured.err}
    assert "BadToken" in traces.texts["error"]
    assert "DEBUG" in captured.err
    assert "지금은" in traces.texts["replies"]
    assert {"data/irang.db", "data/logs/irang.log"} <= set(traces.written())
    assert leaks(traces.written()) == []
    assert leaks(traces.logged(), {"what people wrote": WORD, "an interaction's token": HANDLE}) == []


def test_the_filter_blots_out_what_gets_into_a_log_all_the_same(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with logging_at_debug(tmp_path, app.secrets(Settings())):
        log = logging.getLogger("somebody.careless")
        for secret in (TELEGRAM, DISCORD, HOOK, KEY):
            log.debug("calling %s", {"url": f"https://api/bot{secret}/getMe"})
            try:
                raise RuntimeError(f"cannot reach https://api/bot{secret}/getMe")
            except RuntimeError:
                log.exception("it failed")
    captured = capfd.readouterr()
    assert captured.err.count("[secret]") >= 8
    assert leaks(Traces(tmp_path, {"stderr": captured.err}).written()) == []


async def test_a_token_that_nobody_knows_is_not_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for spoilt in ("telegram", "discord"):
        async with a_world(tmp_path) as world:
            with logging_at_debug(tmp_path, []):
                if spoilt == "telegram":
                    world.telegram.token = "1:another"  # what the twin knows
                else:
                    world.discord.faults.inject("get_my_user", faults.answers(401))
                async with world.running() as work:
                    await asyncio.wait([work], timeout=PATIENCE)
                    assert work.done()
        captured = capfd.readouterr()
        world.traces.texts |= {"stdout": captured.out, "stderr": captured.err}
        assert BadToken.__name__ in world.traces.texts["error"]
        assert leaks(world.traces.written()) == []


async def test_a_webhook_keeps_its_secret(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    hook = {"webhook_url": f"http://127.0.0.1:{port}/hook", "webhook_listen": f"127.0.0.1:{port}"}
    async with a_world(tmp_path, **hook) as world:
        with logging_at_debug(tmp_path, []):
            async with world.running() as work:
                await world.telegram.until(lambda: world.telegram.webhook_url, PATIENCE)
                told = [await _knock(hook["webhook_url"], secret) for secret in ("", HOOK[:-1], HOOK + "x", "가")]
                minsu = world.telegram.person("민수")
                world.telegram.say(world.telegram.private(minsu), minsu, "지금 몇 시야")
                await world.telegram.until(lambda: 200 in world.telegram.webhook_answers)
                assert not work.done()
            world.telegram.faults.inject("setWebhook", faults.answers(400))
            async with world.running() as work:
                await asyncio.wait([work], timeout=PATIENCE)
    captured = capfd.readouterr()
    world.traces.texts |= {"stdout": captured.out, "stderr": captured.err, "answers": "\n".join(told)}
    assert ConfigError.__name__ in world.traces.texts["error"]
    assert leaks(world.traces.written()) == []


async def _knock(url: str, secret: str) -> str:
    """What the door says to somebody with that secret."""
    with suppress(aiohttp.ClientError):
        headers = {HEADER: secret.encode().decode("latin-1")}
        async with aiohttp.ClientSession() as session, session.post(url, data=b"{}", headers=headers) as answer:
            return f"{answer.status} {dict(answer.headers)} {await answer.text()}"
    return ""
