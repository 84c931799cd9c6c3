"""Fixtures for pytest: ``flow``, and ``flow_test`` for several flows in one test. Does nothing until one is used.

``@pytest.mark.flow("impl.py", targets=["prod"])`` says which flow, beside the test; on a class or as ``pytestmark`` for
all its tests. ``--sandboxed`` runs all of them in the real sandbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sym.testing import FlowTest

MARKER = "flow(implementation, **declared): the flow that the fixture of this name runs; see sym.testing.FlowTest"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", MARKER)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let everything run as it would in the worker."""
    group = parser.getgroup("symflow")
    group.addoption("--sandboxed", action="store_true", help="run the code of flows in the real sandbox")


@pytest.fixture
def flow_test(request: pytest.FixtureRequest) -> Iterator[Callable[..., FlowTest]]:
    """Makes a FlowTest, whose paths begin at the test's folder, and closes it after the test."""
    from sym.testing import FlowTest

    with ExitStack() as stack:

        def make(implementation: Any, **declared: Any) -> FlowTest:
            declared.setdefault("folder", request.path.parent)
            declared.setdefault("sandboxed", bool(request.config.getoption("--sandboxed")))
            return stack.enter_context(FlowTest(implementation, **declared))

        yield make


@pytest.fixture
def flow(request: pytest.FixtureRequest, flow_test: Callable[..., FlowTest]) -> FlowTest:
    """The flow that ``@pytest.mark.flow`` names; without it, the ``impl.py`` beside the test."""
    marker = request.node.get_closest_marker("flow")
    given = marker.args if marker else ()
    declared = marker.kwargs if marker else {}
    return flow_test(*(given or ("impl.py",)), **declared)
