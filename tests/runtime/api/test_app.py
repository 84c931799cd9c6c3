"""The application as a whole: its routes and its OpenAPI document."""

from __future__ import annotations

import pkgutil

from sym.api import routes
from tests.runtime.api.conftest import World


def test_every_module_of_the_shelf_is_one_verb_of_the_api(api: World) -> None:
    document = api.call("GET", "/api/v1/openapi.json").json()
    operations = {
        operation["operationId"].split("_api_v1_")[0]
        for path, methods in document["paths"].items()
        if path.startswith("/api/v1")
        for operation in methods.values()
    }
    assert operations == {module.name for module in pkgutil.iter_modules(routes.__path__)}
    assert len(operations) >= 14


def test_nothing_is_loaded_from_elsewhere(api: World) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert api.call("GET", path).status_code == 404
