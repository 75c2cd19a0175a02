"""The Telegram twin refuses, limits and fails as Telegram does: else the tests that use it would prove nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.twins import faults, spec
from tests.twins.telegram import Chat, TelegramTwin, shown


@pytest.fixture
async def twin() -> AsyncIterator[TelegramTwin]:
    async with TelegramTwin() as twin:
        yield twin


@pytest.fixture
def chat(twin: TelegramTwin) -> Chat:
    return twin.private(twin.person("민수"))


async def call(twin: TelegramTwin, method: str, token: str | None = None, **params: Any) -> dict[str, Any]:
    url = f"{twin.url}/bot{token or twin.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(url, json=params) as answer:
        told: dict[str, Any] = await answer.json()
        assert told["ok"] is (answer.status == 200)
        return told


async def send(twin: TelegramTwin, chat: Chat, text: str = "네", **params: Any) -> dict[str, Any]:
    return await call(twin, "sendMessage", chat_id=chat.id, text=text, **params)


def refused(told: dict[str, Any]) -> tuple[int, str]:
    return told["error_code"], told["description"].partition(": ")[2]


async def test_it_checks_what_it_gets_and_gives_against_the_specification(twin: TelegramTwin, chat: Chat) -> None:
    if spec.document("telegram-api.json") is None:
        pytest.skip("../shared/specs is not here: nothing is checked against Telegram's specification")
    await send(twin, chat)
    assert twin.violations == []
    await send(twin, chat, colour="red")
    await call(twin, "sendChatAction", chat_id=chat.id)
    assert len(twin.violations) == 2
    assert spec.telegram_answer("getMe", {"id": "7"}) != []


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "message text is empty"), (" \n ", "message text is empty"), ("😀" * 2049, "message is too long")],
    ids=["empty", "blank", "long"],
)
async def test_texts_it_refuses(twin: TelegramTwin, chat: Chat, text: str, reason: str) -> None:
    assert refused(await send(twin, chat, text)) == (400, reason)
    assert twin.messages(chat) == []


async def test_the_limit_counts_what_is_left_after_trimming(twin: TelegramTwin, chat: Chat) -> None:
    bold = {"type": "bold", "offset": 3, "length": 4096}
    assert (await send(twin, chat, "   " + "가" * 4096 + " ", entities=[bold]))["ok"]
    assert shown(twin.messages(chat)[0]) == [("bold", "가" * 4096)]


@pytest.mark.parametrize(
    ("offset", "length", "reason"),
    [(0, 4, "ends after the end"), (-1, 2, "ends after the end"), (0, 2, "in a middle of"), (2, 1, "in a middle of")],
)
async def test_entities_it_refuses(twin: TelegramTwin, chat: Chat, offset: int, length: int, reason: str) -> None:
    told = await send(twin, chat, "가😀", entities=[{"type": "bold", "offset": offset, "length": length}])
    assert reason in told["description"]


async def test_entities_that_cross_are_a_violation(twin: TelegramTwin, chat: Chat) -> None:
    await send(twin, chat, "가나다", entities=[bold(0, 2), bold(1, 2)])
    assert twin.violations == ["bold and bold cross at 1"]


def bold(offset: int, length: int) -> dict[str, Any]:
    return {"type": "bold", "offset": offset, "length": length}


async def test_places_it_refuses(twin: TelegramTwin, chat: Chat) -> None:
    assert refused(await call(twin, "sendMessage", chat_id=5, text="네")) == (400, "chat not found")
    forum = twin.group(chat.people, supergroup=True)
    assert refused(await send(twin, forum, message_thread_id=99)) == (400, "message thread not found")
    assert refused(await send(twin, chat, reply_parameters={"message_id": 9}))[1] == "message to be replied not found"
    twin.block(chat.people[0])
    assert refused(await send(twin, chat)) == (403, "bot was blocked by the user")


async def test_a_group_that_moved_says_where_to(twin: TelegramTwin, chat: Chat) -> None:
    group = twin.group(chat.people)
    new = twin.migrate(group)
    assert (await send(twin, group))["parameters"] == {"migrate_to_chat_id": new.id}


async def test_edits_it_refuses(twin: TelegramTwin, chat: Chat) -> None:
    row = [{"text": "👍", "callback_data": "up:1"}]
    number = (await send(twin, chat, "답", reply_markup={"inline_keyboard": [row]}))["result"]["message_id"]
    edit = {"chat_id": chat.id, "message_id": number}
    same = await call(twin, "editMessageText", **edit, text=" 답 ", reply_markup={"inline_keyboard": [row]})
    assert refused(same)[1].startswith("message is not modified")
    theirs = twin.say(chat, chat.people[0], "내 말")
    told = await call(twin, "editMessageText", chat_id=chat.id, message_id=theirs, text="네 말")
    assert refused(told) == (400, "message can't be edited")
    assert (await call(twin, "editMessageText", **edit, text="답"))["ok"], "without its buttons it is another message"
    (bubble,) = twin.answers(chat)
    assert (bubble.buttons, bubble.edits, bubble.history) == ([], 1, ["답", "답"])


async def test_buttons_carry_at_most_64_bytes(twin: TelegramTwin, chat: Chat) -> None:
    for data, fits in (("가" * 21 + "x", True), ("가" * 21 + "xx", False)):
        row = [{"text": "?", "callback_data": data}]
        assert (await send(twin, chat, reply_markup={"inline_keyboard": [row]}))["ok"] is fits


async def test_a_press_spins_until_it_is_answered_once(twin: TelegramTwin, chat: Chat) -> None:
    row = [{"text": "👍", "callback_data": "up:1"}]
    number = (await send(twin, chat, reply_markup={"inline_keyboard": [row]}))["result"]["message_id"]
    press = twin.press(number, "up:1")
    assert (await call(twin, "answerCallbackQuery", callback_query_id=press))["ok"]
    assert "too old" in (await call(twin, "answerCallbackQuery", callback_query_id=press))["description"]


async def test_unknown_tokens_and_methods(twin: TelegramTwin) -> None:
    assert (await call(twin, "getMe", token="1:" + "x" * 35))["error_code"] == 401
    assert (await call(twin, "getMe", token="x"))["error_code"] == 404
    assert (await call(twin, "getMee"))["error_code"] == 404


# ---- updates


async def test_updates_stay_until_an_offset_confirms_them(twin: TelegramTwin, chat: Chat) -> None:
    twin.say(chat, chat.people[0], "하나")
    twin.say(chat, chat.people[0], "둘")
    for _ in range(2):
        first, second = (await call(twin, "getUpdates"))["result"]
    assert (first["message"]["text"], second["message"]["text"]) == ("하나", "둘")
    assert (await call(twin, "getUpdates", offset=second["update_id"]))["result"] == [second]
    assert (await call(twin, "getUpdates", offset=second["update_id"] + 1))["result"] == []


async def test_a_long_poll_ends_with_the_first_update(twin: TelegramTwin, chat: Chat) -> None:
    poll = asyncio.create_task(call(twin, "getUpdates", timeout=25))
    await twin.until(lambda: twin.calls)
    twin.say(chat, chat.people[0], "안녕")
    assert len((await poll)["result"]) == 1


async def test_a_second_poll_ends_the_first(twin: TelegramTwin, chat: Chat) -> None:
    first = asyncio.create_task(call(twin, "getUpdates", timeout=25))
    await twin.until(lambda: len(twin.calls) == 1)
    second = asyncio.create_task(call(twin, "getUpdates", timeout=25))
    assert (await first)["error_code"] == 409
    twin.say(chat, chat.people[0], "안녕")
    assert (await second)["ok"]


async def test_reactions_come_only_when_asked_for(twin: TelegramTwin, chat: Chat) -> None:
    said = twin.say(chat, chat.people[0], "안녕")
    twin.react(said, "👍")
    assert len(twin.queue) == 1
    await call(twin, "getUpdates", allowed_updates=["message_reaction"])
    twin.react(said, "👎")
    twin.edit(said, "안녕!")
    assert [kind for _, update in twin.queue for kind in list(update)[1:]] == ["message", "message_reaction"]  # type: ignore[call-overload]


async def test_a_webhook_and_polling_exclude_each_other(twin: TelegramTwin) -> None:
    assert (await call(twin, "setWebhook", url="http://example.org"))["error_code"] == 400
    assert (await call(twin, "setWebhook", url="https://127.0.0.1:9/hook"))["ok"]
    assert (await call(twin, "getWebhookInfo"))["result"]["url"] == "https://127.0.0.1:9/hook"
    assert (await call(twin, "getUpdates"))["error_code"] == 409
    assert (await call(twin, "deleteWebhook", drop_pending_updates=True))["ok"]
    assert (await call(twin, "getUpdates"))["ok"]


# ---- haste and faults


@pytest.mark.parametrize("refuses", [False, True])
async def test_twenty_calls_a_minute_into_a_group(refuses: bool) -> None:
    minutes = [0.0]
    async with TelegramTwin(refuses_haste=refuses, clock=lambda: minutes[0] * 60) as twin:
        group = twin.group([twin.person("민수")])
        for _ in range(20):
            minutes[0] += 0.02
            assert (await send(twin, group))["ok"]
        assert twin.violations == []
        assert (await send(twin, group))["ok"] is not refuses
        assert twin.violations == [f"21 calls into group {group.id} in a minute"]
        minutes[0] += 1.1
        assert (await send(twin, group))["ok"]


async def test_thirty_calls_a_second_in_all() -> None:
    async with TelegramTwin(clock=lambda: 0.0) as twin:
        for _ in range(31):
            await send(twin, twin.private(twin.person("민수")))
        assert twin.violations == ["31 calls in a second"]


async def test_faults_come_in_order_and_then_all_is_well(twin: TelegramTwin, chat: Chat) -> None:
    twin.faults.inject("sendMessage", faults.throttled(3), faults.answers(502), faults.answer_lost())
    told = await send(twin, chat)
    assert (told["error_code"], told["parameters"]) == (429, {"retry_after": 3})
    assert (await send(twin, chat))["error_code"] == 502
    with pytest.raises(aiohttp.ClientError):
        await send(twin, chat, "들렸나")
    twin.faults.inject(faults.ANY, faults.cut_before(), faults.slow(0.001))
    with pytest.raises(aiohttp.ClientError):
        await send(twin, chat, "안 들림")
    assert (await send(twin, chat, "이제 됨"))["ok"]
    assert [bubble.text for bubble in twin.messages(chat)] == ["들렸나", "이제 됨"]


async def test_what_never_holds_is_a_timeout(twin: TelegramTwin) -> None:
    with pytest.raises(TimeoutError):
        await twin.until(lambda: False, within=0.01)
