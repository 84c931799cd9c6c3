"""The store that ``symflow`` works on, behind a server of this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from sym.api.app import create_app
from sym.api.wiring import Services
from sym.engine.inbound import Inbound
from sym.engine.keys import KeyDirectory
from sym.engine.queue import Queue
from sym.store.database import Store
from tests.runtime.commands.conftest import Symflow


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def served(store: Store, folder: Path) -> Iterator[str]:
    """The address of the API over ``store``, with the keys of ``folder``."""
    services = Services(store=store, inbound=Inbound(store, Queue(store, _now)), keys=KeyDirectory(folder / "keys"),
                        problems=list, clock=_now)  # fmt: skip
    bound = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(services), log_config=None, lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/api/v1"
    finally:
        server.should_exit = True
        thread.join(10)
        bound.close()


def through(symflow: Symflow, url: str, username: str) -> Symflow:
    """``symflow`` of somebody who has nothing but the server's address and a token."""
    token = symflow("tokens", "issue", "-u", username, "-e", "1h").stdout.strip()
    other = Symflow(symflow.folder)
    other.environment |= {"SYM_STORE_URL": None, "SYM_API_URL": url, "SYM_JWT": token}
    return other
