"""A request from the command to the decision, as people make it on the simulator's page."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Look, Stage
from tests.browser.steps import ask, composer, message, modal, pick, say


def test_a_request_is_made_and_approved_by_mouse(stage: Stage, look: Look) -> None:
    ada, grace = look(stage.ada), look(stage.grace, "phone", "dark")
    ask(ada)
    card = message(grace, "Database access")
    expect(card).to_contain_text("orders-7")
    expect(card.locator("blockquote")).to_have_text("customers see errors")
    card.get_by_label("Decision message").fill("go ahead")
    card.get_by_role("button", name="Approve").click()
    for page in (ada, grace):
        card = message(page, "Database access")
        expect(card).to_contain_text("Approved by @Grace Okafor: go ahead")
        expect(card).to_contain_text("(edited)")
        expect(card.get_by_role("button", name="Approve")).to_have_count(0)
        expect(card).to_contain_text("Access begins.")
    assert stage.product.told[-1] == ("approve", "go ahead")


def test_a_request_is_made_by_keyboard_alone(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    press = page.keyboard.press
    composer(page).focus()
    page.keyboard.type("/sy")
    expect(page.get_by_role("option", name="/sym req [flow]")).to_be_visible()
    press("ArrowDown")
    press("Enter")
    expect(composer(page)).to_have_value("/sym ")
    press("Enter")
    expect(modal(page).get_by_label("Read")).to_be_focused()
    press("Tab")
    expect(modal(page).get_by_label("Database")).to_be_focused()
    page.keyboard.type("-1")
    expect(page.get_by_role("option", name="orders-1", exact=True)).to_be_visible()
    press("ArrowDown")
    press("Enter")
    expect(modal(page).get_by_label("Database")).to_have_value("orders-10")
    press("Tab")
    page.keyboard.type("the index is broken")
    press("Tab")
    expect(modal(page).get_by_label("Tables")).to_be_focused()
    press("ArrowDown")
    press("Enter")
    press("ArrowDown")
    press("Enter")
    press("Escape")
    expect(modal(page)).to_be_visible()
    press("Control+Enter")
    expect(modal(page)).to_be_hidden()
    expect(composer(page)).to_be_focused()
    expect(message(page, "Database access")).to_contain_text("orders-10")
    values = dict(stage.product.told)["submitted"]
    assert [each["value"] for each in values["tables"]["value"]["selected_options"]] == ["orders", "customers"]


def test_the_focus_stays_in_the_modal_and_escape_closes_it(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    say(page, "/sym")
    expect(modal(page).get_by_label("Read")).to_be_focused()
    seen = set()
    for _ in range(14):
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('dialog').contains(document.activeElement)")
        seen.add(page.evaluate("document.activeElement.textContent || document.activeElement.id"))
    assert {"Close", "Cancel", "Request"} <= seen
    page.keyboard.press("Escape")
    expect(modal(page)).to_be_hidden()
    assert stage.ada.views() == []


def test_what_is_wrong_stands_beside_its_field_and_goes_when_it_is_mended(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    say(page, "/sym")
    modal(page).get_by_role("button", name="Request").click()
    database, reason = modal(page).get_by_label("Database"), modal(page).get_by_label("Reason")
    expect(database).to_have_attribute("aria-invalid", "true")
    expect(database).to_be_focused()
    pick(page, "Database", "orders-3", "orders-3")
    expect(database).not_to_have_attribute("aria-invalid", "true")
    reason.fill("short")
    modal(page).get_by_role("button", name="Request").click()
    expect(reason).to_have_accessible_description(
        "Say a little more: ten letters at least. Everybody in the channel reads it."
    )
    expect(reason).to_be_focused()
    reason.fill("long enough by now")
    modal(page).get_by_role("button", name="Request").click()
    expect(modal(page)).to_be_hidden()


def test_a_form_that_changes_keeps_the_focus_and_what_was_typed(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    say(page, "/sym")
    modal(page).get_by_label("Reason").fill("half a sent")
    modal(page).get_by_label("Write").check()
    expect(modal(page).get_by_label("Change number")).to_be_visible()
    expect(modal(page).get_by_label("Write")).to_be_focused()
    expect(modal(page).get_by_label("Reason")).to_have_value("half a sent")
    modal(page).get_by_label("Read").check()
    expect(modal(page).get_by_label("Change number")).to_have_count(0)
    expect(modal(page).get_by_label("Reason")).to_have_value("half a sent")


def test_typing_goes_on_while_the_form_is_replaced(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    say(page, "/sym")
    reason = modal(page).get_by_label("Reason")
    reason.press_sequentially("one ")
    changed = {**stage.ada.view().as_slack(), "title": {"type": "plain_text", "text": "Changed"}}
    view = {
        name: changed[name]
        for name in ("type", "callback_id", "title", "submit", "close", "private_metadata", "blocks")
    }
    view["blocks"] = [
        {**each, "hint": {"type": "plain_text", "text": "new"}} if each["block_id"] == "reason" else each
        for each in view["blocks"]
    ]
    stage.product.app.client.views_update(view_id=stage.ada.view().id, view=view)
    expect(modal(page).get_by_role("heading", name="Changed")).to_be_visible()
    page.keyboard.type("two")
    expect(modal(page).get_by_label("Reason")).to_have_value("one two")
    stage.ada.wait_for(lambda: stage.ada.view().as_page()["state"]["reason"]["value"]["value"] == "one two")


def test_numbers_dates_and_times_are_told_to_the_app_as_slack_tells_them(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    say(page, "/sym")
    pick(page, "Database", "orders-3", "orders-3")
    modal(page).get_by_label("Reason").fill("long enough by now")
    rows = modal(page).get_by_label("Rows")
    rows.fill("many")
    modal(page).get_by_label("Day").fill("2026-03-14")
    modal(page).get_by_label("Hour").fill("15:09")
    modal(page).get_by_label("Start").fill("2026-03-14T15:09")
    modal(page).get_by_role("button", name="Request").click()
    expect(rows).to_be_focused()
    expect(rows).to_have_attribute("aria-invalid", "true")
    rows.fill("12")
    modal(page).get_by_role("button", name="Request").click()
    expect(modal(page)).to_be_hidden()
    values = dict(stage.product.told)["submitted"]
    assert values["rows"]["value"]["value"] == "12"
    assert values["day"]["value"]["selected_date"] == "2026-03-14"
    assert values["hour"]["value"]["selected_time"] == "15:09"
    assert values["start"]["value"]["selected_date_time"] == 1773500940


def test_typeahead_searches_and_says_when_there_is_nothing(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    say(page, "/sym")
    modal(page).get_by_label("Database").click()
    expect(page.get_by_text("Type to search")).to_be_visible()
    page.keyboard.type("orders-3")
    expect(page.get_by_role("option")).to_have_count(11)
    page.keyboard.type("x")
    expect(page.get_by_text("No matches")).to_be_visible()


def test_a_form_that_loads_first_gets_the_focus_when_it_is_there(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    say(page, "/sym later")
    expect(modal(page).get_by_label("Read")).to_be_focused()


def test_a_view_on_top_of_another_goes_and_the_one_beneath_is_as_it_was(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    say(page, "/sym")
    modal(page).get_by_label("Reason").fill("written before")
    modal(page).get_by_role("button", name="About").click()
    expect(modal(page).get_by_role("heading", name="About")).to_be_visible()
    modal(page).get_by_role("button", name="Back").click()
    expect(modal(page).get_by_label("Reason")).to_have_value("written before")
    modal(page).get_by_role("button", name="About").click()
    expect(modal(page).get_by_role("heading", name="About")).to_be_visible()
    page.keyboard.press("Escape")
    expect(modal(page)).to_be_hidden()
    assert stage.ada.views() == []


def test_a_submission_that_takes_too_long_says_so_and_loses_nothing(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    say(page, "/sym")
    pick(page, "Database", "orders-9", "orders-9")
    modal(page).get_by_label("Reason").fill("this takes too long")
    request = modal(page).get_by_role("button", name="Request")
    request.click()
    expect(request).to_have_attribute("aria-disabled", "true")
    expect(modal(page).get_by_role("alert")).to_contain_text("Try again?")
    expect(request).to_have_attribute("aria-disabled", "false")
    expect(modal(page).get_by_label("Reason")).to_have_value("this takes too long")


def test_a_denial_is_confirmed_first(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    ask(page)
    deny = message(page, "Database access").get_by_role("button", name="Deny")
    deny.click()
    question = page.get_by_role("alertdialog", name="Deny this request?")
    expect(question).to_contain_text("Everybody will see it.")
    question.get_by_role("button", name="Go back").click()
    assert "deny" not in dict(stage.product.told)
    deny.click()
    question.get_by_role("button", name="Deny it").click()
    expect(message(page, "Database access")).to_contain_text("Denied")


def test_only_the_person_concerned_sees_an_ephemeral_message(stage: Stage, look: Look) -> None:
    ada, grace = look(stage.ada), look(stage.grace)
    ask(ada)
    expect(message(ada, "on its way")).to_contain_text("Only visible to you")
    expect(message(grace, "Database access")).to_be_visible()
    expect(grace.get_by_text("on its way")).to_have_count(0)
    ada.get_by_role("button", name="Dismiss").click()
    expect(ada.get_by_text("on its way")).to_have_count(0)


def test_an_app_that_is_too_slow_makes_a_toast_and_the_command_is_not_lost(stage: Stage, look: Look) -> None:
    page: Page = look(stage.ada)
    say(page, "/sym slow")
    expect(page.get_by_role("alert")).to_contain_text('/sym failed with the error "operation_timeout"')
    expect(composer(page)).to_have_value("/sym slow")
    page.get_by_role("alert").get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("alert")).to_have_count(0)
