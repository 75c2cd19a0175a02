"""Answers to interactions: deferred within 3 seconds, given and edited through their webhook for 15 minutes."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from adapters.discord.calls import Gone, Rest, Verb
from adapters.discord.parse import NAME, Handle, moment
from bot.errors import PlatformError
from bot.messages import MessageRef

log = logging.getLogger(__name__)

LIVES = timedelta(minutes=15) - timedelta(seconds=15)  # Discord: 15 minutes; the rest is for the way there
KEPT = 1000  # messages that may be edited through a webhook at a time
DEFERRED_MESSAGE, DEFERRED_UPDATE, SUGGESTED = 5, 6, 8

_CALLBACK = "/interactions/{webhook_id}/{webhook_token}/callback"
_ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
_MESSAGE = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"


class Answers:
    """The interactions that can still be answered in their place."""

    def __init__(self, rest: Rest, now: Callable[[], datetime]) -> None:
        self._rest = rest
        self._now = now
        self._arriving: dict[str, asyncio.Event] = {}
        self._given: OrderedDict[MessageRef, Handle] = OrderedDict()

    @contextmanager
    def arriving(self, handle: Handle) -> Iterator[None]:
        """Until this ends the interaction is not deferred, and an answer to it waits."""
        done = self._arriving[handle.token] = asyncio.Event()
        try:
            yield
        finally:
            self._arriving.pop(handle.token, None)
            done.set()

    async def defer(self, handle: Handle, kind: int) -> None:
        """Tell Discord that we got it. When that fails, the answer is a message of its own."""
        try:
            await self._respond(handle, {"type": kind})
        except PlatformError as error:
            log.warning("discord: interaction %s was not deferred: %s", handle.interaction, error)

    async def suggest(self, handle: Handle, choices: Sequence[Mapping[str, str]]) -> None:
        """Offer values to somebody who is typing an option; in 3 s, or they see none."""
        try:
            await self._respond(handle, {"type": SUGGESTED, "data": {"choices": list(choices)}})
        except PlatformError as error:
            log.debug("discord: suggestions did not arrive: %s", error)

    async def _respond(self, handle: Handle, response: Mapping[str, Any]) -> None:
        where = {"webhook_id": handle.interaction, "webhook_token": handle.token}
        await self._rest.call("POST", _CALLBACK, json=response, **where)

    async def give(self, handle: Handle, message: Mapping[str, Any]) -> MessageRef | None:
        """Fill the place that the interaction holds; None when it holds none (any more). May be repeated."""
        if arriving := self._arriving.get(handle.token):
            await arriving.wait()
        if self._is_over(handle):
            return None
        try:
            answer = await self._call("PATCH", handle, {}, message)
        except Gone:
            return None
        ref = MessageRef(NAME, str(answer["channel_id"]), str(answer["id"]))
        self._given[ref] = handle
        while len(self._given) > KEPT:
            self._given.popitem(last=False)
        return ref

    async def withdraw(self, handle: Handle) -> None:
        """Give the place up that a deferred command holds: nothing will be said there. May be repeated."""
        if arriving := self._arriving.get(handle.token):
            await arriving.wait()
        if self._is_over(handle):
            return
        try:
            await self._call("DELETE", handle, {}, None)
        except Gone:
            log.debug("discord: interaction %s holds no place", handle.interaction)

    async def edit(self, ref: MessageRef, changes: Mapping[str, Any]) -> bool:
        """Edit a message that was given here; False: it is one like any other (now)."""
        return await self._through_webhook("PATCH", ref, changes)

    async def delete(self, ref: MessageRef) -> bool:
        return await self._through_webhook("DELETE", ref, None)

    def forget(self, refs: Sequence[MessageRef]) -> None:
        for ref in refs:
            self._given.pop(ref, None)

    async def _through_webhook(self, verb: Verb, ref: MessageRef, changes: Mapping[str, Any] | None) -> bool:
        handle = self._given.get(ref)
        if handle is None:
            return False
        try:
            if not self._is_over(handle):
                await self._call(verb, handle, {"message_id": ref.id}, changes)
                return True
        except Gone:
            log.debug("discord: message %s is out of its webhook's reach", ref.id)
        self.forget([ref])
        return False

    async def _call(
        self, verb: Verb, handle: Handle, message: Mapping[str, str], changes: Mapping[str, Any] | None
    ) -> Any:
        where = {"webhook_id": handle.application, "webhook_token": handle.token, **message}
        return await self._rest.call(verb, _MESSAGE if message else _ORIGINAL, json=changes, **where)

    def _is_over(self, handle: Handle) -> bool:
        return self._now() - moment(handle.interaction) > LIVES
