"""The OpenAPI document, made once for everybody who reads it: that takes a second. Not to be changed."""

from __future__ import annotations

from sym.api.app import create_app

DOCUMENT = create_app(None).openapi()  # type: ignore[arg-type]
