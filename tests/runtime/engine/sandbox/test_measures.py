"""Which measures this machine lacks."""

from __future__ import annotations

import os
import sys

import pytest

from sym.engine.sandbox import landlock, measures


@pytest.fixture(autouse=True)
def _well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(landlock, "version", lambda: measures.SIGNALS_FROM)
    monkeypatch.setattr(os, "getuid", lambda: 1000)


def test_where_everything_is_in_force_there_is_nothing_to_say() -> None:
    assert measures.missing() == []


@pytest.mark.parametrize(("version", "word"), [(0, "read and write"), (1, "signals"), (5, "signals")])
def test_an_old_or_absent_landlock_is_named(monkeypatch: pytest.MonkeyPatch, version: int, word: str) -> None:
    monkeypatch.setattr(landlock, "version", lambda: version)
    (found,) = measures.missing()
    assert word in found.detail
    assert found.action


def test_root_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert [found.detail.split(":")[0] for found in measures.missing()] == ["This is root"]


def test_other_systems_confine_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    (found,) = measures.missing()
    assert "takes Linux" in found.detail
