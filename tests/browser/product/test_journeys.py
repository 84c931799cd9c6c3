"""Requests from their beginning to their end, as people make and decide them on the page, with the real product."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Hold
from tests.browser.product.acme import Acme
from tests.browser.product.conftest import Seen
from tests.browser.product.steps import (
    card,
    choose,
    enter,
    fill_in,
    only_for_me,
    open_form,
    open_home,
    open_messages,
    submit,
    tab_to,
    type_command,
)
from tests.browser.steps import message, modal

LONG = 20_000
NOT_YOU = "You may not approve requests of this flow."
OWN = "Requesters may not approve their own requests in this flow."


def test_a_change_of_data_is_asked_for_by_mouse_approved_by_an_admin_and_revoked(
    company: Acme, seen: Seen, hold: Hold
) -> None:
    ben, cleo, ada = seen(company.ben), seen(company.cleo), seen(company.ada)
    type_command(ben, "/sym")
    choose(ben, "Flow", "Production databases")
    hold(ben, "selector")
    modal(ben).get_by_role("button", name="Next").click()
    _ask_for_a_change(ben, hold)
    submit(ben)
    expect(only_for_me(ben, "was submitted")).to_be_visible()
    waiting = card(cleo, "asks for access to Orders database")
    expect(waiting).to_contain_text("customers, orders")
    hold(cleo, "waiting")
    waiting.get_by_role("button", name="Approve").click()
    expect(only_for_me(cleo, NOT_YOU)).to_be_visible()
    hold(cleo, "refused")
    expect(ben.get_by_text(NOT_YOU)).to_have_count(0)
    waiting = card(ada, "asks for access to Orders database")
    waiting.get_by_label("Decision message").fill("Until the import is through")
    waiting.get_by_role("button", name="Approve").click()
    for page in (ben, cleo, ada):
        granted = card(page, "Access granted until today at")
        expect(granted).to_contain_text("Approved by @Ada Park")
        expect(granted).to_contain_text("Until the import is through")
        expect(granted.get_by_role("button", name="Revoke")).to_be_visible()
        expect(granted.get_by_role("button", name="Approve")).to_have_count(0)
    expect(ada.get_by_text(NOT_YOU)).to_have_count(0)
    hold(ada, "granted")
    _revoke(ada)
    for page in (ben, cleo, ada):
        expect(card(page, "Access ended by @Ada Park").get_by_role("button", name="Revoke")).to_have_count(0)
    hold(cleo, "ended")
    open_messages(ben)
    ben.get_by_role("button", name="2 replies").click()
    expect(message(ben, "You have access to Orders database until")).to_be_visible()
    expect(message(ben, "Your access to Orders database has ended")).to_be_visible()
    hold(ben, "direct")


def _ask_for_a_change(page: Page, hold: Hold) -> None:
    """The form, with all that can be wrong in it, up to the submission."""
    expect(modal(page).get_by_label("Why do you need it?")).to_be_visible()
    modal(page).get_by_label("Ticket").click()
    expect(page.get_by_role("option")).to_have_count(3)
    page.keyboard.type("144")
    expect(page.get_by_role("option")).to_have_text(["OPS-1440 Search is slow"])
    hold(page, "typeahead")
    page.keyboard.press("Escape")
    fill_in(page, reason="The import left orders without a customer", duration="30 minutes")
    expect(modal(page).get_by_label("Tables")).to_have_count(0)
    modal(page).get_by_label("Yes").check()
    expect(modal(page)).to_contain_text("Admins decide about changes of data.")
    expect(modal(page).get_by_label("Why do you need it?")).to_have_value("The import left orders without a customer")
    modal(page).get_by_label("Rows").fill("12\ntwelve")
    modal(page).get_by_role("button", name="Submit").click()
    expect(modal(page).get_by_label("Tables")).to_be_focused()
    choose(page, "Tables", "customers")
    page.get_by_role("option", name="orders", exact=True).click()
    page.keyboard.press("Escape")
    modal(page).get_by_role("button", name="Submit").click()
    expect(modal(page).get_by_label("Rows")).to_be_focused()
    expect(modal(page).get_by_label("Rows")).to_have_accessible_description(
        "A list of whole numbers is needed, without 'twelve'"
    )
    hold(page, "form")
    modal(page).get_by_label("Rows").fill("12\n13")


def _revoke(page: Page) -> None:
    message(page, "Access granted").get_by_role("button", name="Revoke").click()
    question = page.get_by_role("alertdialog", name="End this access?")
    expect(question).to_contain_text("Access to Orders database ends now.")
    question.get_by_role("button", name="Revoke").click()


def test_a_request_is_made_and_denied_by_keyboard_alone(company: Acme, seen: Seen) -> None:
    page = seen(company.ben)
    press = page.keyboard.press
    page.get_by_label("Message #access-requests").focus()
    page.keyboard.type("/sym req database")
    press("Enter")
    expect(modal(page).get_by_label("Target")).to_be_focused()
    press("ArrowDown")
    press("Enter")
    expect(modal(page).get_by_label("Target")).to_have_value("Orders database")
    press("Tab")
    page.keyboard.type("1432")
    expect(page.get_by_role("option")).to_have_count(1)
    press("Enter")
    tab_to(page, modal(page).get_by_label("Why do you need it?"))
    page.keyboard.type("Invoices are wrong")
    press("Tab")
    for key in ("ArrowDown", "ArrowDown", "Enter", "Control+Enter"):
        press(key)
    expect(modal(page)).to_be_hidden()
    expect(message(page, "asks for access")).to_contain_text("Orders database for 30 minutes")
    tab_to(page, page.get_by_role("button", name="You are Ben Ruiz"), back=True)
    press("Enter")
    page.keyboard.type("cleo")
    press("Enter")
    expect(page.get_by_role("button", name="You are Cleo Tran")).to_be_focused()
    waiting = card(page, "asks for access")
    tab_to(page, waiting.get_by_label("Decision message"))
    page.keyboard.type("Ask billing first")
    tab_to(page, waiting.get_by_role("button", name="Deny"))
    press("Enter")
    denied = message(page, "Denied by @Cleo Tran")
    expect(denied).to_contain_text("Ask billing first")
    expect(denied.get_by_role("button", name="Approve")).to_have_count(0)
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    open_messages(enter(page, company, company.ben))
    expect(message(page, "was denied by @Cleo Tran")).to_contain_text("Ask billing first")


def test_the_home_tab_on_a_phone_from_a_new_request_to_the_end_of_access(company: Acme, seen: Seen, hold: Hold) -> None:
    ben, cleo = seen(company.ben, "phone", "dark"), seen(company.cleo, "phone", "dark")
    home = open_home(ben)
    expect(home).to_contain_text("You hold no access.")
    hold(ben, "phone-home-empty")
    home.get_by_role("button", name="New request").click()
    choose(ben, "Flow", "Production databases")
    modal(ben).get_by_role("button", name="Next").click()
    expect(modal(ben).get_by_label("Why do you need it?")).to_be_visible()
    fill_in(ben, reason="Search is slow", duration="4 seconds")
    hold(ben, "phone-form")
    submit(ben)
    waiting = open_home(cleo)
    expect(waiting).to_contain_text("Waiting for you (1)")
    expect(waiting.locator("blockquote")).to_have_text("Search is slow")
    hold(cleo, "phone-home-waiting")
    expect(open_home(ben).get_by_role("button", name="Withdraw")).to_be_visible()
    waiting.get_by_role("button", name="Approve").click()
    expect(home).to_contain_text("Access granted until today at")
    expect(home.get_by_role("button", name="End access")).to_be_visible()
    hold(ben, "phone-home-access")
    expect(waiting).to_contain_text("Nothing waits for your decision.")
    open_messages(ben)
    expect(message(ben, "Your access to Orders database has ended")).to_be_visible(timeout=LONG)
    hold(ben, "phone-direct")
    home = open_home(ben)
    expect(home.get_by_text("Access ended")).to_be_visible()
    expect(home).to_contain_text("You hold no access.")
    ended = card(enter(cleo, company, company.cleo), "Access ended · today at")
    expect(ended.get_by_role("button", name="Revoke")).to_have_count(0)
    hold(cleo, "phone-ended")
    assert cleo.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_access_is_given_back_from_the_home_tab(company: Acme, seen: Seen, hold: Hold) -> None:
    ben, cleo = seen(company.ben), seen(company.cleo)
    open_form(ben)
    fill_in(ben, reason="Invoices are wrong", duration="30 minutes", database="Billing database")
    submit(ben)
    waiting = card(ben, "asks for access")
    waiting.get_by_role("button", name="Approve").click()
    expect(only_for_me(ben, OWN)).to_be_visible()
    expect(cleo.get_by_text(OWN)).to_have_count(0)
    card(cleo, "asks for access").get_by_role("button", name="Approve").click()
    home = open_home(ben)
    home.get_by_role("button", name="End access").click()
    hold(ben, "home")
    ben.get_by_role("alertdialog").get_by_role("button", name="End access").click()
    expect(home).to_contain_text("You hold no access.")
    expect(card(cleo, "Access ended by @Ben Ruiz")).to_contain_text("asked for access to Billing database")
