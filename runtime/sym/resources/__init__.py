"""The resources a practitioner can declare, one file each; ``sym_<module>`` is the Terraform name.

The module's class has, besides its attributes, these class variables:

``collection``  path segment of the resource in the ``/entities`` API
``lookup``      the attributes that name one instance: what ``terraform import`` takes (joined by ``:``) and what a data
                source is found by. The last one is the slug's source, the first of two the type
``version``     version of the Terraform schema (0 unless history asks for more)
"""

from __future__ import annotations

import re
from typing import Any, ClassVar, Protocol

from sym import plugins


class Resource(Protocol):
    """What every class on this shelf offers besides its attributes."""

    collection: ClassVar[str]
    lookup: ClassVar[tuple[str, ...]]
    version: ClassVar[int]


def resource(name: str) -> type[Any]:
    """The schema class of the resource ``name`` ("flow"). Raises NotFound for a name that is not on the shelf."""
    module = plugins.load("resources", name)
    class_name = "".join(part.capitalize() for part in name.split("_"))
    found = getattr(module, class_name)
    assert isinstance(found, type)
    return found


def resources() -> dict[str, type[Any]]:
    """Every resource on the shelf by name."""
    return {name: resource(name) for name in plugins.names("resources")}


def slug_of(name: str, document: dict[str, Any]) -> str:
    """The slug of an instance, lower case: its name, or what is derived from the attribute its lookup ends with.

    A secret's slug also holds its ``json_key``, because several secrets may share one path.
    """
    source = str(document.get(resource(name).lookup[-1]) or "").lower()
    slug = re.sub(r"[^a-z0-9_-]+", "-", source).strip("-")
    key = (document.get("settings") or {}).get("json_key") if name == "secret" else None
    return f"{slug}-{re.sub(r'[^a-z0-9_-]+', '-', str(key).lower()).strip('-')}" if key else slug


def type_of(name: str, document: dict[str, Any]) -> str:
    """The type that, with the slug, names an instance; "" for resources found by their slug alone."""
    lookup = resource(name).lookup
    return str(document.get("type") or "") if lookup[0] == "type" else ""
