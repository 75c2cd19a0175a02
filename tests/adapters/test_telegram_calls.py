"""Sending to Telegram: what arrives there, and what each failure means."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram import Telegram
from adapters.telegram.calls import turned_down, unanswered
from adapters.telegram.entities import between, entities, length
from bot.config import TelegramSettings
from bot.errors import (
    BadToken,
    ConfigError,
    IrangError,
    Moved,
    PlatformError,
    Refused,
    Throttled,
    Uncertain,
    Unreachable,
)
from bot.messages import Address, Body, Button, File, Key, MessageRef, Span
from bot.ports import Pace, Platform
from tests.twins import faults
from tests.twins.telegram import Chat, TelegramTwin, shown

KEY = Key("1")


@pytest.fixture
async def twin() -> AsyncIterator[TelegramTwin]:
    async with TelegramTwin() as twin:
        yield twin
        assert twin.violations == []


@pytest.fixture
async def telegram(twin: TelegramTwin) -> AsyncIterator[Telegram]:
    platform = Telegram(TelegramSettings(api=twin.url), twin.token, language="ko")
    yield platform
    await platform.close()


@pytest.fixture
def chat(twin: TelegramTwin) -> Chat:
    return twin.private(twin.person("민수"))


def at(chat: Chat, thread: int | None = None) -> Address:
    return Address("telegram", str(chat.id), str(thread or ""))


async def say(telegram: Telegram, chat: Chat, text: str = "네") -> MessageRef:
    return await telegram.send(at(chat), Body(text), reply_to=None, key=KEY)


def test_it_is_a_platform_with_telegrams_limits() -> None:
    platform: Platform = Telegram(TelegramSettings(), "1:x", language="ko")
    limits = platform.limits
    assert (platform.name, limits.length, limits.idempotent, limits.local) == ("telegram", 4096, False, False)
    assert limits.chat_pace(Address("telegram", "-100")) == Pace(20, 60.0)
    assert limits.chat_pace(Address("telegram", "100")) == Pace(30, 30.0)
    assert limits.measure(Body("가😀")) == 3


async def test_a_message_is_shown_with_its_looks(twin: TelegramTwin, telegram: Telegram, chat: Chat) -> None:
    text = "😀 굵게 기울임 print(1) 링크"
    spans = (
        Span("bold", 2, 4),
        Span("italic", 5, 8),
        Span("pre", 9, 17, "python"),
        Span("link", 18, 20, "https://example.org/가"),
    )
    ref = await telegram.send(at(chat), Body(text, spans), reply_to=None, key=KEY)
    (bubble,) = twin.messages(chat)
    assert (ref, bubble.text) == (MessageRef("telegram", str(chat.id), str(bubble.id)), text)
    assert shown(bubble) == [("bold", "굵게"), ("italic", "기울임"), ("pre", "print(1)"), ("text_link", "링크")]
    assert (bubble.entities[2]["language"], bubble.entities[3]["url"]) == ("python", "https://example.org/가")
    (sent,) = twin.called("sendMessage")
    assert sent["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in sent


async def test_every_kind_of_span_is_known(twin: TelegramTwin, telegram: Telegram, chat: Chat) -> None:
    spans = (Span("bold", 0, 1), Span("strike", 1, 2), Span("code", 2, 3), Span("quote", 3, 4))
    await telegram.send(at(chat), Body("가나다라", spans), reply_to=None, key=KEY)
    kinds = [kind for kind, _ in shown(twin.messages(chat)[0])]
    assert kinds == ["bold", "strikethrough", "code", "blockquote"]


async def test_outer_space_goes_and_looks_stay_in_place(twin: TelegramTwin, telegram: Telegram, chat: Chat) -> None:
    await telegram.send(at(chat), Body("\n 굵게 \n", (Span("bold", 0, 6),)), reply_to=None, key=KEY)
    assert (twin.messages(chat)[0].text, shown(twin.messages(chat)[0])) == ("굵게", [("bold", "굵게")])


async def test_a_link_that_is_none_is_plain_text(twin: TelegramTwin, telegram: Telegram, chat: Chat) -> None:
    body = Body("눌러", (Span("link", 0, 2, "javascript:alert(1)"), Span("bold", 1, 1)))
    await telegram.send(at(chat), body, reply_to=None, key=KEY)
    assert twin.messages(chat)[0].entities == []


async def test_an_edit_without_buttons_removes_them(twin: TelegramTwin, telegram: Telegram, chat: Chat) -> None:
    body = Body("답", buttons=(Button("👍", "up:1"), Button("👎", "down:1")))
    ref = await telegram.send(at(chat), body, reply_to=None, key=KEY)
    (bubble,) = twin.messages(chat)
    assert bubble.buttons == [("👍", "up:1"), ("👎", "down:1")]
    await telegram.edit(ref, Body("답"))
    assert (bubble.buttons, bubble.edits) == ([], 1)


async def test_an_edit_that_changes_nothing_succeeds(twin: TelegramTwin, telegram: Telegram, chat: Chat) -> None:
    ref = await say(telegram, chat, "그대로")
    await telegram.edit(ref, Body("그대로"))
    assert twin.messages(chat)[0].history == ["그대로"]


async def test_deleting_what_is_gone_succeeds(twin: TelegramTwin, telegram: Telegram, chat: Chat) -> None:
    ref = await say(telegram, chat)
    await telegram.delete(ref)
    assert twin.messages(chat) == []
    await telegram.delete(ref)


async def test_replies_are_shown_as_such_in_groups_alone(twin: TelegramTwin, telegram: Telegram, chat: Chat) -> None:
    group = twin.group(chat.people)
    asked = twin.say(group, chat.people[0], "왜?")
    gone = MessageRef("telegram", str(group.id), "999")
    await telegram.send(at(group), Body("그래서"), reply_to=MessageRef("telegram", str(group.id), str(asked)), key=KEY)
    await telegram.send(at(group), Body("지운 말에"), reply_to=gone, key=KEY)
    await telegram.send(at(chat), Body("둘이서"), reply_to=gone, key=KEY)
    assert [bubble.reply_to for bubble in twin.answers(group)] == [asked, None]
    assert "reply_parameters" not in twin.called("sendMessage")[2]


async def test_topics_get_their_messages_and_typing(twin: TelegramTwin, telegram: Telegram, chat: Chat) -> None:
    forum = twin.group(chat.people, supergroup=True)
    topic = twin.topic(forum, "여행")
    await telegram.typing(at(forum, topic))
    await telegram.typing(at(chat))
    await telegram.send(at(forum, topic), Body("바다"), reply_to=None, key=KEY)
    assert twin.typings == [(forum.id, topic), (chat.id, None)]
    assert twin.messages(forum)[0].thread == topic


async def test_finish_asks_nothing_of_telegram(twin: TelegramTwin, telegram: Telegram, chat: Chat) -> None:
    await telegram.finish([await say(telegram, chat)])
    assert len(twin.calls) == 1


@pytest.mark.parametrize("text", ["", " \n\t", "\u3000"])
async def test_an_empty_text_is_never_sent(twin: TelegramTwin, telegram: Telegram, chat: Chat, text: str) -> None:
    with pytest.raises(Refused):
        await telegram.send(at(chat), Body(text), reply_to=None, key=KEY)
    assert twin.calls == []


async def test_what_telegram_refuses_is_refused(twin: TelegramTwin, telegram: Telegram, chat: Chat) -> None:
    theirs = twin.say(chat, chat.people[0], "내 말")
    with pytest.raises(Refused, match="message is too long"):
        await say(telegram, chat, "😀" * 2049)
    with pytest.raises(Refused, match="chat not found"):
        await telegram.send(Address("telegram", "5"), Body("네"), reply_to=None, key=KEY)
    with pytest.raises(Refused, match="message can't be edited"):
        await telegram.edit(MessageRef("telegram", str(chat.id), str(theirs)), Body("네"))
    with pytest.raises(Refused, match="message to edit not found"):
        await telegram.edit(MessageRef("telegram", str(chat.id), "999"), Body("네"))
    with pytest.raises(Refused, match="message can't be deleted"):
        await telegram.delete(MessageRef("telegram", str(chat.id), str(theirs)))
    twin.block(chat.people[0])
    with pytest.raises(Refused, match="blocked"):
        await say(telegram, chat)
    twin.kick(group := twin.group(chat.people))
    with pytest.raises(Refused, match="kicked"):
        await telegram.typing(at(group))


async def test_the_longest_text_goes_through(twin: TelegramTwin, telegram: Telegram, chat: Chat) -> None:
    await say(telegram, chat, "😀" * 2048)
    assert len(twin.messages(chat)[0].text) == 2048


async def test_half_a_character_is_refused_and_not_repeated(telegram: Telegram, chat: Chat) -> None:
    with pytest.raises(Refused, match="not Unicode"):
        await say(telegram, chat, "\ud83d")


async def test_a_group_that_moved_tells_where(twin: TelegramTwin, telegram: Telegram, chat: Chat) -> None:
    group = twin.group(chat.people)
    new = twin.migrate(group)
    with pytest.raises(Moved) as moved:
        await say(telegram, group)
    assert moved.value.chat == str(new.id)


async def test_too_fast_is_throttled_for_as_long_as_telegram_says(
    twin: TelegramTwin, telegram: Telegram, chat: Chat
) -> None:
    twin.faults.inject("sendMessage", faults.throttled(17))
    with pytest.raises(Throttled) as throttled:
        await say(telegram, chat)
    assert (throttled.value.retry_after, throttled.value.everywhere) == (17, False)


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        (faults.cut_before(), Uncertain),
        (faults.answer_lost(), Uncertain),
        (faults.answers(500), Uncertain),
        (faults.html(504), Uncertain),
        (faults.html(200), Uncertain),
        (faults.answers(502), Unreachable),
        (faults.html(502), Unreachable),
        (faults.html(302), Unreachable),
        (faults.answers(401), BadToken),
        (faults.html(404), BadToken),
        (faults.html(413), Refused),
        (faults.html(429), Throttled),
    ],
    ids=str,
)
async def test_failures_mean(
    twin: TelegramTwin, telegram: Telegram, chat: Chat, fault: faults.Fault, meaning: type[PlatformError]
) -> None:
    twin.faults.inject("sendMessage", fault)
    with pytest.raises(meaning):
        await say(telegram, chat)
    assert len(twin.called("sendMessage")) == 1, "nothing is sent again behind our back"
    await say(telegram, chat, "다음 것은 된다")
    assert twin.messages(chat)[-1].text == "다음 것은 된다"


async def test_an_answer_that_was_lost_had_been_sent(twin: TelegramTwin, telegram: Telegram, chat: Chat) -> None:
    twin.faults.inject("sendMessage", faults.answer_lost())
    with pytest.raises(Uncertain):
        await say(telegram, chat, "들렸나")
    assert [bubble.text for bubble in twin.messages(chat)] == ["들렸나"]


async def test_no_answer_in_time_is_uncertain(twin: TelegramTwin, chat: Chat) -> None:
    impatient = Telegram(TelegramSettings(api=twin.url), twin.token, language="ko", patience=0.05)
    twin.faults.inject("sendMessage", faults.held(release := asyncio.Event()))
    with pytest.raises(Uncertain):
        await say(impatient, chat)
    release.set()
    await impatient.close()


async def test_nobody_there_is_unreachable(chat: Chat) -> None:
    nowhere = Telegram(TelegramSettings(api="http://127.0.0.1:9"), "1:x", language="ko")
    with pytest.raises(Unreachable):
        await say(nowhere, chat)
    await nowhere.close()
    with pytest.raises(Unreachable):
        await say(nowhere, chat)


@pytest.mark.parametrize(
    ("cause", "meaning"),
    [
        (httpx.ConnectTimeout(""), Unreachable),
        (httpx.PoolTimeout(""), Unreachable),
        (httpx.ConnectError(""), Unreachable),
        (httpx.ReadTimeout(""), Uncertain),
        (httpx.WriteTimeout(""), Uncertain),
        (httpx.WriteError(""), Uncertain),
        (httpx.RemoteProtocolError(""), Uncertain),
    ],
    ids=repr,
)
def test_only_a_request_that_never_left_is_surely_not_accepted(cause: Exception, meaning: type[PlatformError]) -> None:
    assert type(unanswered(cause)) is meaning


@pytest.mark.parametrize("payload", [b"", b"\xff", b"[]", b"5", b'{"parameters": null}'])
def test_an_answer_of_any_shape_has_a_meaning(payload: bytes) -> None:
    assert [type(turned_down(status, payload)) for status in (400, 429, 502)] == [Refused, Throttled, Unreachable]


# ---- the token stays with us


async def test_the_token_is_in_no_error_and_no_log(
    twin: TelegramTwin, telegram: Telegram, chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="httpx")  # as the program sets it: httpx logs URLs
    caplog.set_level(logging.DEBUG)  # the last one counts: it is the handler's level too
    echo = f'{{"ok": false, "description": "no such path /bot{twin.token}/x"}}'
    mishaps = [faults.answers(status) for status in (400, 401, 403, 404, 409, 500, 502)]
    mishaps += [faults.html(), faults.html(200), faults.answer_lost(), faults.answers(400, echo)]
    twin.faults.inject("sendMessage", *mishaps)
    for _ in mishaps:
        with pytest.raises(PlatformError) as caught:
            await say(telegram, chat, "비밀 이야기")
        assert twin.token not in "".join(traceback.format_exception(caught.value))
    another = Telegram(TelegramSettings(api=twin.url), twin.token, language="ko")
    await say(another, chat, "비밀 이야기")
    await another.close()
    assert "httpcore" in caplog.text
    assert twin.token not in caplog.text
    assert "비밀 이야기" not in caplog.text


def test_a_token_of_the_wrong_shape_is_named_by_its_variable_alone() -> None:
    with pytest.raises(ConfigError, match="IRANG_TELEGRAM_TOKEN") as caught:
        Telegram(TelegramSettings(), "oops/../secret", language="ko")
    assert "secret" not in str(caught.value)


async def test_an_unknown_token_is_a_bad_token_that_is_not_told(twin: TelegramTwin, chat: Chat) -> None:
    unknown = "123456789:" + "A" * 35
    for token in (unknown, "1:x"):
        stranger = Telegram(TelegramSettings(api=twin.url), token, language="ko")
        with pytest.raises(BadToken) as caught:
            await say(stranger, chat)
        assert token not in "".join(traceback.format_exception(caught.value))
        assert isinstance(caught.value, IrangError)
        await stranger.close()


# ---- counting


@given(st.text(), st.data())
def test_spans_land_on_the_same_characters_in_utf_16(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    body = Body(text, (Span("bold", start, end),))
    assert length(body) == len(text.encode("utf-16-le")) // 2
    stretches = [between(text, each.offset, each.offset + each.length) for each in entities(body)]
    assert stretches == ([text[start:end]] if start < end else [])


async def test_a_file_arrives_with_its_name_and_every_letter(
    twin: TelegramTwin, telegram: Telegram, chat: Chat
) -> None:
    file = File("내 정보.json", '{"말": "안녕 😀"}')
    ref = await telegram.send(at(chat), Body("여기 있어요", plain=True, file=file), reply_to=None, key=KEY)
    sent = twin.messages(chat)[-1]
    assert (sent.text, sent.file, str(sent.id)) == ("여기 있어요", (file.name, file.content), ref.id)
