"""The environment, read once and checked: everything that can be set for a process of the product.

With the provider's own start-up module, this is the only place that reads the environment and the clock.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sym.config.variables import VARIABLES, Variable

if TYPE_CHECKING:
    from sym.api.limits import Rate
    from sym.oidc.settings import OidcSettings
    from sym.slack.settings import SlackSettings

__all__ = ["VARIABLES", "Config", "Variable", "load", "now"]

_SECRET_PREFIX = "SYM_SECRET_"  # noqa: S105 - the beginning of names, not a secret

_OPTIONS: dict[str, str] = {}


@dataclass(frozen=True, kw_only=True)
class Config:
    """What the environment says. Values that may hold a password are left out of ``repr``.

    ``store_url`` is ``sqlite:///<path>`` or ``postgresql://…``, and ``store_is_default`` whether nobody set it;
    ``api_url`` ends without a slash and includes ``/api/v1``; ``handler_memory_mb`` is in MiB;
    ``handler_folders`` are the folders authors' code may read and write;
    ``ledger_dir`` is where the list of leases is kept beside the store;
    ``service_urls`` are the addresses of services by their host names;
    ``drift_every`` is how often it is looked for drift, and ``directory_every`` how often people are compared with
    their directories, None for never;
    ``rate_limit`` is how often one token may call the API, None for as often as it likes;
    ``log_format`` is ``json``, ``console`` or None (whatever suits the stream); ``metrics`` whether they are shown,
    or the host and port where;
    ``environment_secrets`` are the variables ``SYM_SECRET_*``, for the ``env`` secret source; ``audit_anchor`` is the
    file or ``s3://bucket/prefix`` where seals of the audit log are written down, None for nowhere; ``audit_spool`` the
    file for entries that the store does not take; ``audit_retention`` how long entries are kept, None for ever;
    ``slack`` is what connects to Slack, None for nothing; ``oidc`` where people log in, None for nowhere;
    ``login_files`` are where the login of this machine's user may be, and the first is where it is written;
    ``has_display`` is whether a browser can be shown here.
    """

    store_url: str = field(repr=False)
    store_is_default: bool
    keys_dir: Path
    ledger_dir: Path
    jwt: str | None = field(default=None, repr=False)
    api_url: str | None = None
    secrets_dir: Path | None = None
    handler_memory_mb: int = 512
    handler_folders: tuple[Path, ...] = ()
    service_urls: Mapping[str, str] = field(default_factory=dict, repr=False)
    drift_every: timedelta | None = timedelta(hours=1)
    directory_every: timedelta | None = timedelta(hours=1)
    rate_limit: Rate | None = None
    log_level: str = "INFO"
    log_format: str | None = None
    metrics: bool | tuple[str, int] = True
    environment_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    audit_anchor: str | None = None
    audit_spool: Path = Path("audit-spool.jsonl")
    audit_retention: timedelta | None = None
    slack: SlackSettings | None = None
    oidc: OidcSettings | None = None
    login_files: tuple[Path, ...] = ()
    has_display: bool = False


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read the environment (or ``environ``). A variable that is empty counts as unset.

    Raises Invalid with the variable's name as ``path`` for a value that cannot be used. The value itself is never in
    the message: it may hold a password.
    """
    # Here, because every `symflow --help` imports this module, and none of them reads the configuration.
    from sym.config import values
    from sym.key_files import keys_folder
    from sym.oidc.settings import oidc_settings
    from sym.slack.settings import slack_settings

    found = {**os.environ, **_OPTIONS} if environ is None else environ
    given = {name: value for name, value in found.items() if value}
    store_url = values.store_url(given.get("SYM_STORE_URL"))
    return Config(
        store_url=store_url,
        store_is_default="SYM_STORE_URL" not in given,
        keys_dir=Path(given["SYM_KEYS_DIR"]) if "SYM_KEYS_DIR" in given else keys_folder(store_url, values.data_dir()),
        ledger_dir=Path(given["SYM_LEDGER_DIR"]) if "SYM_LEDGER_DIR" in given else values.beside(store_url, "ledger"),
        jwt=given.get("SYM_JWT", "").strip() or None,
        api_url=values.api_url(given.get("SYM_API_URL")),
        secrets_dir=values.folder("SYM_SECRETS_DIR", given.get("SYM_SECRETS_DIR")),
        handler_memory_mb=values.memory(given.get("SYM_HANDLER_MEMORY_MB", "512")),
        handler_folders=values.folders("SYM_HANDLER_FOLDERS", given.get("SYM_HANDLER_FOLDERS", "")),
        service_urls=values.service_urls(given.get("SYM_SERVICE_URLS", "")),
        drift_every=values.every("SYM_DRIFT_EVERY", given.get("SYM_DRIFT_EVERY", "1h")),
        directory_every=values.every("SYM_DIRECTORY_EVERY", given.get("SYM_DIRECTORY_EVERY", "1h")),
        rate_limit=values.rate_limit(given.get("SYM_RATE_LIMIT", "3000/m")),
        log_level=values.log_level(given.get("SYM_LOG_LEVEL", "INFO")),
        log_format=values.log_format(given.get("SYM_LOG_FORMAT")),
        metrics=values.metrics(given.get("SYM_METRICS", "on")),
        environment_secrets={name: value for name, value in given.items() if name.startswith(_SECRET_PREFIX)},
        audit_anchor=values.anchor(given.get("SYM_AUDIT_ANCHOR"), values.of_store(store_url, "audit-anchor.jsonl")),
        audit_spool=Path(given.get("SYM_AUDIT_SPOOL") or values.of_store(store_url, "audit-spool.jsonl")),
        audit_retention=values.retention(given.get("SYM_AUDIT_RETENTION")),
        slack=slack_settings(given),
        oidc=oidc_settings(given),
        login_files=values.login_files(given),
        has_display=values.has_display(given),
    )


def set_options(given: Mapping[str, str]) -> None:
    """What the command line says in place of the environment's variables, from now on."""
    _OPTIONS.clear()
    _OPTIONS.update(given)


def colours() -> bool | None:
    """Whether output is to be coloured: never with NO_COLOR, always with FORCE_COLOR; None: where it suits."""
    if os.environ.get("NO_COLOR"):
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def now() -> datetime:
    """The present moment, in UTC: the clock that start-up modules hand to everything else."""
    return datetime.now(UTC)
