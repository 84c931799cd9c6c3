"""Errors that carry a hint and a place to read more: the older of the two families an author may meet.

The newer family, with error codes, is :mod:`sym.sdk.exceptions`. Each has a class named ``SymIntegrationError`` and the
two are unrelated: ``from sym.sdk import SymIntegrationError`` gives the one defined here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

DOCS_ROOT = "runtime/docs/sdk"
"""Where the documentation lies, relative to the root of the distribution's sources."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class SymSDKError(Exception):
    """Root of the errors with a hint.

    Args:
        message: what went wrong.
        hint: what to do next.
        doc_url: where to read more.
        kwargs: handed to ``Exception``, which takes none: any keyword is a ``TypeError``.

    ``retryable`` says whether trying again may help; None: that is told from what happened.
    """

    retryable: bool | None = None

    def __init__(self, message: str, hint: str, doc_url: str, **kwargs: Any) -> None:
        super().__init__(message, **kwargs)
        self.message = message
        self.hint = hint
        self.doc_url = doc_url

    def __str__(self) -> str:
        return f"{self.message}\n\nHint: {self.hint}\n\nFor more details, see: {self.doc_url}"

    def format_slack(self) -> str:
        """Return the same text as ``str()``, with Slack's markup for bold."""
        return f"{self.message}\n\n*Hint:* {self.hint}\n\n*For more details, see:* {self.doc_url}"


class SymIntegrationError(SymSDKError):
    """An integration failed; its texts may hold ``{placeholders}`` that ``params`` fills in.

    Args:
        message, hint, doc_url: texts; what is empty falls back on the class attribute of the same meaning.
        error_code: the integration's own code for the failure.
        params: values for the placeholders. A placeholder without a value, and a brace that opens none, stay as is.
    """

    default_message: str = "An integration failed."
    default_hint: str = "Check the integration's settings."
    default_docs_url: str = f"{DOCS_ROOT}/errors.md"

    def __init__(
        self,
        message: str = "",
        hint: str | None = None,
        doc_url: str | None = None,
        *,
        error_code: Enum | None = None,
        params: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message or self.default_message, hint or self.default_hint, doc_url or self.default_docs_url)
        self.error_code = error_code
        self.params: dict[str, Any] = dict(params or {})

    def __str__(self) -> str:
        return self._filled(super().__str__())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._filled(self.message)!r})"

    def format_slack(self) -> str:
        """Return the Slack text of :meth:`SymSDKError.format_slack` with the placeholders filled in."""
        return self._filled(super().format_slack())

    def _filled(self, text: str) -> str:
        return _PLACEHOLDER.sub(lambda found: str(self.params.get(found[1], found[0])), text)
