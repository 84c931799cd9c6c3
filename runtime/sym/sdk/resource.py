"""Names of Sym resources (:class:`SRN`) and the bases of everything that has one.

Nothing but the standard library and :mod:`sym.sdk.errors` is imported for this module, so that a function in somebody's
cloud can bundle it just to read an SRN.
"""

from __future__ import annotations

import json
from typing import Any

from sym.sdk._srn import (
    SRN,
    InvalidSlugError,
    InvalidSRNError,
    InvalidVersionError,
    MissingComponentError,
    MultipleErrors,
    TrailingSeparatorError,
)

__all__ = [
    "SRN",
    "InvalidSRNError",
    "InvalidSlugError",
    "InvalidVersionError",
    "MissingComponentError",
    "MultipleErrors",
    "SymBaseResource",
    "SymResource",
    "TrailingSeparatorError",
]


class SymBaseResource:  # noqa: PLW1641 - without a hash until a subclass has something to hash
    """What authors are shown about a thing; equal to any other that shows the same, hence not hashable."""

    def dict(self) -> dict[str, Any]:
        """Return the public attributes, by name in alphabetical order.

        Kept are strings, integers, booleans, dictionaries and lists as they are, and resources as their own ``dict()``.
        Everything else (``None``, SRNs, UUIDs, times, floats, methods) is left out.
        """
        shown: dict[str, Any] = {}
        for name in dir(self):
            if name.startswith("_"):
                continue
            value = getattr(self, name)
            if isinstance(value, SymBaseResource):
                shown[name] = value.dict()
            elif isinstance(value, (str, int, dict, list)):
                shown[name] = value
        return shown

    def __str__(self) -> str:
        return json.dumps(self.dict(), indent=2, default=_shown)

    def __repr__(self) -> str:
        return str(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SymBaseResource):
            return NotImplemented
        return self.dict() == other.dict()


class SymResource(SymBaseResource):
    """A resource with an SRN. What it does not have itself it takes from the SRN: ``resource.slug``, ``.version`` …

    Equal to another resource with the same SRN.

    Args:
        srn: the SRN or its text.

    Raises:
        InvalidSRNError: the text is not an SRN.
    """

    def __init__(self, srn: SRN | str) -> None:
        self._srn = SRN.parse(str(srn))

    @property
    def srn(self) -> SRN:
        """The full name of this resource."""
        return self._srn

    @property
    def name(self) -> str:
        """The short name: the SRN's slug, unless the resource has a better one."""
        return self._srn.slug

    def __getattr__(self, name: str) -> Any:
        # Through __dict__: asking for self._srn would come back here while there is none.
        srn = self.__dict__.get("_srn")
        if srn is None or name.startswith("_") or not hasattr(srn, name):
            raise AttributeError(f"'{_public_name(self)}' object has no attribute '{name}'")
        return getattr(srn, name)

    def __repr__(self) -> str:
        return f"{_public_name(self)}({self._srn})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SymResource):
            return NotImplemented
        return self._srn == other._srn

    def __hash__(self) -> int:
        return hash(str(self._srn))


def _public_name(resource: SymResource) -> str:
    """Name the class as authors know it: the engine's ``SDKFlow`` is their ``Flow``."""
    return type(resource).__name__.replace("SDK", "")


def _shown(value: object) -> Any:
    """Write what a resource's dictionaries and lists may hold and JSON does not know."""
    return value.dict() if isinstance(value, SymBaseResource) else str(value)
