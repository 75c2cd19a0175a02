"""`python -m tests.kill --platform telegram --kills 200`: kills the bot, and tells what people saw of it."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import platform as machine
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.stopping import WITHIN
from tests.kill.orphans import orphans
from tests.kill.trial import Outcome, trial


def main() -> int:
    asked = _parser().parse_args()
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # the twins' connections end by being killed
    began = time.monotonic()
    print(f"{asked.platform}, {asked.kills} kills, seed {asked.seed}, {os.cpu_count()} cores, {machine.machine()}")
    with _folder(asked.keep) as folder:
        outcome, left = asyncio.run(_both(asked, folder))
    _tell(outcome, time.monotonic() - began)
    print(last_line(outcome, left))
    return 1 if failed(outcome, left) else 0


def failed(outcome: Outcome, orphaned: int) -> bool:
    """Whether anything was lost, said twice, out of order, or left running, or a SIGTERM ended badly."""
    seen = outcome.verdict
    late = any(seconds > WITHIN + 1 for seconds in outcome.ends)  # a busy machine's second
    return bool(seen.lost or seen.duplicated or seen.out_of_order or orphaned or outcome.bad_ends or late)


def last_line(outcome: Outcome, orphaned: int) -> str:
    seen, restarts = outcome.verdict, outcome.restarts or [0.0]
    ended = ""
    if outcome.ends:
        longest, median = max(outcome.ends), statistics.median(outcome.ends)
        ended = f"ended median {median:.1f} s max {longest:.1f} s, {outcome.bad_ends} ended badly, "
    return (
        f"{'STOPS' if outcome.ends else 'KILLS'} {outcome.kills}: {seen.lost} lost, {seen.duplicated} duplicated, "
        f"{seen.out_of_order} out of order, {seen.apologies} apologies, {seen.placeholders} orphan placeholders, "
        f"{orphaned} orphan processes, {ended}"
        f"restart median {statistics.median(restarts):.1f} s max {max(restarts):.1f} s"
    )


async def _both(asked: argparse.Namespace, folder: Path) -> tuple[Outcome, int]:
    for name in ("trial", "embedded"):
        (folder / name).mkdir()
    outcome = await trial(asked.platform, asked.kills, asked.seed, folder / "trial", asked.attempts, asked.signal)
    return outcome, await orphans(asked.platform, asked.embedded, asked.seed, folder / "embedded")


def _tell(outcome: Outcome, seconds: float) -> None:
    for line in outcome.verdict.faults:
        print(line)
    print(f"{outcome.asked} messages in {seconds:.0f} s; killed while {outcome.moments}")
    print(f"{len(outcome.restarts)} restarts were lived to listening; ended {outcome.stopped_in:.1f} s after SIGTERM")
    if outcome.verdict.half_written:
        print(f"{outcome.verdict.half_written} of the orphans are half-written answers")
    for violation in list(dict.fromkeys(outcome.violations))[:5]:
        print(f"the twin objects: {violation}")


@contextmanager
def _folder(keep: bool) -> Iterator[Path]:
    if keep:
        folder = Path(tempfile.mkdtemp(prefix="irang-kill-"))
        print(f"everything is kept in {folder}")
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="irang-kill-") as name:
        yield Path(name)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--platform", choices=("telegram", "discord"), default="telegram")
    parser.add_argument("--kills", type=int, default=20, help="of the bot with a model by rote")
    parser.add_argument("--signal", choices=("kill", "term"), default="kill", help="how it is ended")
    parser.add_argument("--embedded", type=int, default=3, help="of the bot with the embedded model, for its process")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 16), help="of the moments and messages")
    parser.add_argument("--attempts", type=int, default=100_000, help="[delivery] attempts")
    parser.add_argument("--keep", action="store_true", help="keep the folder with the database and the logs")
    return parser


if __name__ == "__main__":
    sys.exit(main())
