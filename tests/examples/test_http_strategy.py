"""The receiver that the page of the HTTP strategy shows, run as it stands there."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
import requests

from sym.testing import FlowTest
from sym.testing.strategy_contract import ANYBODY
from tests.architecture.sources import ROOT

PAGE = (ROOT / "runtime" / "docs" / "http-strategy.md").read_text()
KEY = "the value of the signing secret"


@pytest.fixture
def receiver() -> Iterator[tuple[str, dict[str, Any]]]:
    """Its address, and its names."""
    found = re.search(r"```python receiver\.py\n(.*?)```", PAGE, re.DOTALL)
    assert found
    names: dict[str, Any] = {"__name__": "receiver"}
    exec(compile(found[1], "receiver.py", "exec"), names)
    names["Receiver"].log_message = lambda *_: None
    server = ThreadingHTTPServer(("127.0.0.1", 0), names["Receiver"])
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", names
    server.shutdown()
    server.server_close()


def granting(url: str, **more: Any) -> FlowTest:
    settings = {"url": "https://access.example.com/vault", "signing_secret": "key"}
    flow = FlowTest(ANYBODY, strategy_type="http", targets=["vault"], strategy_settings=settings, secrets=["key"],
                    addresses={"access.example.com": url}, **more)  # fmt: skip
    flow.secrets["SYM_SECRET_KEY"] = KEY
    return flow


@pytest.mark.parametrize("account", [None, "vault"])
def test_access_is_granted_and_ends(receiver: tuple[str, dict[str, Any]], account: str | None) -> None:
    url, names = receiver
    with granting(url, external_id=account, now=datetime.now(UTC)) as flow:
        request = flow.request(by="ada@example.com", target="vault", duration="30s")
        request.approve(by="approver@example.com")
        assert request.is_granted
        assert names["HAVE"] == {("ada@example.com", "vault")}
        flow.travel(minutes=1)
        assert request.status == "deescalated"
    assert names["HAVE"] == set()


def test_what_is_old_or_not_signed_is_refused(receiver: tuple[str, dict[str, Any]]) -> None:
    url, names = receiver
    with granting(url, external_id=None, now=datetime(2020, 1, 1, tzinfo=UTC)) as flow:
        request = flow.request(by="ada@example.com", target="vault", duration="1h")
        request.approve(by="approver@example.com")
        flow.travel(minutes=5)
        assert request.status == "errored"
        assert "not signed by Sym" in str(flow.outbox.reports(request.id))
    headers = {"Sym-Timestamp": str(int(datetime.now(UTC).timestamp())), "Sym-Signature": "v1=00"}
    assert requests.post(url, data=b'{"action": "escalate"}', headers=headers, timeout=5).status_code == 401
    assert names["HAVE"] == set()


def test_the_receiver_is_as_short_as_the_page_says() -> None:
    found = re.search(r"```python receiver\.py\n(.*?)```", PAGE, re.DOTALL)
    assert found
    assert len([line for line in found[1].splitlines() if line.strip()]) <= 40
