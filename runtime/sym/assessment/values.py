"""What an expression of a configuration comes to: plain values, what cannot be told, references, and texts of files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Unknown:
    """A value that reading alone does not tell. ``refs`` are the resources that its expression names."""

    refs: tuple[Ref, ...] = ()


@dataclass(frozen=True)
class Ref:
    """An attribute of a resource, or of a data source: ``kind`` is ``resource`` or ``data``, ``key`` names the resource
    in the module that declares it, ``module`` says which module that is."""

    module: str
    kind: str
    type: str
    name: str
    attribute: str = "id"

    @property
    def address(self) -> str:
        """The resource as Terraform calls it, ``module.x.sym_flow.y``."""
        place = f"{self.module}." if self.module else ""
        return f"{place}{'data.' if self.kind == 'data' else ''}{self.type}.{self.name}"


class SourceText(str):
    """The text of a file that ``file()`` or ``templatefile()`` reads, with its path."""

    __slots__ = ("path",)
    path: Path

    @classmethod
    def of(cls, path: Path, text: str) -> SourceText:
        """The text, remembering where it is from."""
        made = cls(text)
        made.path = path
        return made


@dataclass(frozen=True)
class MissingFile:
    """A file that is not there, or cannot be read as text; ``reason`` says which."""

    path: Path
    reason: str


UNKNOWN = Unknown()


def is_unknown(value: object) -> bool:
    """Whether nothing can be said of a value."""
    return isinstance(value, Unknown)


def refs_in(value: object) -> tuple[Ref, ...]:
    """Every reference in a value."""
    if isinstance(value, Ref):
        return (value,)
    if isinstance(value, Unknown):
        return value.refs
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return tuple(dict.fromkeys(found for item in items for found in refs_in(item)))
