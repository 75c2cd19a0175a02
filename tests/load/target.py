"""The bot under load, in a process of its own: all of it, on a real database, with a model that answers by rote."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

from adapters.telegram import Telegram
from adapters.web import Keys, Web
from bot.app import running
from bot.config import Settings
from bot.messages import Piece, Prompt
from bot.ports import Platform
from tests.kill.questions import answer, asked_in, pieces
from tests.twins.telegram import TOKEN

KEYS = Keys(web="web-key-of-the-load", operator="operator-key-of-the-load")

_PIECES = 3
_PAUSE = 0.015  # seconds before each piece
_TICK = 0.01
_BUCKETS = 5_000  # of a millisecond each; what is later counts as the last one


class Rote:
    """A model that answers a numbered question in three pieces within 50 ms."""

    async def generate(self, prompt: Prompt) -> AsyncGenerator[Piece]:
        question = asked_in(prompt.messages[-1].content)
        text = answer(question) if question else "무슨 말인지 모르겠어요."
        for piece in pieces(text, _PIECES):
            await asyncio.sleep(_PAUSE)
            yield Piece(piece, "rote@1")
        yield Piece("", "rote@1", finish="stop")


class Lateness:
    """By how many milliseconds the event loop wakes a sleeper too late. As large at the end as at the start."""

    def __init__(self) -> None:
        self._counts = [0] * _BUCKETS

    async def run(self) -> None:
        now = asyncio.get_running_loop().time
        while True:
            began = now()
            await asyncio.sleep(_TICK)
            self.note(now() - began - _TICK)

    def note(self, seconds: float) -> None:
        self._counts[min(int(max(seconds, 0.0) * 1000), _BUCKETS - 1)] += 1

    def quantile(self, share: float) -> int:
        """The millisecond that so many of the wakings were not later than."""
        left = share * sum(self._counts)
        for millisecond, count in enumerate(self._counts, start=1):
            left -= count
            if left <= 0:
                return millisecond
        return _BUCKETS


def settings(api: str) -> Settings:
    """The defaults, with the door open, nothing looked up outside, and no limit to the requests of the one key."""
    return Settings.model_validate(
        {
            "access": {"open": True},
            "sources": {"weather": "off", "rates": "off"},
            "telegram": {"api": api or "http://127.0.0.1:9"},
            "web": {"listen": "127.0.0.1:0", "requests_per_minute": 0},
        }
    )


async def serve(folder: Path, api: str) -> None:
    """On Telegram's API at `api`, or on the web when there is none, until nobody holds our stdin any more.

    The first line on stdout is the address, the second one how late the event loop was.
    """
    chosen, lateness = settings(api), Lateness()
    web = None if api else Web(chosen.web, KEYS, language="ko")
    platform: Platform = web or Telegram(chosen.telegram, TOKEN, language="ko")
    async with running(chosen, folder, [platform], Rote()) as bot:
        print(json.dumps({"url": web.url if web else api}), flush=True)
        left = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
        tasks = [asyncio.create_task(bot.run([platform])), asyncio.create_task(lateness.run())]
        await asyncio.wait([left, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    print(json.dumps({"p50": lateness.quantile(0.5), "p99": lateness.quantile(0.99), "max": lateness.quantile(1)}))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.target", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--api", default="", help="of the Telegram twin; none: the web")
    asked = parser.parse_args()
    asyncio.run(serve(asked.folder, asked.api))


if __name__ == "__main__":
    main()
