"""The rows of our own messages, from the first "…" on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from bot import outbox
from bot.messages import Address, Body, Button, MessageRef, Span
from bot.outbox import Bubble
from tests.bot.memory import HOME, NOON, arrive

CHAT = Address("telegram", "10")
ASKED = MessageRef("telegram", "10", "q")


def bubble(inbox: int, part: int = 0, *, address: Address = CHAT, lane: str = HOME, body: str = "") -> Bubble:
    return Bubble(0, inbox, part, lane, address, ASKED, None, "open", Body(body) if body else None)


def add(db: Database, inbox: int, part: int = 0) -> Bubble:
    return outbox.add(db, bubble(inbox, part), NOON)


def states(db: Database) -> list[str]:
    return [row["state"] for row in db.query("select state from outbox order by id")]


def test_a_bubble_comes_back_as_the_next_process_must_know_it(db: Database) -> None:
    mine = outbox.add(db, bubble(5, body="첫마디"), NOON)
    read = outbox.of(db, 5)[0]
    assert read == replace(mine, tried=NOON)  # an earlier process may have sent it
    assert read.key == mine.key


def test_the_parts_of_an_answer_come_in_order(db: Database) -> None:
    for part in (2, 0, 1):
        add(db, 5, part)
    assert [each.part for each in outbox.of(db, 5)] == [0, 1, 2]


@given(st.integers(1, 2**40), st.datetimes(min_value=NOON.replace(tzinfo=None)))
def test_a_key_is_never_longer_than_discord_s_nonce(id: int, at: datetime) -> None:
    assert len(replace(bubble(1), id=id, at=at).key) <= 25


def test_what_is_due_is_what_is_committed_and_not_shown(db: Database) -> None:
    rows = [add(db, number) for number in range(1, 6)]
    for row in rows[1:4]:
        outbox.ready(db, row.id, Body("답"), 1)
    outbox.sent(db, rows[2].id)
    outbox.failed(db, rows[3].id, "blocked")
    outbox.surplus(db, rows[4].id)
    assert [each.inbox for each in outbox.due(db)] == [2, 5]
    assert states(db) == ["open", "ready", "sent", "failed", "surplus"]


def test_what_people_see_is_not_kept_twice(db: Database) -> None:
    row = outbox.add(db, bubble(arrive(db, "sent")), NOON)
    outbox.ready(db, row.id, Body("비밀"), 1)
    outbox.sent(db, row.id)
    assert [(row["body"], row["reply_to"]) for row in db.query("select body, reply_to from outbox")] == [(None, "")]


def test_what_nobody_has_seen_is_kept_with_the_reason(db: Database) -> None:
    row = outbox.add(db, bubble(arrive(db, "failed")), NOON)
    outbox.ready(db, row.id, Body("답"), 1)
    outbox.failed(db, row.id, "blocked")
    kept = next(db.query("select body, reply_to, reason from outbox"))
    assert (outbox.of(db, row.inbox)[0].body, kept["reply_to"], kept["reason"]) == (Body("답"), "", "blocked")


def test_a_message_that_was_deleted_gets_another_key(db: Database) -> None:
    row = add(db, 1)
    outbox.placed(db, row.id, MessageRef("telegram", "10", "a"))
    first = row.key
    outbox.lost(db, row, NOON + timedelta(seconds=1))
    assert (row.ref, outbox.of(db, 1)[0].ref) == (None, None)
    assert outbox.of(db, 1)[0].key == row.key != first


def test_an_answer_hands_its_messages_over_once(db: Database) -> None:
    for part, ref in enumerate(("a", "b")):
        row = add(db, 1, part)
        outbox.ready(db, row.id, Body("답"), 7)
        outbox.placed(db, row.id, MessageRef("telegram", "10", ref))
        outbox.sent(db, row.id)
    refs = outbox.of_turn(db, 7)
    assert [ref.id for ref in refs] == ["a", "b"]
    outbox.hand_over(db, refs)
    assert outbox.of_turn(db, 7) == []


spans = st.builds(Span, st.sampled_from(["bold", "code", "link"]), st.integers(0, 9), st.integers(0, 9), st.text())
bodies = st.builds(
    Body,
    st.text(st.characters(exclude_categories=["Cs"])),
    st.lists(spans, max_size=3).map(tuple),
    st.lists(st.builds(Button, st.text(), st.text()), max_size=3).map(tuple),
)


@given(bodies)
def test_a_body_comes_back_as_it_was(body: Body) -> None:
    assert outbox.parsed(outbox.dump(body)) == body
