"""What Telegram's updates mean."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.entities import without
from adapters.telegram.parse import Me, event, stamped
from bot.messages import (
    Address,
    Attachment,
    Call,
    Edited,
    Event,
    Incoming,
    MessageRef,
    Migrated,
    Person,
    Quote,
    Reaction,
)
from tests.twins.telegram_people import Bubble, Chat, Human, People

ME = Me(123456789, "irang_bot")
NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def people() -> People:
    world = People(ME.id, ME.username, wall=NOON.timestamp)
    world.allowed = ["message", "edited_message", "callback_query", "message_reaction"]
    return world


@pytest.fixture
def minsu(people: People) -> Human:
    return people.person("민수")


@pytest.fixture
def group(people: People, minsu: Human) -> Chat:
    return people.group([minsu, people.person("지영")], supergroup=True)


def newest(people: People) -> Any:
    return people.queue[-1][1]


def heard(people: People) -> Event | None:
    assert people.violations == []
    return event(json.dumps(newest(people)), ME)


def message(people: People) -> Incoming:
    found = heard(people)
    assert isinstance(found, Incoming)
    return found


def answer(people: People, chat: Chat, text: str = "네", buttons: list[tuple[str, str]] | None = None) -> Bubble:
    return people.add(Bubble(people.new_id(), chat, None, text, buttons=buttons or []))


def changed(people: People, **parts: Any) -> str:
    """The newest message with other parts; None takes one away."""
    update = newest(people)
    update["message"] = {k: v for k, v in {**update["message"], **parts}.items() if v is not None}
    return json.dumps(update)


def test_a_private_message_is_always_for_us(people: People, minsu: Human) -> None:
    number = people.say(people.private(minsu), minsu, "안녕 😀")
    assert heard(people) == Incoming(
        address=Address("telegram", str(minsu.id)),
        ref=MessageRef("telegram", str(minsu.id), str(number)),
        person=Person("telegram", str(minsu.id), "민수"),
        text="안녕 😀",
        at=NOON,
        addressed=True,
        private=True,
    )


def test_talk_in_a_group_is_heard_but_not_for_us(people: People, minsu: Human, group: Chat) -> None:
    people.say(group, minsu, "점심 뭐 먹지")
    found = message(people)
    assert (found.addressed, found.private, found.address.chat) == (False, False, str(group.id))


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("@irang_bot 안녕", "안녕"),
        ("@irang_bot, 안녕", "안녕"),
        ("@IRANG_BOT 안녕", "안녕"),
        ("안녕 @irang_bot 뭐해", "안녕 뭐해"),
        ("😀 안녕 @irang_bot", "😀 안녕"),
        ("@irang_bot아 안녕", "아 안녕"),
        ("@irang_bot", ""),
    ],
)
def test_a_mention_is_for_us_and_left_out(
    people: People, minsu: Human, group: Chat, said: str, understood: str
) -> None:
    people.say(group, minsu, said)
    assert (message(people).addressed, message(people).text) == (True, understood)


def test_a_mention_of_somebody_else_stays(people: People, minsu: Human, group: Chat) -> None:
    people.say(group, minsu, "@irang_bots 안녕")
    assert (message(people).addressed, message(people).text) == (False, "@irang_bots 안녕")


def test_a_linked_name_is_a_mention(people: People, minsu: Human, group: Chat) -> None:
    people.say(group, minsu, "이랑 안녕")
    entities = [{"type": "text_mention", "offset": 0, "length": 2, "user": people.bot}]
    found = event(changed(people, entities=entities), ME)
    assert isinstance(found, Incoming)
    assert (found.addressed, found.text) == (True, "안녕")


@pytest.mark.parametrize(
    ("said", "call", "addressed", "text"),
    [
        ("/new", Call("new"), False, "/new"),
        ("/NEW", Call("new"), False, "/NEW"),
        ("/ask@irang_bot 오늘 뭐 해", Call("ask", {"text": "오늘 뭐 해"}), True, "/ask 오늘 뭐 해"),
        ("/ask 하나\n둘", Call("ask", {"text": "하나\n둘"}), False, "/ask 하나\n둘"),
        ("/ask @irang_bot 뭐", Call("ask", {"text": "뭐"}), True, "/ask 뭐"),
        ("그 /new 말이야", None, False, "그 /new 말이야"),
    ],
)
def test_commands(
    people: People, minsu: Human, group: Chat, said: str, call: Call | None, addressed: bool, text: str
) -> None:
    people.say(group, minsu, said)
    found = message(people)
    assert (found.call, found.addressed, found.text) == (call, addressed, text)


def test_a_command_for_another_bot_is_nothing_for_us_in_a_group(people: People, minsu: Human, group: Chat) -> None:
    ours = answer(people, group, "하늘은 파래요").id
    for reply_to in (None, ours):
        people.say(group, minsu, "/new@other_bot", reply_to=reply_to)
        assert heard(people) is None
    people.say(people.private(minsu), minsu, "/new@other_bot")
    assert (message(people).call, message(people).addressed) == (None, True)


def test_a_reply_to_us_is_for_us(people: People, minsu: Human, group: Chat) -> None:
    people.say(group, minsu, "왜?", reply_to=answer(people, group, "하늘은 파래요").id)
    found = message(people)
    assert (found.addressed, found.reply_to) == (True, Quote("이랑", "하늘은 파래요", ours=True))
    assert found.address.thread == "", "a thread of replies is no topic"


def test_a_reply_to_somebody_quotes_them(people: People, minsu: Human, group: Chat) -> None:
    first = people.say(group, group.people[1], "하늘은 파랗고 바다도 파랗다", attach="photo")
    people.say(group, minsu, "정말?", reply_to=first)
    assert (message(people).addressed, message(people).reply_to) == (
        False,
        Quote("지영", "하늘은 파랗고 바다도 파랗다"),
    )


def test_a_marked_part_is_what_is_quoted(people: People, minsu: Human, group: Chat) -> None:
    first = people.say(group, group.people[1], "하늘은 파랗고 바다도 파랗다")
    people.say(group, minsu, "정말?", reply_to=first, quote="바다도 파랗다")
    assert message(people).reply_to == Quote("지영", "바다도 파랗다")


def test_a_topic_is_a_conversation_of_its_own(people: People, minsu: Human, group: Chat) -> None:
    topic = people.topic(group, "여행")
    people.say(group, minsu, "어디 갈까", topic=topic)
    found = message(people)
    assert found.address == Address("telegram", str(group.id), str(topic))
    assert (found.reply_to, found.addressed) == (None, False), "the topic's start, by the bot, is no reply to us"


@pytest.mark.parametrize(("part", "kind"), [("photo", "photo"), ("voice", "voice"), ("document", "file")])
def test_attachments_keep_their_caption(people: People, minsu: Human, group: Chat, part: str, kind: Any) -> None:
    people.say(group, minsu, "이거 봐", mention=True, attach=part)
    found = message(people)
    assert (found.text, found.attachments, found.addressed) == ("이거 봐", (Attachment(kind),), True)


def test_a_moving_picture_is_a_video_and_no_file(people: People, minsu: Human) -> None:
    people.say(people.private(minsu), minsu, attach="document")
    found = event(changed(people, animation={"file_id": "a"}), ME)
    assert isinstance(found, Incoming)
    assert found.attachments == (Attachment("video"),)


@pytest.mark.parametrize(
    "parts",
    [
        {"from": {"id": 7, "is_bot": True, "first_name": "other"}},
        {"sender_chat": {"id": -5, "type": "supergroup", "title": "모임"}},
        {"from": None},
        {"text": None, "new_chat_title": "새 이름"},
    ],
    ids=["bot", "anonymous", "nobody", "service"],
)
def test_what_no_person_said_is_nothing(people: People, minsu: Human, group: Chat, parts: dict[str, Any]) -> None:
    people.say(group, minsu, "안녕")
    assert event(changed(people, **parts), ME) is None


def test_an_edit_keeps_the_ref_and_brings_the_new_text(people: People, minsu: Human) -> None:
    number = people.say(people.private(minsu), minsu, "안뇽")
    before = message(people)
    people.edit(number, "안녕")
    found = heard(people)
    assert isinstance(found, Edited)
    assert (found.message.ref, found.message.text) == (before.ref, "안녕")


def test_a_thumb_button_rates_the_message_it_is_on(people: People, minsu: Human) -> None:
    chat = people.private(minsu)
    bubble = answer(people, chat, buttons=[("👍", "up:12"), ("👎", "down:12")])
    people.press(bubble.id, "👎")
    ref = MessageRef("telegram", str(chat.id), str(bubble.id))
    assert heard(people) == Reaction(ref, Person("telegram", str(minsu.id), "민수"), "👎", added=True)


@pytest.mark.parametrize("long_ago", [False, True])
def test_another_button_is_a_command_at_the_time_of_the_press(people: People, minsu: Human, long_ago: bool) -> None:
    bubble = answer(people, people.private(minsu), buttons=[("🔄", "retry:12")])
    people.press(bubble.id, "🔄", long_ago=long_ago)
    later = datetime(2026, 7, 2, 8, 30, tzinfo=UTC)
    found = event(stamped(newest(people), ME, later), ME)
    assert isinstance(found, Incoming)
    assert (found.call, found.at, found.addressed, found.private) == (Call("retry", {"id": "12"}), later, True, True)


def test_a_button_in_a_topic_belongs_to_the_topic(people: People, minsu: Human, group: Chat) -> None:
    bubble = answer(people, group, buttons=[("🔄", "retry:12")])
    bubble.thread = people.topic(group, "여행")
    people.press(bubble.id, "🔄")
    found = heard(people)
    assert isinstance(found, Incoming)
    assert found.address == Address("telegram", str(group.id), str(bubble.thread))


def test_a_button_that_is_not_ours_is_nothing(people: People, minsu: Human) -> None:
    bubble = answer(people, people.private(minsu), buttons=[("?", "세상에 없는 단추")])
    people.press(bubble.id, "?")
    assert heard(people) is None


def test_thumbs_come_and_go(people: People, minsu: Human) -> None:
    bubble = answer(people, people.private(minsu))
    seen = []
    for emoji in (["👍"], ["👎"], [], ["❤"], ["❤", "👍"]):
        people.react(bubble.id, *emoji)
        found = heard(people)
        seen.append((found.value, found.added) if isinstance(found, Reaction) else found)
    assert seen == [("👍", True), ("👎", True), ("👎", False), None, ("👍", True)]


def test_an_anonymous_reaction_is_nothing(people: People, minsu: Human, group: Chat) -> None:
    people.react(answer(people, group).id, "👍")
    update = newest(people)
    update["message_reaction"]["actor_chat"] = update["message_reaction"].pop("user") | {"type": "group"}
    assert event(json.dumps(update), ME) is None


def test_a_group_that_moved_tells_both_ids(people: People, minsu: Human) -> None:
    old = people.group([minsu])
    new = people.migrate(old)
    events = [event(json.dumps(update), ME) for _, update in people.queue]
    assert events == [Migrated("telegram", str(old.id), str(new.id)), None]


def test_a_row_remembers_our_name_across_a_restart(people: People, minsu: Human, group: Chat) -> None:
    people.say(group, minsu, "안녕", mention=True)
    row = stamped(newest(people), ME, NOON)
    just_started = Me(ME.id)
    found = event(row, just_started)
    assert isinstance(found, Incoming)
    assert (found.addressed, found.text) == (True, "안녕")


def test_half_a_surrogate_pair_becomes_a_sign_that_files_can_hold(people: People, minsu: Human) -> None:
    people.say(people.private(minsu), minsu, "안녕")
    row = stamped(json.loads(changed(people, text="안녕 \ud83d")), ME, NOON)
    found = event(row, ME)
    assert isinstance(found, Incoming)
    assert (row.isascii(), found.text) == (True, "안녕 \ufffd")


@pytest.mark.parametrize(
    "update",
    [
        [],
        "안녕",
        None,
        {},
        {"update_id": "1", "message": {}},
        {"update_id": 1, "message": None},
        {"update_id": 1, "message": {"chat": {"id": 1}, "from": {"id": 1}, "text": "x"}},
        {"update_id": 1, "edited_message": [1]},
        {"update_id": 1, "callback_query": {"data": "up:1"}},
        {"update_id": 1, "message_reaction": {"user": 5}},
    ],
)
def test_what_cannot_be_read_is_a_value_error(update: object) -> None:
    with pytest.raises(ValueError, match="can't be read"):
        event(json.dumps(update), ME)


def test_broken_parts_are_value_errors(people: People, minsu: Human) -> None:
    people.say(people.private(minsu), minsu, "/new 안녕")
    broken: list[dict[str, Any]] = [
        {"chat": None},
        {"chat": 5},
        {"text": 5},
        {"text": ["안녕"]},
        {"date": "어제"},
        {"date": 10**20},
        {"message_id": "x"},
        {"from": {"first_name": "?"}},
        {"from": [1]},
        {"entities": 5},
        {"entities": [{"type": "mention"}]},
        {"reply_to_message": "x"},
    ]
    for parts in broken:
        with pytest.raises(ValueError):  # noqa: PT011 one of two texts: ours or the date's
            event(changed(people, **parts), ME)
        people.say(people.private(minsu), minsu, "/new 안녕")


def test_what_we_did_not_ask_for_is_nothing() -> None:
    assert event('{"update_id": 1, "channel_post": {"text": "x"}}', ME) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["chat", "from", "text", "date", "message_id", "entities", "id", "type", "user", "data"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from(["message", "edited_message", "callback_query", "message_reaction"]), json_values)
def test_anything_at_all_is_an_event_nothing_or_a_value_error(kind: str, payload: object) -> None:
    try:
        event(json.dumps({"update_id": 1, kind: payload}), ME)
    except ValueError:
        return


@given(st.text())
def test_nothing_taken_out_leaves_the_text_as_it_was(text: str) -> None:
    assert without(text, ()) == text
