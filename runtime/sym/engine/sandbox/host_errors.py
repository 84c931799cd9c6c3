"""How an error a host raises reaches the author's code as the same class, without pickling anything."""

from __future__ import annotations

import importlib
import json
from typing import Any

from sym.sdk.errors import SymSDKError
from sym.sdk.exceptions.sym_exception import SymException

HostError = (SymException, SymSDKError)
"""What authors expect of a host, and may catch. Anything else is a fault of the worker, not theirs."""


def to_document(error: SymException | SymSDKError) -> dict[str, Any]:
    """The error as JSON: its text, code and class, and those of its attributes that JSON can hold."""
    kind = type(error)
    attributes = {name: value for name, value in vars(error).items() if _is_json(value)}
    shown = error.to_dict() if isinstance(error, SymException) else {"error": True, "message": error.message}
    return {**shown, "class": f"{kind.__module__}.{kind.__qualname__}", "attributes": attributes}


def from_document(document: dict[str, Any]) -> Exception:
    """The error of the class the document names, or of the nearest root if that class cannot be had here.

    The constructors of these classes take different arguments, so the instance is made without them.
    """
    kind = _class(document["class"])
    error = kind.__new__(kind, document["message"])
    error.__dict__.update(document.get("attributes", {}))
    return error


def _class(path: str) -> type[Exception]:
    module, _, name = path.rpartition(".")
    # Nothing but the SDK's own errors: what is named is then made an instance of.
    if module == "sym.sdk.errors" or module.startswith("sym.sdk.exceptions."):
        try:
            found = getattr(importlib.import_module(module), name, None)
        except ImportError:
            found = None
        if isinstance(found, type) and issubclass(found, HostError):
            return found
    return SymException


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True
