"""What was said and how it was rated, by hour or day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from sqlite_utils import Database

from bot.overview import Bucket, Span

SPANS: Mapping[Span, tuple[int, timedelta]] = {
    "day": (24, timedelta(hours=1)),
    "week": (7, timedelta(days=1)),
    "month": (30, timedelta(days=1)),
}
_UP, _DOWN = "👍", "👎"

# A table, what is asked of it, and how that ends.
_MESSAGES = "inbox", "platform, count(*)", "and substr(key, 1, 9) <> 'reminder:' group by n, platform"
_TALKS = "turns", "count(distinct conversation), count(*)", "group by n"
_RATINGS = "ratings", "value, count(*)", "group by n, value"


def history(db: Database, span: Span, now: datetime, zone: tzinfo) -> tuple[Bucket, ...]:
    """The last 24 hours, 7 days or 30 days, the present one included, oldest first, in the operator's time zone."""
    starts = _starts(span, now.astimezone(zone))
    messages: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for n, platform, count in _counted(db, starts, now, *_MESSAGES):
        messages[n][platform] = count
    talks = {n: (conversations, answers) for n, conversations, answers in _counted(db, starts, now, *_TALKS)}
    ratings = {(n, value): count for n, value, count in _counted(db, starts, now, *_RATINGS)}
    return tuple(
        Bucket(at, messages[n], *talks.get(n, (0, 0)), ratings.get((n, _UP), 0), ratings.get((n, _DOWN), 0))
        for n, at in enumerate(starts)
    )


def _counted(
    db: Database, starts: Sequence[datetime], now: datetime, table: str, what: str, rest: str
) -> list[tuple[Any, ...]]:
    """`what` of the rows of each bucket, after its number. Counted in SQLite, beside the event loop."""
    edges = [at.astimezone(UTC).isoformat() for at in (*starts, now + timedelta(seconds=1))]
    marks = ", ".join("(?, ?, ?)" for _ in starts)
    values = [value for n in range(len(starts)) for value in (n, edges[n], edges[n + 1])]
    query = f"""with buckets (n, since, until) as (values {marks})
                select n, {what} from buckets join {table} on at >= since and at < until {rest}"""  # noqa: S608 ours
    return list(db.execute(query, values))


def _starts(span: Span, now: datetime) -> list[datetime]:
    """The beginning of every hour or day, in the zone of `now`."""
    count, step = SPANS[span]
    last = now.replace(minute=0, second=0, microsecond=0)
    if step >= timedelta(days=1):
        last = last.replace(hour=0)
    return [last - step * back for back in reversed(range(count))]
