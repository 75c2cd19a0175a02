"""`irang backup`, `restore` and `migrate` do what they say, and say what they can't do in one line."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import backups, people
from bot.cli import cli
from bot.errors import IrangError, StoreError
from bot.messages import Person
from bot.opening import Recovery
from bot.store import Store
from tests.bot.memory import NOON, arrive


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "data"


def irang(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def filled(folder: Path, *names: str) -> None:
    asyncio.run(_filled(folder, *names))


async def _filled(folder: Path, *names: str) -> None:
    store = Store.open(folder)
    for name in names:
        await _owned(store, name)
    await store.run(lambda db: arrive(db, "".join(names)))
    store.close()


async def _owned(store: Store, name: str) -> None:
    await store.run(lambda db: people.make_owner(db, Person("t", name, ""), NOON))


def damage(folder: Path) -> Recovery | None:
    """What the next start finds."""
    with closing(Store.open(folder)) as store:
        return store.recovery


def owners(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "irang.db")) as connection:
        return [name for (name,) in connection.execute("select person from owners order by person")]


def test_a_backup_is_made_without_a_running_bot_and_changes_nothing(folder: Path) -> None:
    filled(folder, "1")
    before = {file.name: file.read_bytes() for file in folder.glob("irang.*")}
    result = irang("backup")
    assert result.exit_code == 0, result.output
    (backup,) = backups.taken(folder)
    assert backup.name in result.stdout
    assert backups.checked(backup.path)
    after = {file.name: file.read_bytes() for file in folder.glob("irang.*") if file.name in before}
    assert after | {"irang.lock": b""} == before | {"irang.lock": b""}
    assert damage(folder) is None


def test_a_backup_after_a_kill_holds_what_is_in_the_log(folder: Path, tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "live")) as store:
        asyncio.run(_owned(store, "1"))
        shutil.copytree(tmp_path / "live", folder)
    assert irang("backup").exit_code == 0
    (backup,) = backups.taken(folder)
    with closing(sqlite3.connect(backup.path)) as connection:
        assert connection.execute("select person from owners").fetchall() == [("1",)]
    assert damage(folder) is None
    assert owners(folder) == ["1"]


def test_a_backup_goes_where_it_shall_and_never_over_another_file(folder: Path, tmp_path: Path) -> None:
    filled(folder, "1")
    assert irang("backup", "--to", str(tmp_path / "mine.db")).exit_code == 0
    again = irang("backup", "--to", str(tmp_path / "mine.db"))
    assert isinstance(again.exception, StoreError)
    assert "there is such a file already" in str(again.exception)
    assert backups.taken(folder) == []


def test_where_nothing_was_kept_there_is_nothing_to_back_up(folder: Path) -> None:
    assert "nothing was ever kept there" in str(irang("backup").exception)
    folder.mkdir()
    assert "no database to back up" in str(irang("backup").exception)


@pytest.mark.parametrize("which", ["latest", "file"])
def test_restoring_keeps_the_present_database_beside_it(folder: Path, which: str) -> None:
    filled(folder, "1")
    irang("backup")
    filled(folder, "2")
    (backup,) = backups.taken(folder)
    result = irang("restore", which if which == "latest" else str(backup.path))
    assert result.exit_code == 0, result.output
    assert owners(folder) == ["1"]
    assert "답하지 않은 메시지 1개" in result.stdout
    (aside,) = folder.glob("irang.db.replaced-*")
    with closing(sqlite3.connect(aside)) as connection:
        assert connection.execute("select count(*) from owners").fetchone() == (2,)
    assert damage(folder) is None


def test_restoring_while_the_bot_runs_is_refused_in_one_line(folder: Path) -> None:
    filled(folder, "1")
    irang("backup")
    with closing(Store.open(folder)):
        refused = irang("restore", "latest").exception
    assert isinstance(refused, IrangError)
    assert str(refused).endswith("stop it first")
    assert "\n" not in str(refused)
    assert owners(folder) == ["1"]


def test_what_is_no_backup_is_not_restored(folder: Path, tmp_path: Path) -> None:
    filled(folder, "1")
    (tmp_path / "some.db").write_text("no database")
    assert "not a" in str(irang("restore", str(tmp_path / "some.db")).exception)
    assert "there is no good backup" in str(irang("restore", "latest").exception)
    assert owners(folder) == ["1"]
    assert not list(folder.glob("irang.db.replaced-*"))


def test_latest_is_the_newest_good_one(folder: Path) -> None:
    filled(folder, "1")
    good = backups.make(folder, NOON)
    filled(folder, "2")
    backups.make(folder, NOON.replace(hour=13)).path.write_bytes(b"spoilt")
    result = irang("restore", "latest")
    assert result.exit_code == 0
    assert good.name in result.stdout
    assert owners(folder) == ["1"]


def test_migrate_names_what_is_pending_and_backs_up_first(folder: Path) -> None:
    filled(folder, "1")
    assert "바꿀 것이 없어요" in irang("migrate").stdout
    with closing(sqlite3.connect(folder / "irang.db")) as connection, connection:
        connection.execute("delete from _sqlite_migrations where name = 'm003_tries'")
        connection.execute("alter table outbox drop column tried")
    (folder / "irang.sums").unlink()
    result = irang("migrate")
    assert "- m003_tries" in result.stdout
    (backup,) = backups.newest_first(folder)
    assert backup.name.startswith("before-migration-")
    assert backup.name in result.stdout
    assert owners(folder) == ["1"]
