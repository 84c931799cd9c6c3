"""What a long-running process shows of itself: its log on stderr, its metrics where the configuration says."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from urllib.parse import unquote, urlsplit

from sym import config
from sym.commands._output import say
from sym.config import Config
from sym.observability.logs import logging_to
from sym.observability.page import Page
from sym.store.database import Store


def logging_as(settings: Config) -> AbstractContextManager[None]:
    """Within it, everything that is logged goes to stderr, as the configuration says, without its secrets."""
    as_json = settings.log_format == "json" if settings.log_format else not sys.stderr.isatty()
    return logging_to(sys.stderr, level=settings.log_level, as_json=as_json, secrets=_secrets(settings))


@contextmanager
def shown_metrics(settings: Config, store: Store) -> Iterator[Page | None]:
    """What the API shall show under ``/metrics``, if it shall; an address of their own is served within the block.

    Raises Unavailable if nobody can listen there.
    """
    page = Page(store, config.now)
    if isinstance(settings.metrics, bool):
        yield page if settings.metrics else None
        return
    host, port = settings.metrics
    with page.served_at(host, port) as bound:
        say(f"metrics on http://{f'[{host}]' if ':' in host else host}:{bound}/metrics")
        yield None


def _secrets(settings: Config) -> set[str]:
    password = urlsplit(settings.store_url).password if "://" in settings.store_url else None
    passwords = {password, unquote(password)} if password else set()
    slack = settings.slack.secrets if settings.slack is not None else ()
    return {*settings.environment_secrets.values(), *passwords, settings.jwt or "", *slack}
