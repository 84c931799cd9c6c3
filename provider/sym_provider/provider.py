"""The provider block, and every resource of the shelf behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from sym.resources import resources
from sym_provider.framework.diagnostics import Diagnostic, Failure, error, warning
from sym_provider.framework.interfaces import Provider, Resource
from sym_provider.framework.schema import Attribute, Block, State
from sym_provider.framework.values import STRING, is_wholly_known
from sym_provider.repository import Repository
from sym_provider.resource import SymResource
from sym_provider.store import StoreRepository

LOGIN_FILE = Path(".config/symflow/default/config.yml")


class SymProvider(Provider):
    """Terraform's ``provider "sym"``. ``environment`` is the process's, ``clock`` tells the time (UTC), and
    ``default_store`` gives the URL of the store to use when nothing else says which."""

    schema = Block(
        description="Sym: access that is asked for, approved, granted, and taken away again.",
        attributes=(
            Attribute(name="org", type=STRING, required=True, description="Name or id of your organization."),
            Attribute(
                name="jwt_env_var",
                type=STRING,
                optional=True,
                description="Name of the environment variable that holds the token, instead of `SYM_JWT`.",
            ),
        ),
    )

    def __init__(
        self, environment: Mapping[str, str], clock: Callable[[], datetime], default_store: Callable[[], str]
    ) -> None:
        self._environment = environment
        self._clock = clock
        self._default_store = default_store
        self._repository: StoreRepository | None = None
        self.resources: Mapping[str, Resource] = {
            f"sym_{name}": SymResource(name, self._configured) for name in resources()
        }

    def configure(self, config: State, terraform_version: str) -> Iterable[Diagnostic]:  # noqa: ARG002
        """Choose where resources are kept. A token means a server, and a server is never guessed."""
        self.close()
        self._repository = None
        if not is_wholly_known(config):
            return []  # a plan that makes what the block depends on: until that is there, nothing is read
        token_variable = config.get("jwt_env_var") or "SYM_JWT"
        store_url = self._environment.get("SYM_STORE_URL", "")
        api_url = self._environment.get("SYM_API_URL", "")
        problem = _choice_problem(store_url, api_url, token_variable, self._environment.get(token_variable, ""))
        if problem is not None:
            return [problem]
        url = store_url or self._default_store()
        self._repository = StoreRepository(
            url,
            config["org"],
            self._clock,
            check_org=not self._environment.get("SYM_TF_SKIP_VALIDATION"),
        )
        if store_url:
            return []
        detail = f"Neither SYM_STORE_URL nor SYM_API_URL is set, so the local store is used: {url}. "
        detail += "Set SYM_STORE_URL to choose a store and to silence this."
        return [warning("Using the local default store", detail)]

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


def _choice_problem(store_url: str, api_url: str, token_variable: str, token: str) -> Diagnostic | None:
    if store_url and api_url:
        detail = "SYM_STORE_URL and SYM_API_URL are both set. Set the one that is meant."
        return error("Two places to keep resources", detail)
    if api_url:
        detail = "SYM_API_URL is set, but this release keeps resources in a store it opens itself. "
        detail += "Unset SYM_API_URL and set SYM_STORE_URL."
        return error("The API is not served to Terraform yet", detail)
    if token and not store_url:
        detail = f"{token_variable} holds a token, but nothing says which server it is for. Set SYM_API_URL to use the "
        detail += f"token, or SYM_STORE_URL to write to a store directly (and unset {token_variable})."
        return error("A token without a server", detail)
    return None
