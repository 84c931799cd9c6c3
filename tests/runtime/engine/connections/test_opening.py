"""What integrations and strategies are offered when they connect."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sym.engine.connections.opening import Connections
from sym.errors import NotServed

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SECRET = {
    "$type": "secret", "id": "s1", "path": "p", "srn": "acme:secret:env:p:latest:1", "settings": {},
    "source": {"srn": "acme:secrets:env:e:latest:1", "type": "env", "settings": {}},
}  # fmt: skip
INTEGRATION = {"$type": "integration", "srn": "acme:integration:planted:i:latest:1", "type": "planted",
               "external_id": "acme", "settings": {"token": SECRET}}  # fmt: skip


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Any]:
    packages: list[ModuleType] = []

    def make(shelf: str, text: str) -> None:
        package: ModuleType = __import__(f"sym.{shelf}", fromlist=["x"])
        packages.append(package)
        (tmp_path / "planted.py").write_text(text)
        package.__path__.append(str(tmp_path))

    yield make
    for package in packages:
        package.__path__.remove(str(tmp_path))
        sys.modules.pop(f"{package.__name__}.planted", None)


def test_an_integration_has_its_secrets_and_the_time(plant: Any) -> None:
    plant("integrations", "def connect(host, integration): return host, integration\n")
    asked: list[str] = []
    host, integration = Connections().open(INTEGRATION, lambda key: asked.append(key) or "v", now=lambda: NOW)  # type: ignore[func-returns-value]
    assert asked == []
    assert host.secret(integration.settings["token"].id) == "v"
    assert asked == ["s1"]
    assert host.now() == NOW
    assert host.runtime_role is None


def test_without_a_clock_nobody_is_told_a_time(plant: Any) -> None:
    plant("integrations", "def connect(host, integration): return host\n")
    with pytest.raises(RuntimeError, match="gave it no clock"):
        Connections().open(INTEGRATION, str).now()


def test_a_strategy_connects_by_its_settings_with_secrets_in_place_of_their_ids(plant: Any) -> None:
    plant("strategies", "def connect(host, settings): return host, settings\n")
    view = {"type": "planted", "settings": {"url": "u", "key": "s1"}, "secrets": {"key": SECRET}}
    host, settings = Connections().open_strategy(view, str, now=lambda: NOW)
    assert (settings["url"], settings["key"].id) == ("u", "s1")
    assert host.now() == NOW


def test_what_needs_no_connection_has_none_and_what_is_only_known_is_refused(plant: Any) -> None:
    assert Connections().open({**INTEGRATION, "type": "custom"}, str) is None
    plant("integrations", "'''Known.'''\n")
    with pytest.raises(NotServed, match="type 'planted' are not served"):
        Connections().open(INTEGRATION, str)
