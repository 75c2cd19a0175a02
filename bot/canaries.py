"""Trials of new models: rows that survive restarts, steps inside a transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from bot import outbox
from bot.messages import Address, Body
from bot.outbox import Bubble

_ACTIVE = "('wanted', 'running', 'passed')"


@dataclass(frozen=True, slots=True)
class Trial:
    """A row.

    version, live    what is tried and what answers the other chats, by name; "": what comes along
    share            percent of the chats
    signs, others    how their answers are signed; "" until both have loaded
    state            wanted, running, passed; rolled_back, promoted, stopped, refused
    since            when its first answers can be from
    """

    id: int
    version: str
    live: str
    share: int
    signs: str
    others: str
    state: str
    since: datetime


def want(db: Database, version: str, live: str, share: int, at: datetime) -> None:
    """This version shall be tried; a trial that goes on ends."""
    stop(db, at)
    db.execute(
        "insert into canaries (version, live, share, at) values (?, ?, ?, ?)", [version, live, share, at.isoformat()]
    )


def stop(db: Database, at: datetime) -> None:
    """No trial goes on."""
    db.execute(f"update canaries set state = 'stopped', ended = ? where state in {_ACTIVE}", [at.isoformat()])  # noqa: S608 our own words


def active(db: Database) -> Trial | None:
    """The trial that goes on or shall begin."""
    row = next(db.query(f"select * from canaries where state in {_ACTIVE} order by id desc limit 1"), None)  # noqa: S608
    if row is None:
        return None
    since = datetime.fromisoformat(row["began"] or row["at"])
    return Trial(row["id"], row["version"], row["live"], row["share"], row["signs"], row["others"], row["state"], since)


def begun(db: Database, id: int, signs: str, others: str, at: datetime) -> None:
    """Both models are loaded; after a restart the trial goes on as it began."""
    db.execute(
        """update canaries set signs = ?, others = ?, began = coalesce(began, ?),
           state = case state when 'wanted' then 'running' else state end where id = ?""",
        [signs, others, at.isoformat(), id],
    )


def settle(db: Database, id: int, state: str, reason: str, at: datetime) -> None:
    ended = None if state == "passed" else at.isoformat()
    db.execute("update canaries set state = ?, reason = ?, ended = ? where id = ?", [state, reason, ended, id])


def tally(db: Database, trial: Trial) -> tuple[int, int, int, int]:
    """👎 and all ratings since the trial began: of the model on trial, then of the other one."""
    rows = db.execute(
        """select turns.model, sum(value = '👎'), count(*) from ratings join turns on turns.id = turn
           where turns.model in (?, ?) and turns.at >= ? group by turns.model""",
        [trial.signs, trial.others, trial.since.isoformat()],
    )
    counts = {model: (down, rated) for model, down, rated in rows.fetchall()}
    return (*counts.get(trial.signs, (0, 0)), *counts.get(trial.others, (0, 0)))


# ---- telling the owner ---------------------------------------------------------------------------


def homes(db: Database, named: Sequence[Sequence[str]], platforms: Collection[str]) -> list[Address]:
    """The private chats of the owners (by config.toml and by claim), where one is known.

    A chat that has its person's id is private, and there was one where something was said in it.
    """
    claimed = db.execute("select platform, person from owners order by at").fetchall()
    owners = dict.fromkeys((platform, person) for platform, person in [*named, *claimed] if platform in platforms)
    return [Address(platform, person) for platform, person in owners if _spoken(db, platform, person)]


def _spoken(db: Database, platform: str, person: str) -> bool:
    found = db.execute("select 1 from outbox where platform = ? and chat = ? limit 1", [platform, person])
    return found.fetchone() is not None


def tell(db: Database, trial: int, state: str, to: Address, body: Body, at: datetime) -> Bubble:
    """A plain message of ours, which answers nobody."""
    row = db.execute(
        "insert into inbox (platform, key, payload, state, at) values (?, ?, '', 'done', ?) returning id",
        [to.platform, f"canary:{trial}:{state}:{to.chat}:{at.isoformat()}", at.isoformat()],
    ).fetchone()[0]
    lane = f"{to.platform}:{to.chat}:{to.thread}#canary"
    bubble = outbox.add(db, Bubble(0, int(row), 0, lane, to, None, None, "ready", body), at)
    outbox.ready(db, bubble.id, body, None)
    return bubble
