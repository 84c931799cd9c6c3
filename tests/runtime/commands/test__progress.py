"""What long work says meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from sym.commands._progress import counted, working
from tests.runtime.commands.conftest import Symflow
from tests.runtime.commands.terminal import Terminal


def test_every_five_hundredth_is_told_and_all_come_through() -> None:
    told: list[str] = []
    assert list(counted(range(1200), told.append, "{} so far")) == list(range(1200))
    assert told == ["500 so far", "1,000 so far"]


def test_nothing_is_shown_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with working("Working…") as tell:
        tell("Still working…")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [(("store", "migrate"), "Bringing the store up to date"), (("audit", "verify"), "Verifying the log"),
     (("audit", "export", "-o", "log.jsonl"), "Exporting the log"), (("assess", "."), "Reading the repository")],
)  # fmt: skip
def test_somebody_at_a_terminal_sees_what_is_going_on(
    symflow: Symflow, tmp_path: Path, arguments: tuple[str, ...], shown: str
) -> None:
    environment = {key: value for key, value in symflow.environment.items() if value is not None}
    with Terminal(tmp_path, environment, *arguments) as terminal:
        terminal.expect(shown)
        terminal.end()
