"""Everything that is kept of one person, as they may take it along."""

from __future__ import annotations

import json
from typing import Any

from sqlite_utils import Database

from bot.messages import Person

# Of each table what a person wrote, got or chose; ids of our own say nothing to anybody.
_QUERIES = {
    "turns": """select at, chat, name, said, answered, model, state from turns
        where platform = :platform and person = :person order by id""",
    "ratings": """select ratings.at, ratings.value, answered from ratings join turns on turns.id = turn
        where ratings.platform = :platform and ratings.person = :person order by ratings.at""",
    "corrections": """select corrections.at, said, answered, corrections.text
        from corrections join turns on turns.id = turn
        where corrections.platform = :platform and corrections.person = :person order by corrections.at""",
    "memos": """select at, kind, text, done from notes
        where person = :person and instr(conversation, :platform || ':') = 1 order by id""",
    "reminders": """select at, chat, kind, text, due, every, zone, state from reminders
        where platform = :platform and person = :person order by id""",
    "forms": """select at, form, answers from submissions
        where platform = :platform and person = :person order by id""",
    "overheard": """select at, chat, name, text from overheard
        where platform = :platform and person = :person order by id""",
    "settings": """select name, value from preferences
        where scope = 'person:' || :platform || ':' || :person order by name""",
    "consents": """select at, chat, kind, value, version from consents
        where platform = :platform and person = :person order by id""",
}


def belongings(db: Database, person: Person) -> dict[str, list[dict[str, Any]]]:
    """Rows by what they are, oldest first. Answers to others are theirs, even where this person is mentioned."""
    given = {"platform": person.platform, "person": person.id}
    return {name: list(db.query(query, given)) for name, query in _QUERIES.items()}


def as_json(person: Person, found: dict[str, list[dict[str, Any]]]) -> str:
    whose = {"platform": person.platform, "id": person.id}
    return json.dumps({"person": whose, **found}, ensure_ascii=False, indent=1)
