"""A server that people log in at, an issuer beside it, and a home folder for ``symflow`` to keep a login in."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
import uvicorn
import yaml
from click.testing import Result

from sym.api.app import create_app
from sym.api.wiring import Services
from sym.audit.events import Actor
from sym.oidc.settings import OidcSettings
from sym.store.database import Store
from sym.store.domains import add_domain
from tests.fakes.oidc.issuer import CLIENT, FakeIssuer, serving_issuer
from tests.runtime.api.conftest import World, populate
from tests.runtime.commands.conftest import Symflow


@dataclass
class Desk:
    """Where somebody sits: ``world`` is the server, ``home`` their folder."""

    world: World
    issuer: FakeIssuer
    symflow: Symflow
    home: Path

    @property
    def url(self) -> str:
        """The server."""
        return f"http://127.0.0.1:{self.world.port}/api/v1"

    @property
    def file(self) -> Path:
        """The login file."""
        return self.home / ".config" / "symflow" / "default" / "config.yml"

    @property
    def login(self) -> dict[str, Any]:
        """What is in it."""
        found: dict[str, Any] = yaml.safe_load(self.file.read_text())
        return found

    def change(self, **auth: Any) -> None:
        """Change what is in its auth_token."""
        login = self.login
        login["auth_token"] |= auth
        self.file.write_text(yaml.safe_dump(login))

    def __call__(self, *arguments: str, code: int = 0, **environment: str | None) -> Result:
        """Run ``symflow ARGUMENTS`` at this desk: no store and no server is named."""
        return self.symflow(*arguments, code=code, **environment)


@contextlib.contextmanager
def desk_at(folder: Path, template: Path) -> Iterator[Desk]:
    """A desk whose server keeps its store in ``folder``."""
    shutil.copy(template, folder / "server.db")
    store = Store(f"sqlite:///{folder / 'server.db'}")
    world = populate(store, folder / "keys", datetime.now(UTC))
    with store.transaction() as conn:
        add_domain(conn, "acme.example", actor=Actor.SYSTEM, now=world.now)
    home = folder / "home"
    home.mkdir()
    symflow = Symflow(folder / "sym")
    symflow.environment |= {
        "SYM_STORE_URL": None, "HOME": str(home), "XDG_CONFIG_HOME": None, "DISPLAY": None, "WAYLAND_DISPLAY": None,
        "BROWSER": None, "XDG_DATA_HOME": str(folder / "data"),
    }  # fmt: skip
    with serving_issuer(lambda: datetime.now(UTC)) as issuer, _served(world):
        world.oidc.settings = OidcSettings(issuer=issuer.url, client_id=CLIENT)
        yield Desk(world, issuer, symflow, home)
    store.close()


@contextlib.contextmanager
def _served(world: World) -> Iterator[None]:
    services = Services(
        store=world.store, inbound=world.inbound, keys=world.keys, problems=lambda: [],  # type: ignore[arg-type]
        clock=lambda: datetime.now(UTC), oidc=world.oidc,
    )  # fmt: skip
    bound = socket.create_server(("127.0.0.1", 0))
    world.port = bound.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(services), log_config=None, lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    yield
    server.should_exit = True
    thread.join(10)
    bound.close()


class Browser:
    """Goes where it is sent, in a thread of its own, as a browser does."""

    def __init__(self) -> None:
        self.pages: list[tuple[int, str]] = []
        self.urls: list[str] = []

    def __call__(self, url: str) -> bool:
        self.urls.append(url)
        threading.Thread(target=self._visit, args=(url,)).start()
        return True

    def _visit(self, url: str) -> None:
        answer = requests.get(url, timeout=10)
        self.pages.append((answer.status_code, answer.text))
