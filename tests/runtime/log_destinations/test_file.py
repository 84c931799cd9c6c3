from __future__ import annotations

import json
import stat
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sym.log_destinations import file
from sym.sdk.log_destination import Destination, LogDestinationError
from tests.runtime.log_destinations.conftest import entries, ids, opened
from tests.runtime.log_destinations.contract import DestinationContract
from tests.shelf_settings import optional, required


def test_it_needs_a_path_and_no_integration() -> None:
    assert (file.integration, file.integration_optional) == (None, True)
    assert required(file.Settings) == {"path"}
    assert optional(file.Settings) == {"personal_values"}


class TestFile(DestinationContract):
    @pytest.fixture
    def double(self, tmp_path: Path) -> Path:
        return tmp_path / "audit.jsonl"

    def open(self, double: Any) -> Destination:
        return opened("file", {"path": str(double)})

    def received(self, double: Any) -> list[dict[str, Any]]:
        return [json.loads(line) for line in double.read_text(encoding="utf-8").splitlines()]

    def test_nobody_else_may_read_it(self, double: Path, now: datetime) -> None:
        self.open(double).send(entries(1), now)
        assert stat.S_IMODE(double.stat().st_mode) == 0o600

    def test_it_may_be_moved_away_at_any_time(self, double: Path, now: datetime) -> None:
        destination = self.open(double)
        destination.send(entries(2), now)
        double.rename(double.with_suffix(".1"))
        destination.send(entries(2, first=3), now)
        assert ids(self.received(double)) == ids(entries(2, first=3))
        assert ids(self.received(double.with_suffix(".1"))) == ids(entries(2))

    def test_a_line_that_a_crash_cut_off_spoils_no_other(self, double: Path, now: datetime) -> None:
        destination = self.open(double)
        destination.send(entries(2), now)
        whole = double.read_bytes()
        double.write_bytes(whole[:-20])
        destination.send(entries(2, first=2), now)
        lines = double.read_text().splitlines()
        with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
            json.loads(lines[1])
        assert ids([json.loads(line) for line in [lines[0], *lines[2:]]]) == [
            entry.id for entry in [*entries(1), *entries(2, first=2)]
        ]

    @pytest.mark.parametrize("content", ["root:x:0:0::/root:/bin/sh\n", '{"seal": 1}\n', "\n", "{"])
    def test_what_something_else_has_begun_is_left_alone(self, double: Path, now: datetime, content: str) -> None:
        double.write_text(content)
        if content == "{":  # what a crash left of the first line
            self.open(double).send(entries(1), now)
            return
        with pytest.raises(LogDestinationError, match="not a file of log entries"):
            self.open(double).send(entries(1), now)
        assert double.read_text() == content

    def test_a_link_or_a_folder_is_refused(self, double: Path, now: datetime, tmp_path: Path) -> None:
        (tmp_path / "other").write_text("")
        double.symlink_to(tmp_path / "other")
        for path in (double, tmp_path):
            with pytest.raises(LogDestinationError, match=r"cannot be opened|not a file"):
                self.open(path).send(entries(1), now)
        assert (tmp_path / "other").read_text() == ""

    def test_a_folder_that_is_not_there_is_named(self, tmp_path: Path, now: datetime) -> None:
        with pytest.raises(LogDestinationError, match="No such file or directory"):
            self.open(tmp_path / "none" / "audit.jsonl").send(entries(1), now)

    def test_a_full_disk_is_said(self, now: datetime) -> None:
        with pytest.raises(LogDestinationError, match="not a file"):
            self.open(Path("/dev/full")).send(entries(1), now)


def test_a_relative_path_is_refused() -> None:
    with pytest.raises(LogDestinationError, match="absolute"):
        opened("file", {"path": "audit.jsonl"})
