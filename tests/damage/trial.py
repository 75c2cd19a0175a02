"""One damage after another: what a start makes of it, and whether that is right."""

from __future__ import annotations

import asyncio
import logging
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlite_utils import Database

from bot import backups
from bot.errors import StoreError
from bot.store import Store
from tests.damage.kinds import ANY, CRASHED
from tests.damage.origins import Origin, fingerprint, origin

_ORIGINS = 12


@dataclass
class Outcome:
    """How starts ended.

    silent  something else than before was taken for right, and nothing said
    wrong   it was said, but what is there now is neither the newest good backup nor a state that there ever was
    """

    damages: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    silent: int = 0
    wrong: int = 0
    failed: int = 0
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def bad(self) -> bool:
        return bool(self.silent or self.wrong or self.failed)

    def __str__(self) -> str:
        ends = ", ".join(f"{self.ends[end]} {end}" for end in ("harmless", "restored", "shortened", "begun"))
        return (
            f"DAMAGES {self.damages}: {ends}; {self.silent} silently wrong, {self.wrong} wrongly restored, "
            f"{self.failed} starts failed, slowest start {self.slowest:.2f} s"
        )


def trial(damages: int, seed: int, folder: Path) -> Outcome:
    """So many damages, each to a fresh copy of one of some databases with backups."""
    chance, outcome = random.Random(seed), Outcome()
    with _quiet():
        origins = [origin(folder / f"origin{n}", chance, crashed=n % 2 == 1) for n in range(min(_ORIGINS, damages))]
        for number in range(damages):
            _once(chance.choice(origins), chance, folder / f"damage{number}", outcome)
    return outcome


def _once(one: Origin, chance: random.Random, folder: Path, outcome: Outcome) -> None:
    damage = chance.choice([*ANY, *CRASHED] if one.crashed else ANY)
    shutil.copytree(one.folder, folder)
    damage(folder, chance)
    outcome.damages += 1
    name = f"{damage.__name__} after {'a crash' if one.crashed else 'a good end'}"
    began = time.monotonic()
    try:
        end = asyncio.run(_started(one, folder))
    except (AssertionError, StoreError) as error:
        outcome.failed += 1
        outcome.faults.append(f"{name}: {type(error).__name__}: {error}")
        return
    finally:
        outcome.slowest = max(outcome.slowest, time.monotonic() - began)
    outcome.ends[end.partition(":")[0]] += 1
    if end == "silent":
        outcome.silent += 1
        outcome.faults.append(f"{name}: silently wrong")
    elif end.startswith("wrong"):
        outcome.wrong += 1
        outcome.faults.append(f"{name}: {end}")
    shutil.rmtree(folder)


async def _started(one: Origin, folder: Path) -> str:
    """How a start ended. Raises AssertionError when the database does not work afterwards."""
    good = _newest_good(one, folder)
    store = Store.open(folder)
    try:
        assert await store.run(_sound), "SQLite finds it damaged"
        seen, recovery = await store.run(fingerprint), store.recovery
        await store.run(lambda db: db.execute("insert into owners (platform, person, at) values ('t', '9', '')"))
    finally:
        await asyncio.to_thread(store.close)
    again = Store.open(folder)
    await asyncio.to_thread(again.close)
    assert again.recovery is None, f"the next start found it damaged again: {again.recovery}"
    match recovery.how if recovery else "":
        case "":
            return "harmless" if seen == one.last else "silent"
        case "restored":
            return "restored" if seen == good else "wrong: not the newest good backup"
        case "shortened":
            return "shortened" if seen in one.states else "wrong: no state that it ever had"
        case _:
            return "begun" if not good else "wrong: begun anew in spite of a good backup"


def _newest_good(one: Origin, folder: Path) -> str:
    """What the newest whole backup holds; "" when there is none."""
    for backup in backups.newest_first(folder):
        try:
            backups.checked(backup.path)
        except StoreError:
            continue
        return one.backed_up[backup.name]
    return ""


def _sound(db: Database) -> bool:
    return bool(db.execute("pragma integrity_check").fetchone()[0] == "ok")


@contextmanager
def _quiet() -> Iterator[None]:
    """A thousand damages are a thousand loud lines."""
    logger = logging.getLogger("bot.opening")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before
