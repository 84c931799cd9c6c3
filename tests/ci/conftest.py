"""A CI job before a double of the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ci.api_double import TOKEN, SymApi
from tests.ci.shells import Job, find_shell


@pytest.fixture
def api() -> Iterator[SymApi]:
    """The server."""
    server = SymApi()
    yield server
    server.close()


@pytest.fixture
def job(request: pytest.FixtureRequest, tmp_path: Path, api: SymApi) -> Job:
    """A job that knows the server and a token, run by the strictest of the shells; see ``in_every_shell``."""
    return Job(tmp_path, find_shell(getattr(request, "param", "dash")), {"SYM_API_URL": api.url, "SYM_JWT": TOKEN})
