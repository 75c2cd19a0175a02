"""What people agreed to counts from that moment, and what they want forgotten is gone from every table."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot import consents, expecting, inbox, moving, outbox, overheard, turns
from bot.belongings import as_json, belongings
from bot.command import Choice, Expect
from bot.consents import Agree, agreed, keeps
from bot.deletions import replay
from bot.effects import Moment
from bot.forgetting import Erase, erase
from bot.locale import load
from bot.messages import Address, Body, Call, Incoming, MessageRef, Person, Reaction
from bot.notes import Keep
from bot.outbox import Bubble
from bot.preferences import Prefer
from bot.reminders import Remind
from bot.submissions import Submit
from tests.bot.memory import HOME, MINSU, NOON, YUNA, arrive, ask, heard

GROUP = "telegram:-5:"
SECRET = "비밀 이야기"


def moment(
    db: Database, *, by: Person = MINSU, chat: str = "10", private: bool = True, minutes: float = 0, row: int = 0
) -> Moment:
    at = NOON + timedelta(minutes=minutes)
    said = Incoming(Address("telegram", chat), MessageRef("telegram", chat, "x"), by, "", at, True, private)
    return Moment(row or arrive(db, f"{chat}{minutes}{by.id}{db.table('inbox').count}"), said, f"telegram:{chat}:", at)


def everything(db: Database) -> str:
    """Whatever stands in any table."""
    return "\n".join(
        json.dumps(list(db.table(name).rows), ensure_ascii=False, default=str) for name in db.table_names()
    )


# ---- consent -------------------------------------------------------------------------------------


def test_nobody_is_learnt_from_unless_they_said_so(db: Database) -> None:
    assert agreed(db, MINSU, HOME) == consents.Consents(remember=True, train=False)


def test_the_newest_word_counts_and_the_older_ones_are_kept(db: Database) -> None:
    for minutes, value in enumerate(("on", "off", "on")):
        Agree("train", value, "1-ko").apply(db, moment(db, minutes=minutes))  # type: ignore[arg-type]
    assert agreed(db, MINSU, HOME).train
    assert [row["value"] for row in db.query("select value from consents order by id")] == ["on", "off", "on"]
    assert {row["version"] for row in db.query("select version from consents")} == {"1-ko"}


def test_consent_holds_for_one_person_in_one_chat(db: Database) -> None:
    Agree("train", "on", "1-ko").apply(db, moment(db))
    assert not agreed(db, YUNA, HOME).train
    assert not agreed(db, MINSU, GROUP).train
    assert not agreed(db, MINSU, "telegram:101:").train
    assert agreed(db, MINSU, "telegram:10:7").train, "a topic belongs to its chat"


def test_remember_off_forgets_what_was_said_in_that_chat(db: Database) -> None:
    ask(db, SECRET)
    ask(db, "남의 말", by=YUNA)
    ask(db, "다른 방", conversation=GROUP)
    Agree("remember", "off", "1-ko").apply(db, moment(db))
    assert [row["said"] for row in db.query("select said from turns order by id")] == ["남의 말", "다른 방"]
    assert not keeps(db, MINSU, HOME, row=10**9)
    assert keeps(db, MINSU, GROUP, row=10**9)


def test_who_is_not_remembered_leaves_no_rating_and_is_not_overheard(db: Database) -> None:
    turn = ask(db, "안녕", by=YUNA)
    bubble = outbox.add(db, Bubble(0, 1, 0, HOME, Address("telegram", "10"), None, None, "open"), NOON)
    outbox.ready(db, bubble.id, Body("답"), turn)
    outbox.placed(db, bubble.id, MessageRef("telegram", "10", "m1"))
    thumb = Reaction(MessageRef("telegram", "10", "m1"), MINSU, "👍", added=True)
    Prefer("overhear", "3").apply(db, moment(db))
    Agree("remember", "off", "1-ko").apply(db, moment(db))
    turns.rate(db, thumb, NOON)
    overheard.keep(db, arrive(db, "지나가는 말"), heard("지나가는 말"))
    assert db.table("ratings").count == 0
    assert db.table("overheard").count == 0


def test_a_chat_that_moves_takes_its_consents_along(db: Database) -> None:
    Agree("train", "on", "1-ko").apply(db, moment(db))
    moving.move(db, "telegram", "10", "-100")
    assert agreed(db, MINSU, "telegram:-100:").train


def test_a_changed_text_needs_a_new_version() -> None:
    """Everybody's consent is kept with the version of the text: what they read must be found again."""
    texts = [load(language)._sentences["privacy_text"] for language in ("ko", "en")]
    hashes = [hashlib.sha256(text.encode()).hexdigest()[:12] for text in texts]
    assert {consents.VERSION: hashes} == {"2": ["16ebea9f0885", "ebc2a8a41e17"]}


def test_a_history_that_we_alone_keep_is_let_go_after_it_was_read(db: Database) -> None:
    for person, key in (("1", "a"), ("2", "b")):
        payload = json.dumps({"user": person, "text": SECRET}, ensure_ascii=False)
        arrived = {"platform": "telegram", "key": key, "payload": payload, "chat": "10", "state": "done"}
        db.table("inbox").insert({**arrived, "at": NOON.isoformat()})
        row = db.execute("select max(id) from inbox").fetchone()[0]
        bubble = outbox.add(db, Bubble(0, row, 0, HOME, Address("telegram", "10"), None, None, "open"), NOON)
        outbox.ready(db, bubble.id, Body(f"답 {person}"), None)
        outbox.sent(db, bubble.id, keep=True)
    Agree("remember", "off", "1-ko").apply(db, moment(db))
    consents.let_go(db, NOON)
    assert everything(db).count(SECRET) == 2, "the page has not read it yet"
    consents.let_go(db, NOON + timedelta(minutes=1))
    assert everything(db).count(SECRET) == 1
    assert "답 1" not in everything(db)
    assert "답 2" in everything(db)


# ---- being forgotten -----------------------------------------------------------------------------


def fill(db: Database) -> None:
    """A row of this person in every table that takes one, and of somebody else beside it."""
    here, there = moment(db), moment(db, chat="-5", private=False)
    for text, by, place in ((SECRET, MINSU, HOME), (f"{SECRET} 둘", MINSU, GROUP), ("유나의 말", YUNA, GROUP)):
        ask(db, text, by=by, conversation=place, row=arrive(db, f"{by.id}{place}"))
    ask(db, f"> 민수: {SECRET}\n그게 뭐야", by=YUNA, conversation=GROUP, row=arrive(db, "인용"))
    db.execute("insert into ratings values (1, 'telegram', '1', '👍', '')")
    db.execute("insert into ratings values (3, 'telegram', '1', '👎', '')")
    db.execute(
        "insert into corrections (turn, platform, person, text, at) values (3, 'telegram', '1', ?, '')", [SECRET]
    )
    Keep("memo", SECRET).apply(db, here)
    Keep("memo", SECRET).apply(db, there)
    Keep("memo", "유나의 메모").apply(db, moment(db, by=YUNA, chat="-5", private=False))
    Remind("remind", SECRET, NOON, "Asia/Seoul").apply(db, here)
    Submit("booking", (("이름", SECRET),)).apply(db, here)
    Prefer("place", SECRET).apply(db, here)
    Prefer("persona", SECRET).apply(db, here)
    Prefer("overhear", "3").apply(db, there)
    overheard.keep(db, arrive(db, "들음"), there.incoming)
    db.execute(
        "insert into overheard (platform, chat, thread, person, name, text, inbox, at) values (?,?,?,?,?,?,?,?)",
        ["telegram", "-5", "", "1", "민수", SECRET, 99, ""],
    )
    expecting.offer(db, GROUP, [Choice("네", Call("say", {"text": SECRET}))], NOON, to="1")
    expecting.offer(db, HOME, [Choice("네", Call("say", {"text": SECRET}))], NOON)
    expecting.expect(db, GROUP, MINSU, Expect(Call("memo", {"text": SECRET}), "text"), (), NOON)
    turns.forget(db, HOME, 1)
    Agree("train", "on", "1-ko").apply(db, here)
    payload = json.dumps({"message": {"from": {"id": 1}, "text": SECRET}}, ensure_ascii=False)
    db.execute(
        "insert into inbox (platform, key, payload, state, at) values ('telegram', 'z', ?, 'new', '')", [payload]
    )
    inbox.aside(db, [db.execute("select max(id) from inbox").fetchone()[0]], "broken")
    waiting = Bubble(0, 77, 0, f"{HOME}#commands", Address("telegram", "10"), None, None, "ready", Body(SECRET))
    outbox.ready(db, outbox.add(db, waiting, NOON).id, Body(SECRET), None)


def test_everything_of_a_person_goes_and_nothing_of_others(db: Database) -> None:
    fill(db)
    assert everything(db).count(SECRET) >= 14
    Erase().apply(db, moment(db, minutes=1))
    left = everything(db)
    assert SECRET not in left
    assert "유나의 말" in left
    assert "그게 뭐야" in left
    assert "유나의 메모" in left
    mine = [name for name in db.table_names() if "person" in db.table(name).columns_dict]
    rows = {name: db.table(name).count_where("person = '1'") for name in mine}
    assert {name: number for name, number in rows.items() if number} == {"erased": 1}


def test_what_a_group_has_set_outlives_one_of_its_members(db: Database) -> None:
    fill(db)
    erase(db, "telegram", "1")
    assert [row["name"] for row in db.query("select name from preferences")] == ["overhear"]


def test_who_did_not_want_to_be_remembered_still_is_not(db: Database) -> None:
    Agree("remember", "on", "1-ko").apply(db, moment(db))
    Agree("remember", "off", "1-ko").apply(db, moment(db, minutes=1))
    Agree("train", "on", "1-ko").apply(db, moment(db, minutes=2))
    erase(db, "telegram", "1")
    assert agreed(db, MINSU, HOME) == consents.Consents(remember=False, train=False)
    assert db.table("consents").count == 1


def test_an_answer_on_its_way_is_not_kept_after_a_deletion(db: Database) -> None:
    question = arrive(db, "물음")
    command = arrive(db, "지워줘")
    Erase().apply(db, moment(db, row=command))
    assert not keeps(db, MINSU, HOME, question)
    assert keeps(db, MINSU, HOME, arrive(db, "그 뒤의 물음"))


@pytest.mark.parametrize("payload", ['{"from": {"id": 11}, "text": "1번"}', '{"id": "10"}', "[]"])
def test_a_dead_letter_of_somebody_else_stays(db: Database, payload: str) -> None:
    db.execute(
        "insert into inbox (platform, key, payload, state, at) values ('telegram', 'a', ?, 'aside', '')", [payload]
    )
    erase(db, "telegram", "1")
    assert [row["payload"] for row in db.query("select payload from inbox where key = 'a'")] == [payload]


# ---- taking it along -----------------------------------------------------------------------------


def test_an_export_has_what_is_theirs_and_nothing_of_others(db: Database) -> None:
    fill(db)
    found = belongings(db, MINSU)
    text = as_json(MINSU, found)
    assert {name: len(rows) for name, rows in found.items()} == {
        "turns": 2, "ratings": 2, "corrections": 1, "memos": 2, "reminders": 1, "forms": 1, "overheard": 1,
        "settings": 1, "consents": 1,
    }  # fmt: skip
    assert "유나의 메모" not in text
    assert json.loads(text)["turns"][0]["said"] == SECRET


def test_nobody_known_has_nothing(db: Database) -> None:
    assert not any(belongings(db, Person("telegram", "404", "?")).values())


# ---- backups -------------------------------------------------------------------------------------


def test_a_restored_copy_forgets_whom_it_still_knows(db: Database, tmp_path: Path) -> None:
    ledger = tmp_path / "deletions.jsonl"
    ledger.write_text('{"at": "2026-11-22T00:00:00+00:00", "platform": "telegram", "person": "1"}\n{"at": "20')
    ask(db, SECRET, row=arrive(db, "말"))
    assert replay(db, ledger) == 1
    assert SECRET not in everything(db)


def test_a_deletion_that_a_copy_has_seen_does_not_touch_what_came_after(db: Database, tmp_path: Path) -> None:
    ledger = tmp_path / "deletions.jsonl"
    erase(db, "telegram", "1", at=NOON)
    ledger.write_text(json.dumps({"at": NOON.isoformat(), "platform": "telegram", "person": "1"}) + "\n")
    ask(db, "새로 시작")
    assert replay(db, ledger) == 0
    assert "새로 시작" in everything(db)
