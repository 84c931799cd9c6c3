"""The rest of the simulator's page: people, conversations, the app's home, threads, restarts, hostile text, axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from sym.simulator.server import Simulator
from tests.browser.conftest import SETTINGS, Hold, Look, Stage, people_of
from tests.browser.steps import ask, composer, message, modal, say


def become(page: Page, name: str) -> None:
    """Switch to somebody else."""
    page.get_by_role("button", name="Switch person").click()
    page.get_by_role("menuitemradio", name=name).click()


def test_one_page_shows_one_person_after_the_other(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    ask(page)
    expect(page.get_by_text("on its way")).to_be_visible()
    page.get_by_role("button", name="Switch person").click()
    expect(page.get_by_role("menuitemradio", name="Linus Berg")).to_contain_text("guest")
    page.keyboard.press("g")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="You are Grace Okafor")).to_be_focused()
    expect(page.get_by_text("on its way")).to_have_count(0)
    message(page, "Database access").get_by_role("button", name="Approve").click()
    expect(message(page, "Database access")).to_contain_text("Approved by @Grace Okafor")
    page.reload()
    expect(page.get_by_role("button", name="You are Grace Okafor")).to_be_visible()


def test_somebody_is_deactivated_and_let_in_again(stage: Stage, look: Look) -> None:
    page = look(stage.ada)

    def choose(name: str) -> None:
        page.get_by_role("button", name="Who works here").click()
        page.get_by_role("menuitem", name=name).click()

    choose("Deactivate Grace Okafor")
    expect(page.get_by_text("Grace Okafor is deactivated")).to_be_visible()
    page.get_by_role("button", name="Who works here").click()
    expect(page.get_by_role("menuitem", name="Let Grace Okafor in again")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Switch person").click()
    expect(page.get_by_role("menuitemradio", name="Grace Okafor")).to_have_count(0)
    page.keyboard.press("Escape")
    choose("Let Grace Okafor in again")
    expect(page.get_by_text("Grace Okafor is active again")).to_be_visible()
    become(page, "Grace Okafor")
    expect(page.get_by_role("button", name="You are Grace Okafor")).to_be_visible()


def test_what_is_unread_is_marked_until_it_is_read(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    stage.product.app.client.chat_postMessage(channel=stage.ada.id, text="Your access ends soon")
    entry = page.get_by_role("navigation").get_by_role("button", name="Sym")
    expect(entry).to_have_accessible_name("Sym 1 unread")
    entry.click()
    page.get_by_role("tab", name="Messages").click()
    expect(message(page, "Your access ends soon")).to_be_visible()
    page.get_by_role("navigation").get_by_role("button", name="ops").click()
    expect(entry).to_have_accessible_name("Sym")


def test_the_apps_home_and_its_shortcut(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    page.get_by_role("navigation").get_by_role("button", name="Sym").click()
    page.get_by_role("tab", name="Home").click()
    expect(page.get_by_role("tabpanel").get_by_role("heading", name="Your access")).to_be_visible()
    page.get_by_role("button", name="New request").click()
    page.get_by_role("tab", name="Home").press("ArrowRight")
    expect(page.get_by_role("tab", name="Messages")).to_be_focused()
    page.get_by_role("button", name="Shortcuts").click()
    page.get_by_role("menuitem", name="Request access").click()
    expect(modal(page).get_by_role("heading", name="Request access")).to_be_visible()
    assert [name for name, _ in stage.product.told] == ["new"]


def test_the_page_says_when_the_app_is_gone(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    address = stage.simulator.slack.app.request_url
    expect(page.get_by_text("Sym connected over HTTP")).to_be_visible()
    stage.simulator.connect(None)
    expect(page.get_by_text("Sym is not connected: until it is")).to_be_visible()
    stage.simulator.connect(address)
    expect(page.get_by_text("Sym is not connected")).to_have_count(0)


def test_somebody_of_another_company_has_no_home_tab(stage: Stage, look: Look) -> None:
    stranger = stage.simulator.add_person("Sam Ito", email="sam@globex.test", team="T0GLOBEX000")
    stage.simulator.invite(stage.ops, stranger)
    page = look(stranger)
    expect(page.get_by_role("button", name="You are Sam Ito (other company)")).to_be_visible()
    page.get_by_role("navigation").get_by_role("button", name="Sym").click()
    page.get_by_role("tab", name="Home").click()
    expect(page.get_by_role("tabpanel")).to_have_text("People of another company have no home tab of this app.")


def test_the_address_may_name_people_and_places(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    page.goto(f"{stage.simulator.url}/#as=grace&in=general")
    expect(page.get_by_role("button", name="You are Grace Okafor")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("general")


def test_people_talk_in_threads(stage: Stage, look: Look) -> None:
    ada, grace = look(stage.ada), look(stage.grace)
    say(ada, "who is on call?")
    grace_sees = message(grace, "who is on call?")
    grace_sees.hover()
    grace_sees.get_by_role("button", name="Reply in thread").click()
    grace.keyboard.type("I am")
    grace.keyboard.press("Enter")
    expect(ada.get_by_role("button", name="1 reply")).to_have_attribute("aria-expanded", "true")
    expect(message(ada, "I am")).to_be_visible()
    ada.get_by_role("button", name="1 reply").click()
    expect(ada.get_by_text("I am", exact=True)).to_be_hidden()


def test_everything_of_block_kit_is_shown_and_nothing_in_a_text_becomes_markup(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    say(page, "/sym everything")
    shown = message(page, "Everything")
    expect(shown).to_contain_text("<img src=x onerror=alert(1)> a trap bold")
    expect(shown.locator("img")).to_have_count(0)
    expect(shown.get_by_role("link")).to_have_count(1)
    expect(shown.get_by_role("link")).to_have_attribute("href", "https://example.com/?a=1&b=2")
    expect(shown.locator("pre")).to_have_text("SELECT 1;")
    expect(shown.get_by_role("listitem")).to_have_text(["one", "two", "first"])
    expect(shown).to_contain_text("Everything 🎉")
    shown.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Hide").click()
    shown.get_by_label("Pick one").click()
    page.get_by_role("option", name="b", exact=True).click()
    shown.get_by_role("checkbox", name="y").check()
    expect(shown.get_by_role("checkbox", name="y")).to_be_checked()
    stage.ada.wait_for(lambda: len(stage.product.told) == 3)
    assert [name for name, _ in stage.product.told] == ["more", "pick", "boxes"]


def test_text_cannot_be_set_as_markup_and_scripts_come_from_here_alone(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    refused = """() => {
      try { document.body.innerHTML = '<b>x</b>'; return 'taken'; } catch (error) { return error.name; }
    }"""
    assert page.evaluate(refused) == "TypeError"
    refused = """() => new Promise((resolve) => {
      addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
      import('https://example.com/x.js').catch(() => {});
    })"""
    assert page.evaluate(refused) == "script-src-elem"
    stage.problems.clear()


def test_the_files_are_what_they_say_they_are_and_nobody_frames_them(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    for name in ("", "app.js", "style.css", "icon.svg"):
        headers = page.request.get(f"{stage.simulator.url}/{name}").headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "frame-ancestors 'none'"
    other = page.context.new_page()
    other.set_content(f'<iframe src="{stage.simulator.url}/"></iframe>')
    assert other.frames[1].url.startswith("chrome-error:")


ALIEN = '<span class="spoken"> (opens in a new tab)</span></a>'
ME = '<span class="mention mention-me">'
MARKDOWN = [
    ("*bold* _it_ ~gone~ `a *b*`", "<strong>bold</strong> <em>it</em> <s>gone</s> <code>a *b*</code>"),
    ("2*3*4 snake_case_name * a *", "2*3*4 snake_case_name * a *"),
    ("*bold _and italic_*", "<strong>bold <em>and italic</em></strong>"),
    ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
    (
        "<https://a.test|*x* &lt;y&gt;>",
        f'<a href="https://a.test/" target="_blank" rel="noopener noreferrer">*x* &lt;y&gt;{ALIEN}',
    ),
    ("<javascript:alert(1)|x> <data:text/html,x|y>", "x y"),
    (
        "<@U1> <@U9|new> <#C1> <!here>",
        f'{ME}@Ada</span> <span class="mention">@new</span> <span class="mention">#ops</span> {ME}@here</span>',
    ),
    (":tada: :nonsense:", '<span class="emoji" role="img" aria-label="tada">🎉</span> :nonsense:'),
    ("<!date^nonsense^{date}|later>", "later"),
]
DATES = [
    ("<!date^1773500966^{date_short_pretty} at {time}|later>", "Today at 3:09 PM"),
    ("ends <!date^1773590966^{date_short_pretty}|later>", "ends tomorrow"),
    ("<!date^1773000000^{date_num} {time_secs}|later>", "2026-03-08 8:00:00 PM"),
    ("<!date^1773000000^{date_long}|later>", "Sunday, March 8, 2026"),
    ("<!date^1773000000^{unknown} {ago}|later>", "{unknown} 5 days ago"),
]

RENDER = """async (text) => {
  const { mrkdwn } = await import('/mrkdwn.js');
  const of = (table) => (id) => table[id] ?? null;
  const names = { me: 'U1', person: of({ U1: 'Ada' }), channel: of({ C1: 'ops' }), now: () => 1773500966 };
  const holder = document.createElement('div');
  holder.append(...mrkdwn(text, names));
  return [holder.innerHTML, holder.textContent];
}"""


def test_slacks_markdown(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    for text, inside in MARKDOWN:
        html, _ = page.evaluate(RENDER, text)
        assert html == f'<span class="md-text">{inside}</span>'
    for text, said in DATES:
        _, shown = page.evaluate(RENDER, text)
        assert shown.replace("\u202f", " ") == said
    html, _ = page.evaluate(RENDER, "&gt; a\n&gt; b\nc")
    assert html == '<blockquote><span class="md-text">a<br>b</span></blockquote><span class="md-text">c</span>'


def test_the_page_finds_back_when_the_simulator_was_restarted(stage: Stage, look: Look) -> None:
    page = look(stage.ada)
    say(page, "before")
    expect(message(page, "before")).to_be_visible()
    port = int(stage.simulator.url.rpartition(":")[2])
    stage.simulator.stop()
    expect(page.get_by_text("The simulator does not answer. Reconnecting…")).to_be_visible()
    with Simulator(manifest=SETTINGS, port=port) as again:
        ada, _, ops = people_of(again)
        assert (ada.id, ops.id) == (stage.ada.id, stage.ops.id)
        expect(page.get_by_text("The simulator does not answer")).to_be_hidden(timeout=15_000)
        expect(page.get_by_text("before", exact=True)).to_have_count(0)
        say(page, "after")
        expect(message(page, "after")).to_be_visible()
    stage.problems.clear()


def test_the_side_is_a_drawer_on_a_phone(stage: Stage, look: Look) -> None:
    page = look(stage.ada, "phone")
    side = page.get_by_role("navigation", name="Conversations")
    expect(side).to_be_hidden()
    page.get_by_role("button", name="Conversations").click()
    expect(side.get_by_role("button", name="ops")).to_be_focused()
    page.keyboard.press("Escape")
    expect(side).to_be_hidden()
    expect(page.get_by_role("button", name="Conversations")).to_be_focused()
    page.keyboard.press("Enter")
    side.get_by_role("button", name="general").click()
    expect(side).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_contain_text("general")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_axe_finds_nothing_serious(stage: Stage, look: Look, hold: Hold, width: str) -> None:
    page = look(stage.ada, width)
    composer(page).press_sequentially("/sym")
    expect(page.get_by_role("option")).to_have_count(3)
    hold(page, f"hints-{width}")
    page.keyboard.press("Enter")
    expect(modal(page)).to_be_visible()
    modal(page).get_by_role("button", name="Request").click()
    expect(modal(page).get_by_label("Database")).to_have_attribute("aria-invalid", "true")
    hold(page, f"modal-{width}")
    modal(page).get_by_label("Tables").click()
    page.get_by_role("option", name="parts").click()
    hold(page, f"list-{width}")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(modal(page)).to_be_hidden()
    ask(page)
    say(page, "/sym everything")
    expect(message(page, "Everything")).to_be_visible()
    message(page, "Database access").scroll_into_view_if_needed()
    hold(page, f"channel-{width}")
    message(page, "Database access").get_by_role("button", name="Deny").click()
    hold(page, f"confirm-{width}")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Switch person").click()
    hold(page, f"people-{width}")
    page.keyboard.press("Escape")
    if width == "phone":
        page.get_by_role("button", name="Conversations").click()
        hold(page, f"side-{width}")
    page.get_by_role("navigation").get_by_role("button", name="Sym").click()
    page.get_by_role("tab", name="Home").click()
    expect(page.get_by_role("heading", name="Your access")).to_be_visible()
    hold(page, f"home-{width}")
    if width == "phone":
        page.get_by_role("button", name="Conversations").click()
    page.get_by_role("button", name="App traffic").click()
    expect(page.get_by_role("cell", name="views.publish").first).to_be_visible()
    hold(page, f"log-{width}")
