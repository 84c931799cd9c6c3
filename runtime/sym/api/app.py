"""The application: its routes are listed like a shelf, its errors all look alike."""

from __future__ import annotations

import functools
import importlib
import importlib.metadata
import pkgutil
from collections.abc import Iterator

from fastapi import APIRouter, FastAPI

from sym.api import errors, health, metrics, openapi, routes
from sym.api.envelope import Envelope
from sym.api.wiring import Services

PREFIX = "/api/v1"


def create_app(services: Services) -> FastAPI:
    """The ASGI application over ``services``: every module of ``sym.api.routes`` under ``/api/v1``, and beside it
    ``/healthz``, ``/readyz`` and ``/metrics``."""
    app = FastAPI(
        title="Sym",
        description="Requests for access: made, decided, ended and looked up; and the resources that describe them.",
        version=_version(),
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # where to is said by a header that anybody can send
    )
    app.state.services = services
    errors.install(app)
    app.add_middleware(Envelope, entities=f"{PREFIX}/entities")
    app.include_router(health.router)
    app.include_router(metrics.router)
    for router in _routers():
        app.include_router(router, prefix=PREFIX)
    app.openapi = functools.cache(lambda: openapi.document(app))  # type: ignore[method-assign]
    return app


def _routers() -> Iterator[APIRouter]:
    for module in sorted(pkgutil.iter_modules(routes.__path__), key=lambda found: found.name):
        router: APIRouter = importlib.import_module(f"{routes.__name__}.{module.name}").router
        yield router


def _version() -> str:
    try:
        return importlib.metadata.version("symflow")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout that was never installed
        return "0"
