"""Names, as far as a plan can judge them: Sym calls a resource by its slug, which is its name in small letters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sym.resources import slug_of
from sym.resources._answers import LONGEST_OPTION
from sym_provider.framework.diagnostics import Diagnostic, Path, error, warning


def check_name(name: Any, path: Path = ("name",)) -> Iterator[Diagnostic]:
    """What is wrong with a resource's ``name``. What is not known yet, or not text, is passed over."""
    if not isinstance(name, str):
        return
    slug = slug_of("flow", {"name": name})
    if not slug:
        detail = "Letters, digits, dashes and underscores make up the name that is used in commands."
        yield error("A name needs at least one letter or digit", detail, path)
    elif slug == name.lower() != name:
        detail = (
            "Letter case is kept for people to see, but makes no difference: no second resource can have this name."
        )
        yield warning(f'The name "{name}" counts as "{slug}"', detail, path)
    elif slug != name.lower():
        detail = f'Names are letters, digits, dashes and underscores: in commands this one becomes "{slug}".'
        yield warning(f'The name "{name}" has characters that names do not have', detail, path)


def check_option_label(label: Any, path: Path = ("label",)) -> Iterator[Diagnostic]:
    """What is wrong with a ``label`` that people choose from a drop-down list."""
    if isinstance(label, str) and len(label) > LONGEST_OPTION:
        detail = f"It has {len(label)} characters; drop-down lists show the first {LONGEST_OPTION}."
        yield warning(f'The label "{label[:LONGEST_OPTION]}…" is too long for a drop-down list', detail, path)
