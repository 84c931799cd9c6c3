"""Loads an author's file in the child and calls the one function that is wanted."""

from __future__ import annotations

import ast
import linecache
import sys
import types
from collections.abc import Callable
from typing import Any

from sym.engine.sandbox import objects, results
from sym.engine.sandbox.failures import Unusable
from sym.implementation import BYTE_ORDER_MARK, OPTIONAL_METHODS, read_flows_filter, read_implementation
from sym.sdk.strategies import AccessStrategy
from sym.sdk.user import user_ids
from sym.sdk.utils import persist_user_identity

_MODULE = "author_code"
ABSENT = {"$type": "absent"}
"""The answer when a strategy does not have the optional method that is asked for."""


def run(request: dict[str, Any]) -> Any:
    """Run what ``request`` asks for (see ``Call``) and return the result as a JSON value.

    Raises whatever the author's code raises, and Unusable if it has no such function or its result cannot be encoded.
    """
    kind, function, arguments = request["kind"], request["function"], request["arguments"]
    if kind == "strategy":
        return _run_strategy(request, function, arguments[0])
    arity = len(arguments) if kind == "on_change" else _arity(request["text"], kind, function)
    namespace = load(request["filename"], request["text"])
    called = _function(namespace, function)
    given = [objects.to_object(argument) for argument in arguments[:arity]]
    if kind == "on_change":
        form = given[1] = objects.form(arguments[1])
        returned = called(*given)
        # Returning nothing means: the form as it is now.
        return results.to_document(form if returned is None else returned)
    returned = called(*given)
    is_looked_at = kind != "hook" or not function.startswith("after_")
    return results.to_document(returned) if is_looked_at else _unused(returned)


def _unused(returned: Any) -> Any:
    """What nothing depends on, such as the result of an ``after_`` hook: it may be anything, and is only shown."""
    try:
        return results.to_document(returned)
    except Unusable:
        return f"({type(returned).__name__}, which nobody looks at)"


def load(filename: str, text: str) -> dict[str, Any]:
    """Run the file's own code and return the module's namespace. Raises what that raises, SyntaxError included."""
    text = text.removeprefix(BYTE_ORDER_MARK)
    # With its lines known, a traceback the author prints shows them.
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    # Not with this module's own future: annotations are the author's to postpone.
    code = compile(ast.parse(text, filename), filename, "exec", dont_inherit=True)
    module = types.ModuleType(_MODULE)
    module.__file__ = filename
    # dataclasses and typing look a class's module up by name.
    sys.modules[_MODULE] = module
    namespace = module.__dict__
    namespace |= {"user_ids": user_ids, "persist_user_identity": persist_user_identity}
    exec(code, namespace)  # noqa: S102 - what this process exists for
    return namespace


def _arity(text: str, kind: str, function: str) -> int:
    """How many arguments the handler takes. Only what the reader of handlers calls one is ever called."""
    read = read_flows_filter if function == "get_flows" else read_implementation
    found = read(text)
    handler = found.handler(function)
    if handler is not None and handler.kind == kind:
        return handler.arity
    for problem in found.problems:
        if problem.severity == "error" and problem.line and not found.handlers:
            raise Unusable(problem.message, line=problem.line, hint=problem.hint)
    raise Unusable(f"There is no {kind} named {function}.", hint=f"Define {function} and put @{kind} above it.")


def _function(namespace: dict[str, Any], name: str) -> Callable[..., Any]:
    found = namespace.get(name)
    if not callable(found):
        raise Unusable(f"There is no function named {name}.", hint=f"Define it: def {name}(...)")
    return found  # type: ignore[no-any-return]


def _run_strategy(request: dict[str, Any], method: str, arguments: dict[str, Any]) -> Any:
    strategy = _strategy(load(request["filename"], request["text"]))
    if method in OPTIONAL_METHODS and not hasattr(strategy, method):
        return ABSENT
    instance = strategy(objects.to_object(arguments["integration"]))
    event = objects.to_object(arguments["event"])
    given = (event,) if method == "get_requester_identity" else (arguments["target_id"], event)
    if "operation" in arguments:
        given = (objects.to_object(arguments["operation"]), *given)
    returned = getattr(instance, method)(*given)
    return _unused(returned) if method == "deescalate" else results.to_document(returned)


def _strategy(namespace: dict[str, Any]) -> type[AccessStrategy]:
    found = [
        value
        for value in {id(value): value for value in namespace.values()}.values()
        if isinstance(value, type) and issubclass(value, AccessStrategy) and value.__module__ == _MODULE
    ]
    leaves = [kind for kind in found if not any(other is not kind and issubclass(other, kind) for other in found)]
    if len(leaves) != 1:
        names = ", ".join(leaf.__name__ for leaf in leaves) or "none"
        raise Unusable(
            f"Exactly one class must derive from AccessStrategy; there are {len(leaves)} ({names}).",
            hint="Leave one class MyStrategy(AccessStrategy) in this file.",
        )
    return leaves[0]
