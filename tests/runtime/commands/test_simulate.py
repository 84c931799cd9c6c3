"""Simulating a flow on the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.runtime.commands.conftest import Symflow

QUICKSTART = Path(__file__).parents[3] / "examples/terraform/flows/quickstart"
ASK = ("simulate", str(QUICKSTART), "-i", "reason=x", "-i", "duration=10m", "--target", "readers")


def test_every_step_is_printed_with_why_it_went_so(bare: Symflow) -> None:
    lines = bare(*ASK, "--approve-by", "bob@example.com", "--later", "1h").stdout.splitlines()
    assert lines[-1] == "status: deescalated"
    assert "    because: on_approve returned nothing, so access is granted next." in lines
    assert "would escalate: requester@example.com on readers" in lines
    assert "would tell: requester@example.com ended" in lines


def test_what_handlers_print_is_shown_with_them(bare: Symflow, tmp_path: Path) -> None:
    folder = tmp_path / "flow"
    shutil.copytree(QUICKSTART, folder)
    code = (folder / "impl.py").read_text()
    more = "import logging\n@hook\ndef after_approve(event):\n    print('one')\n    logging.warning('two')\n"
    assert "after_approve" not in code
    (folder / "impl.py").write_text(f"{code}\nfrom sym.sdk.annotations import hook\n{more}")
    lines = bare("simulate", str(folder), *ASK[2:], "--approve-by", "bob@example.com").stdout.splitlines()
    place = next(index for index, line in enumerate(lines) if line.startswith("    after_approve (impl.py"))
    assert lines[place + 1 : place + 3] == ["        printed: one", "        printed: WARNING root: two"]


def test_json_says_the_same_for_programs(bare: Symflow) -> None:
    seen = json.loads(bare(*ASK, "--as", "ann@example.com:admin", "--json").stdout)
    assert seen["status"] == "requested"
    assert [phase["event"] for phase in seen["trace"]] == ["prompt", "request"]


def test_a_refusal_ends_with_1(bare: Symflow) -> None:
    result = bare(*ASK, "--as", "ann@example.com", "--approve-by", "ann@example.com", code=1)
    assert "refused: approve by ann@example.com: Requesters may not approve their own requests" in result.stdout


def test_answers_that_do_not_fit_the_form_are_refused(bare: Symflow) -> None:
    assert "reason: a value is required" in bare("simulate", str(QUICKSTART), "--target", "readers", code=1).stderr


@pytest.mark.parametrize(
    "arguments", [("--as", "ann"), ("--approve-by", "a@b.c:king"), ("--later", "soon"), ("-i", "x")]
)
def test_a_wrong_call_ends_with_2(bare: Symflow, arguments: tuple[str, str]) -> None:
    bare("simulate", str(QUICKSTART), *arguments, code=2)


def test_nothing_is_written_to_the_store_of_this_machine(bare: Symflow) -> None:
    bare(*ASK)
    assert not bare.folder.exists()
