"""Being called by name: "이랑아, 안녕"."""

from __future__ import annotations

import re
from functools import cache

# A bare name is no call when more follows ("이랑" is a particle too): the vocative or a sign must come with it.
_VOCATIVE = r"(?:(?:아|야|님|씨|이)(?=[\s,.!?~…]|$)[\s,.!?~…]*|\s*[,!?~…:]+\s*|\s*$)"

# What a keyboard or copy-paste may put in front of it, and nobody sees: blanks, Hangul fillers, zero-width marks.
_UNSEEN = r"[\s\u115f\u1160\u3164\uffa0\u200b-\u200f\u2060\ufeff]"


@cache
def _call(name: str) -> re.Pattern[str]:
    return re.compile(rf"{_UNSEEN}*@?{re.escape(name)}{_VOCATIVE}", re.IGNORECASE)


def called(text: str, name: str) -> str | None:
    """What is said to `name` in a text that begins by calling it; None when it does not.

    >>> called("이랑아, 뭐 해?", "이랑")
    '뭐 해?'
    >>> called("이랑 같이 갈래?", "이랑") is None
    True
    """
    call = _call(name).match(text)
    return text[call.end() :] if call else None
