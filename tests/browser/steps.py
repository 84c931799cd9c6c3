"""What people do on the simulator's page, in words."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def composer(page: Page) -> Locator:
    """Where messages are typed."""
    return page.get_by_label("Message #ops")


def say(page: Page, text: str) -> None:
    """Type something and send it."""
    composer(page).fill(text)
    page.keyboard.press("Enter")


def modal(page: Page) -> Locator:
    """The modal in front."""
    return page.get_by_role("dialog")


def message(page: Page, text: str) -> Locator:
    """The newest message that has this text."""
    return page.get_by_role("article").filter(has_text=text).last


def pick(page: Page, label: str, typed: str, option: str) -> None:
    """Search a select of the modal, and take an option."""
    modal(page).get_by_label(label).click()
    modal(page).get_by_label(label).press_sequentially(typed)
    page.get_by_role("option", name=option, exact=True).click()


def ask(page: Page, database: str = "orders-7", reason: str = "customers see errors") -> None:
    """A whole request, by mouse."""
    say(page, "/sym")
    expect(modal(page)).to_be_visible()
    pick(page, "Database", database, database)
    modal(page).get_by_label("Reason").fill(reason)
    modal(page).get_by_role("button", name="Request").click()
    expect(modal(page)).to_be_hidden()
