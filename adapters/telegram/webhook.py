"""A webhook: Telegram brings each update itself and repeats it until we say that it is committed."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from hmac import compare_digest

from aiohttp import web

from adapters.telegram.calls import HEARD, Api
from adapters.telegram.ear import Ear
from adapters.telegram.reception import Reception
from adapters.telegram.retry import Rest, insist
from bot.config import TelegramSettings
from bot.errors import BadToken, ConfigError, IrangError, PlatformError, Refused

LARGEST = 2**20  # bytes of one update
ASK_EVERY = 60.0  # seconds between two looks at what Telegram says of the webhook
HEADER = "X-Telegram-Bot-Api-Secret-Token"

log = logging.getLogger(__name__)


def checked(settings: TelegramSettings, secret: str | None) -> str:
    """The secret that proves that it is Telegram who calls. Raises ConfigError when there is none."""
    if secret and re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):  # https://core.telegram.org/bots/api#setwebhook
        return secret
    variable = settings.webhook_secret_env
    raise ConfigError(
        [
            f"config.toml: [telegram] webhook_url: a webhook needs a secret: put 1 to 256 of A-Z a-z 0-9 _ - "
            f"into the environment variable {variable} (`openssl rand -hex 32` makes one)"
        ]
    )


async def serve(settings: TelegramSettings, secret: str, api: Api, reception: Reception, rest: Rest, ear: Ear) -> None:
    """Bring in updates until cancelled. Raises ConfigError when the address can't be used, BadToken."""
    app = web.Application(client_max_size=LARGEST)
    app.router.add_post("/{path:.*}", _Door(secret, reception).knock)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await _listen(runner, settings)
        await insist(lambda: _announce(settings, secret, api), rest)
        await _watch(api, ear)
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: TelegramSettings) -> None:
    host, _, port = settings.webhook_listen.rpartition(":")
    try:
        await web.TCPSite(runner, host.strip("[]"), int(port)).start()
    except OSError as error:
        reason = f"config.toml: [telegram] webhook_listen: can't listen on {settings.webhook_listen}: {error.strerror}"
        raise ConfigError([reason]) from None


async def _announce(settings: TelegramSettings, secret: str, api: Api) -> None:
    try:
        await api.set_webhook(settings.webhook_url, secret_token=secret, allowed_updates=HEARD)
    except Refused as error:
        raise ConfigError([f"config.toml: [telegram] webhook_url: {error}"]) from None


async def _watch(api: Api, ear: Ear) -> None:
    """Silence is no sign here: Telegram is asked instead. Raises BadToken."""
    ear.heard()
    while True:
        await asyncio.sleep(ASK_EVERY)
        try:
            await api.get_webhook_info()
        except BadToken:
            raise
        except PlatformError as error:
            ear.failed(error)
        else:
            ear.heard()


class _Door:
    """Answers 200 after the commit, 403 to strangers, 413 to what is too large, 503 when it should come again."""

    def __init__(self, secret: str, reception: Reception) -> None:
        self._secret = secret.encode()
        self._reception = reception

    async def knock(self, request: web.Request) -> web.Response:
        given = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not compare_digest(given, self._secret):
            return web.Response(status=403)
        try:
            update = json.loads(await request.read())
        except (ValueError, RecursionError):
            log.warning("telegram: the webhook got something that is not JSON")
            return web.Response(status=400)
        try:
            await self._reception.take([update])
        except IrangError as error:
            log.warning("telegram: an update was not committed, Telegram will repeat it: %s", error)
            return web.Response(status=503)
        return web.Response()
