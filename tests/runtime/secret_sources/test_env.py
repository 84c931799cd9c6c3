"""Secrets in the environment."""

from __future__ import annotations

import pytest

from sym import plugins
from sym.sdk._secrets import SecretPlace
from sym.secret_sources.env import Source


@pytest.fixture
def source() -> Source:
    values = {"SYM_SECRET_OKTA": "hunter2", "SYM_SECRET_EMPTY": "", "HOME": "/root", "SYM_JWT": "x.y.z"}
    return Source.open({}, SecretPlace(environment=values))


def test_a_variable_with_the_prefix_is_read(source: Source) -> None:
    assert source.fetch("SYM_SECRET_OKTA") == "hunter2"


@pytest.mark.parametrize(
    "path",
    ["HOME", "SYM_JWT", "", "SYM_SECRET_", "sym_secret_okta", "SYM_SECRETS_DIR", " SYM_SECRET_OKTA",
     "SYM_SECRET_OKTA\n",
     "SYM_SECRET_ÖKTA", "X_SYM_SECRET_OKTA", "SYM_SECRET_A=B", "SYM_SECRET_A\0"],
)  # fmt: skip
def test_nothing_else_of_the_environment_is(source: Source, path: str) -> None:
    with pytest.raises(PermissionError, match="SYM_SECRET_"):
        source.fetch(path)


def test_an_unset_variable_is_said_to_be_unset(source: Source) -> None:
    with pytest.raises(LookupError, match="SYM_SECRET_GITHUB is not set"):
        source.fetch("SYM_SECRET_GITHUB")


def test_an_empty_variable_is_no_secret(source: Source) -> None:
    with pytest.raises(ValueError, match="SYM_SECRET_EMPTY is empty"):
        source.fetch("SYM_SECRET_EMPTY")


def test_the_source_is_found_by_its_type() -> None:
    assert plugins.load("secret_sources", "env").Source is Source
    assert {"env", "file"} <= set(plugins.names("secret_sources"))
