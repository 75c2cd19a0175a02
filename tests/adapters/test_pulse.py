"""Platforms tell when they were last heard from; a deaf one is begun anew and hears again."""

from __future__ import annotations

import asyncio

import pytest

from adapters.discord import Discord
from adapters.telegram import Telegram, webhook
from adapters.telegram.ear import Ear
from bot.app import SystemClock
from bot.config import DiscordSettings, TelegramSettings, WatchSettings
from bot.errors import Deaf
from bot.ports import Pulse, Watched
from bot.watchdog import Watchdog
from tests.twins import faults
from tests.twins.discord import DiscordTwin
from tests.twins.inbox import Inbox, Naps, running
from tests.twins.telegram import TelegramTwin


async def until(telegram: Watched, **wanted: bool) -> Pulse:
    """Wait for a pulse that has been heard, or has a note."""
    async with asyncio.timeout(10):
        while True:
            pulse = telegram.pulse()
            if all(bool(getattr(pulse, name)) == there for name, there in wanted.items()):
                return pulse
            await asyncio.sleep(0.01)


async def test_telegram_is_heard_with_every_answered_poll() -> None:
    async with TelegramTwin() as twin:
        telegram = Telegram(TelegramSettings(api=twin.url), twin.token, language="ko", rest=Naps())
        assert telegram.pulse() == Pulse(None, None)
        async with running(telegram, Inbox()):
            twin.say(twin.private(minsu := twin.person("민수")), minsu, "안녕")
            pulse = await until(telegram, last=True, latency=True)
            assert pulse.note == ""
            assert pulse.latency is not None
            assert 0 < pulse.latency < 10
        await telegram.close()


async def test_telegram_tells_what_keeps_it_from_hearing() -> None:
    async with TelegramTwin() as twin:
        telegram = Telegram(TelegramSettings(api=twin.url), twin.token, language="ko")
        twin.faults.inject("getUpdates", *[faults.answers(502)] * 3)
        async with running(telegram, Inbox()):
            assert "502" in (await until(telegram, note=True, last=False)).note
        await telegram.close()


async def test_behind_a_webhook_telegram_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "ASK_EVERY", 0.02)
    async with TelegramTwin() as twin:
        settings = TelegramSettings(api=twin.url, webhook_url="https://127.0.0.1:9/hook", webhook_listen="127.0.0.1:0")
        telegram = Telegram(settings, twin.token, language="ko", secret="s3cret")
        async with running(telegram, Inbox()):
            first = (await until(telegram, last=True)).last
            async with asyncio.timeout(10):
                while telegram.pulse().last == first:  # noqa: ASYNC110 it grows by itself
                    await asyncio.sleep(0.01)
        await telegram.close()


async def test_discord_is_heard_with_every_heartbeat_that_is_answered() -> None:
    async with DiscordTwin(heartbeat_interval=0.05) as twin:
        discord = Discord(DiscordSettings(api=twin.url), twin.token, language="ko", backfill=10, backoff=0.01)
        assert discord.pulse() == Pulse(None, None)
        async with running(discord, Inbox()):
            first = (await until(discord, last=True, latency=True)).last
            async with asyncio.timeout(10):
                while discord.pulse().last == first:  # noqa: ASYNC110 it grows by itself
                    await asyncio.sleep(0.01)


async def test_a_deaf_telegram_is_begun_anew_and_hears_again() -> None:
    """A poll that Telegram never answers, on a line that nobody notices to be dead."""
    async with TelegramTwin() as twin:
        telegram, inbox = Telegram(TelegramSettings(api=twin.url), twin.token, language="ko", rest=Naps()), Inbox()
        watchdog = Watchdog(WatchSettings(deaf_minutes=0.01, restarts=5), [telegram], SystemClock())
        twin.faults.inject("getUpdates", faults.held(asyncio.Event()))
        work = asyncio.create_task(watchdog.attend(telegram, lambda: telegram.run(inbox, ())))
        said = twin.say(twin.private(minsu := twin.person("민수")), minsu, "들려?")
        await inbox.until(lambda: inbox.rows)
        assert said
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await telegram.close()


async def test_a_gateway_that_never_lets_us_in_ends_the_process_in_the_end() -> None:
    async with DiscordTwin() as twin:
        twin.gateway.remaining = 0
        discord = Discord(DiscordSettings(api=twin.url), twin.token, language="ko", backfill=10, backoff=0.01)
        watchdog = Watchdog(WatchSettings(deaf_minutes=0.01, restarts=1), [discord], SystemClock())
        with pytest.raises(Deaf, match="no IDENTIFY is left"):
            async with asyncio.timeout(30):
                await watchdog.attend(discord, lambda: discord.run(Inbox(), ()))
        await discord.close()


def test_what_is_heard_clears_what_went_wrong() -> None:
    ear = Ear(SystemClock().now)
    ear.failed(Deaf("telegram", "x"))
    assert ear.pulse(None).note
    ear.heard()
    assert ear.pulse(None).note == ""
