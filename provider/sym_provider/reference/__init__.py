"""The provider's reference documentation, in the layout the Terraform registry reads, made from what is declared.

Pages are texts by their path below the documentation folder. Every resource, data source and function has one; so have
the provider itself and the types of the shelves. Other guides are written by hand and only listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

from sym import resources
from sym_provider.data_source import SymDataSource
from sym_provider.framework.interfaces import Function, Parameter
from sym_provider.functions import FUNCTIONS
from sym_provider.provider import SymProvider
from sym_provider.reference.examples import example, files_beside
from sym_provider.reference.sections import front_matter, function_type, schema_section, type_name
from sym_provider.reference.shelves import SHELF_OF, TITLE, anchor, types_guide
from sym_provider.repository import Repository
from sym_provider.schemas import resource_schema

GENERATED_FOLDERS = ("resources", "data-sources", "functions")
"""Folders in which every page is generated."""

_GUIDE_OF_TYPES = "guides/types.md"
_PROVIDER = "terraform-provider-sym"


def pages(docs: Path, examples: Path) -> dict[str, str]:
    """Every generated page by its path below ``docs``, of which only the hand-written guides are read.

    Raises FileNotFoundError, its message naming the file to write, where an example is missing.
    """
    found = {_GUIDE_OF_TYPES: types_guide()}
    for name in resources.resources():
        found[f"resources/{name}.md"] = _resource_page(name, examples)
        found[f"data-sources/{name}.md"] = _data_source_page(name, examples)
    for function in FUNCTIONS.values():
        found[f"functions/{function.name}.md"] = _function_page(function, examples)
    found["index.md"] = _index_page(docs, examples)
    return found


def stale(docs: Path, expected: dict[str, str]) -> dict[str, str]:
    """What ``docs`` has that differs from the ``expected`` pages: path to ``missing``, ``outdated`` or ``leftover``."""
    found = {}
    for path, text in expected.items():
        page = docs / path
        if not page.is_file():
            found[path] = "missing"
        elif page.read_text(encoding="utf-8") != text:
            found[path] = "outdated"
    present = {
        page.relative_to(docs).as_posix() for folder in GENERATED_FOLDERS for page in (docs / folder).rglob("*.md")
    }
    return found | dict.fromkeys(sorted(present - expected.keys()), "leftover")


def write(docs: Path, expected: dict[str, str]) -> dict[str, str]:
    """Make ``docs`` hold the ``expected`` pages; what was :func:`stale`. Guides written by hand are left alone."""
    differing = stale(docs, expected)
    for path, state in differing.items():
        page = docs / path
        if state == "leftover":
            page.unlink()
            continue
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(expected[path], encoding="utf-8")
    return differing


def _resource_page(name: str, examples: Path) -> str:
    declared = resources.resource(name)
    schema = resource_schema(declared)
    folder = examples / "resources" / f"sym_{name}"
    parts = [
        front_matter(f"sym_{name} Resource - {_PROVIDER}", schema.description),
        f"# sym_{name} (Resource)",
        cleandoc(schema.description),
        *_link_to_types(name),
        "## Example Usage",
        example(folder / "resource.tf"),
        *files_beside(folder),
        schema_section(schema, declared),
        "## Import",
        _import_text(declared.lookup),
        example(folder / "import.sh"),
    ]
    return _joined(parts)


def _data_source_page(name: str, examples: Path) -> str:
    schema = SymDataSource(name, _no_repository).schema
    parts = [
        front_matter(f"sym_{name} Data Source - {_PROVIDER}", schema.description),
        f"# sym_{name} (Data Source)",
        cleandoc(schema.description),
        _lookup_text(resources.resource(name).lookup),
        "## Example Usage",
        example(examples / "data-sources" / f"sym_{name}" / "data-source.tf"),
        schema_section(schema, resources.resource(name)),
    ]
    return _joined(parts)


def _function_page(function: Function, examples: Path) -> str:
    folder = examples / "functions" / function.name
    parts = [
        front_matter(f"{function.name} function - {_PROVIDER}", function.summary),
        f"# function: {function.name}",
        function.description,
        "Functions need Terraform 1.8 or newer, and neither a store nor a server.",
        "## Example Usage",
        example(folder / "function.tf"),
        *files_beside(folder),
        "## Signature",
        f"```text\n{_signature(function)}\n```",
        "## Arguments",
        "\n".join(_arguments(function)),
        "## Return Type",
        f"```text\n{function_type(function.returns)}\n```",
    ]
    return _joined(parts)


def _index_page(docs: Path, examples: Path) -> str:
    parts = [
        front_matter("sym Provider", SymProvider.schema.description),
        "# sym Provider",
        SymProvider.schema.description,
        "## Guides",
        "\n".join(_guide_links(docs)),
        "## Example Usage",
        example(examples / "provider" / "provider.tf"),
        schema_section(SymProvider.schema),
    ]
    return _joined(parts)


def _guide_links(docs: Path) -> Iterator[str]:
    titles = {_GUIDE_OF_TYPES: TITLE}
    for guide in (docs / "guides").glob("*.md"):
        heading = re.search(r"^# (.+)$", guide.read_text(encoding="utf-8"), re.MULTILINE)
        if heading is not None:
            titles.setdefault(guide.relative_to(docs).as_posix(), heading[1])
    return (f"- [{title}]({path})" for path, title in sorted(titles.items()))


def _link_to_types(name: str) -> list[str]:
    if name not in SHELF_OF:
        return []
    return [f"[The types there are, and their settings](../{_GUIDE_OF_TYPES}#{anchor(SHELF_OF[name])})"]


def _import_text(lookup: tuple[str, ...]) -> str:
    if not lookup:
        return "There is at most one, so any name imports it. Its id does, too."
    return f"By `{':'.join(part.upper() for part in lookup)}`, or by id:"


def _lookup_text(lookup: tuple[str, ...]) -> str:
    if not lookup:
        return "There is at most one, so nothing says which."
    keys = " and ".join(f"`{key}`" for key in lookup)
    return (
        f"It is found by {keys}; letter case makes no difference. That it is not there is an error. What is optional "
        "need not be written: it is accepted for old configurations, and becomes what is found."
    )


def _signature(function: Function) -> str:
    given = [_parameter(parameter) for parameter in function.parameters]
    if function.variadic is not None:
        given.append(f"{_parameter(function.variadic)}...")
    return f"{function.name}({', '.join(given)}) {str(function.returns).split(' ', maxsplit=1)[0]}"


def _parameter(parameter: Parameter) -> str:
    return f"{parameter.name} {parameter.type}"


def _arguments(function: Function) -> Iterator[str]:
    for number, parameter in enumerate(function.parameters, start=1):
        nullable = ", Nullable" if parameter.allow_null else ""
        yield f"{number}. `{parameter.name}` ({type_name(parameter.type)}{nullable}) {parameter.description}"
    if function.variadic is not None:
        number, last = len(function.parameters) + 1, function.variadic
        yield f"{number}. `{last.name}` (Variadic, {type_name(last.type)}) {last.description}"


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _no_repository() -> Repository:
    raise AssertionError("documentation is made without looking anything up")
