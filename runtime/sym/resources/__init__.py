"""The resources a practitioner can declare, one file each; ``sym_<module>`` is the Terraform name.

The module's class has, besides its attributes, these class variables:

``collection``  path segment of the resource in the ``/entities`` API
``lookup``      the attributes that name one instance: what ``terraform import`` takes (joined by ``:``) and what a data
                source is found by. The last one is the slug's source, the first of two the type. Without any, an
                organization has at most one instance
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


def slugify(text: str) -> str:
    """Text as a slug: lower case, with a dash for every run of what a slug cannot hold."""
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-")


def slug_of(name: str, document: dict[str, Any]) -> str:
    """The slug of an instance: its name; or, for resources without one, what its module's ``slug_source`` or the last
    attribute of its lookup says. What there can be only one of is called by its own name."""
    source = getattr(plugins.load("resources", name), "slug_source", None)
    if source is not None:
        return slugify(source(document))
    lookup = resource(name).lookup
    return slugify(str(document.get(lookup[-1]) or "")) if lookup else slugify(name.replace("_", "-"))


def is_singleton(name: str) -> bool:
    """Whether an organization has at most one instance of this resource."""
    return not resource(name).lookup


def type_of(name: str, document: dict[str, Any]) -> str:
    """The type that, with the slug, names an instance; "" for resources found by their slug alone."""
    return str(document.get("type") or "") if resource(name).lookup[:1] == ("type",) else ""
