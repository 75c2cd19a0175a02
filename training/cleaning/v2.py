"""The default rules: NFC, what repeats is shortened, names stay the same in a conversation, personal data masked."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

from bot.messages import Message
from training.cleaning.original import NAMES
from training.cleaning.privacy import masked

_GONE = re.compile(r"#@이모티콘#")
_DROPPED = re.compile(r"@URL|#@시스템#")
_NAME = re.compile(r"#@이름\d*#")


def cleaned(messages: Sequence[Message], seed: int = 7) -> tuple[Message, ...] | None:
    """None when a line can't be kept, so that no answer loses its question. The same marker is the same name."""
    if any(_DROPPED.search(message.content) for message in messages):
        return None
    key = hashlib.sha256("\n".join([str(seed), *(message.content for message in messages)]).encode()).digest()
    found = tuple(Message(message.role, line(message.content, key[0])) for message in messages)
    return found if all(message.content for message in found) else None


def line(text: str, first_name: int = 0) -> str:
    """ㅎㅎ stays ㅎㅎ; ㅇㅇ, commas and ~ stay."""
    text = _GONE.sub("", unicodedata.normalize("NFC", text))
    text = _NAME.sub(lambda found: _name(found[0], first_name), text)
    text = re.sub(r"([ㅋㅎㅠㅜ])\1{2,}", r"\1\1", text)
    text = re.sub(r"([.!?])\1{2,}", lambda found: found[1] * (3 if found[1] == "." else 1), text)
    return masked(" ".join(text.split()))


def _name(marker: str, first: int) -> str:
    number = int("".join(filter(str.isdigit, marker)) or 0)
    return NAMES[(first + number) % len(NAMES)]
