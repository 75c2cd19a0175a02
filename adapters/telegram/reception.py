"""Updates are committed to the inbox first and acknowledged afterwards."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeGuard

from adapters.telegram.calls import Api
from adapters.telegram.parse import NAME, Me, stamped
from bot.errors import PlatformError
from bot.messages import Cursor, Raw
from bot.ports import Intake

MOST_ANSWERS = 64  # pressed buttons being answered at once; those beyond spin a while, and do what they should

log = logging.getLogger(__name__)


class Reception:
    """Takes updates in; leaving it drops the answers to buttons that are still under way."""

    def __init__(self, intake: Intake, api: Api, me: Me, now: Callable[[], datetime]) -> None:
        self._intake = intake
        self._api = api
        self._me = me
        self._now = now
        self._answering: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)

    async def take(self, updates: Sequence[object]) -> int | None:
        """Commit updates; the offset that tells Telegram so, None when there was none to commit."""
        readable = [update for update in updates if _is_update(update)]
        if len(readable) < len(updates):
            log.warning("telegram: %d updates without an id were skipped", len(updates) - len(readable))
        if not readable:
            return None
        rows = [Raw(str(update["update_id"]), stamped(update, self._me, self._now())) for update in readable]
        offset = max(update["update_id"] for update in readable) + 1
        await self._intake.take(NAME, rows, Cursor("offset", str(offset)))
        for update in readable:
            self._answer(update.get("callback_query"))
        return int(offset)

    def _answer(self, query: object) -> None:
        """Let the button that was pressed stop spinning.

        The pacer knows nothing of this call: it says nothing in a chat, so no chat's limit counts it, and the button
        must not wait behind messages. A 429 on it leaves the button spinning for a while, which is all.
        """
        if not isinstance(query, dict) or len(self._answering) >= MOST_ANSWERS:
            return
        task = asyncio.create_task(self._stop_spinning(str(query.get("id"))))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _stop_spinning(self, query: str) -> None:
        try:
            await self._api.answer_callback_query(query)
        except PlatformError as error:
            log.info("telegram: button press %s not answered: %s", query, error)


def _is_update(update: object) -> TypeGuard[dict[str, Any]]:
    """An id that is a number is all that taking it in needs; the rest is for the parser, row by row."""
    return isinstance(update, dict) and type(update.get("update_id")) is int
