"""``type = "http"``: access granted by a web service of yours, called once to grant and once to take away.

What the settings and the target were called elsewhere is not known: these names are this project's own, and none is
required. The strategy works without an integration.
"""

from __future__ import annotations

from typing import ClassVar

from sym.sdk.schema import attribute, schema

integration: str | None = None
integration_optional = True


@schema
class Settings:
    """Settings of an HTTP strategy."""

    takes_any_setting: ClassVar[bool] = True

    url: str | None = attribute("The address that is called.", default=None)
    signing_secret: str | None = attribute(
        "Id of the `sym_secret` with the key that requests are signed with.", default=None, references="secret"
    )


@schema
class Target:
    """What a `sym_target` of type `http` names. Any other setting is sent along as it is."""

    takes_any_setting: ClassVar[bool] = True

    identifier: str | None = attribute("What the service is asked to grant access to.", default=None)


targets = {"http": Target}
multiple: frozenset[str] = frozenset()
