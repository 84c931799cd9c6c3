"""What Acme's people do on the page."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from sym.simulator.person import Person
from tests.browser.product.acme import Acme
from tests.browser.steps import message, modal, pick

CARD = "asks for access"


def enter(page: Page, acme: Acme, person: Person) -> Page:
    """Be somebody, in #access-requests."""
    page.goto(f"{acme.simulator.url}/#as={person.id}&in={acme.channel.id}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("access-requests")
    return page


def type_command(page: Page, text: str) -> None:
    """Type something in #access-requests, and send it."""
    page.get_by_label("Message #access-requests").fill(text)
    page.keyboard.press("Enter")


def open_form(page: Page) -> None:
    """The form of the flow, once it is there."""
    type_command(page, "/sym req database")
    expect(modal(page).get_by_label("Why do you need it?")).to_be_visible()


def choose(page: Page, label: str, option: str) -> None:
    """Take an option of a list in the form."""
    modal(page).get_by_label(label).click()
    page.get_by_role("option", name=option, exact=True).click()


def fill_in(page: Page, *, reason: str, duration: str, database: str = "Orders database") -> None:
    """The form, as far as everybody fills it in."""
    choose(page, "Target", database)
    pick(page, "Ticket", "1432", "OPS-1432 Invoices show the wrong total")
    modal(page).get_by_label("Why do you need it?").fill(reason)
    choose(page, "For how long?", duration)


def submit(page: Page) -> None:
    """Send the form, and see it go."""
    modal(page).get_by_role("button", name="Submit").click()
    expect(modal(page)).to_be_hidden()


def card(page: Page, says: str) -> Locator:
    """The newest card with this text, scrolled to."""
    found = message(page, says)
    expect(found).to_be_visible()
    found.scroll_into_view_if_needed()
    return found


def open_home(page: Page) -> Locator:
    """The app's home tab."""
    side = page.get_by_role("button", name="Conversations")
    if side.is_visible():
        side.click()
    page.get_by_role("navigation").get_by_role("button", name="Sym").click()
    page.get_by_role("tab", name="Home").click()
    return page.get_by_role("tabpanel")


def open_messages(page: Page) -> None:
    """What the app wrote to somebody directly."""
    open_home(page)
    page.get_by_role("tab", name="Messages").click()


def only_for_me(page: Page, says: str) -> Locator:
    """The newest message that only this person sees, with this text."""
    return message(page, says).filter(has_text="Only visible to you")


def tab_to(page: Page, goal: Locator, *, back: bool = False) -> None:
    """Press Tab (or Shift+Tab) until the focus is there."""
    for _ in range(40):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if goal.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"{goal} is not reached with the Tab key")
