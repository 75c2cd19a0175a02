"""What people write reaches the inbox by polling, whatever happens on the way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from adapters.telegram import Telegram
from adapters.telegram.calls import HEARD
from bot.command import Command, Reply, Scene
from bot.config import TelegramSettings
from bot.errors import BadToken, StoreError
from bot.messages import Address, Call, Incoming
from tests.twins import faults
from tests.twins.inbox import Inbox, Naps, running
from tests.twins.telegram import Bubble, Chat, Human, TelegramTwin


@pytest.fixture
async def twin() -> AsyncIterator[TelegramTwin]:
    async with TelegramTwin() as twin:
        yield twin
        assert twin.violations == []


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
async def telegram(twin: TelegramTwin, naps: Naps) -> AsyncIterator[Telegram]:
    platform = Telegram(TelegramSettings(api=twin.url), twin.token, language="ko", rest=naps)
    yield platform
    await platform.close()


@pytest.fixture
def minsu(twin: TelegramTwin) -> Human:
    return twin.person("민수")


@pytest.fixture
def chat(twin: TelegramTwin, minsu: Human) -> Chat:
    return twin.private(minsu)


def offsets(twin: TelegramTwin) -> list[int | None]:
    return [call.get("offset") for call in twin.called("getUpdates")]


def texts(telegram: Telegram, inbox: Inbox) -> list[str]:
    events = [telegram.parse(row.payload) for row in inbox.rows.values()]
    return sorted(event.text for event in events if isinstance(event, Incoming))


def answered(scene: Scene, call: Call) -> Reply:
    return Reply("네")


NEW = Command("new", "새로", {"ko": "새 대화를 시작해요", "en": "Start afresh"}, answered)
PING = Command("ping", "핑", {"en": "Are you there?"}, answered)


async def test_what_is_said_is_committed(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, chat: Chat, minsu: Human
) -> None:
    twin.say(chat, minsu, "켜기 전")
    async with running(telegram, inbox):
        await inbox.until(lambda: len(inbox.rows) == 1)
        twin.say(chat, minsu, "켠 뒤")
        await inbox.until(lambda: len(inbox.rows) == 2)
    assert texts(telegram, inbox) == ["켜기 전", "켠 뒤"]
    assert twin.called("getUpdates")[0]["allowed_updates"] == list(HEARD)


async def test_it_is_acknowledged_only_after_the_commit(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, chat: Chat, minsu: Human
) -> None:
    number = twin.next_update_id
    twin.say(chat, minsu, "안녕")
    inbox.door.clear()
    async with running(telegram, inbox):
        await inbox.until(lambda: inbox.knocks)
        assert (offsets(twin), len(twin.queue)) == ([None], 1)
        inbox.door.set()
        await twin.until(lambda: not twin.queue)
    assert (offsets(twin), inbox.marks) == ([None, number + 1], {"offset": str(number + 1)})


async def test_a_crash_before_the_acknowledgement_brings_a_known_row_again(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, chat: Chat, minsu: Human
) -> None:
    twin.say(chat, minsu, "안녕")
    twin.faults.inject("getUpdates", faults.Fault(), faults.held(never := asyncio.Event()))
    async with running(telegram, inbox):
        await twin.until(lambda: len(offsets(twin)) == 2)
    assert len(inbox.rows) == len(twin.queue) == 1
    async with running(telegram, inbox):
        await inbox.until(lambda: inbox.known)
    never.set()
    assert texts(telegram, inbox) == ["안녕"]


async def test_an_update_that_comes_twice_is_one_row(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, chat: Chat, minsu: Human
) -> None:
    twin.say(chat, minsu, "안녕")
    twin.repeat()
    async with running(telegram, inbox):
        await twin.until(lambda: not twin.queue)
    assert texts(telegram, inbox) == ["안녕"]


async def test_ids_that_restart_lower_lose_nothing(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, chat: Chat, minsu: Human
) -> None:
    twin.say(chat, minsu, "전")
    twin.faults.inject("getUpdates", faults.Fault(), faults.Fault(), faults.held(meanwhile := asyncio.Event()))
    async with running(telegram, inbox):
        await twin.until(lambda: len(offsets(twin)) == 2 and not twin.queue)
        twin.end_poll()
        await twin.until(lambda: len(offsets(twin)) == 3)
        twin.next_update_id = 5  # a week without a word
        twin.say(chat, minsu, "후")
        meanwhile.set()
        await inbox.until(lambda: "5" in inbox.rows)
    assert texts(telegram, inbox) == ["전", "후"]


async def test_ids_that_restarted_while_it_was_off_lose_nothing(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, chat: Chat, minsu: Human
) -> None:
    inbox.marks["offset"] = "870000001"
    twin.next_update_id = 5
    twin.say(chat, minsu, "안녕")
    async with running(telegram, inbox):
        await inbox.until(lambda: "5" in inbox.rows)


async def test_an_offset_is_sent_once(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, chat: Chat, minsu: Human
) -> None:
    number = twin.next_update_id
    async with running(telegram, inbox):
        twin.say(chat, minsu, "하나")
        await twin.until(lambda: offsets(twin)[-1:] == [number + 1])
        twin.faults.inject("getUpdates", faults.answers(502))
        twin.say(chat, minsu, "둘")
        await twin.until(lambda: offsets(twin)[-2:] == [number + 2, number + 2])
    assert twin.queue == []


async def test_a_malformed_update_stalls_nothing(
    twin: TelegramTwin,
    telegram: Telegram,
    inbox: Inbox,
    chat: Chat,
    minsu: Human,
    caplog: pytest.LogCaptureFixture,
) -> None:
    rubbish: list[object] = ["안녕", None, {"message": {}}, {"update_id": "x"}]
    for each in rubbish:
        twin.push(each)
    set_aside = twin.next_update_id
    twin.push({"update_id": set_aside, "message": {"text": 5}})
    twin.say(chat, minsu, "그다음")
    async with running(telegram, inbox):
        await twin.until(lambda: inbox.rows and not twin.queue)
    with pytest.raises(ValueError, match="can't be read"):
        telegram.parse(inbox.rows.pop(str(set_aside)).payload)
    assert texts(telegram, inbox) == ["그다음"]
    assert "4 updates without an id" in caplog.text


async def test_nothing_but_rubbish_is_asked_for_ever_more_slowly(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, naps: Naps, chat: Chat, minsu: Human
) -> None:
    twin.push("rubbish")
    async with running(telegram, inbox):
        await twin.until(lambda: len(naps.taken) >= 4)
        twin.say(chat, minsu, "그래도 된다")
        await inbox.until(lambda: inbox.rows)
    assert naps.taken[3] > naps.taken[0]


@pytest.mark.parametrize(
    "fault",
    [
        faults.answers(502),
        faults.html(502),
        faults.html(200),
        faults.answers(200, '{"ok": true, "result": 5}'),
        faults.answers(409),
        faults.answers(500),
        faults.answers(400),
        faults.cut_before(),
        faults.answer_lost(),
    ],
    ids=str,
)
async def test_polling_survives(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, naps: Naps, chat: Chat, minsu: Human, fault: faults.Fault
) -> None:
    twin.faults.inject("getUpdates", fault, fault)
    twin.say(chat, minsu, "안녕")
    async with running(telegram, inbox):
        await inbox.until(lambda: inbox.rows)
    assert all(0.5 <= nap <= 2.0 for nap in naps.taken)


async def test_a_second_bot_with_this_token_is_named_with_the_remedy(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    twin.faults.inject("getUpdates", faults.answers(409))
    async with running(telegram, inbox):
        await twin.until(lambda: len(twin.called("getUpdates")) == 2)
    assert "another program uses this token: stop it" in caplog.text


async def test_polling_waits_as_long_as_telegram_says(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, naps: Naps
) -> None:
    twin.faults.inject("getUpdates", faults.throttled(42))
    async with running(telegram, inbox):
        await twin.until(lambda: len(twin.called("getUpdates")) == 2)
    assert naps.taken == [42]


@pytest.mark.parametrize("method", ["getMe", "getUpdates", "deleteWebhook"])
@pytest.mark.parametrize("status", [401, 404])
async def test_a_token_that_is_gone_ends_it_loudly(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, method: str, status: int
) -> None:
    twin.faults.inject(method, faults.answers(status))
    with pytest.raises(BadToken) as caught:
        await telegram.run(inbox, ())
    assert twin.token not in str(caught.value)


async def test_it_starts_although_telegram_is_down_at_first(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, naps: Naps, chat: Chat, minsu: Human
) -> None:
    twin.faults.inject("getMe", faults.answers(502), faults.cut_before(), faults.html(403))
    twin.faults.inject("deleteWebhook", faults.answers(500))
    twin.say(chat, minsu, "안녕")
    async with running(telegram, inbox):
        await inbox.until(lambda: inbox.rows)
    assert len(naps.taken) == 4


async def test_it_takes_a_webhook_away_before_polling_and_keeps_what_waits(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, chat: Chat, minsu: Human
) -> None:
    twin.webhook_url = "https://example.org/old"
    twin.say(chat, minsu, "기다리던 말")
    async with running(telegram, inbox):
        await inbox.until(lambda: inbox.rows)
    assert twin.called("deleteWebhook") == [{"drop_pending_updates": False}]


async def test_a_commit_that_fails_ends_it_unacknowledged(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, chat: Chat, minsu: Human
) -> None:
    inbox.failures.append(StoreError("disk full"))
    twin.say(chat, minsu, "안녕")
    with pytest.raises(StoreError):
        await telegram.run(inbox, ())
    assert (offsets(twin), len(twin.queue)) == ([None], 1)
    async with running(telegram, inbox):
        await inbox.until(lambda: inbox.rows)


async def test_it_knows_its_name_after_the_start(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, minsu: Human
) -> None:
    twin.say(twin.group([minsu]), minsu, "안녕", mention=True)
    async with running(telegram, inbox):
        await inbox.until(lambda: inbox.rows)
    (row,) = inbox.rows.values()
    event = telegram.parse(row.payload)
    assert isinstance(event, Incoming)
    assert (event.addressed, event.text) == (True, "안녕")


async def test_a_pressed_button_stops_spinning_after_the_commit(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, chat: Chat
) -> None:
    bubble = twin.add(Bubble(twin.new_id(), chat, None, "답", buttons=[("👍", "up:1")]))
    inbox.door.clear()
    async with running(telegram, inbox):
        press = twin.press(bubble.id, "👍")
        await inbox.until(lambda: inbox.knocks)
        await telegram.typing(Address("telegram", str(chat.id)))  # an answer sent too early would be there by now
        assert press in twin.spinning
        inbox.door.set()
        await twin.until(lambda: not twin.spinning)


async def test_a_press_that_is_too_old_to_answer_is_taken_all_the_same(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, chat: Chat, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="adapters.telegram")
    bubble = twin.add(Bubble(twin.new_id(), chat, None, "답", buttons=[("👍", "up:1")]))
    press = twin.press(bubble.id, "👍")
    twin.spinning.clear()
    async with running(telegram, inbox):
        await twin.until(lambda: "not answered" in caplog.text or twin.called("answerCallbackQuery"))
        twin.press(bubble.id, "👍")
        await inbox.until(lambda: len(inbox.rows) == 2)
        await twin.until(lambda: not twin.spinning)
    assert f"button press {press} not answered" in caplog.text


async def test_the_menu_is_set_for_every_scope_and_language(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox
) -> None:
    async with running(telegram, inbox, [NEW, PING]):
        await twin.until(lambda: twin.called("getUpdates"))
    scopes = ("default", "all_private_chats", "all_group_chats")
    assert set(twin.menus) == {(scope, language) for scope in scopes for language in ("", "ko", "en")}
    korean = [("new", "새 대화를 시작해요"), ("ping", "Are you there?")]
    shown = {place: [(each["command"], each["description"]) for each in menu] for place, menu in twin.menus.items()}
    assert (shown["default", ""], shown["all_group_chats", "ko"]) == (korean, korean)
    assert shown["default", "en"][0] == ("new", "Start afresh")


@pytest.mark.parametrize("status", [400, 429, 502])
async def test_without_its_menu_it_works_all_the_same(
    twin: TelegramTwin, telegram: Telegram, inbox: Inbox, chat: Chat, minsu: Human, status: int
) -> None:
    twin.faults.inject("setMyCommands", faults.answers(status))
    twin.say(chat, minsu, "안녕")
    async with running(telegram, inbox, [NEW]):
        await inbox.until(lambda: inbox.rows)
    assert len(twin.called("setMyCommands")) == 1
