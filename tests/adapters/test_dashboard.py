"""The operator's page in a real browser, while people talk on both twins and on the web."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from math import pi, sin
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Page, Route, ViewportSize, expect

from tests.adapters.chromium import artefact, barriers, chromium, needed, window
from tests.adapters.site import KEYS
from tests.adapters.watched import Watched, watched

pytestmark = needed

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 800}


class Screen:
    """The dashboard in a window."""

    def __init__(self, page: Page, web: Watched) -> None:
        self.page = page
        self.web = web

    async def open(self, key: str = KEYS.operator) -> None:
        await self.page.goto(f"{self.web.web.url}/dashboard#token={key}")
        await self.page.wait_for_selector("#board:not([hidden]) #models table")

    async def says(self, selector: str, text: str) -> None:
        await expect(self.page.locator(selector)).to_contain_text(text, timeout=15_000)


@asynccontextmanager
async def screen(web: Watched, *, refused: bool = False, **context: Any) -> AsyncIterator[Screen]:
    """Nothing may be complained about, be it by the Content-Security-Policy; but for what is `refused` on purpose."""
    async with chromium() as browser, window(browser, "about:blank", **context) as shown:
        yield Screen(shown.page, web)
        assert refused or shown.complaints == []


async def test_a_page_shows_the_talk_of_both_platforms_while_it_goes_on(tmp_path: Path) -> None:
    async with watched(tmp_path) as web, screen(web) as seen:
        await web.chat(3, 2, 1)
        await seen.open()
        page = seen.page
        assert "token" not in page.url
        await seen.says("#health", "준비됨")
        assert await page.locator("#platforms tbody tr").count() == 3
        await seen.says("#facts", "모델의 답6")
        await web.chat(1, 1, 0)
        await seen.says("#facts", "모델의 답8")  # nobody has loaded the page anew
        assert await page.locator("#talks svg path.s1").count() == 1
        assert await page.locator("#talks svg path.s2").count() == 1
        await page.locator("#talks-table").locator("xpath=../summary").click()
        await page.get_by_role("button", name="30일").click()
        await expect(page.locator("#talks-table tbody tr")).to_have_count(30)


async def test_what_is_new_is_asked_for_by_one_look_at_a_time(tmp_path: Path) -> None:
    async with watched(tmp_path) as web, screen(web) as seen:
        await seen.open()
        page, asked, answered = seen.page, asyncio.Event(), asyncio.Event()
        under_way: list[Route] = []
        together: list[int] = []

        async def late(route: Route) -> None:
            under_way.append(route)
            together.append(len(under_way))
            asked.set()
            await answered.wait()
            under_way.remove(route)
            await route.continue_()

        await page.route("**/api/operator/overview*", late)
        await asked.wait()
        await page.get_by_role("button", name="30일").click()
        await page.evaluate("fetch('/healthz')")
        answered.set()
        await expect(page.locator("#talks-table tbody tr")).to_have_count(30)
        assert max(together) == 1


async def test_a_model_is_changed_after_a_question(tmp_path: Path) -> None:
    async with watched(tmp_path) as web, screen(web) as seen:
        await seen.open()
        page = seen.page
        await page.locator("#models tr", has_text="irang-2-warm").get_by_role("button").click()
        await page.get_by_role("button", name="그만두기").click()
        assert web.model.swaps == 0
        await page.locator("#models tr", has_text="irang-2-warm").get_by_role("button").click()
        await page.locator("#asking-yes").click()
        await seen.says("#change", "이제 irang-2-warm 모델이 답해요.")
        assert web.model.current == "irang-2-warm"
        await page.locator("#models tr", has_text="broken").get_by_role("button").click()
        await page.locator("#asking-yes").click()
        await seen.says("#change", "has changed")
        assert web.model.current == "irang-2-warm"


async def test_letters_are_read_only_when_asked_for_and_discarded_after_a_question(tmp_path: Path) -> None:
    async with watched(tmp_path) as web, screen(web) as seen:
        await web.lose_letters()
        await seen.open()
        page = seen.page
        row = page.locator("#letters tr", has_text="보내지 못한 답")
        assert "갈게" not in await page.content()
        await row.get_by_role("button", name="내용 보기").click()
        await seen.says("#asking-pre", "나는 이만 갈게")
        await page.get_by_role("button", name="닫기").click()
        await expect(page.locator("#asking-pre")).to_be_empty()
        assert "갈게" not in await page.content()
        await row.get_by_role("button", name="버리기").click()
        await page.locator("#asking-yes").click()
        await expect(row).to_have_count(0)


async def test_a_reminder_is_cancelled_after_a_question(tmp_path: Path) -> None:
    async with watched(tmp_path) as web, screen(web) as seen:
        await web.remind()
        await seen.open()
        await expect(seen.page.locator("#reminders tbody tr")).to_have_count(2)
        await seen.page.locator("#reminders button").first.click()
        await seen.page.locator("#asking-yes").click()
        await expect(seen.page.locator("#reminders tbody tr")).to_have_count(1)


async def test_what_is_wrong_is_said_in_words(tmp_path: Path) -> None:
    async with watched(tmp_path) as web, screen(web) as seen:
        await web.chat(1, 0, 0)
        await seen.open()
        await seen.says("#health", "준비됨")
        web.clock.behind = timedelta(minutes=-10)
        await seen.says("#health", "문제: ")
        await seen.says("#platforms", "소식 없음")


async def test_a_wrong_key_asks_for_another_and_shows_nothing(tmp_path: Path) -> None:
    async with watched(tmp_path) as web, screen(web, refused=True, locale="en-US") as seen:
        page = seen.page
        await web.chat(1, 0, 0)
        await page.goto(f"{web.web.url}/dashboard#token=wrong")
        await page.wait_for_selector("#door:not([hidden])")
        assert await page.locator("#board").is_hidden()
        await page.get_by_label("Operator's key").fill(KEYS.web)
        await page.keyboard.press("Enter")
        await expect(page.locator("#health")).not_to_be_empty()
        assert await page.locator("#board").is_hidden()
        await page.get_by_label("Operator's key").fill(KEYS.operator)
        await page.keyboard.press("Enter")
        await seen.says("#health", "Ready")


async def test_the_late_refusal_of_one_key_does_not_lose_the_next(tmp_path: Path) -> None:
    async with watched(tmp_path) as web, screen(web, refused=True, locale="en-US") as seen:
        page, asked, answered = seen.page, asyncio.Event(), asyncio.Event()
        await web.chat(1, 0, 0)

        async def late(route: Route) -> None:
            if KEYS.web in route.request.headers["authorization"]:
                asked.set()
                await answered.wait()
            await route.continue_()

        await page.route("**/api/operator/overview*", late)
        await page.goto(f"{web.web.url}/dashboard")
        for key in (KEYS.web, KEYS.operator):
            await page.get_by_label("Operator's key").fill(key)
            await page.keyboard.press("Enter")
            await asked.wait()
        answered.set()
        await seen.says("#health", "Ready")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_everybody_can_use_it(tmp_path: Path, scheme: Literal["light", "dark"], size: ViewportSize) -> None:
    async with watched(tmp_path) as web, screen(web, color_scheme=scheme, viewport=size) as seen:
        await web.chat(2, 2, 2)
        await web.lose_letters()
        await web.remind()
        await seen.open()
        await seen.says("#health", "준비됨")
        for table in await seen.page.locator("summary").all():
            await table.click()
        assert await barriers(seen.page) == []
        assert await seen.page.evaluate("document.documentElement.scrollWidth") == size["width"]


async def test_a_day_of_talk_for_the_eye(tmp_path: Path) -> None:
    """Pictures of a day's traffic, at night little and by day much: look at them after changing the page."""
    async with watched(tmp_path, behind=timedelta(hours=23)) as web:
        for hour in range(23):
            busy = 1 + int(3 * max(0.0, sin((hour - 3) / 12 * pi)))
            await web.chat(busy * 2, busy, busy)
            await web.rate(0.4)
            web.clock.behind -= timedelta(hours=1)
        web.clock.behind = timedelta()
        await web.lose_letters()
        await web.remind()
        web.model.thinks, web.model.types = 0.4, 0.05
        async with screen(web) as seen:
            await seen.open()
            for more in range(6):
                await web.chat(3 + more % 5, 2, 1)
            for scheme in ("light", "dark"):
                for name, size in (("desk", DESK), ("phone", PHONE)):
                    await seen.page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
                    await seen.page.set_viewport_size(size)
                    await expect(seen.page.locator("figure svg")).to_have_count(7)
                    await seen.page.screenshot(path=artefact(f"dashboard-{name}-{scheme}"), full_page=True)
            assert len(await seen.page.locator("#talks svg path.s1").all()) == 24
