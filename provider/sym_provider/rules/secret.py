"""What is checked of the value of a ``sym_secret``, which only some sources take.

The value is handed over when its version changes: that is how Terraform has it with write-only arguments, of which it
cannot tell whether they have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sym.resources.secret import Settings
from sym.serving import keeps_values
from sym_provider.framework.diagnostics import Diagnostic, error
from sym_provider.framework.schema import State
from sym_provider.framework.values import is_unknown
from sym_provider.repository import Document
from sym_provider.rules.settings import check_settings

_VALUE, _VERSION = "value_wo", "value_wo_version"
# At the version, never at the value: Terraform shows the line that an error is about, and the value may stand there.
_PLACE = (_VERSION,)


def check_secret(config: State) -> Iterator[Diagnostic]:
    """What is wrong with the configuration of a secret, as far as it is known."""
    yield from check_settings(Settings, config.get("settings"), "A sym_secret")
    if _is_known(config.get(_VALUE)) and config.get(_VERSION) is None:
        detail = (
            f"Terraform keeps no {_VALUE} to compare with, so it hands the value over when {_VERSION} changes. Set "
        )
        detail += f"{_VERSION} = 1 now, and another number whenever the value changes."
        yield error(f"{_VALUE} needs {_VERSION}", detail, _PLACE)


def check_change(
    config: State, prior: State | None, find: Callable[[str, str], Document | None]
) -> Iterator[Diagnostic]:
    """What is wrong with the plan for a secret; ``prior`` is None when it will be created. ``find`` gives the document
    of a resource by name and id, None if it is not there (yet)."""
    value, version = config.get(_VALUE), config.get(_VERSION)
    before = None if prior is None else prior.get(_VERSION)
    if value is None and version is not None and not is_unknown(version) and version != before:
        detail = f"{_VERSION} says that there is a new value. Set {_VALUE}, or leave {_VERSION} as it was."
        yield error(f"{_VERSION} needs {_VALUE}", detail, _PLACE)
        return
    source_id = config.get("source_id")
    if prior is not None and (prior.get("source_id"), before) == (source_id, version):
        return  # it was all right then
    source = find("secrets", source_id) if isinstance(source_id, str) else None
    if source is not None:
        yield from _check_source(str(source.get("type")), value, version)


def _check_source(kind: str, value: Any, version: Any) -> Iterator[Diagnostic]:
    hint = (
        "Should the same apply change the type of the source, apply that first, with terraform apply -target=ADDRESS."
    )
    if keeps_values(kind):
        if value is None and version is None:
            detail = (
                f'A source of type "{kind}" has no values but those it is given: set {_VALUE} and {_VERSION}. {hint}'
            )
            yield error("The secret has no value", detail, _PLACE)
    elif _is_known(value) or _is_known(version):
        detail = f'A source of type "{kind}" has its values elsewhere. Leave {_VALUE} and {_VERSION} out, or use a '
        detail += f'sym_secrets of type "local". {hint}'
        yield error("The source takes no values", detail, ("source_id",))


def _is_known(value: Any) -> bool:
    return value is not None and not is_unknown(value)
