"""Asking over HTTP: one answer for each key, whatever happens between."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from pathlib import Path

from tests.adapters.site import site
from tests.stage import Script


async def test_a_question_is_answered_as_the_first_bots_did(tmp_path: Path) -> None:
    async with site(tmp_path) as web:
        answer = await web.ask("안녕")
    assert answer.status_code == 200
    body = answer.json()
    assert body["text"] == "답: 안녕"
    assert [message["text"] for message in body["messages"]] == ["답: 안녕"]
    assert [button["label"] for button in body["messages"][0]["buttons"]] == ["↻", "👍", "👎"]
    assert body["chat"]


async def test_a_chat_remembers_what_was_said_there_and_another_does_not(tmp_path: Path) -> None:
    model = Script()
    async with site(tmp_path, model) as web:
        chat = (await web.ask("하나")).json()["chat"]
        await web.said("둘", chat=chat)
        await web.said("셋", chat="other")
    assert [message.content for message in model.prompts[1].messages] == ["하나", "답: 하나", "둘"]
    assert [message.content for message in model.prompts[2].messages] == ["셋"]


async def test_commands_are_understood_as_phrases_and_by_name(tmp_path: Path) -> None:
    model = Script()
    async with site(tmp_path, model) as web:
        assert "84" in await web.said("12*(3+4) 계산해줘", chat="a")
        assert "84" in await web.said("/calc 12*(3+4)", chat="a")
        assert (await web.said("초기화", chat="a")).startswith("지금까지 한 이야기는 잊었어요")
    assert model.prompts == []


async def test_a_key_is_answered_once_and_its_repeat_gets_the_same(tmp_path: Path) -> None:
    model = Script()
    async with site(tmp_path, model) as web:
        first = await web.ask("안녕", key="k1")
        again = await web.ask("안녕", key="k1")
    assert again.json() == first.json()
    assert len(model.prompts) == 1


async def test_a_key_is_remembered_across_a_restart(tmp_path: Path) -> None:
    model = Script()
    async with site(tmp_path, model) as web:
        first = await web.ask("안녕", key="k1", chat="home")
    async with site(tmp_path, model) as web:
        again = await web.ask("안녕", key="k1", chat="home")
        assert await web.texts("home") == ["안녕", "답: 안녕"]
    assert again.json() == first.json()
    assert len(model.prompts) == 1


async def test_a_key_that_stands_for_other_words_is_refused(tmp_path: Path) -> None:
    model = Script()
    async with site(tmp_path, model) as web:
        await web.ask("안녕", key="k1")
        other = [await web.ask("잘 가", key="k1"), await web.ask("안녕", key="k1", chat="elsewhere")]
    assert [(each.status_code, each.json()["error"]["type"]) for each in other] == [(422, "key_reused")] * 2
    assert len(model.prompts) == 1


async def test_a_repeat_while_the_first_is_answered_waits_for_it(tmp_path: Path) -> None:
    model = Script()
    model.gate.clear()
    async with site(tmp_path, model) as web:
        first, again = asyncio.create_task(web.ask("안녕", key="k")), asyncio.create_task(web.ask("안녕", key="k"))
        async with asyncio.timeout(10):
            while not model.running:  # noqa: ASYNC110 the script tells nobody
                await asyncio.sleep(0.01)
        assert not first.done()
        assert not again.done()
        model.gate.set()
        answers = [(await each).json() for each in (first, again)]
    assert answers[0] == answers[1]
    assert len(model.prompts) == 1


async def test_after_a_kill_between_commit_and_answer_the_same_key_gets_the_answer_once(tmp_path: Path) -> None:
    model = Script()
    model.gate.clear()
    before, after = tmp_path / "before", tmp_path / "after"
    async with site(before, model) as web:
        asking = asyncio.create_task(web.ask("안녕 친구", key="k", chat="home"))
        async with asyncio.timeout(10):
            while not model.running:  # noqa: ASYNC110 the script tells nobody
                await asyncio.sleep(0.01)
        _as_a_kill_leaves_it(before / "data", after / "data")
        model.gate.set()
        await asking
    model = Script()
    async with site(after, model) as web:
        answer = await web.said("안녕 친구", key="k", chat="home")
        assert answer == "답: 안녕 친구"
        assert await web.texts("home") == ["안녕 친구", "답: 안녕 친구"]
        assert await web.rows("select count(*) from inbox") == [(1,)]
    assert len(model.prompts) == 1


def _as_a_kill_leaves_it(folder: Path, copy: Path) -> None:
    """What is committed at this moment, and nothing else."""
    copy.mkdir(parents=True)
    with (
        sqlite3.connect(f"file:{folder / 'irang.db'}?mode=ro", uri=True) as old,
        sqlite3.connect(copy / "irang.db") as new,
    ):
        old.backup(new)
    old.close()
    new.close()
    assert not (copy / "irang.lock").exists()
    shutil.copymode(folder / "irang.db", copy / "irang.db")


async def test_whoever_hangs_up_finds_the_answer_in_the_history(tmp_path: Path) -> None:
    model = Script()
    model.gate.clear()
    async with site(tmp_path, model) as web:
        asking = asyncio.create_task(web.ask("안녕 친구", chat="home"))
        async with asyncio.timeout(10):
            while not model.running:  # noqa: ASYNC110 the script tells nobody
                await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        async with asyncio.timeout(10):
            while web.web._rooms._listeners:  # noqa: ASYNC110 nobody waits for it any more
                await asyncio.sleep(0.01)
        model.gate.set()
        await web.become("home", "안녕 친구", "답: 안녕 친구")


async def test_a_stream_shows_the_answer_growing_and_ends_with_all_of_it(tmp_path: Path) -> None:
    async with site(tmp_path, Script(lambda said: "하나 둘 셋")) as web:
        async with web.events("/chatbot/stream", json={"text": "세어 봐", "chat": "home"}) as events:
            seen = [each async for each in events]
        messages = await web.history("home")
    names = [name for name, _ in seen]
    assert names[-1] == "done"
    assert set(names[:-1]) == {"text"}
    assert {data["id"] for name, data in seen if name == "text"} == {messages[1]["id"]}
    assert seen[-1][1]["text"] == "하나 둘 셋"
    assert seen[-1][1]["messages"][0]["buttons"]


async def test_a_silent_end_is_an_empty_answer(tmp_path: Path) -> None:
    async with site(tmp_path, moderation={"incoming": "ignore", "words": ["나쁜말이다"]}) as web:
        assert await web.said("나쁜말이다") == ""


async def test_an_answer_that_takes_too_long_is_said_and_can_be_asked_for_again(tmp_path: Path) -> None:
    model = Script()
    model.gate.clear()
    async with site(tmp_path, model, web={"patience": 1}) as web:
        late = await web.ask("안녕 친구", key="k")
        assert (late.status_code, late.json()["error"]["type"]) == (504, "patience")
        model.gate.set()
        assert await web.said("안녕 친구", key="k") == "답: 안녕 친구"
