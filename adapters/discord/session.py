"""What is done with a session's events: committed in order, the missed ones first; interactions at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from adapters.discord.answers import DEFERRED_MESSAGE, DEFERRED_UPDATE, Answers
from adapters.discord.backfill import catch_up
from adapters.discord.calls import Rest
from adapters.discord.gateway import Gateway
from adapters.discord.parse import NAME, Handle, Interaction
from adapters.discord.rows import Found, found
from adapters.discord.tree import fingerprint, suggestions
from bot.backoff import Backoff
from bot.command import Command
from bot.errors import PlatformError
from bot.messages import Cursor, Raw
from bot.ports import Intake

log = logging.getLogger(__name__)

_READY = "READY"


class Session:
    """From READY to the end of one gateway session."""

    def __init__(self, intake: Intake, rest: Rest, answers: Answers, *, me: str, backfill: int) -> None:
        self._intake = intake
        self._rest = rest
        self._answers = answers
        self._me = me
        self._backfill = backfill
        self._id = ""
        self._arrived: asyncio.Queue[Found | None] = asyncio.Queue()  # None: a new session begins here
        self._commands: Sequence[Command] = ()
        self._group = asyncio.TaskGroup()

    async def run(
        self, gateway: Gateway, backoff: Backoff, commands: Sequence[Command], menu: Sequence[Mapping[str, Any]]
    ) -> None:
        """Raises what ended it, in an ExceptionGroup."""
        self._commands = commands
        async with self._group as group:
            group.create_task(self._commit())
            group.create_task(self._publish(str(gateway.application_id), menu))
            await gateway.listen(backoff)

    def receive(self, frame: Mapping[str, Any]) -> None:
        """One dispatched event, in the order of arrival."""
        if frame["t"] == _READY:
            self._id = frame["d"]["session_id"]
            self._arrived.put_nowait(None)
        if frame["t"] == "INTERACTION_CREATE" and frame["d"].get("type") == Interaction.TYPING:
            self._group.create_task(self._suggest(frame["d"]))
            return
        for each in found(frame, self._me, self._id):
            if frame["t"] == "INTERACTION_CREATE":  # it can't wait for a channel's history
                self._group.create_task(self._interact(each.row, frame["d"]))
            else:
                self._arrived.put_nowait(each)

    async def _commit(self) -> None:
        while True:
            arrived = await self._arrived.get()
            if arrived:
                await self._take([arrived.row], arrived.cursor)
            else:
                await catch_up(self._rest, await self._intake.cursors(NAME), self._backfill, self._me, self._take)

    async def _take(self, rows: Sequence[Raw], cursor: Cursor | None) -> None:
        await self._intake.take(NAME, rows, cursor)

    async def _interact(self, row: Raw, data: Mapping[str, Any]) -> None:
        """Commit, then defer: Discord: first response within 3 s."""
        kind = data.get("type")
        handle = Handle(str(data.get("application_id")), str(data.get("token")), str(data["id"]))
        with self._answers.arriving(handle) if kind == Interaction.COMMAND else nullcontext():
            await self._take([row], None)
            if kind in (Interaction.COMMAND, Interaction.PRESS):
                deferred = DEFERRED_MESSAGE if kind == Interaction.COMMAND else DEFERRED_UPDATE
                await self._answers.defer(handle, deferred)

    async def _suggest(self, data: Mapping[str, Any]) -> None:
        """Somebody is typing an option: nothing to commit, nothing to answer later."""
        try:
            handle = Handle(str(data["application_id"]), str(data["token"]), str(data["id"]))
            choices = suggestions(self._commands, data["data"])
        except (KeyError, TypeError, AttributeError) as error:
            return log.warning("discord: a half-typed option can't be read: %s", type(error).__name__)
        await self._answers.suggest(handle, choices)

    async def _publish(self, application: str, menu: Sequence[Mapping[str, Any]]) -> None:
        """Tell Discord our commands, when they are not the ones that it has from us."""
        print_of_it = fingerprint(application, menu)
        if (await self._intake.cursors(NAME)).get("commands") == print_of_it:
            return
        try:
            path = "/applications/{application_id}/commands"
            await self._rest.call("PUT", path, json=list(menu), application_id=application)
        except PlatformError as error:
            log.warning("discord: the commands were not published: %s", error)
            return
        await self._take([], Cursor("commands", print_of_it))
