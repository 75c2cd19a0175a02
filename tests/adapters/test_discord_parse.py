"""What Discord's events mean to the core, and which of them are stored."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.discord.parse import moment, parse, snowflake, token_owner
from adapters.discord.rows import found
from bot.messages import (
    Address,
    Attachment,
    Call,
    Deleted,
    Edited,
    Incoming,
    MessageRef,
    Person,
    Quote,
    Reaction,
)
from tests.twins.discord import TOKEN, Channel, DiscordTwin, Human
from tests.twins.discord.gateway import MESSAGE_CONTENT, Session

ME = token_owner(TOKEN)


class Town:
    """A twin that nobody serves: what the bot would hear lies in `session`."""

    def __init__(self) -> None:
        self.twin = DiscordTwin()
        self.session = Session("s", 0xFFFF & ~MESSAGE_CONTENT)
        self.twin.gateway.sessions = {"s": self.session}
        self.minji: Human = self.twin.person("민지")
        self.channel: Channel = self.twin.channel()

    def heard(self) -> Any:
        """What the last event means."""
        return parse(json.dumps(self.session.sent[-1]), ME)

    def stored(self) -> list[str]:
        """The keys under which the last event is stored."""
        return [each.row.key for each in found(self.session.sent[-1], ME, "s")]


@pytest.fixture
def town() -> Town:
    return Town()


# ---- messages ------------------------------------------------------------------------------------


def test_a_mention_addresses_us_and_is_not_part_of_the_text(town: Town) -> None:
    post = town.twin.say(town.channel, town.minji, "오늘 날씨 어때?", mention=True)
    assert town.heard() == Incoming(
        Address("discord", town.channel.id),
        MessageRef("discord", town.channel.id, post.id),
        Person("discord", town.minji.id, "민지"),
        "오늘 날씨 어때?",
        town.heard().at,
        addressed=True,
        private=False,
    )
    assert abs(town.heard().at.timestamp() - post.at) < 0.001


def test_a_direct_message_is_private_and_addressed(town: Town) -> None:
    town.twin.say(town.twin.dm(town.minji), town.minji, "안녕")
    assert (town.heard().private, town.heard().addressed, town.heard().text) == (True, True, "안녕")


def test_a_thread_is_a_chat_of_its_own(town: Town) -> None:
    thread = town.twin.thread(town.channel)
    town.twin.say(thread, town.minji, "안녕", mention=True)
    assert town.heard().address == Address("discord", thread.id)


def test_other_people_have_their_names(town: Town) -> None:
    jun = town.twin.person("준\\호")
    town.twin.say(town.channel, town.minji, f"<@{jun.id}>에게 <:웃음:123> 전해 줘", mention=True)
    assert town.heard().text == "@준\\호에게 :웃음: 전해 줘"


def test_a_nickname_is_what_others_see(town: Town) -> None:
    town.twin.say(town.channel, town.minji, "안녕", mention=True)
    town.session.sent[-1]["d"]["member"]["nick"] = "민지님"
    assert town.heard().person.name == "민지님"


def test_a_reply_to_us_addresses_us_even_without_a_ping(town: Town) -> None:
    answer = town.twin.say(town.channel, town.twin.me, "서울은 맑아요")
    town.twin.say(town.channel, town.minji, "부산은?", reply_to=answer, ping=False)
    assert town.heard().addressed
    assert town.heard().reply_to is not None
    assert town.heard().reply_to.ours


def test_a_quote_tells_who_said_what(town: Town) -> None:
    jun = town.twin.person("준호")
    quoted = town.twin.say(town.twin.dm(town.minji), jun, "내일 보자")
    town.twin.say(town.twin.dm(town.minji), town.minji, "이거 뭐야?", reply_to=quoted)
    assert town.heard().reply_to == Quote("준호", "내일 보자")


def test_a_quote_of_a_deleted_message_is_none(town: Town) -> None:
    chat = town.twin.dm(town.minji)
    quoted = town.twin.say(chat, town.minji, "내일 보자")
    town.twin.delete(quoted)
    town.twin.say(chat, town.minji, "이거 뭐야?", reply_to=quoted)
    assert town.heard().reply_to is None


@pytest.mark.parametrize(
    ("mime", "kind"),
    [("image/png", "photo"), ("video/mp4", "video"), ("audio/ogg", "audio"), ("text/plain; charset=utf-8", "file")],
)
def test_attachments_by_their_type(town: Town, mime: str, kind: Any) -> None:
    town.twin.say(town.twin.dm(town.minji), town.minji, "", attachments=(mime,))
    assert town.heard().attachments == (Attachment(kind),)


def test_a_voice_message_and_a_sticker(town: Town) -> None:
    town.twin.say(town.twin.dm(town.minji), town.minji, "", attachments=("audio/ogg",))
    town.session.sent[-1]["d"] |= {"flags": 1 << 13, "sticker_items": [{"id": "1", "name": "x", "format_type": 1}]}
    assert town.heard().attachments == (Attachment("voice"), Attachment("sticker"))


def test_neither_bots_nor_webhooks_nor_announcements_are_people(town: Town) -> None:
    chat = town.twin.dm(town.minji)
    town.twin.say(chat, town.twin.robot("다른 봇"), "안녕", mention=True)
    assert town.heard() is None
    assert town.stored() == []
    town.twin.say(chat, town.minji, "안녕", webhook="5")
    assert town.heard() is None
    town.twin.say(chat, town.minji, "안녕")
    town.session.sent[-1]["d"]["type"] = 7
    assert town.heard() is None


def test_an_edit_is_the_message_as_it_is_now(town: Town) -> None:
    post = town.twin.say(town.twin.dm(town.minji), town.minji, "안넝")
    town.twin.edit(post, "안녕")
    event = town.heard()
    assert isinstance(event, Edited)
    assert (event.message.text, event.message.ref.id) == ("안녕", post.id)
    assert town.stored()[0].startswith(f"MESSAGE_UPDATE:{post.id}:")


def test_a_deletion_names_the_message(town: Town) -> None:
    post = town.twin.say(town.channel, town.minji, "안녕", mention=True)
    town.twin.delete(post)
    assert town.heard() == Deleted(MessageRef("discord", town.channel.id, post.id))


# ---- reactions and interactions --------------------------------------------------------------------


def test_a_thumb_with_any_skin_rates(town: Town) -> None:
    post = town.twin.say(town.channel, town.twin.me, "맑아요")
    town.twin.react(post, town.minji, "👍🏽")
    ref = MessageRef("discord", town.channel.id, post.id)
    assert town.heard() == Reaction(ref, Person("discord", town.minji.id, "민지"), "👍", added=True)


def test_taking_a_thumb_off_comes_without_a_name(town: Town) -> None:
    post = town.twin.say(town.channel, town.twin.me, "맑아요")
    town.twin.unreact(post, town.minji, "👎")
    assert town.heard() == Reaction(
        MessageRef("discord", town.channel.id, post.id), Person("discord", town.minji.id, ""), "👎", added=False
    )


def test_our_own_thumb_rates_nothing(town: Town) -> None:
    post = town.twin.say(town.channel, town.twin.me, "맑아요")
    town.twin.react(post, town.twin.me, "👍")
    assert town.heard() is None


def test_a_slash_command_is_a_call_that_carries_its_handle(town: Town) -> None:
    asked = town.twin.slash(town.channel, town.minji, "time", {"city": "서울"})
    event = town.heard()
    assert event.call == Call("time", {"city": "서울"})
    assert event.text == "/time 서울"
    assert event.addressed
    assert not event.private
    assert event.person == Person("discord", town.minji.id, "민지")
    assert event.ref.id == f"interaction:{town.twin.application}:{asked.token}:{asked.id}"


def test_a_slash_command_in_a_direct_message_is_private(town: Town) -> None:
    town.twin.slash(town.twin.dm(town.minji), town.minji, "time")
    assert town.heard().private


def test_a_pressed_button_rates_its_message(town: Town) -> None:
    post = town.twin.say(town.channel, town.twin.me, "맑아요")
    post.components = [{"type": 1, "components": [{"type": 2, "label": "👍", "custom_id": "up:12"}]}]
    town.twin.press(post, "👍", town.minji)
    ref = MessageRef("discord", town.channel.id, post.id)
    assert town.heard() == Reaction(ref, Person("discord", town.minji.id, "민지"), "👍", added=True)


def test_a_pressed_retry_is_a_command_about_that_turn(town: Town) -> None:
    post = town.twin.say(town.channel, town.twin.me, "맑아요")
    post.components = [{"type": 1, "components": [{"type": 2, "label": "다시", "custom_id": "retry:12"}]}]
    town.twin.press(post, "retry:12", town.minji)
    assert town.heard().call == Call("retry", {"id": "12"})
    assert town.heard().ref.id == post.id


# ---- what is worth a row -----------------------------------------------------------------------------


def test_what_people_say_to_each_other_is_hidden_from_us_and_not_stored(town: Town) -> None:
    town.twin.say(town.channel, town.minji, "우리끼리 얘기")
    assert town.session.sent[-1]["d"]["content"] == ""
    assert town.stored() == []


def test_what_we_may_read_is_stored(town: Town) -> None:
    town.session.intents |= MESSAGE_CONTENT
    post = town.twin.say(town.channel, town.minji, "이랑아 안녕")
    assert town.stored() == [f"MESSAGE_CREATE:{post.id}"]
    assert not town.heard().addressed


def test_a_preview_of_an_address_is_no_edit(town: Town) -> None:
    post = town.twin.say(town.twin.dm(town.minji), town.minji, "https://a.b")
    town.twin.unfold(post)
    assert town.stored() == []


def test_only_thumbs_on_our_messages_are_stored(town: Town) -> None:
    ours = town.twin.say(town.channel, town.twin.me, "맑아요")
    theirs = town.twin.say(town.channel, town.minji, "고마워", mention=True)
    town.twin.react(ours, town.minji, "👍")
    first = town.stored()
    town.twin.react(ours, town.minji, "❤️")
    assert town.stored() == []
    town.twin.react(theirs, town.minji, "👍")
    assert town.stored() == []
    town.twin.react(ours, town.minji, "👍")
    assert first
    assert town.stored()
    assert town.stored() != first  # set, taken off and set again: not the same event


def test_many_deletions_are_a_row_each() -> None:
    frame = {"t": "MESSAGE_DELETE_BULK", "s": 4, "d": {"ids": ["1", "2"], "channel_id": "3"}}
    rows = [each.row for each in found(frame, ME, "s")]
    assert [row.key for row in rows] == ["MESSAGE_DELETE:1", "MESSAGE_DELETE:2"]
    assert parse(rows[1].payload, ME) == Deleted(MessageRef("discord", "3", "2"))


@pytest.mark.parametrize("data", [{}, {"id": "1"}, [], "x", None])
def test_an_event_without_what_each_has_is_left_out(data: Any) -> None:
    assert found({"t": "MESSAGE_CREATE", "s": 1, "d": data}, ME, "s") == []


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "[]",
        '{"t":"MESSAGE_CREATE"}',
        '{"t":"MESSAGE_CREATE","d":{"author":{"id":"1"}}}',
        '{"t":"MESSAGE_DELETE","d":[]}',
        '{"t":"INTERACTION_CREATE","d":{"type":2,"data":{"name":"x"}}}',
        '{"t":"MESSAGE_REACTION_ADD","d":{"emoji":null}}',
    ],
)
def test_a_broken_row_is_said_to_be_broken(payload: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(payload, ME)


def test_an_event_of_another_kind_means_nothing() -> None:
    assert parse('{"t":"TYPING_START","d":{}}', ME) is None


def test_a_snowflake_holds_its_moment() -> None:
    at = moment("1100000000000000000")
    assert at.year == 2023
    assert abs(snowflake(at) - 1100000000000000000) < 1 << 22


@pytest.mark.parametrize("token", ["", "가.나.다", "!!!.x.y", "eA.x.y"])
def test_a_token_that_names_nobody(token: str) -> None:
    assert token_owner(token) == ""
