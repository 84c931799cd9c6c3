"""Pictures of the main screens, for the documentation: ``python -m tests.browser.screenshots [FOLDER]``.

A real server, the simulated Slack and headless Chromium, as in the browser tests. Writes PNG files into ``docs/slack``,
or into FOLDER.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from sym.store.database import Store
from tests.browser.chromium import Scheme, chromium, launched, window
from tests.browser.product.acme import Acme, acme
from tests.browser.product.steps import card, enter, fill_in, open_form, open_home, submit
from tests.browser.steps import modal

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "slack"
MOST_BYTES = 150_000
FLASH_MS = 2000
"""An edited message shines for a moment."""
REASON = "A customer was charged twice. I compare the invoice with the order, and change nothing."


class Studio:
    """People with windows of their own, and where the pictures go."""

    def __init__(self, browser: Browser, organization: Acme, folder: Path) -> None:
        self.browser, self.acme, self.folder = browser, organization, folder
        self.problems: list[str] = []

    def window(self, name: str, width: str = "desktop", scheme: Scheme = "light") -> Page:
        """What somebody sees."""
        page = window(self.browser, self.problems, width, scheme)
        return enter(page, self.acme, self.acme.simulator.person(name))

    def take(self, page: Page, name: str) -> None:
        """Keep what is seen now, once nothing of it is new any more."""
        page.mouse.move(0, 0)
        page.evaluate("document.activeElement.blur()")
        page.wait_for_timeout(FLASH_MS)
        path = self.folder / f"{name}.png"
        page.screenshot(path=path, scale="css", animations="disabled", caret="hide")
        print(f"{path}  {path.stat().st_size // 1000} kB")
        if path.stat().st_size > MOST_BYTES:
            raise SystemExit(f"{path} is larger than {MOST_BYTES // 1000} kB.")


def take_all(studio: Studio) -> None:
    """One request from the form to its end, and then what people find in App Home."""
    ben, cleo = studio.window("ben"), studio.window("cleo")
    phone = studio.window("cleo", "phone", "dark")
    open_form(ben)
    fill_in(ben, reason=REASON, duration="30 minutes")
    modal(ben).get_by_label("No", exact=True).check()
    studio.take(ben, "form")
    submit(ben)
    waiting = card(cleo, "asks for")
    studio.take(cleo, "card-waiting")
    card(phone, "asks for")
    studio.take(phone, "phone-dark")
    waiting.get_by_label("Decision message").fill("Fine. Tell #billing what you find.")
    waiting.get_by_role("button", name="Approve").click()
    granted = card(cleo, "Access granted")
    studio.take(cleo, "card-granted")
    granted.get_by_role("button", name="Revoke").click()
    cleo.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    card(cleo, "Access ended")
    studio.take(cleo, "card-ended")
    _take_home(studio, ben, cleo)


def _take_home(studio: Studio, ben: Page, cleo: Page) -> None:
    open_form(ben)
    fill_in(ben, reason="The export has holes since Tuesday.", duration="4 hours", database="Billing database")
    submit(ben)
    card(cleo, "The export has holes").get_by_role("button", name="Approve").click()
    card(cleo, "Access granted")
    open_form(cleo)
    fill_in(cleo, reason="Search is slow, and I look for the query that does it.", duration="30 minutes")
    submit(cleo)
    card(ben, "Search is slow")
    open_home(ben)
    expect(ben.get_by_role("button", name="End access")).to_be_visible()
    studio.take(ben, "app-home")


def main() -> None:
    """Take them all."""
    folder = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = chromium()
    if path is None:
        raise SystemExit("chromium is not on PATH (apt-get install chromium)")
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{place}/store.db"
        store = Store(url)
        store.migrate()
        store.close()
        with acme(url, Path(place)) as organization, launched(path) as browser:
            studio = Studio(browser, organization, folder)
            take_all(studio)
            if studio.problems:
                raise SystemExit(f"The page had problems: {studio.problems}")


if __name__ == "__main__":
    main()
