"""The repository in both its forms, over a store on both databases."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
import uvicorn

from sym.api.app import create_app
from sym.api.wiring import Services
from sym.sealing import SealingKeys
from sym.store.database import Store
from sym_provider.api import ApiRepository
from sym_provider.repository import Repository
from sym_provider.server import Access, Patience
from sym_provider.store import StoreRepository
from tests.runtime.api.conftest import World, populate


@contextmanager
def serving(world: World) -> Iterator[str]:
    """The API over the world's store, on a port of this machine; gives its URL."""
    services = Services(
        store=world.store, inbound=world.inbound, keys=world.keys, problems=lambda: world.trouble,  # type: ignore[arg-type]
        clock=lambda: world.now,
    )  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as bound:
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else every answer waits 40 ms for an ACK
        server = uvicorn.Server(uvicorn.Config(create_app(services), log_config=None, lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/api/v1"
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def acme(store: Store, tmp_path: Path, now: datetime) -> World:
    """The organization acme on both databases."""
    return populate(store, tmp_path / "keys", now)


@pytest.fixture
def through_api(acme: World) -> Iterator[Callable[..., ApiRepository]]:
    """Makes a repository on the API, for one of the world's users."""
    with serving(acme) as url:
        made: list[ApiRepository] = []

        def connect(user: str = "terraform") -> ApiRepository:
            access = Access(url=url, token=acme.token(user), origin="SYM_JWT", org="acme")
            made.append(ApiRepository(access, Patience(pause=0.01)))
            return made[-1]

        yield connect
        for repository in made:
            repository.close()


@pytest.fixture(params=["store", "api"])
def repository(request: pytest.FixtureRequest, store_url: str, acme: World, now: datetime) -> Iterator[Repository]:
    """The repository that opens the store itself, then the one behind the API."""
    if request.param == "store":
        opened = StoreRepository(store_url, "acme", lambda: now, keys=SealingKeys(acme.keys.path))
        yield opened
        opened.close()
        return
    yield request.getfixturevalue("through_api")()
