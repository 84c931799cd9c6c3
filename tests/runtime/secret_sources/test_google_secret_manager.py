from __future__ import annotations

from sym.sdk.schema import fields
from sym.secret_sources import google_secret_manager
from tests.shelf_settings import optional, required


def test_it_requires_none_of_its_own_names() -> None:
    assert required(google_secret_manager.Settings) == set()
    assert optional(google_secret_manager.Settings) == {"context_id", "project_id"}
    assert fields(google_secret_manager.Settings)[0].declaration.references == "integration"
    assert "this project's own" in str(google_secret_manager.__doc__)
