"""The plugin is there for every pytest run of whoever has installed it, and does nothing until it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, timeout=120,
                          check=False)  # fmt: skip


def test_it_loads_nothing_of_the_product_until_it_is_used(tmp_path: Path) -> None:
    (tmp_path / "test_loaded.py").write_text(
        "import sys\n\ndef test_loaded(pytestconfig):\n"
        "    assert pytestconfig.pluginmanager.has_plugin('sym.testing.plugin')\n"
        "    assert not [name for name in sys.modules if name.startswith(('sqlalchemy', 'sym.engine', 'sym.store'))]\n"
    )
    finished = python(tmp_path, "-m", "pytest", "-q")
    assert finished.returncode == 0, finished.stdout


def test_the_marker_is_known_and_the_flow_beside_the_test_is_the_default(tmp_path: Path) -> None:
    (tmp_path / "impl.py").write_text("from sym.sdk import *\n\n@hook\ndef on_request(event):\n    print('here')\n")
    (tmp_path / "test_flow.py").write_text(
        "import pytest\n\ndef test_beside(flow, capsys):\n    flow.request(by='ada')\n"
        "    assert capsys.readouterr().out == 'here\\n'\n\n"
        "@pytest.mark.flow('impl.py', fields={'x': 'int'})\ndef test_marked(flow):\n"
        "    assert flow.request(by='ada', x=1).fields == {'x': 1}\n"
    )
    finished = python(tmp_path, "-m", "pytest", "-q", "--strict-markers")
    assert finished.returncode == 0, finished.stdout
    assert "2 passed" in finished.stdout


def test_without_its_extra_the_harness_says_which_one_is_missing(tmp_path: Path) -> None:
    code = "import sys; sys.modules['sqlalchemy'] = None\nfrom sym.testing import FlowTest"
    finished = python(tmp_path, "-c", code)
    assert finished.returncode == 1
    assert "pip install 'symflow[testing]'" in finished.stderr


def test_a_name_there_is_not_is_an_attribute_error(tmp_path: Path) -> None:
    finished = python(tmp_path, "-c", "import sym.testing; sym.testing.Flowtest")
    assert "has no attribute 'Flowtest'" in finished.stderr
