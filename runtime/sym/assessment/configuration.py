"""The files of Terraform modules, read: blocks with their raw expressions, and where each is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sym.errors import SymError

_SKIPPED = (".terraform", ".git", "node_modules", ".venv", "__pycache__")
_MARK = "__is_block__"


@dataclass(frozen=True)
class Expression:
    """The text of an expression."""

    text: str


@dataclass(frozen=True)
class Template:
    """Text with interpolations, as JSON configurations have it."""

    text: str


class Body(dict[str, Any]):
    """The content of a block, as opposed to an object that is a value."""


@dataclass
class Block:
    """One resource or data source: ``kind`` is ``resource`` or ``data``."""

    kind: str
    type: str
    name: str
    body: Body
    file: Path
    line: int


@dataclass
class Module:
    """One folder with configuration files."""

    folder: Path
    blocks: list[Block] = field(default_factory=list)
    variables: dict[str, Body] = field(default_factory=dict)
    locals: dict[str, Any] = field(default_factory=dict)
    calls: dict[str, Body] = field(default_factory=dict)
    outputs: dict[str, Body] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[Path, int, str]] = field(default_factory=list)


def read_modules(folder: Path) -> dict[Path, Module]:
    """Every folder below ``folder`` that has configuration files. A file that cannot be read is one of its module's
    ``problems``."""
    modules: dict[Path, Module] = {}
    for path in sorted(_files(folder)):
        module = modules.setdefault(path.parent, Module(path.parent))
        try:
            _take(module, path, _parsed(path))
        except _Unreadable as problem:
            module.problems.append((path, problem.line, str(problem)))
    return modules


class _Unreadable(Exception):
    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        is_skipped = any(part in _SKIPPED for part in path.relative_to(folder).parts)
        if not is_skipped and path.is_file() and path.name.endswith((".tf", ".tf.json", ".tfvars", ".tfvars.json")):
            yield path


def _parsed(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise _Unreadable(f"It cannot be read as text: {problem}") from None
    if path.name.endswith(".json"):
        try:
            found = json.loads(text)
        except ValueError as problem:
            raise _Unreadable(f"It is not JSON: {problem}", getattr(problem, "lineno", 0)) from None
        if not isinstance(found, dict):
            raise _Unreadable("It is not a JSON object.")
        converted: dict[str, Any] = _of_json(found)
        return converted
    hcl: dict[str, Any] = _of_hcl(_hcl(text))
    return hcl


def _hcl(text: str) -> dict[str, Any]:
    try:
        import hcl2
    except ModuleNotFoundError:
        hint = "Install what it needs: pip install 'symflow[assess]'"
        raise SymError("Terraform's language cannot be read: python-hcl2 is missing.", hint=hint) from None
    options = hcl2.SerializationOptions(with_comments=False, preserve_heredocs=False)
    try:
        found: dict[str, Any] = hcl2.loads(text if text.endswith("\n") else f"{text}\n", serialization_options=options)
    except Exception as problem:  # noqa: BLE001 - the parser has a dozen kinds of them, some of its own making
        line = getattr(problem, "line", 0)
        first = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        first = re.sub(r"Unexpected token Token\('\w+', '(.*)'\)", r'something is missing before "\1"', first)
        raise _Unreadable(f"It is not Terraform's language: {first}", line if isinstance(line, int) else 0) from None
    return found


def _of_hcl(value: Any) -> Any:
    """What the parser gives, with texts turned into expressions and blocks told apart from values."""
    if isinstance(value, str):
        is_wrapped = value.startswith("${") and value.endswith("}")
        return Expression(value[2:-1] if is_wrapped else value)
    if isinstance(value, list):
        return [_of_hcl(item) for item in value]
    if isinstance(value, dict):
        kind = Body if value.get(_MARK) else dict
        return kind({_plain_key(key): _of_hcl(item) for key, item in value.items() if key != _MARK})
    return value


def _plain_key(key: str) -> str:
    return key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key


def _of_json(value: Any) -> Any:
    if isinstance(value, str):
        return Template(value)
    if isinstance(value, list):
        return [_of_json(item) for item in value]
    if isinstance(value, dict):
        return Body({key: _of_json(item) for key, item in value.items() if key != "//"})
    return value


def _take(module: Module, path: Path, found: dict[str, Any]) -> None:
    if path.name.endswith((".tfvars", ".tfvars.json")):
        if path.name.startswith("terraform.tfvars") or ".auto.tfvars" in path.name:
            module.values |= found
        return
    text = path.read_text(encoding="utf-8")
    for kind in ("resource", "data"):
        for type_name, name, body in _labelled(found.get(kind), 2):
            module.blocks.append(Block(kind, type_name, name, body, path, _line(text, kind, type_name, name)))
    for labels, place in (("variable", module.variables), ("module", module.calls), ("output", module.outputs)):
        for name, body in _labelled(found.get(labels), 1):
            place[name] = body
    for local in _several(found.get("locals")):
        module.locals |= dict(local)


def _several(value: Any) -> list[Any]:
    listed = value if isinstance(value, list) else [value]
    return [item for item in listed if isinstance(item, dict)]


def _labelled(value: Any, labels: int) -> Iterator[tuple[Any, ...]]:
    """The blocks of one kind, each with its labels before its body."""
    for item in _several(value):
        for label, inner in item.items():
            if labels == 1:
                yield from ((label, Body(body)) for body in _several(inner))
            else:
                yield from ((label, *rest) for rest in _labelled(inner, labels - 1))


def _line(text: str, kind: str, type_name: str, name: str) -> int:
    words = (kind, type_name, name)
    found = re.search(r"^\s*" + r"\s+".join(rf'"?{re.escape(word)}"?' for word in words), text, re.MULTILINE)
    found = found or re.search(rf'"{re.escape(name)}"\s*:', text)
    return text.count("\n", 0, found.start() + len(found[0]) - len(found[0].lstrip())) + 1 if found else 0
