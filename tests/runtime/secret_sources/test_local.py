"""Secrets in the store."""

from __future__ import annotations

import pytest

from sym import plugins
from sym.sdk._secrets import SecretPlace
from sym.secret_sources import local
from sym.serving import is_served, keeps_values

ID = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"


def test_the_store_is_asked_for_the_secrets_id() -> None:
    assert local.Source.open({}, SecretPlace(stored={ID: "hunter2"}.__getitem__)).fetch(ID) == "hunter2"


def test_what_the_store_does_not_have_is_a_lookup_error() -> None:
    with pytest.raises(LookupError):
        local.Source.open({}, SecretPlace(stored={}.__getitem__)).fetch(ID)


def test_without_keys_nothing_is_opened() -> None:
    with pytest.raises(ValueError, match="folder of keys"):
        local.Source.open({}, SecretPlace())


def test_it_is_the_only_type_that_takes_values() -> None:
    assert is_served("secret_sources", "local")
    assert {kind for kind in plugins.names("secret_sources") if keeps_values(kind)} == {"local"}
    assert not keeps_values("vault_in_2040")
    assert not keeps_values("../local")
