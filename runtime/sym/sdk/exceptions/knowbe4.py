"""KnowBe4 refused or failed."""

from __future__ import annotations

from sym.sdk.exceptions.sym_exception import SymException


class KnowBe4Error(SymException):
    """KnowBe4 refused or failed."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__("KnowBe4", name, message)
