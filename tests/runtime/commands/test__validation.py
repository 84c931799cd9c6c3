"""An approval held against what somebody expects of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sym.commands._validation import (
    Expected,
    differences,
    differences_of_receipt,
    read_jwks,
    read_receipt,
    said,
    validated,
)
from sym.engine.keys import KeyDirectory
from sym.engine.receipts import Receipt, context_hash, sign
from sym.errors import Invalid, Unavailable

TARGET = "acme:access_target:okta_group:dba:latest:9a1f2f0e-4f3c-4c53-9b2c-4b8a3c6f3d10"
NOW = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)
RUN: dict[str, Any] = {
    "run_id": "3e181f3a-b56e-412a-93f1-47fd458d9f3a", "status": "escalated", "flow_srn": "acme:flow:prod_db:4.0.0",
    "inputs": {"reason": "x", "urgent": True, "duration": 1800, "target_srn": TARGET},
    "context_hash": context_hash({}), "no_receipt": None,
}  # fmt: skip


@pytest.fixture
def keys(tmp_path: Path) -> KeyDirectory:
    made = KeyDirectory(tmp_path / "keys")
    made.create(NOW)
    return made


@pytest.fixture
def run(keys: KeyDirectory) -> dict[str, Any]:
    receipt = Receipt(run_id=RUN["run_id"], org="acme", status=RUN["status"], flow=RUN["flow_srn"],
                      inputs=RUN["inputs"], context_hash=RUN["context_hash"], requester={}, decided_by=(),
                      decided_at=NOW)  # fmt: skip
    return {**RUN, "receipt": sign(keys, receipt, now=NOW)}


def expected(**inputs: Any) -> Expected:
    return Expected(flow="prod_db", inputs=inputs, statuses=("approved", "escalated"))


@pytest.mark.parametrize(
    ("inputs", "differing"),
    [
        ({}, []), ({"reason": "x", "urgent": True, "duration": 1800, "target_srn": TARGET}, []),
        ({"target_srn": TARGET.rpartition(":")[0]}, []),
        ({"target_srn": TARGET.replace("dba", "dbo")}, ["inputs.target_srn"]),
        ({"target_srn": "acme:access_target:okta_group:dba"}, ["inputs.target_srn"]),
        ({"urgent": 1}, ["inputs.urgent"]), ({"duration": 1801, "reason": "y"}, ["inputs.duration", "inputs.reason"]),
    ],
)  # fmt: skip
def test_inputs_are_compared_one_by_one(
    keys: KeyDirectory, run: dict[str, Any], inputs: dict[str, Any], differing: list[str]
) -> None:
    found = differences(run, expected(**inputs), keys.public_keys("receipt"), NOW)
    assert [item["what"] for item in found] == differing


def test_a_receipt_alone_names_duration_and_target_and_binds_the_rest(keys: KeyDirectory, run: dict[str, Any]) -> None:
    def of(**inputs: Any) -> list[str]:
        found = differences_of_receipt(run["receipt"], expected(**inputs), keys.public_keys("receipt"), NOW)
        return [item["what"] for item in found]

    assert of(reason="x", urgent=True) == of(reason="x", urgent=True, duration=1800) == []
    assert of(reason="x", urgent=True, target_srn=TARGET.rpartition(":")[0]) == []
    assert of(reason="x", urgent=True, duration=60) == ["inputs.duration"]
    assert of(reason="x") == of(reason="x", urgent=True, more=1) == ["inputs"]


def test_a_document_that_says_more_than_its_receipt_is_not_believed(keys: KeyDirectory, run: dict[str, Any]) -> None:
    public = keys.public_keys("receipt")
    for name, value in {"status": "approved", "run_id": "other", "flow_srn": "acme:flow:prod_db:5.0.0",
                        "inputs": {"reason": "y"}, "context_hash": context_hash({"a": 1})}.items():  # fmt: skip
        assert "receipt" in [item["what"] for item in differences({**run, name: value}, expected(), public, NOW)], name
    (over,) = differences(run, expected(), public, NOW + timedelta(minutes=15))
    assert "expired" in said(over)
    (unknown,) = differences(run, expected(), {}, NOW)
    assert unknown["what"] == "receipt"
    (none,) = differences({**run, "receipt": None, "no_receipt": "Because."}, expected(), public, NOW)
    assert said(none) == "receipt: Because."


def test_a_receipt_that_is_about_to_be_there_is_waited_for(keys: KeyDirectory, run: dict[str, Any]) -> None:
    answers = [{**run, "receipt": None, "no_receipt": "pending: not sealed"}] * 3 + [run]

    class Runs:
        def show(self, run_id: str) -> dict[str, Any]:
            assert run_id == RUN["run_id"]
            return answers.pop(0)

        def receipt_keys(self) -> Any:
            return keys.public_keys("receipt")

    pauses: list[float] = []
    found = validated(Runs(), RUN["run_id"], None, expected(), pause=pauses.append)  # type: ignore[arg-type]
    # It was made in March, and the command's clock is right.
    assert [said(item) for item in found] == ["receipt: The receipt has expired."]
    assert pauses == [1.0] * 3


def test_a_receipt_is_read_from_what_there_is(tmp_path: Path, run: dict[str, Any]) -> None:
    assert read_receipt(run["receipt"]) == (None, run["receipt"])
    for content in (b"{", b"\xff"):
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(Invalid):
            read_receipt(str(tmp_path / "file"))


def test_keys_come_from_a_file_or_over_https(tmp_path: Path) -> None:
    (tmp_path / "jwks.json").write_text('{"keys": []}')
    with pytest.raises(Invalid, match="no Ed25519"):
        read_jwks(str(tmp_path / "jwks.json"))
    with pytest.raises(Invalid, match="https only"):
        read_jwks("http://keys.example/jwks.json")
    with pytest.raises(Unavailable, match="does not answer"):
        read_jwks("http://127.0.0.1:9/jwks.json")
