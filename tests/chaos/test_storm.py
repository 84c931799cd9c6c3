"""A short storm on each database; `make chaos` has the long ones. Afterwards the vendor's books and ours agree."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

from tests.chaos.installation import Installation
from tests.chaos.knobs import Knobs
from tests.chaos.server_process import FAKETIME
from tests.chaos.storm import MOODS, Storm
from tests.chaos.verdict import Verdict
from tests.postgres_server import PostgresServer

QUICK = tuple(mood for mood in MOODS if mood != "lying")
"""A vendor that says "done" is looked at for a minute before it counts as lying: that is for `make chaos`."""


pytestmark = pytest.mark.timeout(600)  # more than a storm may need to come to rest


def wrong_clock() -> str:
    """The clock of the second server: an hour ahead. In CI it must be possible to have one."""
    if FAKETIME:
        return "+1h"
    assert os.environ.get("CI") != "true", "libfaketime is missing: apt-get install libfaketime"
    warnings.warn(pytest.PytestWarning("NOT TRIED: a wrong clock, for want of libfaketime"), stacklevel=2)
    return ""


def require_agreement(verdict: Verdict, knobs: Knobs, folder: Path) -> None:
    assert verdict.figures["granted"] > 0, "nothing was granted, so nothing was tried"
    assert not verdict.complaints, "\n".join(
        [f"CHAOS_SEED={knobs.seed} (logs in {folder / 'world'})", *verdict.complaints]
    )


def test_a_storm_with_one_process_on_sqlite(tmp_path: Path) -> None:
    knobs = Knobs.read(kills=4)
    made = Installation(tmp_path / "home", f"sqlite:///{tmp_path}/store.db", seed=knobs.seed)
    try:
        verdict = Storm(
            made, seed=knobs.seed, kills=knobs.kills, minutes=knobs.minutes, moods=QUICK, pause=(0.5, 2.0)
        ).rage()
    finally:
        made.close()
    require_agreement(verdict, knobs, tmp_path / "home")


@pytest.mark.postgres
def test_a_storm_with_two_workers_on_postgresql_one_of_them_with_a_wrong_clock(tmp_path: Path) -> None:
    knobs = Knobs.read(kills=8)
    with PostgresServer(durable=True) as database:
        url = database.create_database()
        made = Installation(tmp_path / "home", url, clocks=("", wrong_clock()), seed=knobs.seed)
        try:
            verdict = Storm(made, seed=knobs.seed, kills=knobs.kills, outages=1, database=database,
                            minutes=knobs.minutes, moods=QUICK).rage()  # fmt: skip
        finally:
            made.close()
    require_agreement(verdict, knobs, tmp_path / "home")
