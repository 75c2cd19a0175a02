"""A prompt made shorter, for servers that refuse what does not fit their window instead of leaving out the oldest."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from bot.messages import Prompt

# How servers say it, all of them with 400: OpenAI's code, vLLM's two sentences, llama.cpp's type.
_SAID = re.compile(r"context[ _](length|size|window)|model length", re.IGNORECASE)
_SHORTEST = 200  # characters of a question; less would no longer be that question


def is_too_long(error: Any) -> bool:
    """Whether an error object of the protocol says that the prompt does not fit the model's window."""
    return bool(_SAID.search(json.dumps(error)))


def shorter(prompt: Prompt) -> Prompt | None:
    """The prompt without the older half of its turns; the system prompt and the question stay.

    A question that stands alone loses its first half, as our own server does it. None when nothing can go.
    """
    system = [message for message in prompt.messages if message.role == "system"]
    talk = [message for message in prompt.messages if message.role != "system"]
    if len(talk) > 1:
        stay = (len(talk) - 1) // 4 * 2 + 1  # whole turns: two messages each, and the question
        return replace(prompt, messages=(*system, *talk[len(talk) - stay :]))
    question = talk[0].content if talk else ""
    if len(question) < 2 * _SHORTEST:
        return None
    return replace(prompt, messages=(*system, replace(talk[0], content=question[len(question) // 2 :])))


def kept(prompt: Prompt) -> int:
    """How many of the newest messages are left, the question counted, the system not."""
    return sum(message.role != "system" for message in prompt.messages)
