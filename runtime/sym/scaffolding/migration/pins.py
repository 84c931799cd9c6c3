"""Which release of the provider a configuration asks for, and from where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sym.scaffolding.folder import Source
from sym.scaffolding.hcl import Attribute, Block
from sym.scaffolding.literals import Item, object_items, plain_text
from sym.scaffolding.migration.edits import Edits

SOURCE = "symopsio/sym"
WANTED = "~> 3.0"
OLD_SOURCES = ("terraform.symops.com/symopsio/sym", "terraform.sym.com/symopsio/sym")
_CURRENT = (3, 7, 0)
_PART = re.compile(r"(~>|>=|<=|!=|>|<|=)?\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?")


@dataclass(frozen=True)
class Pins:
    """What the files of one folder ask for: ``allows_paths`` is whether their flows name files by their paths, as
    before the third major version."""

    allows_paths: bool
    old_registry: bool


def pins_of(sources: list[Source]) -> dict[Path, Pins]:
    """What each folder of a repository asks for; one that says nothing is taken to be as all the others are."""
    versions: dict[Path, list[str]] = {source.path.parent: [] for source in sources}
    origins: dict[Path, list[str]] = {source.path.parent: [] for source in sources}
    for source in sources:
        for block in source.body.of_type("terraform", "provider"):
            origin, version = _asked(source.text, block)
            versions[source.path.parent] += [version] if version else []
            origins[source.path.parent] += [origin] if origin else []
    stated = [any(not admits(one) for one in some) for some in versions.values() if some]
    every_one_is_old = bool(stated) and all(stated)
    return {
        folder: Pins(
            allows_paths=any(not admits(one) for one in some) if some else every_one_is_old,
            old_registry=any(origin in OLD_SOURCES for origin in origins[folder]),
        )
        for folder, some in versions.items()
    }


def admits(constraint: str, version: tuple[int, int, int] = _CURRENT) -> bool:
    """Whether a version constraint takes the release of this product that is numbered 3.x."""
    return all(_admits(part.strip(), version) for part in constraint.split(",") if part.strip())


def _admits(part: str, version: tuple[int, int, int]) -> bool:
    found = _PART.fullmatch(part)
    if found is None:
        return True  # what it means is for Terraform to say
    numbers = [int(one) for one in found.groups()[1:] if one is not None]
    named = [*numbers, 0, 0][:3]
    known = list(version)
    if found[1] == "~>":
        upper = [*numbers[:-2], numbers[-2] + 1] if len(numbers) > 1 else [numbers[0] + 1]
        return named <= known and known[: len(upper)] < upper
    return {
        ">=": known >= named, "<=": known <= named, ">": known > named, "<": known < named, "!=": known != named,
    }.get(found[1] or "=", known == named)  # fmt: skip


def migrate_requirements(edits: Edits, block: Block) -> None:
    """The entry for the provider in ``required_providers``."""
    for attribute in _requirements(block):
        plain = plain_text(attribute.value.of(edits.text))
        if plain is not None:  # as Terraform 0.12 has it
            version = plain if admits(plain) else WANTED
            entry = f'{{\n      source  = "{SOURCE}"\n      version = "{version}"\n    }}'
            edits.replace(attribute.value, entry)
            continue
        items = {one.key: one for one in _items(edits.text, attribute)}
        _migrate_source(edits, items.get("source"), attribute)
        _migrate_version(edits, items.get("version"))


def _migrate_source(edits: Edits, item: Item | None, attribute: Attribute) -> None:
    origin = plain_text(item.value.of(edits.text)) if item else None
    if item is not None and origin in OLD_SOURCES:
        edits.replace(item.value, f'"{SOURCE}"')
    elif item is None and attribute.value.of(edits.text).startswith("{"):
        edits.note(attribute.line, f'Say where the provider comes from: source = "{SOURCE}".')


def _migrate_version(edits: Edits, item: Item | None) -> None:
    version = plain_text(item.value.of(edits.text)) if item else None
    if item is not None and version is not None and not admits(version):
        edits.replace(item.value, f'"{WANTED}"')


def migrate_provider(edits: Edits, block: Block) -> None:
    """``version`` in the provider's own block, which Terraform 0.12 had there."""
    version = block.body.attribute("version")
    if version is not None:
        edits.remove_line(version)


def _requirements(block: Block) -> list[Attribute]:
    """The entries for this provider."""
    found = [one.body.attribute("sym") for one in block.body.of_type("required_providers")]
    return [one for one in found if one is not None]


def _asked(text: str, block: Block) -> tuple[str, str]:
    """Where a block ``terraform`` or ``provider`` says that the provider comes from, and in which versions."""
    if block.type == "provider":
        version = block.body.attribute("version") if block.labels == ("sym",) else None
        return "", (plain_text(version.value.of(text)) or "") if version else ""
    for attribute in _requirements(block):
        plain = plain_text(attribute.value.of(text))
        if plain is not None:
            return "", plain
        items = {one.key: plain_text(one.value.of(text)) or "" for one in _items(text, attribute)}
        return items.get("source", ""), items.get("version", "")
    return "", ""


def _items(text: str, attribute: Attribute) -> list[Item]:
    return [one for one in object_items(text, attribute.value) or () if isinstance(one, Item)]
