"""The first bot's clear_sentence as it is described to us, its defects included: for comparison, not for use."""

from __future__ import annotations

import re
from random import Random

NAMES = ("민수", "영희", "철수", "지은", "서준", "하은")


def cleaned(text: str, chance: Random) -> str | None:
    """None for a row that is dropped. Every name is drawn anew, so one person has several in a conversation."""
    if "@URL" in text or "#@시스템#사진#" in text:
        return None
    text = re.sub("#@이름#", lambda _: chance.choice(NAMES), text).replace("#@이모티콘#", "")
    text = re.sub(r"[()\[\]{}<>]", "", text).replace("키키", "ㅋㅋ")
    text = re.sub(r"ㅎ{2,}", "ㅋㅋ", text)
    text = re.sub(r"([ㅋㅠㅜ])\1{2,}", r"\1\1", text)
    text = re.sub(r"([.!?])\1+", r"\1", text)
    return " ".join(re.sub(r"ㅇㅇ|[,~]", "", text).lower().split())
