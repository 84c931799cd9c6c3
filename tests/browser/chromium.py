"""Headless Chromium, and windows of it: at two widths, in light and dark."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
WIDTHS = {"desktop": ViewportSize(width=1200, height=800), "phone": ViewportSize(width=390, height=844)}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def chromium() -> str | None:
    """The path of the browser, if there is one."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """The browser, running."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def window(browser: Browser, problems: list[str], width: str = "desktop", scheme: Scheme = "light") -> Page:
    """An empty window. Whatever goes wrong in it is added to ``problems``."""
    context = browser.new_context(
        viewport=WIDTHS[width], color_scheme=scheme, reduced_motion="reduce", has_touch=width == "phone",
        timezone_id="UTC", locale="en-US",
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    return page
