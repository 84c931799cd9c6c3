"""Values of secrets between two uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sym.engine.secret_cache import KEPT_SECONDS, MOST, SecretCache, anew


class Source:
    """Gives out v1, v2, …"""

    def __init__(self) -> None:
        self.fetched = 0

    def __call__(self) -> str:
        self.fetched += 1
        return f"v{self.fetched}"


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def cache(seconds: Seconds) -> SecretCache:
    return SecretCache(seconds)


@pytest.fixture
def source() -> Iterator[Source]:
    return Source()


def view(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "id": "s1", "version": 1, "path": "okta/token", "settings": {"json_key": "token"}, "srn": "not looked at",
        "source": {"type": "vault", "version": 1, "settings": {"address": "https://vault"}},
    }  # fmt: skip
    return {**given, **changes}


def test_a_value_is_fetched_once_in_a_minute(cache: SecretCache, source: Source, seconds: Seconds) -> None:
    assert [cache.value(view(), source) for _ in range(3)] == ["v1", "v1", "v1"]
    seconds.now += KEPT_SECONDS - 0.001
    assert cache.value(view(), source) == "v1"
    seconds.now += 0.001
    assert cache.value(view(), source) == "v2"
    assert KEPT_SECONDS <= 60


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "s2"}, {"version": 2}, {"path": "okta/other"}, {"runtime": {"role_arn": "another"}},
        {"settings": {"json_key": "other"}},
        {"source": {"type": "vault", "version": 2, "settings": {"address": "https://vault"}}},
        {"source": {"type": "vault", "version": 1, "settings": {"address": "https://other"}}},
    ],
)  # fmt: skip
def test_what_terraform_changes_is_fetched_at_once(cache: SecretCache, source: Source, changed: dict[str, Any]) -> None:
    assert cache.value(view(), source) == "v1"
    assert cache.value(view(**changed), source) == "v2"
    assert cache.value(view(), source) == "v1"


@pytest.mark.parametrize("kind", ["env", "file", "local"])
def test_what_is_read_on_this_machine_is_not_kept(cache: SecretCache, source: Source, kind: str) -> None:
    local = view(source={"type": kind, "version": 1, "settings": {}})
    assert [cache.value(local, source) for _ in range(2)] == ["v1", "v2"]


def test_what_is_asked_for_anew_is_fetched_and_then_kept(cache: SecretCache, source: Source) -> None:
    cache.value(view(), source)
    assert cache.value(view(), source, fresh=True) == "v2"
    with anew():
        assert cache.value(view(), source) == "v3"
    assert cache.value(view(), source) == "v3"


def test_a_failure_is_not_kept(cache: SecretCache, source: Source) -> None:
    def fail() -> str:
        raise LookupError("not there")

    with pytest.raises(LookupError):
        cache.value(view(), fail)
    assert cache.value(view(), source) == "v1"


def test_nothing_lies_in_memory_that_nobody_uses(cache: SecretCache, seconds: Seconds) -> None:
    def give(value: str) -> Callable[[], str]:
        return lambda: value

    for number in range(MOST + 5):
        cache.value(view(id=str(number)), give(f"value {number}"))
    assert repr(cache) == f"SecretCache({MOST} kept)"
    seconds.now += KEPT_SECONDS
    cache.value(view(id="another"), give("x"))
    assert repr(cache) == "SecretCache(1 kept)"
