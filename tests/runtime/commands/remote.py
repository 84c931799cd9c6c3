"""A server over the store of ``symflow``, in this process but on a real socket."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from sym import config
from sym.api.app import create_app
from sym.api.wiring import Services
from sym.engine.inbound import Inbound
from sym.engine.keys import KeyDirectory
from sym.engine.queue import Queue
from sym.store.database import Store
from tests.runtime.commands.conftest import Symflow


@contextmanager
def served(symflow: Symflow, store: Store) -> Iterator[str]:
    """The URL of the API over the store; nothing works off what is asked for."""
    services = Services(
        store=store, inbound=Inbound(store, Queue(store, config.now)), keys=KeyDirectory(symflow.folder / "keys"),
        problems=list, clock=config.now,
    )  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as bound:
        options = uvicorn.Config(create_app(services), log_config=None, lifespan="off", ws="none")
        server = uvicorn.Server(options)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
            assert not thread.is_alive()


@contextmanager
def through_server(symflow: Symflow, store: Store, username: str = "root@acme.example") -> Iterator[Symflow]:
    """``symflow`` for which the server is all there is, with a token of ``username``."""
    token = symflow("tokens", "issue", "-u", username, "-e", "1d", "-n").stdout
    with served(symflow, store) as url:
        far = Symflow(symflow.folder)
        far.environment |= {"SYM_STORE_URL": None, "SYM_API_URL": url, "SYM_JWT": token}
        yield far
