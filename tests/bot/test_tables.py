"""The tables come to be once, whole, and a second start changes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from sqlite_utils import Database

from bot.tables import migrations, newer

OURS = {"inbox", "cursors", "outbox", "turns", "forgotten", "ratings", "owners", "refusals"}


@pytest.fixture
def db() -> Iterator[Database]:
    database = Database(memory=True)
    yield database
    database.close()


def test_an_empty_file_gets_every_table(db: Database) -> None:
    migrations.apply(db)
    assert set(db.table_names()) >= OURS


def test_applying_twice_changes_nothing(db: Database) -> None:
    migrations.apply(db)
    schema = db.schema
    migrations.apply(db)
    assert db.schema == schema
    assert migrations.pending(db) == []


def test_a_change_that_fails_half_way_leaves_nothing_behind(db: Database) -> None:
    db.execute("create table turns (id integer)")  # in the way of the first change
    with pytest.raises(sqlite3.OperationalError):
        migrations.apply(db)
    assert set(db.table_names()) & OURS == {"turns"}
    db.execute("drop table turns")
    migrations.apply(db)
    assert set(db.table_names()) >= OURS


def test_only_what_this_program_does_not_know_is_newer(db: Database) -> None:
    assert newer(db) == ""
    migrations.apply(db)
    assert newer(db) == ""
    db.execute("insert into _sqlite_migrations (migration_set, name, applied_at) values ('irang', 'm777', '')")
    db.execute("insert into _sqlite_migrations (migration_set, name, applied_at) values ('another', 'x', '')")
    assert newer(db) == "m777"


def test_an_id_is_never_given_twice(db: Database) -> None:
    migrations.apply(db)
    for number in range(3):
        db.execute("insert into inbox (platform, key, payload, at) values ('p', ?, '', '')", [str(number)])
    db.execute("delete from inbox")
    db.execute("insert into inbox (platform, key, payload, at) values ('p', 'again', '', '')")
    assert [row["id"] for row in db.query("select id from inbox")] == [4]


@pytest.mark.parametrize("table", sorted(OURS))
def test_every_table_takes_only_what_its_columns_say(db: Database, table: str) -> None:
    migrations.apply(db)
    assert db.table(table).strict
