"""The reference documentation for authors: one page for each public module, made from its names and docstrings.

``python -m sym.sdk._reference FOLDER`` writes it. Pages are texts by their file names.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

import sym.sdk
from sym.sdk._error_codes import error_codes

_INTERNAL = ("sym.sdk.schema", "sym.sdk.duration")
"""For those who extend Sym; authors have no use for them."""
_COLLECTIONS = ("sym.sdk.models", "sym.sdk.field_option", "sym.sdk.integrations", "sym.sdk.integrations.slack")
"""Modules from which authors import names that are documented elsewhere."""
_SECTION = re.compile(r"(Args|Attributes|Returns|Raises):$")
_ENTRY = re.compile(r"([\w*][\w*, ]*): (.*)")
_ROLE = re.compile(r":\w+:`~?([^`]+)`")
_NOTE = "<!-- Written by `make docs` from the docstrings. Do not edit. -->"
_INTRODUCTION = f"""{_NOTE}

# `sym.sdk`

What flows, strategies and `on_change` functions import. It needs nothing but Python, so that code for flows can be
imported and tested anywhere. Functions that ask a service work while a flow runs them. Elsewhere they raise `NoHost`,
and return nothing where the environment says `SYM_SDK_STUBS=1`; the test harness, `sym.testing`, runs flows with
answers of your own.

What can go wrong has a code, listed in [error_codes.md](error_codes.md).

| module | |
| --- | --- |
"""


@functools.cache
def pages() -> dict[str, str]:
    """Every page by its file name. Made once: not to be changed."""
    modules = [_import(name) for name in _public_modules()]
    homes = _homes(modules)
    found = {}
    index = _INTRODUCTION
    for module in modules:
        names = [name for name, (home, _) in homes.items() if home is module]
        if not names and module.__name__.count(".") > 2:
            continue  # all it has is documented with the package it is in
        file = _file(module)
        found[file] = _page(module, names, homes)
        summary = _prose(inspect.getdoc(module) or "").split("\n\n", maxsplit=1)[0].replace("\n", " ")
        index += f"| [`{module.__name__}`]({file}) | {summary} |\n"
    return found | {"README.md": index, "error_codes.md": _codes_page()}


def stale(folder: Path) -> dict[str, str]:
    """What ``folder`` has that differs from the pages: file name to ``missing``, ``outdated`` or ``leftover``."""
    expected = pages()
    present = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    found = {name: "missing" for name in expected if name not in present}
    found |= {name: "leftover" for name in present if name not in expected}
    return found | {name: "outdated" for name in expected if name in present and present[name] != expected[name]}


def write(folder: Path) -> None:
    """Make ``folder`` hold the pages and no others."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in stale(folder):
        (folder / name).unlink(missing_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


def _public_modules() -> Iterator[str]:
    for info in pkgutil.walk_packages(sym.sdk.__path__, "sym.sdk."):
        if "._" not in info.name and info.name not in _INTERNAL:
            yield info.name


def _import(name: str) -> ModuleType:
    return importlib.import_module(name)


def _file(module: ModuleType) -> str:
    return f"{module.__name__.removeprefix('sym.sdk.')}.md"


def _homes(modules: list[ModuleType]) -> dict[str, tuple[ModuleType, Any]]:
    """Where each thing is documented, by ``module.name``: in the package that exports it, or the module that has it."""
    found: dict[int, tuple[str, ModuleType, Any]] = {}
    for module, name, value in sorted(_documented(modules), key=_nearness):
        found.setdefault(id(value), (name, module, value))
    return {f"{module.__name__}.{name}": (module, value) for name, module, value in found.values()}


def _documented(modules: list[ModuleType]) -> Iterator[tuple[ModuleType, str, Any]]:
    for module in modules:
        exported = getattr(module, "__all__", ())
        for name, value in vars(module).items():
            is_own = value.__module__ == module.__name__ if hasattr(value, "__module__") else False
            if not inspect.ismodule(value) and (name in exported or (is_own and not name.startswith("_"))):
                yield module, name, value


def _nearness(found: tuple[ModuleType, str, Any]) -> tuple[int, bool]:
    module, _, value = found
    return module.__name__.count("."), value.__module__ != module.__name__


def _page(module: ModuleType, names: list[str], homes: dict[str, tuple[ModuleType, Any]]) -> str:
    parts = [_NOTE, f"# `{module.__name__}`", _prose(inspect.getdoc(module) or "")]
    for path in names:
        parts += _entry(path.rpartition(".")[2], homes[path][1])
    if module.__name__ in _COLLECTIONS:
        here = vars(module)
        others = [
            f"* [`{name}`]({_file(home)}#{name.lower()})"
            for name, home, value in ((path.rpartition(".")[2], *found) for path, found in homes.items())
            if home is not module and here.get(name) is value
        ]
        parts += ["## Also here", "\n".join(sorted(others))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _entry(name: str, value: Any) -> Iterator[str]:
    yield f"## {name}"
    if isinstance(value, type) and issubclass(value, Enum):
        yield _prose(inspect.getdoc(value) or "")
        yield "Values: " + ", ".join(f"`{member.name}` = `{member.value!r}`" for member in value)
    elif isinstance(value, type) or inspect.isroutine(value):
        yield f"```python\n{_signature(name, value)}\n```"
        yield _prose(inspect.getdoc(value) or "")
    else:
        yield f"`{str(value).replace('typing.', '')}`"
    if isinstance(value, type):
        members = [line for key, member in vars(value).items() if (line := _member(key, member))]
        yield "\n".join(["**Members**", "", *members]) if members else ""


def _member(name: str, member: Any) -> str | None:
    if isinstance(member, property):
        text, shown = member.fget.__doc__ or "", name
    elif isinstance(member, (classmethod, staticmethod)) or inspect.isfunction(member):
        function = getattr(member, "__func__", member)
        text, shown = function.__doc__ or "", _signature(name, function, is_method=True)
    else:
        return None
    if name.startswith("_") or not text:
        return None
    first = _prose(inspect.cleandoc(text)).split("\n\n", maxsplit=1)[0].replace("\n", " ")
    return f"* `{shown}`: {first}"


def _signature(name: str, value: Any, *, is_method: bool = False) -> str:
    """How it is called, as one would write it: annotations without the quotes they have until somebody asks."""
    signature = inspect.signature(value.__init__ if _is_error(value) else value)
    parameters = list(signature.parameters.values())[1 if is_method or _is_error(value) else 0 :]
    shown: list[str] = []
    for parameter in parameters:
        keyword = parameter.kind is parameter.KEYWORD_ONLY
        if keyword and not any(text.startswith("*") for text in shown):
            shown.append("*")
        star = {"VAR_POSITIONAL": "*", "VAR_KEYWORD": "**"}.get(parameter.kind.name, "")
        annotation = "" if parameter.annotation is parameter.empty else f": {parameter.annotation}"
        equals = " = " if annotation else "="
        default = "" if parameter.default is parameter.empty else f"{equals}{_default(parameter.default)}"
        shown.append(f"{star}{parameter.name}{annotation}{default}")
    returned = (
        "" if isinstance(value, type) or not signature.return_annotation else f" -> {signature.return_annotation}"
    )
    line = f"{name}({', '.join(shown)}){returned}"
    if len(line) <= 100 or is_method:
        return line
    return f"{name}(\n" + "".join(f"    {text},\n" for text in shown) + f"){returned}"


def _is_error(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, Exception)


def _default(value: Any) -> str:
    # What a dataclass makes anew for each instance shows as an object otherwise.
    return "..." if " object at " in repr(value) or repr(value).startswith("<") else repr(value)


def _prose(text: str) -> str:
    """A docstring as Markdown: its sections become lists."""
    lines: list[str] = []
    section = None
    for line in _ROLE.sub(r"`\1`", text).replace("``", "`").split("\n"):
        if found := _SECTION.match(line):
            section = found[1]
            lines += [f"**{section}**", ""]
        elif section and line.startswith("    "):
            entry = _ENTRY.match(line[4:])
            is_entry = section != "Returns" and entry is not None and not line.startswith("     ")
            lines.append(f"* `{entry[1]}`: {entry[2]}" if is_entry and entry else _continued(section, line))
        else:
            section = section if not line else None
            lines.append(line)
    return "\n".join(lines).strip()


def _continued(section: str, line: str) -> str:
    return line.strip() if section == "Returns" else f"  {line.strip()}"


def _codes_page() -> str:
    head = (
        f"{_NOTE}\n\n# Error codes\n\nWhat `error_code` of a `SymException` may be, and the message it comes with.\n\n"
    )
    rows = "".join(f"| `{code}` | {message} |\n" for code, message in error_codes().items())
    return f"{head}| code | message |\n| --- | --- |\n{rows}"


if __name__ == "__main__":
    write(Path(sys.argv[1]))
