"""A chat has a new id (a group became a supergroup): every row of it moves along."""

from __future__ import annotations

from sqlite_utils import Database

# Columns that hold a conversation's key or begin with one.
_CONVERSATIONS = (
    ("turns", "conversation"),
    ("forgotten", "conversation"),
    ("outbox", "lane"),
    ("reminders", "conversation"),
    ("notes", "conversation"),
    ("choices", "conversation"),
    ("expected", "conversation"),
)


def move(db: Database, platform: str, old: str, new: str) -> None:
    """A step inside a transaction. The chat's old messages can't be edited any more."""
    db.execute("update or ignore outbox set chat = ? where platform = ? and chat = ?", [new, platform, old])
    db.execute("update outbox set ref = null where platform = ? and chat = ? and state = 'ready'", [platform, new])
    db.execute("update turns set chat = ? where platform = ? and chat = ?", [new, platform, old])
    for table in ("refusals", "reminders", "overheard", "consents"):
        db.execute(f"update or ignore {table} set chat = ? where platform = ? and chat = ?", [new, platform, old])  # noqa: S608 our own table names
    scopes = [f"chat:{platform}:{new}", f"chat:{platform}:{old}"]
    db.execute("update or replace preferences set scope = ? where scope = ?", scopes)
    for table, column in _CONVERSATIONS:
        db.execute(
            f"""update or replace {table} set {column} = :new || substr({column}, length(:old) + 1)
                where substr({column}, 1, length(:old)) = :old""",  # noqa: S608 our own table names
            {"old": f"{platform}:{old}:", "new": f"{platform}:{new}:"},
        )
