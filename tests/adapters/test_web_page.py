"""The chat page in a real browser: talking, stopping, choosing, rating, forgetting; by keyboard; for everybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.adapters.chromium import artefact, barriers, chromium, needed, window
from tests.adapters.site import KEYS, Site, site
from tests.stage import Script

pytestmark = needed

HOSTILE = '<img src=x onerror="document.title=1"> <b>굵게</b> [이리](javascript:alert(1)) **정말**'
CODE = "이렇게요:\n\n```python\nprint('안녕')\n```\n\n`sorted` 도 **좋아요**. [문서](https://docs.python.org/)"


@asynccontextmanager
async def opened(folder: Path, model: Script | None = None, **context: Any) -> AsyncIterator[tuple[Site, Page]]:
    """The page at work; afterwards nothing may have been complained about."""
    async with site(folder, model) as web, chromium() as browser, window(browser, web.web.link, **context) as shown:
        await expect(shown.page.locator("#words")).to_be_focused()
        yield web, shown.page
        assert shown.complaints == []


async def write(page: Page, text: str) -> None:
    await page.locator("#words").fill(text)
    await page.keyboard.press("Enter")


async def test_a_person_chats_and_finds_it_all_again_after_a_reload(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, page):
        await write(page, "안녕")
        await expect(page.locator(".theirs .body")).to_have_text("답: 안녕")
        await expect(page.locator(".mine .body")).to_have_text("안녕")
        await expect(page.locator(".chats button.chat")).to_have_text("안녕")
        await expect(page.locator("#announcer")).to_have_text("이랑: 답: 안녕")
        await page.reload()
        await expect(page.locator(".message .body")).to_have_text(["안녕", "답: 안녕"])


async def test_the_key_leaves_the_address_bar_and_is_never_sent_in_an_address(tmp_path: Path) -> None:
    async with site(tmp_path) as web, chromium() as browser, window(browser, "about:blank") as shown:
        asked: list[str] = []
        shown.page.on("request", lambda request: asked.append(request.url))
        await shown.page.goto(web.web.link)
        await expect(shown.page.locator("#words")).to_be_focused()
        assert KEYS.web not in shown.page.url
        assert not [url for url in asked if KEYS.web in url.partition("#")[0]]
        assert {url.split("/")[2] for url in asked} == {web.web.url.split("/")[2]}, "something came from elsewhere"


async def test_without_a_key_one_is_asked_for(tmp_path: Path) -> None:
    async with site(tmp_path) as web, chromium() as browser, window(browser, web.web.url) as shown:
        page = shown.page
        await page.locator("#token").fill("wrong")
        await page.get_by_role("button", name="열기").click()
        await expect(page.locator("#wrong")).to_have_text("이 열쇠로는 열리지 않아요.")
        await page.locator("#token").fill(web.web.link)
        await page.get_by_role("button", name="열기").click()
        await expect(page.locator("#words")).to_be_focused()
        await write(page, "안녕")
        await expect(page.locator(".theirs .body")).to_have_text("답: 안녕")


async def test_an_answer_is_shown_while_it_is_written_and_can_be_stopped(tmp_path: Path) -> None:
    model = Script(lambda said: "처음 나중")
    model.gate.clear()
    async with opened(tmp_path, model) as (_, page):
        await write(page, "말해 봐")
        await expect(page.locator(".writing .body")).to_have_text("처음")
        await page.get_by_role("button", name="멈추기").click()
        await expect(page.locator(".theirs:not(.writing) .body")).to_have_text("처음")
        await expect(page.get_by_role("button", name="보내기")).to_be_disabled()


async def test_another_answer_takes_the_place_of_the_first(tmp_path: Path) -> None:
    answers = iter(["첫 답", "둘째 답"])
    async with opened(tmp_path, Script(lambda said: next(answers))) as (_, page):
        await write(page, "말해 봐")
        await page.get_by_role("button", name="다시 답하기").click()
        await expect(page.locator(".theirs .body")).to_have_text(["둘째 답"])


async def test_a_thumb_is_given_moved_and_kept(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, page):
        await write(page, "안녕")
        good, bad = page.get_by_role("button", name="좋아요"), page.get_by_role("button", name="별로예요")
        await good.click()
        await expect(good).to_have_attribute("aria-pressed", "true")
        async with page.expect_response("**/rating"):
            await bad.click()
        await expect(good).to_have_attribute("aria-pressed", "false")
        await page.reload()
        await expect(bad).to_have_attribute("aria-pressed", "true")


async def test_choices_are_buttons(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, page):
        await write(page, "설정")
        await page.get_by_role("button", name="말투", exact=True).click()
        await expect(page.locator(".theirs .body")).to_contain_text(["말투를 골라 주세요"])


async def test_conversations_stand_side_by_side_and_one_can_be_deleted(tmp_path: Path) -> None:
    async with opened(tmp_path) as (web, page):
        await write(page, "첫째 이야기")
        await expect(page.locator(".theirs .body")).to_have_text("답: 첫째 이야기")
        await page.get_by_role("button", name="새 대화", exact=True).click()
        await write(page, "둘째 이야기")
        await expect(page.locator(".theirs .body")).to_have_text("답: 둘째 이야기")
        await expect(page.locator("button.chat")).to_have_text(["둘째 이야기", "첫째 이야기"])
        await page.get_by_role("button", name="“둘째 이야기” 대화 지우기").click()
        await page.get_by_role("button", name="지우기", exact=True).click()
        await expect(page.locator("button.chat")).to_have_text(["첫째 이야기"])
        await page.locator("button.chat").click()
        await expect(page.locator(".message .body")).to_have_text(["첫째 이야기", "답: 첫째 이야기"])
        assert len((await web.client.get("/chats")).json()["chats"]) == 1


async def test_nothing_that_is_said_becomes_markup(tmp_path: Path) -> None:
    async with opened(tmp_path, Script(lambda said: HOSTILE)) as (_, page):
        await write(page, HOSTILE)
        answer = page.locator(".theirs:not(.writing) .body")
        await expect(answer.locator("strong")).to_have_text("정말")
        await expect(answer).to_contain_text('<img src=x onerror="document.title=1"> <b>굵게</b>')
        await expect(page.locator(".mine .body")).to_have_text(HOSTILE)
        assert await page.locator(".messages img, .messages a[href^=javascript], .messages b").count() == 0


async def test_code_has_a_block_of_its_own_with_a_button_that_copies_it(tmp_path: Path) -> None:
    model = Script(lambda said: CODE)
    async with opened(tmp_path, model, permissions=["clipboard-read", "clipboard-write"]) as (_, page):
        await write(page, "코드")
        await expect(page.locator(".code-head span")).to_have_text("python")
        await page.locator(".code-block").get_by_role("button", name="복사").click()
        assert await page.evaluate("navigator.clipboard.readText()") == "print('안녕')"
        link = page.get_by_role("link", name="문서")
        assert (await link.get_attribute("rel") or "").split() == ["noopener", "noreferrer", "nofollow"]


async def test_enter_sends_but_not_while_a_syllable_is_composed(tmp_path: Path) -> None:
    async with opened(tmp_path) as (_, page):
        await page.locator("#words").fill("안녀")
        composing = {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True}
        await page.locator("#words").dispatch_event("keydown", composing)
        await expect(page.locator("#words")).to_have_value("안녀")
        await page.keyboard.press("Shift+Enter")
        await page.keyboard.type("hi")
        await expect(page.locator("#words")).to_have_value("안녀\nhi")
        await page.keyboard.press("Enter")
        await expect(page.locator(".mine .body")).to_have_text("안녀\nhi")
        await expect(page.locator("#words")).to_have_value("")


async def test_what_is_typed_before_the_page_is_ready_stays_in_the_field(tmp_path: Path) -> None:
    async with site(tmp_path) as web, chromium() as browser, window(browser, "about:blank") as shown:
        page, held = shown.page, asyncio.Event()

        async def later(route: Route) -> None:
            await held.wait()
            await route.continue_()

        await page.route("**/chats", later)
        await page.goto(web.web.link)
        await expect(page.locator("#words")).to_have_attribute("placeholder", "메시지를 적어 주세요")
        await write(page, "안녕")
        await expect(page.locator("#words")).to_have_value("안녕")
        held.set()
        await expect(page.get_by_role("button", name="보내기")).to_be_enabled()
        await page.keyboard.press("Enter")
        await expect(page.locator(".message .body")).to_have_text(["안녕", "답: 안녕"])


async def test_what_was_not_sent_is_said_and_sent_again_once(tmp_path: Path) -> None:
    async with site(tmp_path) as web, chromium() as browser, window(browser, web.web.link) as shown:
        page = shown.page
        await expect(page.locator("#words")).to_be_focused()
        await page.route("**/messages", lambda route: route.abort())
        await write(page, "안녕")
        await expect(page.locator(".failed")).to_contain_text("보내지 못했어요")
        await page.unroute("**/messages")
        await page.get_by_role("button", name="다시 보내기").click()
        await expect(page.locator(".message .body")).to_have_text(["안녕", "답: 안녕"])
        assert await web.rows("select count(*) from inbox") == [(1,)]


async def test_the_same_word_said_twice_is_two_messages_while_neither_is_sent(tmp_path: Path) -> None:
    async with site(tmp_path) as web, chromium() as browser, window(browser, web.web.link) as shown:
        page = shown.page
        await expect(page.locator("#words")).to_be_focused()
        await page.route("**/messages", lambda route: route.abort())
        await write(page, "ㅋㅋ")
        await write(page, "ㅋㅋ")
        await expect(page.locator(".failed")).to_have_count(2)
        await expect(page.locator(".message .body")).to_have_text(["ㅋㅋ", "ㅋㅋ"])


async def test_a_message_whose_receipt_was_lost_stands_there_once(tmp_path: Path) -> None:
    async with site(tmp_path) as web, chromium() as browser, window(browser, "about:blank") as shown:
        page, reached = shown.page, asyncio.Event()

        async def later(route: Route) -> None:
            await reached.wait()
            await route.continue_()

        async def lose(route: Route) -> None:
            await route.fetch()
            await route.abort()

        await page.route("**/events", later)
        await page.route("**/messages", lose)
        await page.goto(web.web.link)
        await expect(page.locator("#words")).to_be_focused()
        await write(page, "안녕")
        await expect(page.locator(".failed")).to_contain_text("보내지 못했어요")
        await page.unroute("**/messages")
        reached.set()
        await expect(page.locator(".message .body")).to_have_text(["안녕", "답: 안녕"])
        assert await web.rows("select count(*) from inbox") == [(1,)]


async def test_a_conversation_that_could_not_be_deleted_stays_open_and_why_is_said(tmp_path: Path) -> None:
    async with site(tmp_path) as web, chromium() as browser, window(browser, web.web.link) as shown:
        page = shown.page
        await expect(page.locator("#words")).to_be_focused()
        await write(page, "안녕")
        await expect(page.locator(".theirs:not(.writing) .body")).to_have_text("답: 안녕")
        refusal = {"error": {"type": "busy", "message": "지금은 지울 수 없어요"}}
        await page.route("**/chats/*", lambda route: route.fulfill(status=503, json=refusal))
        await page.locator(".remove").click()
        await page.get_by_role("button", name="지우기", exact=True).click()
        await expect(page.locator("#state")).to_have_text("지금은 지울 수 없어요")
        await expect(page.locator(".message .body")).to_have_text(["안녕", "답: 안녕"])
        await expect(page.locator("button.chat")).to_have_text(["안녕"])


LONG = 52  # questions whose answers make more messages than are shown at first


@asynccontextmanager
async def long_talk(folder: Path) -> AsyncIterator[Page]:
    """A conversation of which the page has shown the newest messages; what is asked of it may fail."""
    free: dict[str, object] = {"requests_per_minute": 0, "chat_per_minute": 0}
    quota: dict[str, object] = {"person_per_minute": 0, "person_per_day": 0, "chat_per_minute": 0, "chat_per_day": 0}
    async with site(folder, web=free, quota=quota) as web, chromium() as browser:
        for number in range(LONG):
            await web.said(f"{number}번", chat="long")
        async with window(browser, web.web.link) as shown:
            await expect(shown.page.locator(".message")).to_have_count(100)
            yield shown.page


async def test_earlier_messages_come_above_once_however_often_they_are_asked_for(tmp_path: Path) -> None:
    async with long_talk(tmp_path) as page:
        older, reached = page.locator("#earlier"), asyncio.Event()

        async def later(route: Route) -> None:
            await reached.wait()
            await route.continue_()

        await page.route("**/messages?before=*", lambda route: route.abort())
        await older.click()
        await expect(page.locator("#state")).not_to_be_empty()
        await page.unroute("**/messages?before=*")
        await page.route("**/messages?before=*", later)
        await older.click()
        await older.click()
        reached.set()
        await expect(older).to_be_hidden()
        await expect(page.locator(".mine .body")).to_have_text([f"{number}번" for number in range(LONG)])


async def test_earlier_messages_that_come_late_are_not_shown_in_another_conversation(tmp_path: Path) -> None:
    async with long_talk(tmp_path) as page:
        reached = asyncio.Event()

        async def later(route: Route) -> None:
            await reached.wait()
            await route.continue_()

        await page.route("**/messages?before=*", later)
        await page.locator("#earlier").click()
        await page.get_by_role("button", name="새 대화", exact=True).click()
        async with page.expect_response("**/messages?before=*"):
            reached.set()
        await write(page, "다른 이야기")
        await expect(page.locator(".message .body")).to_have_text(["다른 이야기", "답: 다른 이야기"])


async def test_the_page_finds_back_to_a_bot_that_was_restarted(tmp_path: Path) -> None:
    async with chromium() as browser, AsyncExitStack() as first:
        web = await first.enter_async_context(site(tmp_path))
        async with window(browser, web.web.link) as shown:
            page, port = shown.page, web.client.base_url.port
            await expect(page.locator("#words")).to_be_focused()
            await write(page, "하나")
            await expect(page.locator(".theirs .body")).to_have_text("답: 하나")
            await first.aclose()
            await expect(page.locator("#state")).to_contain_text("연결이 끊겼어요")
            async with site(tmp_path, web={"listen": f"127.0.0.1:{port}"}):
                await expect(page.locator("#state")).to_have_text("", timeout=20_000)
                await write(page, "둘")
                await expect(page.locator(".message .body")).to_have_text(["하나", "답: 하나", "둘", "답: 둘"])


async def test_on_a_phone_the_conversations_are_a_drawer(tmp_path: Path) -> None:
    async with opened(tmp_path, viewport={"width": 390, "height": 844}, has_touch=True) as (_, page):
        await write(page, "안녕")
        await expect(page.locator(".theirs .body")).to_have_text("답: 안녕")
        menu = page.get_by_role("button", name="대화 목록")
        await expect(page.locator("button.chat")).to_be_hidden()
        await menu.click()
        await expect(page.locator("button.chat")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("button.chat")).to_be_hidden()
        await expect(menu).to_be_focused()
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def test_it_speaks_the_browser_s_language_until_another_is_chosen(tmp_path: Path) -> None:
    async with opened(tmp_path, locale="en-US") as (_, page):
        await expect(page.get_by_role("button", name="New conversation")).to_be_visible()
        await page.get_by_role("button", name="한국어").click()
        await expect(page.get_by_role("button", name="새 대화")).to_be_visible()
        await page.reload()
        await expect(page.locator("html")).to_have_attribute("lang", "ko")


SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}},
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_it_keeps_nobody_out(tmp_path: Path, size: str, scheme: str) -> None:
    async with opened(tmp_path, Script(lambda said: CODE), color_scheme=scheme, **SIZES[size]) as (_, page):
        assert await barriers(page) == []
        await write(page, "코드")
        await expect(page.locator(".code-block")).to_be_visible()
        await write(page, "설정")
        await expect(page.locator(".chip:visible").last).to_be_visible()
        await page.get_by_role("button", name="좋아요").click()
        await page.screenshot(path=artefact(f"chat-{size}-{scheme}"))
        assert await barriers(page) == []
        if size == "phone":
            await page.get_by_role("button", name="대화 목록").click()
            await expect(page.locator("button.chat")).to_be_visible()
        await page.locator(".remove").click()
        assert await barriers(page) == []


async def test_the_list_of_routes_is_drawn_from_the_description(tmp_path: Path) -> None:
    async with opened(tmp_path) as (web, page):
        await page.goto(f"{web.web.url}/docs")
        await expect(page.locator("h2").first).to_contain_text("POST /chatbot")
        assert await barriers(page) == []
