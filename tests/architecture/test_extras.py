"""Without its extras the package still imports for authors, and each program names the extra it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.sources import ROOT

BARE = """
import sys
sys.path[:0] = {paths!r}
sys.argv = [{name!r}]
from {module} import main
main()
"""


@pytest.mark.parametrize(
    ("module", "extra"), [("sym.commands", "symflow[worker]"), ("sym_provider.__main__", "symflow[provider]")]
)
def test_a_program_without_its_extra_names_it(module: str, extra: str) -> None:
    paths = [str(ROOT / "runtime"), str(ROOT / "provider")]
    code = BARE.format(paths=paths, name=module, module=module)
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert finished.returncode == 1
    assert f"pip install '{extra}'" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_authors_need_no_extra() -> None:
    code = (
        f"import sys; sys.path[:0] = [{str(ROOT / 'runtime')!r}]; from sym.sdk import SRN; SRN.parse('a:flow:b:latest')"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True, timeout=60)
