"""Logs: one line per event, JSON for machines, colours for people. Whatever calls ``logging`` ends up here, libraries
included."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

from sym.observability.redaction import Redactor

_QUIET = ("alembic", "asyncio", "urllib3", "sqlalchemy")
"""Libraries whose talk below a warning helps nobody."""

_EXTRA = ("outcome", "decision", "seconds", "method", "route", "status", "code")
"""What :mod:`sym.observability.watch` adds to its lines. Nothing else: libraries hang all kinds of things on theirs."""

_process: dict[str, str] = {}


def name_process(**fields: str) -> None:
    """Add ``fields`` (the executor's id) to every line of this process from now on."""
    _process.update(fields)


@contextmanager
def logging_to(stream: TextIO, *, level: str, as_json: bool, secrets: Iterable[str] = ()) -> Iterator[None]:
    """Within the block, write what is logged at ``level`` (``INFO``) or above to ``stream``: as JSON, or readable.

    A line has ``timestamp`` (ISO 8601, UTC), ``level``, ``logger``, ``event`` (the text), what is bound in the context
    (``run_id``, ``flow``, ``event_name``, ``phase``, ``attempt``, ``request_id``), ``executor``, and ``exception``
    without values of variables. Values of ``secrets``, of secrets in hand and everything that looks like a token or a
    password are masked.
    """
    root = logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(as_json, Redactor(secrets), is_terminal=stream.isatty()))
    before = root.level
    root.addHandler(handler)
    root.setLevel(level)
    hook, threading.excepthook = threading.excepthook, _log_thread
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    try:
        yield
    finally:
        threading.excepthook = hook
        root.removeHandler(handler)
        root.setLevel(before)
        handler.flush()


def _log_thread(failed: threading.ExceptHookArgs) -> None:
    # As it comes it would be printed to stderr, secrets and all.
    if failed.exc_value is not None and failed.exc_type is not SystemExit:
        raised = (failed.exc_type, failed.exc_value, failed.exc_traceback)
        logging.getLogger(__name__).error("a thread has failed", exc_info=raised)


def _formatter(as_json: bool, redactor: Redactor, *, is_terminal: bool) -> logging.Formatter:
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.ExtraAdder(allow=_EXTRA),
        _drop_empty,
        _add_process,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # Never with local variables: they hold what nobody may read.
    tracebacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    exceptions: Processor = (
        structlog.processors.ExceptionRenderer(tracebacks) if as_json else structlog.processors.format_exc_info
    )

    def redact(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {key: redactor.value(value) for key, value in line.items()}

    rendering: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=is_terminal, exception_formatter=structlog.dev.plain_traceback, pad_event_to=0
        )
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, exceptions, redact, rendering],
    )


def _drop_empty(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: value for key, value in line.items() if value != ""}


def _add_process(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in _process.items():
        line.setdefault(key, value)
    return line
