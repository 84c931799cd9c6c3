"""Vendors' own descriptions of their interfaces.

They are test data that is not part of this tree: ``SYM_VENDOR_SPECS`` names their folder, else ``vendor-specs`` is
looked for in a folder ``shared`` beside one of those the tree is in.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path

import pytest


@functools.cache
def vendor_specs() -> Path | None:
    """The folder with the descriptions, None where there is none."""
    named = os.environ.get("SYM_VENDOR_SPECS")
    places = [Path(named)] if named else [parent / "shared" / "vendor-specs" for parent in Path(__file__).parents]
    return next((place for place in places if (place / "README.md").is_file()), None)


def require_vendor_specs() -> Path:
    """The same; skips the test where there is none, which in CI is a failure."""
    found = vendor_specs()
    if found is not None:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail("the vendors' interface descriptions are not there: set SYM_VENDOR_SPECS")
    pytest.skip("NOT HELD AGAINST THE VENDOR'S DESCRIPTION: set SYM_VENDOR_SPECS to the folder with them")
