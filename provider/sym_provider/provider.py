"""The provider block, and every resource of the shelf behind it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sym.errors import SymError
from sym.plugins import names
from sym_provider.data_source import SymDataSource
from sym_provider.framework.diagnostics import Diagnostic, Failure, error, warning
from sym_provider.framework.interfaces import DataSource, Provider, Resource
from sym_provider.framework.schema import Attribute, Block, State
from sym_provider.framework.values import STRING, is_wholly_known
from sym_provider.functions import FUNCTIONS
from sym_provider.repository import Repository
from sym_provider.resource import SymResource
from sym_provider.schemas import nulls_check

if TYPE_CHECKING:
    from sym.sealing import SealingKeys
    from sym_provider.server import Patience
    from sym_provider.snapshot import SnapshotRepository

T = TypeVar("T")

_ATTRIBUTES = (
    Attribute(name="org", type=STRING, required=True, description="Name or id of your organization."),
    Attribute(
        name="jwt_env_var",
        type=STRING,
        optional=True,
        description="Name of the environment variable that holds the token, instead of `SYM_JWT`.",
    ),
)


class _Shelf(Mapping[str, T]):
    """``sym_<name>`` for every resource there is, each made by ``make`` (of its name) when it is first looked at: most
    times Terraform starts this process, it looks at a few."""

    def __init__(self, make: Callable[[str], T]) -> None:
        self._make = make
        self._names = {f"sym_{name}": name for name in names("resources")}
        self._made: dict[str, T] = {}

    def __getitem__(self, type_name: str) -> T:
        if type_name not in self._made:
            self._made.setdefault(type_name, self._make(self._names[type_name]))
        return self._made[type_name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class SymProvider(Provider):
    """Terraform's ``provider "sym"``. ``environment`` is the process's, ``clock`` tells the time (UTC),
    ``default_store`` gives the URL of the store to use when nothing else says which, and ``patience`` says how long a
    server is waited for."""

    schema = Block(
        description="Sym: access that is asked for, approved, granted, and taken away again.",
        attributes=_ATTRIBUTES,
        check=nulls_check(_ATTRIBUTES),
    )

    functions = FUNCTIONS

    def __init__(
        self,
        environment: Mapping[str, str],
        clock: Callable[[], datetime],
        default_store: Callable[[], str],
        patience: Patience | None = None,
    ) -> None:
        self._environment = environment
        self._clock = clock
        self._default_store = default_store
        self._patience = patience
        self._repository: SnapshotRepository | None = None
        self.resources: Mapping[str, Resource] = _Shelf(lambda name: SymResource(name, self._configured))
        self.data_sources: Mapping[str, DataSource] = _Shelf(lambda name: SymDataSource(name, self._configured))

    def configure(self, config: State, terraform_version: str) -> Iterable[Diagnostic]:  # noqa: ARG002
        """Choose where resources are kept: on a server or in a store. A token means a server, and a server is never
        guessed."""
        self.close()
        self._repository = None
        if not is_wholly_known(config):
            return []  # a plan that makes what the block depends on: until that is there, nothing is read
        token_variable = config.get("jwt_env_var") or "SYM_JWT"
        problem = _choice_problem(self._environment, token_variable)
        if problem is not None:
            return [problem]
        with explained_choice():
            return self._choose(config["org"], token_variable)

    def _choose(self, org: str, token_variable: str) -> list[Diagnostic]:
        # Two of the three times Terraform starts this process for a plan it asks for schemas or checks only.
        from sym_provider.login import SKIP_VALIDATION, find_access
        from sym_provider.snapshot import SnapshotRepository

        store_url = self._environment.get("SYM_STORE_URL", "")
        access = None if store_url else find_access(self._environment, org=org, token_variable=token_variable)
        if access is not None:
            from sym_provider.api import ApiRepository

            self._repository = SnapshotRepository(ApiRepository(access, self._patience), self._clock)
            return []
        from sym_provider.store import StoreRepository

        url = store_url or self._default_store()
        check_org = not self._environment.get(SKIP_VALIDATION)
        store = StoreRepository(url, org, self._clock, keys=self._keys(url), check_org=check_org)
        self._repository = SnapshotRepository(store, self._clock)
        if store_url:
            return []
        detail = f"Neither SYM_STORE_URL nor SYM_API_URL is set, so the local store is used: {url}. "
        detail += "Set SYM_STORE_URL to choose a store and to silence this."
        return [warning("Using the local default store", detail)]

    def _keys(self, url: str) -> SealingKeys:
        """The keys of the store at ``url``: those a worker with the same environment would use."""
        from sym.key_files import keys_folder
        from sym.sealing import SealingKeys

        if chosen := self._environment.get("SYM_KEYS_DIR"):
            return SealingKeys(Path(chosen))
        data_folder = Path(self._default_store().removeprefix("sqlite:///")).parent
        # A database on a server has its worker elsewhere: a key made here could be one that nobody else has.
        return SealingKeys(keys_folder(url, data_folder), makes_folder=url.startswith("sqlite:"))

    def close(self) -> None:
        """Let go of what :meth:`configure` opened."""
        if self._repository is not None:
            self._repository.close()

    def _configured(self) -> Repository:
        if self._repository is None:
            detail = "The provider block's values are not known yet, so its resources cannot be read or changed. Apply "
            detail += "what they depend on first, with terraform apply -target=ADDRESS."
            raise Failure(error("The provider is not configured", detail))
        return self._repository


@contextlib.contextmanager
def explained_choice() -> Iterator[None]:
    """Raises Failure, at the provider block's ``org`` where that is meant, for a SymError of the block."""
    try:
        yield
    except SymError as problem:
        path = ("org",) if problem.path == "org" else ()
        detail = f"{problem.message}\n\n{problem.hint}".strip()
        raise Failure(error("Could not choose where resources are kept", detail, path)) from problem


def _choice_problem(environment: Mapping[str, str], token_variable: str) -> Diagnostic | None:
    store_url, api_url = environment.get("SYM_STORE_URL", ""), environment.get("SYM_API_URL", "")
    if store_url and api_url:
        detail = "SYM_STORE_URL and SYM_API_URL are both set. Set the one that is meant."
        return error("Two places to keep resources", detail)
    if environment.get(token_variable) and not store_url and not api_url:
        detail = f"{token_variable} holds a token, but nothing says which server it is for. Set SYM_API_URL to use the "
        detail += f"token, or SYM_STORE_URL to write to a store directly (and unset {token_variable})."
        return error("A token without a server", detail)
    return None
