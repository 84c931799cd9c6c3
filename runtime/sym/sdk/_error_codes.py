"""Which error codes there are: read from the sources that raise them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from sym.sdk import exceptions

_RUNTIME = Path(__file__).parents[1]
_OF_THEIR_OWN = {
    "CouldNotSaveError": "Identity:COULD_NOT_SAVE",
    "IdentityNotFound": "Identity:NOT_FOUND",
    "MissingArgument": "SymSDK:MISSING_ARGUMENT",
    "NoHost": "SymSDK:NO_HOST",
}
"""Classes whose constructor knows the code."""

_MESSAGES = {
    "CouldNotSaveError": "An identity could not be stored.",
    "IdentityNotFound": "No identity of … is known in ….",
    "MissingArgument": "… needs the argument …; pass it.",
    "NoHost": "… works only while a flow runs it.",
}


def error_codes(folder: Path = _RUNTIME) -> dict[str, str]:
    """The codes raised anywhere below ``folder``, in alphabetical order, each with the message it comes with; what is
    filled into a message is shown as ``…``. Codes that are put together while running are not found."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for code, message in _codes_of(node):
                    found.setdefault(code, message)
    return dict(sorted(found.items()))


def _codes_of(call: ast.Call) -> Iterator[tuple[str, str]]:
    name = call.func.id.lstrip("_") if isinstance(call.func, ast.Name) else ""
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg in ("name", "message"))]
    texts = [_text(node) for node in given]
    if name in _OF_THEIR_OWN:
        yield _OF_THEIR_OWN[name], texts[0] if name == "CouldNotSaveError" and texts else _MESSAGES[name]
    elif name == "SymException" and len(texts) > 2:
        yield f"{texts[0]}:{texts[1]}", texts[2]
    elif len(texts) > 1 and name in exceptions.__all__ and _is_constant(given[0]):
        yield _code(name, texts[0]), texts[1]


def _code(name: str, code: str) -> str:
    error: exceptions.SymException = getattr(exceptions, name)(code, "")
    return error.error_code


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    return "…"
