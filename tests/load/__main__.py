"""`python -m tests.load --platform web --minutes 10`: everybody talks to the bot, and a table tells how that went."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import platform as machine
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.load.trial import Plan, Seen, trial

_RATES = {"web": 30.0, "telegram": 10.0}  # messages a second; on Telegram each is two calls of its 25


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table; `aim` says what is wanted, "" when it is only told."""

    what: str
    measured: str
    aim: str = ""
    met: bool = True


def main() -> int:
    asked = _parser().parse_args()
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # the twin's connections end with the bot
    rate = asked.rate or _RATES[asked.platform]
    plan = Plan(asked.platform, asked.chats, rate, asked.minutes * 60, asked.seed)
    with tempfile.TemporaryDirectory(prefix="irang-load-", dir=asked.folder) as name:
        seen = asyncio.run(trial(plan, Path(name)))
    found = lines(plan, seen)
    _show(plan, found)
    return 0 if all(line.met for line in found) else 1


def lines(plan: Plan, seen: Seen) -> list[Line]:
    """What is told of a trial, with the aims that it met or missed."""
    p95, growth, late = seen.wait(95), seen.memory.growth(plan.settled), seen.lateness.get("p99", 5_000)
    bad = seen.lost + seen.unanswered
    return [
        Line("messages", f"{seen.asked} in {seen.chats} chats, {seen.asked / plan.seconds:.1f} a second"),
        Line("waiting, median", f"{seen.wait(50):.3f} s"),
        Line("waiting, p95", f"{p95:.3f} s", "< 1 s", p95 < 1),
        Line("waiting, p99 and longest", f"{seen.wait(99):.3f} s, {max(seen.waits, default=0):.3f} s"),
        Line("lost; gave up waiting", f"{seen.lost}; {seen.unanswered}", "0", not bad),
        Line("said twice", str(seen.twice), "0", not seen.twice),
        Line("left half-said", str(seen.left), "0", not seen.left),
        Line("429 from the platform", str(seen.haste), "0", not seen.haste),
        Line("other faults", _counted(seen.faults), "none", not seen.faults),
        Line(f"memory after {plan.settled:.0f} s", f"{seen.memory.at(plan.settled):.1f} MiB"),
        Line("most growth since", f"{growth:.1f} MiB", "< 50 MB", growth < 50e6 / (1 << 20)),
        Line("event loop late, p99", f"{late} ms", "< 50 ms", late < 50),
        Line("event loop late, median and longest", f"{seen.lateness.get('p50')} ms, {seen.lateness.get('max')} ms"),
        Line("the bot's share of a core", f"{seen.busy / plan.seconds:.0%}"),
        Line("load of the machine, before and after", ", ".join(f"{each:.1f}" for each in seen.machine)),
    ]


def _counted(faults: list[str]) -> str:
    most = Counter(fault[:60] for fault in faults).most_common(3)
    return "; ".join(f"{count} x {fault}" for fault, count in most) or "none"


def _show(plan: Plan, found: list[Line]) -> None:
    here = f"{os.cpu_count()} cores, {machine.machine()}"
    title = f"{plan.platform}: {plan.chats} chats, {plan.rate:g}/s, {plan.seconds / 60:g} min, seed {plan.seed}, {here}"
    table = Table("", "measured", "aim", "", title=title, title_justify="left")
    for line in found:
        table.add_row(line.what, line.measured, line.aim, "" if not line.aim else "met" if line.met else "MISSED")
    Console(width=110).print(table)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--platform", choices=tuple(_RATES), default="web")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rate", type=float, help="messages a second; 30 on the web, 10 on Telegram")
    parser.add_argument("--chats", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 16), help="of the moments and the chats")
    parser.add_argument("--folder", type=Path, help="on whose disk the database lies; the usual one for what passes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
