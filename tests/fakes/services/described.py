"""Requests and replies held against what a vendor publishes about its API."""

from __future__ import annotations

import functools
import json
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.vendor_specs import require_vendor_specs, vendor_specs


@dataclass
class Asked:
    """A request, in the form openapi-core takes it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    host: str

    @property
    def host_url(self) -> str:
        return self.host

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "application/json").partition(";")[0]

    @functools.cached_property
    def parameters(self) -> Any:
        """What openapi-core reads, and writes the path's parameters into."""
        from openapi_core.datatypes import RequestParameters
        from werkzeug.datastructures import Headers, ImmutableMultiDict

        return RequestParameters(query=ImmutableMultiDict(self.query), header=Headers(list(self.headers.items())))

    @property
    def full_url_pattern(self) -> str:
        return self.host + self.path + (f"?{urlencode(self.query)}" if self.query else "")


@dataclass(frozen=True)
class Answered:
    """A reply, in the form openapi-core takes it."""

    status_code: int
    data: bytes
    content_type: str
    headers: Mapping[str, Any] = field(default_factory=dict)


class Description:
    """One vendor's description, ``name`` without ``.json``; nothing is checked where the folder is absent, and with
    CI=true that fails."""

    def __init__(self, name: str, host: str) -> None:
        self._host = host
        self._api = _load(name)

    def problems(self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes,
                 reply: tuple[int, Any, Mapping[str, str]]) -> list[str]:  # fmt: skip
        """What the description says against this request, and against this reply."""
        if self._api is None:
            return []
        asked = Asked(method.lower(), path, query, headers, body, self._host)
        status, document, more = reply
        data = b"" if document is None else json.dumps(document).encode()
        answered = Answered(status, data, "application/json", more)
        found = [str(error) for error in _errors(self._api.unmarshal_request, asked)]
        if document is None and status == 204:
            return found  # some describe a 204 as having a content of its own, which it cannot have
        return found + [str(error) for error in _errors(self._api.unmarshal_response, asked, answered)]


def _errors(check: Any, *given: Any) -> list[Exception]:
    from openapi_core.exceptions import OpenAPIError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = check(*given)
        except OpenAPIError as error:
            return [error.__cause__ if isinstance(error.__cause__, Exception) else error]
    return list(result.errors)


@functools.cache
def _load(name: str) -> Any:
    folder = require_vendor_specs() if os.environ.get("CI") == "true" else vendor_specs()
    if folder is None:
        warnings.warn(f"{name}.json is absent: the fake is not held against the vendor's description", stacklevel=2)
        return None
    from openapi_core import OpenAPI

    return OpenAPI.from_dict(json.loads((folder / f"{name}.json").read_text()))
