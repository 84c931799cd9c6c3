"""The simulator's page in headless Chromium, with a small app behind it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from slack_sdk import WebClient

from sym.simulator.apps import AppSettings, Command, Shortcut
from sym.simulator.conversations import Conversation
from sym.simulator.person import Person
from sym.simulator.server import Simulator
from tests.browser.chromium import SCHEMES, Scheme, chromium, launched, window
from tests.browser.small_app import Product, Serving

SETTINGS = AppSettings(
    commands=(Command(command="/sym", description="Ask for access", usage_hint="req [flow] | whoami | everything"),),
    shortcuts=(Shortcut(callback_id="sym_request", name="Request access", description="Choose and ask"),),
)


@pytest.fixture(scope="module")  # it keeps a loop running, which other tests may not have
def browser() -> Iterator[Browser]:
    """Chromium. Tests are skipped without one, except in CI, where they fail."""
    path = chromium()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is not on PATH: the browser tests drive the real one")
        pytest.skip("NOT TESTED IN A BROWSER: no chromium on PATH (apt-get install chromium)")
    with launched(path) as running:
        yield running


@dataclass
class Stage:
    """The simulator with a few people, a channel and the app."""

    simulator: Simulator
    product: Product
    ada: Person
    grace: Person
    ops: Conversation
    problems: list[str] = field(default_factory=list)


def people_of(simulator: Simulator) -> tuple[Person, Person, Conversation]:
    """Ada, Grace and #ops, with the same ids whenever it is a new simulator."""
    ada = simulator.add_person("Ada Park", email="ada@acme.test")
    grace = simulator.add_person("Grace Okafor", email="grace@acme.test", is_admin=True)
    simulator.add_person("Linus Berg", email="linus@else.test", is_guest=True)
    return ada, grace, simulator.add_channel("#ops", members=[ada, grace], has_app=True, topic="Everything that burns")


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A simulator and the small app, connected over HTTP."""
    with Simulator(manifest=SETTINGS) as simulator:
        ada, grace, ops = people_of(simulator)
        client = WebClient(token=simulator.bot_token, base_url=simulator.api_url)
        product = Product(client, simulator.signing_secret)
        serving = Serving(product)
        simulator.connect(serving.url)
        yield Stage(simulator, product, ada, grace, ops)
        serving.stop()


Look = Callable[..., Page]


@pytest.fixture
def look(browser: Browser, stage: Stage) -> Iterator[Look]:
    """``look(person, width="desktop", scheme="light")``: the page as somebody sees it, in #ops. Whatever goes wrong in
    the page fails the test."""
    pages = []

    def opened(person: Person, width: str = "desktop", scheme: Scheme = "light") -> Page:
        page = window(browser, stage.problems, width, scheme)
        pages.append(page)
        page.goto(f"{stage.simulator.url}/#as={person.id}&in={stage.ops.id}")
        expect(page.get_by_role("heading", level=1)).to_contain_text("ops")
        return page

    yield opened
    for page in pages:
        page.context.close()
    assert stage.problems == []


Hold = Callable[[Page, str], None]


@pytest.fixture
def hold() -> Hold:
    """``hold(page, name)``: in light and in dark, axe finds nothing that it calls serious or critical.

    A picture of each is kept where ``SCREENSHOTS`` says, if it does."""
    folder = os.environ.get("SCREENSHOTS")

    def held(page: Page, name: str) -> None:
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if folder:
                Path(folder).mkdir(parents=True, exist_ok=True)
                page.screenshot(path=Path(folder) / f"{name}-{scheme}.png")
            found = Axe().run(page).response["violations"]
            grave = [
                (each["id"], [node["html"] for node in each["nodes"]])
                for each in found
                if each["impact"] in {"serious", "critical"}
            ]
            assert grave == [], f"{name}, {scheme}"

    return held
