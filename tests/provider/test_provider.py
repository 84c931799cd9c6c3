from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from sym import config
from sym.resources import resources
from sym_provider.framework.diagnostics import Failure, Severity
from sym_provider.framework.values import UNKNOWN
from sym_provider.provider import SymProvider
from sym_provider.store import StoreRepository

NOBODY = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
Configure = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment of the provider's process."""
    return {}


@pytest.fixture
def provider(environment: dict[str, str], now: datetime, tmp_path: Path) -> Iterator[SymProvider]:
    made = SymProvider(environment, lambda: now, lambda: f"sqlite:///{tmp_path / 'default.db'}")
    yield made
    made.close()


@pytest.fixture
def configure(provider: SymProvider) -> Configure:
    """Configures the provider and gives severity and text of what it says."""

    def call(**block: Any) -> list[tuple[str, str]]:
        found = provider.configure({"org": "acme", "jwt_env_var": None, **block}, "1.11.4")
        return [(item.severity.value, f"{item.summary}: {item.detail}") for item in found]

    return call


def create_target(provider: SymProvider) -> Any:
    target = provider.resources["sym_target"]
    return target.create(target.schema.empty() | {"type": "custom", "name": "a"})


def test_there_is_a_resource_for_every_item_of_the_shelf(provider: SymProvider) -> None:
    assert set(provider.resources) == {f"sym_{name}" for name in resources()}


def test_the_block_has_an_organization_and_may_name_the_variable_of_the_token(provider: SymProvider) -> None:
    found = {item.name: (item.required, item.optional) for item in provider.schema.attributes}
    assert found["org"] == (True, False)
    assert found["jwt_env_var"] == (False, True)
    assert not [name for name, (required, _) in found.items() if required and name != "org"]


def test_a_store_that_is_named_is_used_without_a_word(
    provider: SymProvider, environment: dict[str, str], configure: Configure, tmp_path: Path
) -> None:
    environment["SYM_STORE_URL"] = f"sqlite:///{tmp_path / 'named.db'}"
    assert configure() == []
    assert list(tmp_path.iterdir()) == [], "configuring opens nothing"
    create_target(provider)
    assert (tmp_path / "named.db").exists()
    assert not (tmp_path / "default.db").exists()


def test_the_default_store_is_used_with_a_warning(provider: SymProvider, configure: Configure, tmp_path: Path) -> None:
    ((severity, text),) = configure()
    assert severity == Severity.WARNING.value
    assert str(tmp_path / "default.db") in text
    assert "Set SYM_STORE_URL" in text
    create_target(provider)
    assert (tmp_path / "default.db").exists()


@pytest.mark.parametrize("variable", [None, ""])
def test_a_token_without_a_place_is_an_error(
    environment: dict[str, str], configure: Configure, variable: str | None, tmp_path: Path
) -> None:
    environment["SYM_JWT"] = "a-token"
    ((severity, text),) = configure(jwt_env_var=variable)
    assert severity == Severity.ERROR.value
    assert all(name in text for name in ("SYM_JWT", "SYM_API_URL", "SYM_STORE_URL"))
    assert "a-token" not in text
    assert list(tmp_path.iterdir()) == []


def test_only_the_variable_that_is_named_holds_the_token(environment: dict[str, str], configure: Configure) -> None:
    environment["SYM_JWT"] = "a-token"
    assert [severity for severity, _ in configure(jwt_env_var="OTHER_JWT")] == ["warning"]
    environment["OTHER_JWT"] = "another"
    ((severity, text),) = configure(jwt_env_var="OTHER_JWT")
    assert severity == "error"
    assert "OTHER_JWT" in text
    assert "SYM_JWT" not in text


def test_two_places_are_an_error(environment: dict[str, str], configure: Configure) -> None:
    environment |= {"SYM_STORE_URL": "sqlite:////a", "SYM_API_URL": "http://127.0.0.1:1"}
    ((severity, text),) = configure()
    assert severity == "error"
    assert "SYM_STORE_URL and SYM_API_URL are both set" in text


def test_after_an_error_nothing_is_read_or_changed(
    provider: SymProvider, environment: dict[str, str], configure: Configure, tmp_path: Path
) -> None:
    environment["SYM_STORE_URL"] = f"sqlite:///{tmp_path / 'store.db'}"
    configure()
    environment["SYM_API_URL"] = "http://127.0.0.1:1"
    configure()
    with pytest.raises(Failure, match="The provider is not configured"):
        create_target(provider)


def test_a_block_that_is_not_known_yet_leaves_everything_unread(provider: SymProvider, configure: Configure) -> None:
    for block in ({"org": UNKNOWN}, {"jwt_env_var": UNKNOWN}):
        assert configure(**block) == []
        with pytest.raises(Failure) as caught:
            create_target(provider)
        assert "-target=" in caught.value.diagnostics[0].detail


def test_the_check_of_the_organization_can_be_skipped(
    provider: SymProvider, environment: dict[str, str], configure: Configure, tmp_path: Path
) -> None:
    environment["SYM_STORE_URL"] = f"sqlite:///{tmp_path / 'store.db'}"
    configure()
    create_target(provider)
    target = provider.resources["sym_target"]
    configure(org="other")
    with pytest.raises(Failure):
        target.read({"id": NOBODY})
    environment["SYM_TF_SKIP_VALIDATION"] = "1"
    configure(org="other")
    assert target.read({"id": NOBODY}) is None


def provider_of(environment: dict[str, str], now: datetime) -> SymProvider:
    default = f"sqlite:///{Path(platformdirs.user_data_dir('sym', appauthor=False)) / 'store.db'}"
    return SymProvider(environment, lambda: now, lambda: default)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"SYM_STORE_URL": "sqlite:////srv/sym/store.db"},
        {"SYM_STORE_URL": "sqlite:////srv/sym/store.db?x=1"},
        {"SYM_STORE_URL": "postgresql://db/sym"},
        {"SYM_STORE_URL": "postgresql://db/sym", "SYM_KEYS_DIR": "/etc/sym/keys"},
        {"SYM_STORE_URL": "sqlite:////srv/sym/store.db", "SYM_KEYS_DIR": "/etc/sym/keys"},
    ],
)
def test_secrets_are_encrypted_with_the_keys_the_worker_looks_for(environment: dict[str, str], now: datetime) -> None:
    made = provider_of(environment, now)
    list(made.configure({"org": "acme", "jwt_env_var": None}, "1.11.4"))
    assert made._repository is not None
    repository = made._repository._repository
    assert isinstance(repository, StoreRepository)
    assert repository._keys.path == config.load(environment).keys_dir
