"""The package against the list of what it promises: one test for each name."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import typing
from enum import Enum
from typing import Any

import pytest

import sym.sdk
from tests.runtime.sdk import surface


def found_at(path: str) -> Any:
    """What is at a path below ``sym.sdk``: as much of it as is a module is imported, the rest are attributes."""
    parts = path.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(["sym.sdk", *parts[:count]]))
        except ModuleNotFoundError:
            continue
        for name in parts[count:]:
            found = getattr(found, name)
        return found
    raise AssertionError(f"there is no module in {path}")


def shared(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(module, name) for module, names in table.items() for name in names.split()]


def shape(signature: inspect.Signature) -> str:
    bare = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()]
    return str(inspect.Signature(bare))


@pytest.mark.parametrize("path", surface.CALLABLES)
def test_it_is_there_and_takes_what_it_took(path: str) -> None:
    found = found_at(path)
    if isinstance(found, type) and issubclass(found, Exception):
        # What a class of errors takes is what its own constructor takes, or that of the nearest base with one.
        found = found.__init__
        signature = inspect.signature(found)
        signature = signature.replace(parameters=list(signature.parameters.values())[1:])
    else:
        signature = inspect.signature(found)
    assert shape(signature) == surface.CALLABLES[path]


@pytest.mark.parametrize("path", [path for path in surface.CALLABLES if path.startswith(("integrations", "annot"))])
def test_every_function_is_typed_and_says_what_it_does(path: str) -> None:
    function = found_at(path)
    hints = typing.get_type_hints(function)
    assert set(hints) == {*inspect.signature(function).parameters, "return"}
    assert inspect.getdoc(function)


@pytest.mark.parametrize("path", surface.ENUMERATIONS)
def test_an_enumeration_has_its_values_which_are_text(path: str) -> None:
    enumeration = found_at(path)
    values = surface.ENUMERATIONS[path].split()
    assert issubclass(enumeration, str)
    assert issubclass(enumeration, Enum)
    assert {name: member.value for name, member in enumeration.__members__.items()} == {
        value.upper(): value for value in values
    }
    for member in enumeration:
        assert member == member.value
        assert f"{member}" == format(member, "") == member.value


@pytest.mark.parametrize(("path", "name"), shared(surface.ATTRIBUTES))
def test_a_class_has_its_attributes(path: str, name: str) -> None:
    assert hasattr(found_at(path), name)


@pytest.mark.parametrize("module", surface.ALIASES)
def test_a_name_is_the_same_thing_in_its_other_module(module: str) -> None:
    home, names = surface.ALIASES[module].split(":")
    for name in names.split():
        assert getattr(found_at(module), name) is getattr(found_at(home), name)


@pytest.mark.parametrize(
    ("package", "table"),
    [("", surface.PACKAGE), ("models", surface.MODELS), ("integrations", surface.FLATTENED)],
    ids=["sym.sdk", "sym.sdk.models", "sym.sdk.integrations"],
)
def test_a_package_has_the_names_of_its_modules(package: str, table: dict[str, str]) -> None:
    here = found_at(package) if package else sym.sdk
    for module, name in shared(table):
        assert getattr(here, name) is getattr(found_at(module), name), f"{module}.{name}"


def test_no_public_name_is_missing_from_the_list() -> None:
    told = {*surface.CALLABLES, *surface.ENUMERATIONS, *surface.ATTRIBUTES}
    homes = {f"{module}.{name}" for module, rest in surface.ALIASES.items() for name in rest.split(":")[1].split()}
    undeclared = []
    for info in pkgutil.walk_packages(sym.sdk.__path__, "sym.sdk."):
        module = info.name.removeprefix("sym.sdk.")
        if "_" in {part[0] for part in module.split(".")}:
            continue
        for name, value in vars(importlib.import_module(info.name)).items():
            path = f"{module}.{name}"
            own = getattr(value, "__module__", None) == info.name and not name.startswith("_")
            if own and path not in told | homes and not path.startswith(surface.OURS):
                undeclared.append(path)
    assert undeclared == []
