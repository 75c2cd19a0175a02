"""Which earlier turns belong to this conversation, and the prompt that is made of them: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.forms import Form
from bot.locale import Locale
from bot.messages import Address, Message, Person, Prompt, Quote, Sampling, Turn
from bot.preferences import Preferences
from bot.turns import Asked

_QUOTED = 300  # characters of a quoted message that are enough to know what is meant


def conversation(address: Address, person: Person, *, private: bool, shared: bool) -> str:
    """The key under which this message's conversation is remembered.

    A private chat's address is its own, so nothing said there can come up in a group.
    """
    place = f"{address.platform}:{address.chat}:{address.thread}"
    return place if private or shared else f"{place}:{person.id}"


def since_silence(turns: Sequence[Turn], now: datetime, silence: timedelta) -> list[Turn]:
    """The turns after the last silence, oldest first; no silence is too long when it is zero."""
    if not silence:
        return list(turns)
    kept: list[Turn] = []
    later = now
    for turn in reversed(turns):
        if later - turn.at > silence:
            break
        kept.append(turn)
        later = min(later, turn.at)  # one that was answered anew may be the younger one
    return kept[::-1]


def prompt(asked: Asked, *, system: str, named: bool, sampling: Sampling) -> Prompt:
    """What goes to the model: the system prompt, the earlier turns, the question. `named`: say who speaks (groups)."""
    messages = [Message("system", system)] if system else []
    for turn in asked.earlier:
        messages.append(Message("user", _spoken(turn.person.name, turn.said, named)))
        messages.append(Message("assistant", turn.answered))
    messages.append(Message("user", _spoken(asked.person.name, asked.said, named)))
    return Prompt(tuple(messages), sampling, chat=asked.conversation)


def system(configured: str, prefer: Preferences, forms: Mapping[str, Form], locale: Locale) -> str:
    """What the model is told of itself here: by config.toml, by this chat's settings, by the practice that goes on."""
    practice = forms.get(prefer.scenario)
    if practice and practice.system:
        return practice.system
    style = locale(f"style_{prefer.style}") if prefer.style else ""
    return "\n".join(part for part in (configured, prefer.persona, style) if part)


def with_quote(text: str, quote: Quote | None, last: Turn | None) -> str:
    """The question with the message it replies to, as data on one line; not where that was the last answer anyway."""
    if not quote or not quote.text.strip():
        return text
    line = " ".join(quote.text.split())[:_QUOTED]
    if quote.ours and last and " ".join(last.answered.split())[:_QUOTED] == line:
        return text
    return f"> {_one_line(quote.author)}: {line}\n{text}"


def took(turns: Sequence[Turn], kept: int | None) -> tuple[int, ...]:
    """The ids of the turns that the model's window took, when it kept the newest `kept` messages of the prompt."""
    if kept is None:
        return tuple(turn.id for turn in turns)
    whole = max(kept - 1, 0) // 2  # the question is one message, a turn two
    return tuple(turn.id for turn in turns[len(turns) - min(whole, len(turns)) :])


def _spoken(name: str, said: str, named: bool) -> str:
    return f"{_one_line(name)}: {said}" if named else said


def _one_line(text: str) -> str:
    return " ".join(text.split())
