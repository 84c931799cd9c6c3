"""Which way ``symflow runs`` goes."""

from __future__ import annotations

import pytest

from sym.commands._asking import Wanted
from sym.commands._gateway import LocalGateway, gateway
from sym.commands._remote import RemoteGateway
from sym.errors import Invalid, Unauthenticated, Unavailable
from tests.runtime.commands.conftest import Symflow


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SYM_STORE_URL", "SYM_API_URL", "SYM_JWT"):
        monkeypatch.delenv(name, raising=False)


def test_a_store_is_used_when_no_server_is_named(symflow: Symflow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYM_STORE_URL", str(symflow.environment["SYM_STORE_URL"]))
    with gateway("ann") as found:
        assert isinstance(found, LocalGateway)


def test_a_server_is_used_when_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYM_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SYM_JWT", "x.y.z")
    with gateway() as found:
        assert isinstance(found, RemoteGateway)
        with pytest.raises(Unavailable, match="does not answer"):
            found.list(Wanted(limit=1))


def test_a_server_without_a_token_is_no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYM_API_URL", "http://127.0.0.1:9")
    with pytest.raises(Unauthenticated, match="SYM_JWT"), gateway():
        pass


def test_a_server_and_a_store_contradict_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYM_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SYM_STORE_URL", "postgresql://db/sym")
    with pytest.raises(Invalid, match="SYM_API_URL and SYM_STORE_URL"), gateway():
        pass


def test_nobody_acts_as_somebody_else_through_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYM_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SYM_JWT", "x.y.z")
    with pytest.raises(Invalid, match="--as"), gateway("ann"):
        pass
