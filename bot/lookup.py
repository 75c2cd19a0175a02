"""A question answered by the model from the operator's documents, with the source named."""

from __future__ import annotations

import asyncio
import logging

from bot.command import Brief, Consult, Reply
from bot.errors import StoreError
from bot.knowledge import Knowledge
from bot.locale import Locale
from bot.messages import Message
from bot.passages import quoted

log = logging.getLogger(__name__)


def look_up(knowledge: Knowledge, question: str, locale: Locale, *, insist: bool, able: bool) -> Consult:
    """`insist`: nothing found is said so; otherwise the question is answered as any other then.

    So it is where the index can't be read, which with `insist` raises StoreError.

    `able`: the model can answer from a text; if not, the best passage is shown as it stands.
    """

    async def gather() -> Brief | Reply | None:
        try:
            found = await asyncio.to_thread(knowledge.search, question)
        except StoreError as error:
            if insist:
                raise
            log.error("a question is answered without the documents: %s", error)
            return None
        if not found:
            return Reply(locale("ask_nothing")) if insist else None
        if not able:
            best = found[0]
            return Reply(f"{locale('ask_quoted', passage=best.text)}\n\n{locale('ask_sources', sources=best.source)}")
        asked = locale("ask_from", passages=quoted(found), question=question)
        sources = ", ".join(dict.fromkeys(passage.source for passage in found))
        return Brief((Message("user", asked),), locale("ask_sources", sources=sources))

    return Consult(gather)
