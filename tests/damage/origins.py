"""Databases with a history: backups, a log, and every state that they ever had."""

from __future__ import annotations

import asyncio
import hashlib
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from bot import backups
from bot.store import Store

_NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
_TABLES = ("turns", "ratings", "owners", "preferences", "notes")  # that a restored backup shows as they were


@dataclass
class Origin:
    """A data folder as a bot left it. `states`: the fingerprint after each commit; `backed_up`: that of each backup."""

    folder: Path
    crashed: bool
    states: list[str] = field(default_factory=list)
    backed_up: dict[str, str] = field(default_factory=dict)

    @property
    def last(self) -> str:
        return self.states[-1]


def origin(folder: Path, chance: random.Random, *, crashed: bool) -> Origin:
    """A bot's folder after some hours of talk, closed in good order or killed."""
    return asyncio.run(_grown(folder, chance, crashed))


async def _grown(folder: Path, chance: random.Random, crashed: bool) -> Origin:
    live = folder.with_name(f"{folder.name}-live")
    store, made = Store.open(live), Origin(folder, crashed)
    try:
        made.states.append(await store.run(fingerprint))
        for hour in range(chance.randint(2, 3)):
            await _talk(store, made, chance, chance.randint(5, 40))
            backup = await asyncio.to_thread(backups.make, live, _NOON + timedelta(hours=hour))
            made.backed_up[backup.name] = made.last
        await _talk(store, made, chance, chance.randint(5, 40))
        if crashed:
            shutil.copytree(live, folder)  # what a killed process leaves: the kernel has every byte that it wrote
    finally:
        await asyncio.to_thread(store.close)
    if not crashed:
        shutil.copytree(live, folder)
    shutil.rmtree(live)
    return made


async def _talk(store: Store, made: Origin, chance: random.Random, commits: int) -> None:
    for _ in range(commits):
        made.states.append(await store.run(_said(chance)))
        if chance.random() < 0.03:
            await store.checkpoint()


def _said(chance: random.Random) -> Callable[[Database], str]:
    """A turn, its rating and a memo, in one commit; the fingerprint after it."""
    words = "".join(chance.choice("가나다라마바사아자차카타파하 ") for _ in range(chance.randint(10, 900)))
    number = str(chance.getrandbits(60))

    def work(db: Database) -> str:
        db.execute("insert into inbox (platform, key, payload, at) values ('t', ?, ?, '')", [number, words])
        turn = db.execute(
            """insert into turns (conversation, inbox, platform, chat, question, person, name, said, answered, model,
               context, at) values ('t:1:', 1, 't', '1', ?, '1', '민수', ?, ?, 'm', '[]', '') returning id""",
            [number, words, words[::-1]],
        ).fetchone()[0]
        db.execute("insert into ratings (turn, platform, person, value, at) values (?, 't', '1', '👍', '')", [turn])
        if chance.random() < 0.1:
            db.execute("delete from turns where id in (select id from turns order by random() limit 3)")
        return fingerprint(db)

    return work


def fingerprint(db: Database) -> str:
    """What people would find in the database, in a few letters."""
    digest = hashlib.sha256()
    for table in _TABLES:
        for row in db.execute(f"select * from {table} order by 1, 2").fetchall():  # noqa: S608 our own table names
            digest.update(repr(row).encode())
    return digest.hexdigest()[:20]
