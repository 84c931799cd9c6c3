"""Diagnostics and their paths."""

from __future__ import annotations

import pytest

from sym_provider.framework.diagnostics import Failure, MapKey, Path, error, has_errors, render_path, warning


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("name",), "name"),
        (("params", 0, "prompt_field", 2, "type"), "params[0].prompt_field[2].type"),
        (("settings", MapKey("a.b")), 'settings["a.b"]'),
        (("steps", 1), "steps[1]"),
    ],
)
def test_paths_read_as_practitioners_write_them(path: Path, text: str) -> None:
    assert render_path(path) == text


def test_a_diagnostic_is_put_below_a_prefix() -> None:
    assert error("e", path=("type",)).below(("params", 0)).path == ("params", 0, "type")


def test_only_errors_stop() -> None:
    assert not has_errors([warning("w")])
    assert has_errors([warning("w"), error("e")])


def test_a_failure_reads_as_its_summaries() -> None:
    assert str(Failure(error("one", "secret detail"), error("two"))) == "one; two"
