"""What was said while we were not there: Discord replays nothing to a new session, but keeps each channel's history."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from adapters.discord.calls import Rest
from adapters.discord.parse import Data
from adapters.discord.rows import channel_cursor, matters, message_row
from bot.errors import BadToken, PlatformError, Refused, Throttled, Uncertain, Unreachable
from bot.messages import Cursor, Raw

log = logging.getLogger(__name__)

PAGE = 100  # messages that Discord gives at once
CHANNELS = 200  # looked into after a restart: the ones that were talked in last
AT_ONCE = 5  # channels that are read side by side
PAUSES = (1.0, 2.0, 5.0, 10.0, 20.0)  # seconds between the tries to read a history

Take = Callable[[Sequence[Raw], Cursor | None], Awaitable[None]]


async def catch_up(rest: Rest, cursors: Mapping[str, str], limit: int, me: str, take: Take) -> None:
    """Take what came after each channel's cursor, at most `limit` messages of a channel, oldest first."""
    if not limit:
        return
    known = {name.partition(":")[2]: int(value) for name, value in cursors.items() if name.startswith("channel:")}
    latest = sorted(known, key=lambda channel: known[channel], reverse=True)[:CHANNELS]
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(channel: str) -> None:
        async with gate:
            await _catch_up_with(rest, channel, known[channel], limit, me, take)

    async with asyncio.TaskGroup() as group:
        for channel in latest:
            group.create_task(one(channel))


async def _catch_up_with(rest: Rest, channel: str, after: int, limit: int, me: str, take: Take) -> None:
    try:
        messages = await _insisted(lambda: _missed(rest, channel, after, limit))
    except BadToken:
        raise
    except Refused as error:  # deleted, or we were thrown out
        log.info("discord: channel %s has no history for us: %s", channel, error)
        return
    except PlatformError as error:
        log.error("discord: what was missed in channel %s stays unread: %s", channel, error)
        return
    if messages:
        await take([message_row(each) for each in messages if matters(each, me)], channel_cursor(messages[-1]))


async def _insisted(read: Callable[[], Awaitable[list[Data]]]) -> list[Data]:
    """Read, and again a few times: what comes next moves the cursor, and then nobody looks back any more."""
    for pause in PAUSES:
        try:
            return await read()
        except (Unreachable, Uncertain, Throttled) as error:
            log.warning("discord: %s; reading the history again in %.0f s", error, pause)
            await asyncio.sleep(error.retry_after if isinstance(error, Throttled) else pause)
    return await read()


async def _missed(rest: Rest, channel: str, after: int, limit: int) -> list[Data]:
    """The newest `limit` messages after a cursor, oldest first.

    Read from the end, since what was asked last matters most when there was more than `limit`.
    """
    place = await rest.call("GET", "/channels/{channel_id}", channel_id=channel)
    if int(place.get("last_message_id") or 0) <= after:
        return []
    found: list[dict[str, Any]] = []
    while len(found) <= limit:  # one more than is taken tells whether any are left out
        asked = min(PAGE, limit + 1 - len(found))
        params = {"limit": asked} | ({"before": found[-1]["id"]} if found else {})
        page = await rest.call("GET", "/channels/{channel_id}/messages", channel_id=channel, params=params)
        fresh = [message for message in page if int(message["id"]) > after]
        found += fresh
        if len(fresh) < asked:
            break
    if len(found) > limit:
        log.warning("discord: more than %d messages were missed in channel %s: older ones are left out", limit, channel)
    # A message from the history doesn't say which server it is from, as one from the gateway does
    where = {"guild_id": place["guild_id"]} if place.get("guild_id") else {}
    return [{**message, **where} for message in reversed(found[:limit])]
