"""시간: what time it is."""

from __future__ import annotations

from datetime import datetime

from bot.command import Command, Reply, Scene
from bot.messages import Call


def answer(scene: Scene, call: Call) -> Reply:
    clock = korean_clock if scene.locale.language == "ko" else english_clock
    return Reply(scene.locale("time", clock=clock(scene.now)))


def korean_clock(now: datetime) -> str:
    """오후 3시 4분; the full hour has no minutes.

    >>> korean_clock(datetime(2026, 1, 1, 0, 30))
    '오전 12시 30분'
    """
    half = "오전" if now.hour < 12 else "오후"
    minutes = f" {now.minute}분" if now.minute else ""
    return f"{half} {now.hour % 12 or 12}시{minutes}"


def english_clock(now: datetime) -> str:
    return f"{now.hour % 12 or 12}:{now.minute:02} {'am' if now.hour < 12 else 'pm'}"


COMMAND = Command(
    name="time",
    korean="시간",
    about={"ko": "지금 몇 시인지 알려 줘요", "en": "Tell the time"},
    answer=answer,
    phrases=(
        "[지금] 몇 시 [(야|예요|에요|이야|이에요|인가요|인지|지|죠|니|냐|임|여|에여)] [(알려줘|알려줘요|알려주세요)]",
        "(지금|현재) (시간|시각) [(은|이|을|좀)] [(알려줘|알려줘요|알려주세요|뭐야|몇시야|몇시예요|어떻게돼)]",
        "(시간|시각) [(을|좀)] (알려줘|알려줘요|알려주세요|몇시야)",
        "what time is it [now]",
    ),
    examples=("지금 몇 시야", "/time", "몇시에요?", "지금 몇 시인지 알려줘", "시간 좀 알려줘", "현재 시각"),
)
