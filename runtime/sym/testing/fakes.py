"""The services author modules ask, faked: they record every call, and refuse each that the test did not foresee."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from sym.sdk.errors import SymSDKError
from sym.sdk.exceptions import SymException, SymIntegrationError
from sym.testing.people import plain

MODULES = (
    "aws_iam", "aws_lambda", "aws_sso", "boundary", "github", "google", "jira", "knowbe4", "okta", "onelogin",
    "pagerduty", "slack", "store", "sym",
)  # fmt: skip
"""The author modules, ``sym.sdk.integrations.<name>``."""


class UnexpectedCall(AssertionError):
    """A flow asked a service something that its test does not speak of."""


@functools.cache
def questions(module: str) -> frozenset[str]:
    """What the functions of an author module ask the host: mostly their own names."""
    source = inspect.getsource(importlib.import_module(f"sym.sdk.integrations.{module}"))
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or _name_of(node.func) not in ("ask", "_ask"):
            continue
        texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
        if _name_of(node.func) == "ask":
            texts = texts[1:]  # the first is the module
        found.update(str(text) for text in texts[:1])
    return frozenset(found)


@functools.cache
def asked_by(module: str, function: str) -> frozenset[str]:
    """What one function of an author module may ask the host, by itself or through others of the module."""
    source = inspect.getsource(importlib.import_module(f"sym.sdk.integrations.{module}"))
    calls = {
        node.name: [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)]
        for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)
    }  # fmt: skip
    seen, pending, found = {function}, [function], set()
    while pending:
        for call in calls.get(pending.pop(), ()):
            texts = {str(argument.value) for argument in call.args if isinstance(argument, ast.Constant)}
            found |= texts & questions(module)
            name = _name_of(call.func) or ""
            if name in calls and name not in seen:
                seen.add(name)
                pending.append(name)
    return frozenset(found)


def _name_of(function: ast.expr) -> str | None:
    return getattr(function, "attr", None) or getattr(function, "id", None)


@dataclass
class Fake:
    """One function of one service. ``calls`` has the arguments of every call so far, by name, as JSON."""

    module: str
    function: str
    calls: list[dict[str, Any]] = field(default_factory=list)
    _answers: list[tuple[dict[str, Any], Callable[[dict[str, Any]], Any]]] = field(default_factory=list)
    _wanted: dict[str, Any] = field(default_factory=dict)

    def when(self, **arguments: Any) -> Fake:
        """The same function, for calls with these arguments: ``.when(group_id="00g1").returns(True)``. What was said
        last counts first."""
        return Fake(self.module, self.function, self.calls, self._answers, plain(arguments))

    def returns(self, value: Any) -> Self:
        """Answer with ``value``: JSON, in which people of the test may stand."""
        answer = plain(value)
        return self.answers(lambda _: answer)

    def raises(self, error: SymException | SymSDKError) -> Self:
        """Raise one of the SDK's errors, such as ``OktaError("GROUP_NOT_FOUND", "There is no such group.")``."""
        if not isinstance(error, (SymException, SymSDKError)):
            raise TypeError(f"{self} raises errors of sym.sdk.exceptions, not {type(error).__name__}")

        def fail(_: dict[str, Any]) -> Any:
            raise error

        return self.answers(fail)

    def answers(self, function: Callable[[dict[str, Any]], Any]) -> Self:
        """Answer with what ``function`` makes of the call's arguments, a dict."""
        self._answers.append((self._wanted, function))
        return self

    @property
    def was_called(self) -> bool:
        """Whether it was called at all."""
        return bool(self.calls)

    def called_with(self, **arguments: Any) -> bool:
        """Whether there was a call with these arguments, among others."""
        return any(_fits(plain(arguments), call) for call in self.calls)

    def call(self, arguments: dict[str, Any]) -> Any:
        """What the flow gets. Raises LookupError for a call the test did not foresee."""
        self.calls.append(arguments)
        for wanted, answer in reversed(self._answers):
            if _fits(wanted, arguments):
                return plain(answer(arguments))
        raise LookupError(str(self))

    def __str__(self) -> str:
        return f"{self.module}.{self.function}"


def _fits(wanted: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    return all(name in given and _same(value, given[name]) for name, value in wanted.items())


def _same(wanted: Any, given: Any) -> bool:
    if isinstance(wanted, dict) and isinstance(given, dict):
        return _fits(wanted, given)
    return bool(wanted == given)


class FakeModule:
    """One service: its functions are attributes."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._functions: dict[str, Fake] = {}

    def __getattr__(self, function: str) -> Fake:
        if function.startswith("__"):
            raise AttributeError(function)
        known = questions(self._name)
        if function not in known:
            asked = sorted(asked_by(self._name, function))
            problem = f"{self._name} has no {function!r}"
            if asked:
                problem = f"{self._name}.{function} runs as it is, and asks {' and '.join(asked)}: fake that"
            raise AttributeError(f"{problem}; there are: {', '.join(sorted(known))}")
        return self._functions.setdefault(function, Fake(self._name, function))

    def speaks_of(self, function: str) -> bool:
        """Whether the test has named this function."""
        return function in self._functions


class FakeHost:
    """Every service there is: ``flow.host.okta.is_user_in_group.returns(True)``.

    ``place_of`` gives the path of a source by its text, so that a refused call can name its line.
    """

    def __init__(self, sources: Callable[[], Mapping[str, str]]) -> None:
        self._modules: dict[str, FakeModule] = {}
        self._sources = sources
        self.unexpected: list[str] = []

    def __getattr__(self, module: str) -> FakeModule:
        if module not in MODULES:
            raise AttributeError(f"there is no author module {module!r}; there are: {', '.join(MODULES)}")
        return self._modules.setdefault(module, FakeModule(module))

    def call(self, module: str, function: str, arguments: dict[str, Any]) -> Any:
        """Answer a call of a flow. One nobody foresaw gets an error, and is kept: the test fails even if the flow
        catches it."""
        try:
            return getattr(getattr(self, module), function).call(arguments)
        except LookupError:
            place = self._place(function)
            shown = ", ".join(f"{name}={_shown(value)}" for name, value in arguments.items())
            self.unexpected.append(f"{place} calls {module}.{function}({shown}), which the test does not foresee. "
                                   f"Say before what it gives: flow.host.{module}.{function}.returns(...)")  # fmt: skip
            raise SymIntegrationError(name="UNEXPECTED_CALL", message=self.unexpected[-1]) from None

    def is_faked(self, module: str, function: str) -> bool:
        """Whether the test speaks of this function."""
        known = self._modules.get(module)
        return known is not None and known.speaks_of(function)

    def check(self) -> None:
        """Raises UnexpectedCall if a flow asked something nobody foresaw, once."""
        found, self.unexpected = self.unexpected, []
        if found:
            raise UnexpectedCall("\n".join(dict.fromkeys(found)))

    def _place(self, function: str) -> str:
        """Where the flow made the call: in this process the frame tells; beyond it, the lines that could have."""
        sources = self._sources()
        frame = sys._getframe()
        while frame.f_back is not None:
            frame = frame.f_back
            if frame.f_code.co_filename in sources:
                return f"{frame.f_code.co_filename}:{frame.f_lineno}, in {frame.f_code.co_name},"
        for name, text in sources.items():
            lines = [node.lineno for node in ast.walk(_parsed(text)) if isinstance(node, ast.Call)
                     and _name_of(node.func) == function]  # fmt: skip
            if lines:
                return f"{name}:{' or '.join(str(line) for line in sorted(set(lines)))}"
        return "the flow"


def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def _shown(value: Any) -> str:
    if isinstance(value, dict) and {"id", "username"} <= value.keys():
        return str(value["username"])
    return repr(value)
