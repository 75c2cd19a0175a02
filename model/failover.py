"""Several endpoints behind one Backend: each question goes to the least busy one that is well."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from bot.errors import BackendBusy, BackendDown, BackendError
from bot.messages import Piece, Prompt
from model.client import OpenAIBackend

log = logging.getLogger(__name__)

_FIRST_REST = 1.0  # seconds that an endpoint is left alone after it failed; doubled with each further failure
_LONGEST_REST = 60.0


@dataclass(eq=False, slots=True)
class _Endpoint:
    """One endpoint as it is doing. `failed_at`: on the loop's clock; `rest`: 0.0 while it is well."""

    number: int
    backend: OpenAIBackend
    answering: int = 0
    rest: float = 0.0
    failed_at: float = 0.0


class Failover:
    """A Backend over several of them, in the order of preference.

    What fails before its first piece is asked of the next endpoint at once. After a first piece the error is raised:
    half an answer of one model is not continued by another, and whoever asks begins anew. An endpoint that failed gets
    nobody until it answers a health question, which is asked in the background.
    """

    def __init__(self, backends: Sequence[OpenAIBackend]) -> None:
        self._endpoints = [_Endpoint(number, backend) for number, backend in enumerate(backends, start=1)]
        self._healing: set[asyncio.Task[None]] = set()

    async def generate(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        """Raises BackendBusy when all that are well are busy, BackendDown when none answers, BackendRefused."""
        error: BackendError = BackendDown("no endpoint of the model is configured")
        for endpoint in self._in_turn():
            begun = False
            endpoint.answering += 1
            try:
                async with aclosing(endpoint.backend.generate(prompt)) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
                return
            except (BackendDown, BackendBusy) as failure:
                if isinstance(failure, BackendDown):
                    self._leave_alone(endpoint, failure)
                if begun:
                    raise
                error = failure
            finally:
                endpoint.answering -= 1
        raise error

    async def expositions(self) -> list[str]:
        """What each endpoint tells Prometheus; "" of one that tells nothing."""
        return list(await asyncio.gather(*(endpoint.backend.exposition() for endpoint in self._endpoints)))

    async def close(self) -> None:
        """Let go of all connections."""
        for task in tuple(self._healing):
            task.cancel()
        await asyncio.gather(*self._healing, return_exceptions=True)
        for endpoint in self._endpoints:
            await endpoint.backend.close()

    def _in_turn(self) -> list[_Endpoint]:
        """The well ones, the least busy first; where none is well, all, the one that failed longest ago first."""
        well = [endpoint for endpoint in self._endpoints if not endpoint.rest]
        if not well:
            return sorted(self._endpoints, key=lambda endpoint: endpoint.failed_at)
        return sorted(well, key=lambda endpoint: (endpoint.answering, endpoint.number))

    def _leave_alone(self, endpoint: _Endpoint, failure: BackendError) -> None:
        endpoint.failed_at = asyncio.get_running_loop().time()
        if endpoint.rest:  # it is being healed already
            return
        log.warning("endpoint %d of the model fails (%s): the others answer", endpoint.number, failure)
        endpoint.rest = _FIRST_REST
        task = asyncio.create_task(self._heal(endpoint))
        self._healing.add(task)
        task.add_done_callback(self._healing.discard)

    async def _heal(self, endpoint: _Endpoint) -> None:
        """Ask how it is, less and less often, until it answers."""
        while endpoint.rest:
            await asyncio.sleep(endpoint.rest)
            if await endpoint.backend.well():
                log.warning("endpoint %d of the model is well again", endpoint.number)
                endpoint.rest = 0.0
            else:
                endpoint.rest = min(endpoint.rest * 2, _LONGEST_REST)
