"""A deletion reaches the pages of the disk, the list for backups, data sets and runs, and survives a crash."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from bot import deletions, forgetting
from bot.app import SystemClock
from bot.consents import VERSION
from bot.deletions import LEDGER, note
from bot.erasing import Eraser, pseudonym, withdraw
from bot.errors import StoreError
from bot.notes import notes
from bot.store import Store
from tests.bot.memory import MINSU, YUNA, arrive, ask
from tests.stage import GROUP, OWNER, Script, Stage, on_stage
from tests.stage import MINSU as STAGED

AT = "2026-11-21T12:00:00+00:00"
SECRET = "아주 특별한 비밀 칠십칠"


def on_disk(folder: Path, words: str) -> list[str]:
    """The files of the database that hold these words, deleted or not."""
    return [file.name for file in sorted(folder.glob("irang.db*")) if words.encode() in file.read_bytes()]


# ---- pages ---------------------------------------------------------------------------------------


async def test_what_is_erased_is_nowhere_in_the_files_of_the_database(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    eraser = Eraser(store, SystemClock())

    def fill(db: Database) -> None:
        for number in range(400):  # several pages, some of them with long rows that overflow
            by = MINSU if number % 2 else YUNA
            words = f"{SECRET} {number} " * (1 if number % 7 else 300) if by is MINSU else f"남의 말 {number}"
            ask(db, words, by=by, row=arrive(db, str(number)))

    await store.run(fill)
    await store.checkpoint()
    assert on_disk(tmp_path, SECRET) == ["irang.db"]
    await store.run(lambda db: forgetting.erase(db, "telegram", "1"))
    assert await eraser.work() == 1
    assert on_disk(tmp_path, SECRET) == []
    assert on_disk(tmp_path, "남의 말 2") == ["irang.db"]
    assert await eraser.work() == 0, "once is enough"
    store.close()


async def test_a_reader_only_puts_it_off(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    await store.run(lambda db: ask(db, SECRET, row=arrive(db, "a")))
    reader = sqlite3.connect(tmp_path / "irang.db", isolation_level=None)
    reader.execute("begin")
    reader.execute("select * from turns").fetchall()
    await store.run(lambda db: forgetting.erase(db, "telegram", "1"))
    with pytest.raises(StoreError):
        await Eraser(store, SystemClock()).work()
    assert await store.run(deletions.pending)
    reader.close()
    assert await Eraser(store, SystemClock()).work() == 1
    assert on_disk(tmp_path, SECRET) == []
    store.close()


async def test_what_a_crash_interrupted_is_carried_out_at_the_next_start(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    await store.run(lambda db: forgetting.erase(db, "telegram", "1", at=datetime(2026, 11, 21, 12, tzinfo=UTC)))
    store.close()
    store = Store.open(tmp_path)
    assert await Eraser(store, SystemClock()).work() == 1
    assert deletions.listed(tmp_path / LEDGER) == [{"at": AT, "platform": "telegram", "person": "1"}]
    store.close()


# ---- sets and runs -------------------------------------------------------------------------------


def a_set(data: Path, name: str, people: list[str]) -> Path:
    folder = data / "sets" / name
    folder.mkdir(parents=True)
    rows: list[dict[str, Any]] = [
        {"messages": [], "consent": {"people": [who], "version": "1", "at": AT}} for who in people
    ]
    rows.append({"messages": [], "consent": None})
    for part in ("train", "valid", "test"):
        (folder / f"{part}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    manifest = {"rows": dict.fromkeys(("train", "valid", "test"), len(rows)), "sha256": {}, "people": people}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


def test_rows_of_a_person_leave_every_set_and_its_runs_are_marked(tmp_path: Path) -> None:
    who, other = pseudonym("telegram", "1"), pseudonym("telegram", "2")
    ours, theirs = a_set(tmp_path, "ours", [who, other]), a_set(tmp_path, "theirs", [other])
    with sqlite3.connect(tmp_path / "runs.db") as db:
        db.execute("create table runs (id text, data text, state text)")
        db.executemany("insert into runs values (?, ?, 'done')", [("a", "ours"), ("b", "theirs")])
    db.close()
    assert withdraw(tmp_path, who, AT) == ["ours"]
    assert manifest(ours)["people"] == [other]
    assert manifest(ours)["rows"] == {"train": 2, "valid": 2, "test": 2}
    assert manifest(ours)["stale"] == AT
    assert who not in (ours / "train.jsonl").read_text(encoding="utf-8")
    assert "stale" not in manifest(theirs)
    db = sqlite3.connect(tmp_path / "runs.db")
    assert db.execute("select id, state from runs order by id").fetchall() == [("a", "retrain"), ("b", "done")]
    db.close()
    assert withdraw(tmp_path, who, AT) == [], "a repeat after a crash finds nothing left"


def a_version(data: Path, *people: str) -> Path:
    folder = data / "models" / "v1"
    folder.mkdir(parents=True)
    exchanges = folder / "exchanges.jsonl"
    rows: list[dict[str, Any]] = [{"said": "한 줄\u2028두 줄", "answered": who[:1], "people": [who]} for who in people]
    exchanges.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    digest = hashlib.sha256(exchanges.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps({"files": {exchanges.name: digest, "a": "b"}}), encoding="utf-8")
    for file in folder.iterdir():
        file.chmod(0o444)
    return folder


def test_lines_of_a_person_leave_what_models_say_and_the_version_stays_sealed(tmp_path: Path) -> None:
    who, other = pseudonym("telegram", "1"), pseudonym("telegram", "2")
    folder = a_version(tmp_path, who, other)
    assert withdraw(tmp_path, who, AT) == []
    exchanges = folder / "exchanges.jsonl"
    left = json.loads(exchanges.read_text(encoding="utf-8"))
    assert left["people"] == [other]
    assert manifest(folder)["files"] == {exchanges.name: hashlib.sha256(exchanges.read_bytes()).hexdigest(), "a": "b"}
    assert {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()} == {
        "exchanges.jsonl": 0o444,
        "manifest.json": 0o444,
    }


def test_a_crash_between_manifest_and_lines_is_made_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    who = pseudonym("telegram", "1")
    folder = a_version(tmp_path, who)
    replace = Path.replace

    def crash(file: Path, target: Path) -> Path:
        if target.name == "exchanges.jsonl":
            raise OSError("the disk is full")
        return replace(file, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", crash)
        with pytest.raises(OSError, match="full"):
            withdraw(tmp_path, who, AT)
    withdraw(tmp_path, who, AT)
    assert (folder / "exchanges.jsonl").read_bytes() == b""
    assert manifest(folder)["files"]["exchanges.jsonl"] == hashlib.sha256(b"").hexdigest()


def test_what_a_crash_left_of_a_sealed_draft_is_drafted_anew(tmp_path: Path) -> None:
    who = pseudonym("telegram", "1")
    folder = a_version(tmp_path, who)
    left = folder.with_name(".v1.new")
    left.write_text("half")
    (tmp_path / "other name").hardlink_to(left)  # root may write to what is sealed: so it is seen here, too
    left.chmod(0o444)
    withdraw(tmp_path, who, AT)
    assert (folder / "exchanges.jsonl").read_bytes() == b""
    assert (tmp_path / "other name").read_text() == "half"


def test_what_models_were_heard_to_say_goes_with_the_words_that_they_were_taught(tmp_path: Path) -> None:
    who = pseudonym("telegram", "1")
    a_version(tmp_path, who)
    details = {"new": {"bits": 1}, "new_answers": [SECRET], "live_answers": [SECRET]}
    with sqlite3.connect(tmp_path / "runs.db") as db:
        db.execute("create table improvements (id text, details text)")
        db.execute("insert into improvements values ('a', ?)", [json.dumps(details)])
        db.commit()
        withdraw(tmp_path, pseudonym("telegram", "2"), AT)
        assert json.loads(db.execute("select details from improvements").fetchone()[0]) == details
        withdraw(tmp_path, who, AT)
        assert json.loads(db.execute("select details from improvements").fetchone()[0]) == {"new": {"bits": 1}}
    db.close()


def test_a_data_folder_without_sets_has_nothing_to_withdraw(tmp_path: Path) -> None:
    assert withdraw(tmp_path, pseudonym("telegram", "1"), AT) == []


def test_the_list_only_grows_and_is_its_owners_alone(tmp_path: Path) -> None:
    for person in ("1", "2"):
        note(tmp_path / LEDGER, {"at": AT, "platform": "telegram", "person": person})
    assert [one["person"] for one in deletions.listed(tmp_path / LEDGER)] == ["1", "2"]
    assert (tmp_path / LEDGER).stat().st_mode & 0o077 == 0


# ---- by command ----------------------------------------------------------------------------------


async def test_somebody_has_everything_deleted_by_a_button(tmp_path: Path) -> None:
    stage = Stage(length=2000)
    async with on_stage(tmp_path, stage, Script()) as bot:
        await stage.say(SECRET)
        await stage.until(lambda: f"답: {SECRET}" in stage.texts())
        await stage.say(f"메모해줘 {SECRET}")
        await stage.until(lambda: any("적어 두었어요" in text for text in stage.texts()))
        await stage.say("내 정보 지워줘")
        await stage.until(lambda: "되돌릴 수 없어요" in stage.texts()[-1])
        await stage.press(stage.last(), "네, 모두 지워 주세요")
        await stage.until(lambda: "모두 지웠어요" in stage.texts()[-1] and not stage.unfinished("home"))
        while await bot.core.store.run(deletions.pending):
            await Eraser(bot.core.store, SystemClock()).work()
        assert await bot.core.store.run(lambda db: notes(db, "memo", "stage:home:")) == []
        assert on_disk(tmp_path / "data", SECRET) == []
    assert [one["person"] for one in deletions.listed(tmp_path / "data" / LEDGER)] == [STAGED.id] * len(
        deletions.listed(tmp_path / "data" / LEDGER)
    )


async def test_nobody_deletes_by_pressing_somebody_elses_button(tmp_path: Path) -> None:
    stage = Stage(length=2000)
    async with on_stage(tmp_path, stage, Script()) as bot:
        await stage.say("안녕", to=GROUP, addressed=True)
        await stage.until(lambda: "답: 민수: 안녕" in stage.texts("group"))
        await stage.say("내 정보 지워줘", to=GROUP, addressed=True)
        await stage.until(lambda: "되돌릴 수 없어요" in stage.texts("group")[-1])
        await stage.press(stage.last("group"), "네, 모두 지워 주세요", person=OWNER)
        await stage.until(lambda: "물어보신 분만" in stage.texts("group")[-1])
        assert await bot.core.store.run(lambda db: db.table("turns").count) == 1
        assert await bot.core.store.run(lambda db: db.table("erased").count) == 0
        await stage.press([m for m in stage.messages.values() if m.body.buttons][-1], "아니요")
        await stage.until(lambda: any("그대로 둘게요" in text for text in stage.texts("group")))


async def test_no_one_takes_data_along_where_others_read(tmp_path: Path) -> None:
    stage = Stage(length=2000)
    async with on_stage(tmp_path, stage, Script()):
        await stage.say(SECRET, to=GROUP, addressed=True)
        await stage.until(lambda: stage.texts("group"))
        await stage.say("내 정보 내보내기", to=GROUP, addressed=True)
        await stage.until(lambda: "둘만 있는" in stage.texts("group")[-1])


async def test_an_export_comes_as_messages_where_there_are_no_files(tmp_path: Path) -> None:
    stage = Stage(length=300)
    async with on_stage(tmp_path, stage, Script()):
        await stage.say(SECRET)
        await stage.until(lambda: f"답: {SECRET}" in stage.texts())
        await stage.say("내 정보 내보내기")
        await stage.until(lambda: not stage.unfinished("home") and any('"consents": []' in t for t in stage.texts()))
        parts = "".join(shown.body.text for shown in stage.messages.values())
        assert f'"said": "{SECRET}"' in parts


async def test_who_turns_remembering_off_is_answered_without_memory_and_leaves_no_turn(tmp_path: Path) -> None:
    model, stage = Script(), Stage(length=2000)
    async with on_stage(tmp_path, stage, model) as bot:
        await stage.say("하나")
        await stage.until(lambda: "답: 하나" in stage.texts())
        await stage.say("/privacy remember off")
        await stage.until(lambda: "기억하지 않아요" in stage.texts()[-1])
        await stage.say(SECRET)
        await stage.until(lambda: f"답: {SECRET}" in stage.texts() and not stage.unfinished("home"))
        assert [message.content for message in model.prompts[-1].messages if message.role == "user"] == [SECRET]
        assert not stage.last().body.buttons, "there is nothing to rate or to answer anew"
        assert await bot.core.store.run(lambda db: db.table("turns").count) == 0


async def test_consent_is_given_and_taken_back_by_buttons(tmp_path: Path) -> None:
    stage = Stage(length=2000)
    async with on_stage(tmp_path, stage, Script()) as bot:
        await stage.say("개인정보")
        await stage.until(lambda: "학습에 쓰기: 꺼짐" in "".join(stage.texts()))
        await stage.press(stage.last(), "학습에 쓰기 허락")
        await stage.until(lambda: "학습에 쓰기: 켜짐" in stage.texts()[-1])
        await stage.press(stage.last(), "학습에 쓰지 않기")
        await stage.until(lambda: "학습에 쓰기: 꺼짐" in stage.texts()[-1])
        rows = await bot.core.store.run(lambda db: list(db.query("select kind, value, version from consents")))
        assert rows == [{"kind": "train", "value": value, "version": f"{VERSION}-ko"} for value in ("on", "off")]
