"""Prints where Playwright put its Chromium: the tests look for /usr/bin/chromium, where Debian has it."""

from playwright.sync_api import sync_playwright

with sync_playwright() as tools:
    print(tools.chromium.executable_path)
