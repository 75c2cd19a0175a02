"""What is asked, and from which turns it shall be answered."""

from __future__ import annotations

from datetime import timedelta

from sqlite_utils import Database

from bot import context, turns
from bot.command import Again
from bot.config import MemorySettings
from bot.messages import Incoming, Turn
from bot.turns import Asked


def recall(db: Database, memory: MemorySettings, conversation: str, row: int, incoming: Incoming) -> Asked:
    """A new question, with what of its conversation is remembered."""
    recent = turns.recent(db, conversation, max(memory.turns, 1))
    fresh = context.since_silence(recent, incoming.at, timedelta(minutes=memory.silence))
    said = context.with_quote(incoming.text, incoming.reply_to, fresh[-1] if fresh else None)
    return Asked(conversation, row, incoming.ref, incoming.person, said, tuple(fresh) if memory.turns else ())


def recall_again(db: Database, again: Again, conversation: str, row: int, incoming: Incoming) -> Asked | None:
    """An old question, with the turns it was answered from then; None when there is none.

    An edited question brings its new text; a wish for another answer (/retry) has none.
    """
    old = _replaced(db, again, conversation, incoming)
    if old is None:
        return None
    asked_at, question = turns.place(db, old.id)
    said = old.said if incoming.call else incoming.text
    return Asked(conversation, asked_at, question, old.person, said, tuple(turns.by_ids(db, old.context)), old)


def words(said: str) -> str:
    """A question less what it quotes, which is on a line of its own before it."""
    quoted, _, own = said.partition("\n")
    return own if own and quoted.startswith("> ") else said


def unchanged(turn: Turn, incoming: Incoming) -> bool:
    """Whether an edit left the question's words as they were."""
    return incoming.text in (turn.said, words(turn.said))


def _replaced(db: Database, again: Again, conversation: str, incoming: Incoming) -> Turn | None:
    if not incoming.call:  # edited: whichever answer to it is shown by now
        shown = turns.of_question(db, incoming.ref)
        return turns.live(db, conversation, shown.id) if shown else None
    if again.turn is not None:
        return turns.live(db, conversation, again.turn)
    return next(iter(turns.recent(db, conversation, 1)), None)
