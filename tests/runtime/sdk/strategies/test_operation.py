"""What a service is still working on."""

from __future__ import annotations

from typing import Any

import pytest

from sym.sdk.strategies import Operation


def test_an_operation_is_in_progress_unless_it_says_otherwise() -> None:
    assert Operation("7").status == "IN_PROGRESS"
    assert (Operation("7").data, Operation("7").message) == (None, "")


def test_another_status_is_refused() -> None:
    wrong: Any = "DONE"
    with pytest.raises(ValueError, match="must be IN_PROGRESS, SUCCEEDED or FAILED, not 'DONE'"):
        Operation("7", wrong)
