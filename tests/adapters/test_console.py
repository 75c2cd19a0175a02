"""The terminal: lines in, answers out, with colours on a screen and plain when piped."""

from __future__ import annotations

import asyncio
import getpass
import io
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from unittest.mock import ANY

import pytest
from rich.console import Console as Screen

from adapters.console import Console
from bot.messages import Address, Body, Button, Incoming, Key, MessageRef, Person, Reaction, Span
from tests.twins.inbox import Inbox

HERE = Address("console", "terminal")


class Keyboard(io.StringIO):
    """Lines that are typed at a terminal."""

    def isatty(self) -> bool:
        return True


def shown(screen: Screen) -> str:
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def bytes_in(text: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(text), encoding="utf-8")


def said(inbox: Inbox, console: Console) -> list[str]:
    events = [console.parse(row.payload) for row in inbox.rows.values()]
    return [event.text for event in events if isinstance(event, Incoming)]


def piped(text: bytes = b"") -> tuple[Console, Screen]:
    screen = Screen(file=io.StringIO(), soft_wrap=True, highlight=False)
    return Console(bytes_in(text), screen), screen


def typed(text: str = "") -> tuple[Console, Screen]:
    screen = Screen(
        file=io.StringIO(), force_terminal=True, width=60, soft_wrap=True, highlight=False, legacy_windows=False
    )
    return Console(Keyboard(text), screen), screen


async def ended(console: Console, inbox: Inbox) -> None:
    async with asyncio.timeout(5):
        await console.run(inbox, ())


async def answer(console: Console, inbox: Inbox) -> list[int]:
    """Answer every line as it comes; returns how many had come at each answer."""
    counts: list[int] = []
    for number in range(1, 10):
        await inbox.until(lambda number=number: len(inbox.rows) >= number)  # type: ignore[misc]
        counts.append(len(inbox.rows))
        await console.finish([await console.send(HERE, Body(f"답{number}"), reply_to=None, key=Key(str(number)))])
    return counts


@asynccontextmanager
async def answering(console: Console, inbox: Inbox) -> AsyncIterator[None]:
    task = asyncio.create_task(answer(console, inbox))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# ---- what comes in ---------------------------------------------------------------------------------


async def test_piped_lines_are_asked_one_after_the_other_and_answered_in_between() -> None:
    console, screen = piped("안녕\n잘 자\n".encode())
    inbox = Inbox()
    async with answering(console, inbox):
        await ended(console, inbox)
    assert said(inbox, console) == ["안녕", "잘 자"]
    assert shown(screen) == "답1\n답2\n"


async def test_a_piped_line_waits_for_the_answer_to_the_one_before() -> None:
    console, _ = piped("하나\n둘\n".encode())
    inbox = Inbox()
    running = asyncio.create_task(console.run(inbox, ()))
    await inbox.until(lambda: inbox.rows)
    for _ in range(100):  # as often as it likes to look for another line
        await asyncio.sleep(0)
    assert said(inbox, console) == ["하나"]
    await console.finish([])
    await inbox.until(lambda: len(inbox.rows) == 2)
    await console.finish([])
    await running


RATE = (Button("↻", "retry:1"), Button("👍", "up:1"), Button("👎", "down:1"))


async def test_a_thumb_alone_rates_the_answer_before_it_and_is_answered_by_nothing() -> None:
    console, screen = piped("안녕\n👎🏽\n👍 좋아\n".encode())
    inbox = Inbox()
    running = asyncio.create_task(console.run(inbox, ()))
    for number in ("1", "2"):
        await inbox.until(lambda: len(said(inbox, console)) == int(number))  # noqa: B023  # waited for here
        body = Body(f"답{number}", buttons=RATE)
        await console.finish([await console.send(HERE, body, reply_to=None, key=Key(number))])
    async with asyncio.timeout(5):
        await running
    first, rated, second = (console.parse(row.payload) for row in inbox.rows.values())
    assert rated == Reaction(MessageRef("console", "terminal", "1"), Person("console", "operator", ANY), "👎", True)
    assert isinstance(first, Incoming)
    assert isinstance(second, Incoming)
    assert (second.text, shown(screen)) == ("👍 좋아", "답1\n답2\n")


@pytest.mark.parametrize("buttons", [(), (Button("5분 뒤", "offer:1"),)])
async def test_a_thumb_after_what_cant_be_rated_is_talk(buttons: tuple[Button, ...]) -> None:
    console, _ = piped("👍\n".encode())
    for number, body in enumerate((Body("답", buttons=RATE), Body("⏰ 약 먹을 시간이에요", buttons=buttons))):
        await console.finish([await console.send(HERE, body, reply_to=None, key=Key(f"before{number}"))])
    inbox = Inbox()
    async with answering(console, inbox):
        await ended(console, inbox)
    assert said(inbox, console) == ["👍"]


async def test_the_part_with_the_buttons_is_what_a_thumb_rates_and_a_message_that_said_nothing_changes_nothing() -> (
    None
):
    console, _ = piped("👍\n".encode())
    parts = [Body("앞"), Body("뒤", buttons=RATE)]
    refs = [await console.send(HERE, body, reply_to=None, key=Key(body.text)) for body in parts]
    await console.finish(refs)
    await console.finish([MessageRef("console", "terminal", "a question without an answer")])
    inbox = Inbox()
    await ended(console, inbox)
    (rated,) = (console.parse(row.payload) for row in inbox.rows.values())
    assert isinstance(rated, Reaction)
    assert rated.ref == refs[1]


async def test_a_thumb_before_any_answer_is_talk() -> None:
    console, _ = piped("👍\n".encode())
    inbox = Inbox()
    async with answering(console, inbox):
        await ended(console, inbox)
    assert said(inbox, console) == ["👍"]


async def test_empty_lines_say_nothing() -> None:
    console, screen = piped(b"\n   \n\t\n")
    inbox = Inbox()
    await ended(console, inbox)
    assert (inbox.rows, shown(screen)) == ({}, "")


async def test_bytes_that_are_no_text_are_read_all_the_same() -> None:
    console, _ = piped(b"\xff\xfe\n" + "둘".encode())
    inbox = Inbox()
    async with answering(console, inbox):
        await ended(console, inbox)
    assert said(inbox, console) == ["\ufffd\ufffd", "둘"]


class Broken(io.StringIO):
    def __next__(self) -> str:  # type: ignore[override]  # typeshed's StringIO gives bytes here
        raise OSError(5, "Input/output error")


async def test_an_input_that_breaks_ends_the_chat_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    screen = Screen(file=io.StringIO())
    await ended(Console(Broken("안녕\n"), screen), Inbox())
    assert "can't be read any further (OSError)" in caplog.text


async def test_ten_thousand_letters_are_one_line() -> None:
    console, _ = piped(("가" * 10_000 + "\n").encode())
    inbox = Inbox()
    async with answering(console, inbox):
        await ended(console, inbox)
    assert said(inbox, console) == ["가" * 10_000]


async def test_equal_lines_are_different_messages() -> None:
    console, _ = piped("네\n네\n네".encode())
    inbox = Inbox()
    async with answering(console, inbox):
        await ended(console, inbox)
    assert len(inbox.rows) == 3


async def test_a_line_is_addressed_private_and_dated() -> None:
    console, _ = piped("안녕".encode())
    inbox = Inbox()
    async with answering(console, inbox):
        await ended(console, inbox)
    (row,) = inbox.rows.values()
    event = console.parse(row.payload)
    assert isinstance(event, Incoming)
    assert (event.address, event.addressed, event.private, event.person.id) == (HERE, True, True, "operator")
    assert abs((datetime.now(UTC) - event.at).total_seconds()) < 60


async def test_an_operator_without_a_name_can_talk_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")  # a container's made-up user

    monkeypatch.setattr(getpass, "getuser", nobody)
    console, _ = piped("안녕".encode())
    inbox = Inbox()
    async with answering(console, inbox):
        await ended(console, inbox)
    (row,) = inbox.rows.values()
    assert json.loads(row.payload)["name"] == "operator"


@pytest.mark.parametrize("payload", ["", "[]", "null", "5", "{}", '{"id": "1", "name": "x", "text": "y", "at": 5}'])
def test_a_row_that_is_no_line_is_a_value_error(payload: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 that kind is what the core knows
        piped()[0].parse(payload)


# ---- what goes out ---------------------------------------------------------------------------------


async def test_piped_output_has_the_final_text_only_and_no_colours() -> None:
    console, screen = piped()
    ref = await console.send(HERE, Body("안", buttons=(Button("⏹ 중지", "stop:1"),)), reply_to=None, key=Key("1"))
    await console.edit(ref, Body("안녕하"))
    await console.edit(ref, Body("안녕하세요, 굵게", (Span("bold", 7, 9),)))
    assert shown(screen) == ""
    await console.finish([ref, ref])
    assert shown(screen) == "안녕하세요, 굵게\n"


async def test_what_looks_like_markup_is_text() -> None:
    console, screen = piped()
    text = "[bold]대괄호[/] :smile: [link=x]링크 \\[a]"
    await console.finish([await console.send(HERE, Body(text), reply_to=None, key=Key("1"))])
    assert shown(screen) == f"{text}\n"


async def test_a_long_line_is_not_broken() -> None:
    console, screen = piped()
    text = "가나다 " * 500
    await console.finish([await console.send(HERE, Body(text), reply_to=None, key=Key("1"))])
    assert shown(screen) == f"{text}\n"


async def test_an_answer_in_parts_is_shown_in_order_and_without_what_was_taken_away() -> None:
    console, screen = piped()
    refs = [
        await console.send(HERE, Body(f"부분 {number}"), reply_to=None, key=Key(str(number))) for number in range(3)
    ]
    await console.delete(refs[1])
    await console.delete(refs[1])
    await console.finish([refs[0], refs[2]])
    assert shown(screen) == "부분 0\n부분 2\n"


async def test_finishing_one_answer_leaves_the_other_unfinished() -> None:
    console, screen = piped()
    writing = await console.send(HERE, Body("쓰는 중"), reply_to=None, key=Key("1"))
    reply = await console.send(HERE, Body("네, 여기까지 할게요."), reply_to=None, key=Key("2"))
    await console.finish([reply])
    assert shown(screen) == "네, 여기까지 할게요.\n"
    await console.edit(writing, Body("쓰던 답"))
    await console.finish([writing])
    assert shown(screen) == "네, 여기까지 할게요.\n쓰던 답\n"


# ---- on a terminal ---------------------------------------------------------------------------------


def final_screen(output: str) -> list[str]:
    """The lines that stand on a terminal after this output: enough of its control codes to know."""
    lines, row, column = [""], 0, 0
    for piece in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", output):
        match piece[-1]:
            case "\n":
                row, column = row + 1, 0
                lines += [""] * (row + 1 - len(lines))
            case "\r":
                column = 0
            case "A" if piece[0] == "\x1b":
                row -= int(piece[2:-1] or 1)
            case "K" if piece[0] == "\x1b":
                lines[row] = "" if piece[2:-1] == "2" else lines[row][:column]
            case _ if piece[0] != "\x1b":
                lines[row] = lines[row][:column] + piece + lines[row][column + len(piece) :]
                column += len(piece)
    return lines


async def test_on_a_terminal_an_answer_grows_in_its_place_and_stands_there_once() -> None:
    console, screen = typed()
    ref = await console.send(HERE, Body("안"), reply_to=None, key=Key("1"))
    for text in ("안녕", "안녕하세요", "안녕하세요\n반가워요"):
        await console.edit(ref, Body(text))
    assert "안녕하세요" in shown(screen)
    await console.finish([ref])
    assert final_screen(shown(screen)) == ["안녕하세요", "반가워요", "> "]


async def test_on_a_terminal_two_answers_each_stand_there_once() -> None:
    console, screen = typed()
    writing = await console.send(HERE, Body("하나"), reply_to=None, key=Key("1"))
    reply = await console.send(HERE, Body("네, 여기까지 할게요."), reply_to=None, key=Key("2"))
    await console.finish([reply])
    await console.edit(writing, Body("하나", (), (Button("↻", "retry:1"),)))
    await console.finish([writing])
    assert final_screen(shown(screen)) == ["네, 여기까지 할게요.", "하나", "> "]


async def test_on_a_terminal_the_prompt_is_shown_and_no_line_waits() -> None:
    console, screen = typed("안녕\n\n그만\n")
    inbox = Inbox()
    await ended(console, inbox)
    assert said(inbox, console) == ["안녕", "그만"]
    assert final_screen(shown(screen)) == ["> > "]


async def test_on_a_terminal_there_are_colours() -> None:
    screen = Screen(file=io.StringIO(), force_terminal=True, color_system="standard", width=60, soft_wrap=True)
    console = Console(Keyboard(""), screen)
    body = Body("굵게 코드 그냥", (Span("bold", 0, 2), Span("code", 3, 5)))
    await console.finish([await console.send(HERE, body, reply_to=None, key=Key("1"))])
    assert "\x1b[1m굵게\x1b[0m" in shown(screen)
    assert "\x1b[36m코드\x1b[0m" in shown(screen)


async def test_an_edit_to_a_message_of_an_earlier_process_shows_it() -> None:
    console, screen = piped()
    ref = MessageRef("console", "terminal", "old")
    await console.edit(ref, Body("뒤늦은 답"))
    await console.finish([ref])
    assert shown(screen) == "뒤늦은 답\n"
