"""Whether a function can be called with so many positional arguments."""

from __future__ import annotations

import ast

from sym.implementation.source_tree import Function


def accepts(function: Function, count: int, *, method: bool = False) -> bool:
    """Say whether ``function`` can be called with ``count`` positional arguments and nothing else.

    A ``method`` takes the instance before them, unless it is a static one.
    """
    declared = function.args
    if method and not _is_static(function):
        count += 1
    positional = len(declared.posonlyargs) + len(declared.args)
    required = positional - len(declared.defaults)
    keywords_needed = any(default is None for default in declared.kw_defaults)
    return required <= count and (count <= positional or declared.vararg is not None) and not keywords_needed


def call_shape(name: str, arguments: tuple[str, ...]) -> str:
    """How a definition that takes these arguments begins: ``def name(a, b)``."""
    return f"def {name}({', '.join(arguments)})"


def _is_static(function: Function) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "staticmethod" for node in function.decorator_list)
