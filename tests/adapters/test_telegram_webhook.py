"""A webhook brings what people write to the inbox, and lets nobody else in."""

from __future__ import annotations

import asyncio
import io
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from adapters.telegram import Telegram, webhook
from adapters.telegram.calls import HEARD
from bot.config import TelegramSettings
from bot.errors import BadToken, ConfigError, StoreError
from bot.messages import Incoming
from tests.twins import faults
from tests.twins.inbox import Inbox, Naps, running
from tests.twins.telegram import Chat, Human, TelegramTwin

SECRET = "s3cret_of-the-test"


@pytest.fixture
async def twin() -> AsyncIterator[TelegramTwin]:
    async with TelegramTwin() as twin:
        yield twin
        assert twin.violations == []


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def minsu(twin: TelegramTwin) -> Human:
    return twin.person("민수")


@pytest.fixture
def chat(twin: TelegramTwin, minsu: Human) -> Chat:
    return twin.private(minsu)


def texts(telegram: Telegram, inbox: Inbox) -> list[str]:
    events = [telegram.parse(row.payload) for row in inbox.rows.values()]
    return sorted(event.text for event in events if isinstance(event, Incoming))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def webhook_settings(twin: TelegramTwin, port: int) -> TelegramSettings:
    url = f"http://127.0.0.1:{port}/hook"
    return TelegramSettings(api=twin.url, webhook_url=url, webhook_listen=f"127.0.0.1:{port}")


@pytest.fixture
async def hooked(twin: TelegramTwin, naps: Naps) -> AsyncIterator[Telegram]:
    settings = webhook_settings(twin, free_port())
    platform = Telegram(settings, twin.token, language="ko", secret=SECRET, rest=naps)
    yield platform
    await platform.close()


async def knock(twin: TelegramTwin, body: Any, secret: str | None = SECRET) -> int:
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    async with (
        aiohttp.ClientSession() as session,
        session.post(twin.webhook_url, data=body, headers=headers) as answer,
    ):
        return answer.status


async def test_a_webhook_brings_what_is_said(
    twin: TelegramTwin, hooked: Telegram, inbox: Inbox, chat: Chat, minsu: Human
) -> None:
    twin.say(chat, minsu, "켜기 전")
    async with running(hooked, inbox):
        twin.say(chat, minsu, "켠 뒤")
        await twin.until(lambda: twin.webhook_url and not twin.queue)
    assert texts(hooked, inbox) == ["켜기 전", "켠 뒤"]
    (wish,) = twin.called("setWebhook")
    assert (wish["allowed_updates"], wish["secret_token"]) == (list(HEARD), SECRET)


async def test_a_webhook_says_200_only_after_the_commit(twin: TelegramTwin, hooked: Telegram, inbox: Inbox) -> None:
    inbox.door.clear()
    async with running(hooked, inbox):
        await twin.until(lambda: twin.webhook_url)
        answer = asyncio.create_task(knock(twin, json.dumps({"update_id": 1})))
        await inbox.until(lambda: inbox.knocks)
        assert await knock(twin, "", secret=None) == 403  # a 200 too early would be there by now
        assert not answer.done()
        inbox.door.set()
        assert await answer == 200
    assert list(inbox.rows) == ["1"]


async def test_a_webhook_asks_for_a_repeat_when_the_commit_failed(
    twin: TelegramTwin, hooked: Telegram, inbox: Inbox, chat: Chat, minsu: Human
) -> None:
    inbox.failures += [StoreError("disk full"), StoreError("disk full")]
    twin.say(chat, minsu, "안녕")
    async with running(hooked, inbox):
        await twin.until(lambda: twin.webhook_url and not twin.queue)
    assert (twin.webhook_answers, texts(hooked, inbox)) == ([503, 503, 200], ["안녕"])


async def test_a_webhook_turns_strangers_and_rubbish_away(
    twin: TelegramTwin, hooked: Telegram, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    update = json.dumps({"update_id": 1})
    async with running(hooked, inbox):
        await twin.until(lambda: twin.webhook_url)
        assert await knock(twin, update, secret=None) == 403
        assert await knock(twin, update, secret="s3cret") == 403
        assert await knock(twin, update, secret="비밀") == 403
        assert await knock(twin, io.BytesIO(b"x" * 2**21), secret=None) == 403
        assert await knock(twin, io.BytesIO(b"x" * (2**20 + 1))) == 413
        assert await knock(twin, b"\xff{") == 400
        assert await knock(twin, "[" * 100_000) == 400
        assert await knock(twin, '"no update"') == 200, "Telegram would bring it for hours"
    assert inbox.rows == {}
    assert SECRET not in caplog.text


@pytest.mark.parametrize("method", ["getMe", "setWebhook", "getWebhookInfo"])
@pytest.mark.parametrize("status", [401, 404])
async def test_a_token_that_is_gone_ends_a_webhook_as_it_ends_polling(
    twin: TelegramTwin, hooked: Telegram, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, method: str, status: int
) -> None:
    monkeypatch.setattr(webhook, "ASK_EVERY", 0.02)
    twin.faults.inject(method, faults.answers(status))
    with pytest.raises(BadToken) as caught:
        async with asyncio.timeout(10):
            await hooked.run(inbox, ())
    assert twin.token not in str(caught.value)


@pytest.mark.parametrize("secret", [None, "", "비밀", "x" * 257, "two words"])
def test_a_webhook_needs_a_secret(secret: str | None) -> None:
    settings = TelegramSettings(webhook_url="https://example.org/hook")
    with pytest.raises(ConfigError, match="IRANG_TELEGRAM_SECRET"):
        Telegram(settings, "1:x", language="ko", secret=secret)


async def test_an_address_that_telegram_refuses_is_a_fault_of_the_settings(twin: TelegramTwin, inbox: Inbox) -> None:
    settings = webhook_settings(twin, free_port()).model_copy(update={"webhook_url": "http://example.org"})
    platform = Telegram(settings, twin.token, language="ko", secret=SECRET)
    with pytest.raises(ConfigError, match=r"webhook_url: .*HTTPS"):
        await platform.run(inbox, ())
    await platform.close()


async def test_a_port_that_is_taken_is_a_fault_of_the_settings(twin: TelegramTwin, inbox: Inbox) -> None:
    port = int(twin.url.rpartition(":")[2])
    platform = Telegram(webhook_settings(twin, port), twin.token, language="ko", secret=SECRET)
    with pytest.raises(ConfigError, match=f"webhook_listen: can't listen on 127.0.0.1:{port}"):
        await platform.run(inbox, ())
    await platform.close()


async def test_it_runs_again_after_it_was_stopped(
    twin: TelegramTwin, hooked: Telegram, inbox: Inbox, chat: Chat, minsu: Human
) -> None:
    for said in ("하나", "둘"):
        async with running(hooked, inbox):
            twin.say(chat, minsu, said)
            await twin.until(lambda: twin.webhook_url and not twin.queue)
    assert texts(hooked, inbox) == ["둘", "하나"]
