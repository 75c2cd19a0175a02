"""Conversations over HTTP: history, events, buttons, ratings, and being forgotten."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from adapters.web.rooms import Closed, Listener, News, Rooms
from bot.locale import load
from bot.messages import Body
from tests.adapters.site import Site, site
from tests.stage import Hands, Script


async def say(web: Site, text: str, chat: str = "home") -> dict[str, Any]:
    taken = await web.client.post(f"/chats/{chat}/messages", json={"text": text})
    assert taken.status_code == 202, taken.text
    return dict(taken.json())


async def press(web: Site, message: dict[str, Any], label: str, chat: str = "home") -> None:
    data = next(button["data"] for button in message["buttons"] if button["label"] == label)
    pressed = await web.client.post(f"/chats/{chat}/messages/{message['id']}/press", json={"data": data})
    assert pressed.status_code == 202, pressed.text


async def test_what_is_said_without_waiting_stands_in_the_history(tmp_path: Path) -> None:
    async with site(tmp_path) as web:
        taken = await say(web, "**안녕**")
        question, answer = await web.become("home", "**안녕**", "답: 안녕")
    assert (question["id"], question["by"]) == (taken["id"], "person")
    assert (answer["by"], answer["spans"]) == ("irang", [{"kind": "bold", "start": 3, "end": 5, "value": ""}])
    assert answer["place"] > question["place"]


async def test_the_history_outlives_a_restart_and_comes_in_pages(tmp_path: Path) -> None:
    async with site(tmp_path) as web:
        for number in range(4):
            await web.said(f"말 {number}", chat="home")
    async with site(tmp_path) as web:
        newest = (await web.client.get("/chats/home/messages?limit=3")).json()
        before = newest["messages"][0]["place"]
        older = (await web.client.get(f"/chats/home/messages?limit=100&before={before}")).json()
    texts = [message["text"] for message in older["messages"] + newest["messages"]]
    assert texts == [text for number in range(4) for text in (f"말 {number}", f"답: 말 {number}")]
    assert (newest["more"], older["more"]) == (True, False)


async def test_conversations_are_listed_by_when_they_were_last_written_in(tmp_path: Path) -> None:
    async with site(tmp_path) as web:
        for chat in ("a", "b", "a"):
            await web.said(f"여기는 {chat}", chat=chat)
        chats = (await web.client.get("/chats")).json()["chats"]
    assert [(each["chat"], each["title"]) for each in chats] == [("a", "여기는 a"), ("b", "여기는 b")]


async def test_a_page_hears_the_history_and_then_what_happens(tmp_path: Path) -> None:
    async with site(tmp_path) as web:
        await web.said("하나", chat="home")
        async with web.events("/chats/home/events") as events, asyncio.timeout(10):
            name, history = await anext(events)
            assert name == "history"
            assert [message["text"] for message in history["messages"]] == ["하나", "답: 하나"]
            await say(web, "둘")
            heard = [await anext(events)]
            while not (heard[-1][1]["by"] == "irang" and heard[-1][1]["final"]):
                heard.append(await anext(events))
    assert {name for name, _ in heard} == {"message"}
    assert (heard[0][1]["by"], heard[0][1]["text"]) == ("person", "둘")
    assert heard[-1][1]["text"] == "답: 둘"
    assert [button["label"] for button in heard[-1][1]["buttons"]] == ["↻", "👍", "👎"]


async def test_a_page_that_opens_in_the_middle_sees_what_is_written_so_far(tmp_path: Path) -> None:
    model = Script(lambda said: "처음 나중")
    model.gate.clear()
    async with site(tmp_path, model) as web:
        await say(web, "말해 봐")
        async with asyncio.timeout(10):
            while len(await web.history("home")) < 2:  # noqa: ASYNC110 the first word is not there yet
                await asyncio.sleep(0.01)
        async with web.events("/chats/home/events") as events, asyncio.timeout(10):
            _, history = await anext(events)
            assert (history["messages"][1]["text"], history["messages"][1]["final"]) == ("처음", False)
        model.gate.set()
        await web.become("home", "말해 봐", "처음 나중")


async def test_stop_keeps_what_was_shown(tmp_path: Path) -> None:
    model = Script(lambda said: "처음 나중")
    model.gate.clear()
    async with site(tmp_path, model) as web:
        await say(web, "말해 봐")
        async with asyncio.timeout(10):
            while len(await web.history("home")) < 2:  # noqa: ASYNC110 the first word is not there yet
                await asyncio.sleep(0.01)
        await press(web, (await web.history("home"))[1], "⏹ 중지")
        await web.become("home", "말해 봐", "처음")
        assert model.running == 0


async def test_stop_and_retry_are_paths_too(tmp_path: Path) -> None:
    answers = iter(["첫 답", "둘째 답"])
    async with site(tmp_path, Script(lambda said: next(answers))) as web:
        assert (await web.client.post("/chats/home/stop")).status_code == 202
        await web.become("home", "지금은 쓰고 있는 답이 없어요.")
        await web.said("말해 봐", chat="home")
        assert (await web.client.post("/chats/home/retry", json={"user": "home"})).status_code == 202
        await web.become("home", "지금은 쓰고 있는 답이 없어요.", "말해 봐", "첫 답", "둘째 답")


async def test_an_answer_is_written_anew_in_its_place_and_its_key_keeps_the_first(tmp_path: Path) -> None:
    answers = iter(["첫 답", "둘째 답"])
    async with site(tmp_path, Script(lambda said: next(answers))) as web:
        await web.ask("말해 봐", chat="home", key="k")
        first = (await web.history("home"))[1]
        await press(web, first, "↻")
        _, second = await web.become("home", "말해 봐", "둘째 답")
        assert second["id"] == first["id"]
        assert await web.said("말해 봐", chat="home", key="k") == "첫 답"


async def test_a_rating_is_given_and_taken_back(tmp_path: Path) -> None:
    async with site(tmp_path) as web:
        await web.said("안녕", chat="home")
        id = (await web.history("home"))[1]["id"]
        path = f"/chats/home/messages/{id}/rating"
        for body, expected in (
            ({"value": "up"}, "up"),
            ({"value": "down"}, "down"),
            ({"value": "down", "added": False}, None),
        ):
            assert (await web.client.post(path, json=body)).status_code == 202
            async with asyncio.timeout(10):
                while (await web.history("home"))[1]["rating"] != expected:  # noqa: ASYNC110 a database tells nobody
                    await asyncio.sleep(0.01)


async def test_a_rating_of_what_answers_nothing_in_that_chat_is_refused(tmp_path: Path) -> None:
    async with site(tmp_path) as web:
        await web.said("안녕", chat="home")
        mine = (await web.history("home"))[1]["id"]
        for chat, id in (("home", "a" * 32), ("other", mine)):
            answer = await web.client.post(f"/chats/{chat}/messages/{id}/rating", json={"value": "up"})
            assert (answer.status_code, answer.json()["error"]["type"]) == (404, "answer_gone")


async def test_a_choice_is_pressed_in_its_own_chat_alone(tmp_path: Path) -> None:
    async with site(tmp_path) as web:
        await web.said("설정", chat="home")
        asked = (await web.history("home"))[1]
        await press(web, asked, "말투", chat="other")
        await web.become("other", load("ko")("button_too_old"))
        await press(web, asked, "말투")
        async with asyncio.timeout(10):
            while "말투를 골라" not in str(await web.texts("home")):  # noqa: ASYNC110 a database tells nobody
                await asyncio.sleep(0.01)


async def test_a_forgotten_conversation_is_gone_from_the_history_and_from_what_the_model_hears(tmp_path: Path) -> None:
    model = Script()
    async with site(tmp_path, model) as web:
        await web.ask("비밀이야", chat="home", key="k")
        assert (await web.client.delete("/chats/home")).status_code == 204
        assert await web.history("home") == []
        assert (await web.client.get("/chats")).json()["chats"] == []
        late = await web.ask("비밀이야", chat="home", key="k")
        assert (late.status_code, late.json()["error"]["type"]) == (410, "erased")
        await web.said("뭐라고 했지", chat="home")
        assert "비밀" not in str(await web.rows("select payload from inbox union all select body from outbox"))
    assert [message.content for message in model.prompts[-1].messages] == ["뭐라고 했지"]


async def test_deleting_stops_what_is_being_written(tmp_path: Path) -> None:
    model = Script(lambda said: "처음 나중")
    model.gate.clear()
    async with site(tmp_path, model) as web:
        await say(web, "말해 봐")
        async with asyncio.timeout(10):
            while not model.running:  # noqa: ASYNC110 the script tells nobody
                await asyncio.sleep(0.01)
        assert (await web.client.delete("/chats/home")).status_code == 204
        assert await web.history("home") == []
        assert model.running == 0


async def test_a_reminder_is_told_to_an_open_page_and_stands_in_the_history(tmp_path: Path) -> None:
    hands = Hands(datetime(2026, 11, 21, 1, 0, tzinfo=UTC))
    async with site(tmp_path, clock=hands) as web:
        assert "타이머를 시작했어요" in await web.said("3분 타이머", chat="home")
        async with web.events("/chats/home/events") as events, asyncio.timeout(15):
            await anext(events)
            hands.at += timedelta(minutes=3, seconds=1)
            _, told = await anext(events)
        assert "시간이 다 됐어요" in told["text"]
        assert (await web.texts("home"))[-1] == told["text"]


# ---- whoever does not read -----------------------------------------------------------------------


async def test_of_a_message_only_the_newest_state_waits_for_a_slow_reader() -> None:
    rooms = Rooms(10)
    with rooms.listening("home") as listener:
        for number in range(1000):
            rooms.show("home", "m", Body(f"말 {number}"), answers="q")
        (news,) = await listener.next(1)
    assert news == News("m", Body("말 999"), answers="q")


async def test_what_a_message_says_last_is_heard_however_often_it_ends() -> None:
    rooms = Rooms(10)
    with rooms.listening("home") as listener:
        rooms.show("home", "m", Body("말"), answers="q")
        rooms.end("home", "m")
        rooms.end("home", "m")
        (news,) = await listener.next(1)
    assert news == News("m", Body("말"), answers="q", final=True)


async def test_a_reader_who_falls_far_behind_is_let_go() -> None:
    listener = Listener()
    for number in range(1000):
        listener.tell(News(str(number), final=True))
    try:
        await listener.next(1)
    except Closed:
        return
    raise AssertionError("it is kept for ever")


def test_nothing_is_left_of_chats_that_nobody_listens_to() -> None:
    rooms = Rooms(10)
    for number in range(100):
        with rooms.listening(f"chat {number}"):
            rooms.show(f"chat {number}", "m", Body("말"))
        rooms.end(f"chat {number}", "m")
    assert (rooms._listeners, rooms._drafts, rooms._count) == ({}, {}, 0)
