"""Which measures this machine lacks."""

from __future__ import annotations

import os
import sys

import pytest

from sym.engine.sandbox import identity, landlock, measures, seccomp


@pytest.fixture(autouse=True)
def _well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(landlock, "version", lambda: measures.SIGNALS_FROM)
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    monkeypatch.setattr(seccomp, "is_available", lambda: True)


def test_where_everything_is_in_force_there_is_nothing_to_say() -> None:
    assert measures.missing() == []


@pytest.mark.parametrize(("version", "word"), [(0, "read and write"), (1, "signals"), (5, "signals")])
def test_an_old_or_absent_landlock_is_named(monkeypatch: pytest.MonkeyPatch, version: int, word: str) -> None:
    monkeypatch.setattr(landlock, "version", lambda: version)
    (found,) = measures.missing()
    assert word in found.detail
    assert found.action


def test_root_that_cannot_give_calls_a_user_of_their_own_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 0)
    monkeypatch.setattr(identity, "_held", frozenset)
    (found,) = measures.missing()
    assert found.detail.startswith("This is root")
    assert "CAP_SETUID" in found.detail


def test_root_with_its_privileges_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 0)
    monkeypatch.setattr(identity, "_held", lambda: frozenset(range(40)))
    monkeypatch.setattr(identity, "_is_mapped", lambda: True)
    assert measures.missing() == []


def test_a_machine_without_seccomp_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp, "is_available", lambda: False)
    (found,) = measures.missing()
    assert "seccomp" in found.detail


def test_the_report_names_every_measure_once() -> None:
    names = [measure.name for measure in measures.confinement_report()]
    assert names == ["files", "signals", "processes", "user", "memory", "time", "environment", "addresses", "state"]
    assert all(measure.in_force for measure in measures.confinement_report())


def test_other_systems_confine_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    (found,) = measures.missing()
    assert "takes Linux" in found.detail
