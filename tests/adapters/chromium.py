"""A headless Chromium that is installed already, driven by Playwright; tests that need one are skipped without it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import Any

import axe_playwright_python  # type: ignore[import-untyped]
import pytest
from playwright.async_api import Browser, Page, async_playwright

FOUND = which("chromium") or which("chromium-browser") or which("google-chrome")
needed = pytest.mark.skipif(not FOUND, reason="no Chromium is installed here")

_ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@dataclass
class Window:
    """A page, and everything it complained about: exceptions, console errors, broken policies."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type != "log" else None)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=FOUND, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def window(browser: Browser, address: str, **context: Any) -> AsyncIterator[Window]:
    """A browser window of its own: no cookies, nothing stored."""
    given = {"viewport": {"width": 1280, "height": 800}, "locale": "ko-KR", **context}
    shown = await browser.new_context(**given)
    try:
        opened = Window(await shown.new_page())
        opened.listen()
        await opened.page.goto(address)
        yield opened
    finally:
        await shown.close()


async def barriers(page: Page) -> list[str]:
    """What axe finds that keeps people out, as "rule: element"."""
    await page.evaluate(_axe())
    options = {"resultTypes": ["violations"]}
    found = await page.evaluate("options => axe.run(document, options)", options)
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found["violations"] for node in rule["nodes"]]


def _axe() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def artefact(name: str) -> Path:
    """Where a screenshot is kept: tests/artefacts/, which git does not know."""
    folder = Path(__file__).resolve().parents[1] / "artefacts"
    folder.mkdir(exist_ok=True)
    return folder / f"{name}.png"
