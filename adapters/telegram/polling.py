"""Long polling: fetch raw updates, commit them, and only then tell Telegram that they came."""

from __future__ import annotations

import logging

from adapters.telegram.calls import Api
from adapters.telegram.ear import Ear
from adapters.telegram.reception import Reception
from adapters.telegram.retry import FIRST, LONGEST, Rest, insist
from bot.backoff import Backoff
from bot.errors import BadToken, PlatformError

log = logging.getLogger(__name__)


async def poll(api: Api, reception: Reception, rest: Rest, ear: Ear) -> None:
    """Bring in updates until cancelled. Raises BadToken.

    An offset is sent once, to acknowledge a batch, and after that none: without one Telegram starts at the earliest
    update that was not acknowledged, so none is needed. A kept one could lose messages: after a quiet week ids go
    on at random (https://core.telegram.org/bots/api#update), and an old, higher offset would acknowledge updates
    that nobody has seen. What a crash lets Telegram send twice, the inbox knows by its key.
    """
    await insist(lambda: api.delete_webhook(drop_pending_updates=False), rest)
    backoff = Backoff(FIRST, LONGEST)
    offset: int | None = None
    while True:
        try:
            updates = await api.updates(offset)
        except BadToken:
            raise
        except PlatformError as error:
            ear.failed(error)
            await _pause(backoff.failed(error), error, rest)
            continue
        ear.heard()
        offset = await reception.take(updates)
        if updates and offset is None:  # nothing in it can be acknowledged, so it would come again at once
            await rest(backoff.failed())
        else:
            backoff.succeeded()


async def _pause(seconds: float, error: PlatformError, rest: Rest) -> None:
    log.warning("%s; polling again in %.1f s", error, seconds)
    await rest(seconds)
