"""The application as a whole: its routes and its OpenAPI document."""

from __future__ import annotations

import pkgutil

from sym.api import routes
from tests.runtime.api.conftest import World

WITHOUT_TOKEN = {"/api/v1/jwks.json"}


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


def test_the_openapi_document_describes_the_error_body_and_no_other(api: World) -> None:
    document = api.call("GET", "/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for operation in methods.values() if path.startswith("/api/v1") else ():
            answers = operation["responses"]
            assert "422" not in answers
            assert operation.get("security") == (None if path in WITHOUT_TOKEN else [{"HTTPBearer": []}])
            for status in {*answers} - {"200"}:
                schema = answers[status]["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ErrorBody"}
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_nothing_is_loaded_from_elsewhere(api: World) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert api.call("GET", path).status_code == 404
