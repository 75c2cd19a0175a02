"""What people filled into a scenario, kept for the operator."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from bot.effects import Moment


@dataclass(frozen=True, slots=True)
class Submit:
    """Keep a filled form for the operator."""

    form: str
    answers: tuple[tuple[str, str], ...]

    def apply(self, db: Database, moment: Moment) -> None:
        person = moment.incoming.person
        db.execute(
            """insert or ignore into submissions (form, platform, person, name, answers, inbox, at)
               values (?, ?, ?, ?, ?, ?, ?)""",
            [
                self.form,
                person.platform,
                person.id,
                person.name,
                json.dumps(dict(self.answers), ensure_ascii=False),
                moment.row,
                moment.at.isoformat(),
            ],
        )


def submitted(db: Database) -> Iterable[dict[str, Any]]:
    """Every filled form, oldest first."""
    for row in db.query("select * from submissions order by id"):
        yield {**row, "answers": json.loads(row["answers"])}
