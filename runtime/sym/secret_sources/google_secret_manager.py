"""``type = "google_secret_manager"``: Google Secret Manager; the path of a secret is its name.

The newest version that is enabled is read, as text. A path may also be the full name,
``projects/<project>/secrets/<name>``, and end with ``/versions/<number>``.

It is read as the service account of the integration, of type ``google``, that ``context_id`` names: the worker needs
``symflow[google]``, and the service account ``roles/secretmanager.secretAccessor`` on the secrets; the API
``secretmanager.googleapis.com`` is switched on.

What the type and its settings were called elsewhere is not known: these names are this project's own, and none of the
settings is required when Terraform applies. Without ``context_id`` nothing can be read, and without ``project_id`` only
full names.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Self

from sym.sdk import schema as declared
from sym.sdk._secrets import LONGEST_VALUE, SecretPlace
from sym.sdk.connection import Http
from sym.sdk.schema import attribute, schema

BASE_URL = "https://secretmanager.googleapis.com/v1"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_FULL_NAME = re.compile(r"projects/[a-z0-9:._-]+/secrets/[A-Za-z0-9_-]{1,255}(/versions/([0-9]+|latest))?")


@schema
class Settings:
    """Settings of Google Secret Manager as a source."""

    context_id: str | None = attribute(
        "Id of the `sym_integration` of type `google` that may read the secrets.",
        default=None,
        references="integration",
    )
    project_id: str | None = attribute("The id of the Google Cloud project the secrets are in.", default=None)


class Source:
    """Reads secrets of one project, or by their full names."""

    def __init__(self, http: Http, project_id: str | None) -> None:
        self._http = http
        self._project_id = project_id

    @classmethod
    def open(cls, settings: Mapping[str, str], place: SecretPlace) -> Self:
        """A source as the service account of the integration that ``settings`` name. Raises ValueError or LookupError
        if there is no way to it."""
        read = declared.read(Settings, settings)
        if read.context_id is None:
            raise ValueError("the source needs the setting context_id, the id of a sym_integration of type google")
        if place.google is None:
            raise ValueError("this process was started without a way to Google")
        return cls(place.google(read.context_id).service("Google Secret Manager", BASE_URL, (SCOPE,)), read.project_id)

    def fetch(self, path: str) -> str:
        """The value of the secret with this name. Raises LookupError if there is none, ValueError if it cannot be used,
        SymException for what Google says."""
        reply = self._http.get(f"/{self._version(path)}:access", accept=(404,))
        if reply.status == 404:
            raise LookupError("Google has none of this name, or no version of it that is enabled")
        text: str | None = None
        try:
            text = base64.b64decode(reply.json()["payload"]["data"], validate=True).decode()
        except (ValueError, KeyError, TypeError):
            text = None
        if not text or len(text.encode()) > LONGEST_VALUE:
            raise ValueError("its value is not text, is empty or is longer than 64 KiB")
        return text

    def _version(self, path: str) -> str:
        if _FULL_NAME.fullmatch(path):
            return path if "/versions/" in path else f"{path}/versions/latest"
        if not _NAME.fullmatch(path):
            raise PermissionError("this is no name of a secret in Google")
        if self._project_id is None:
            raise ValueError("the source needs the setting project_id, or the path the full name projects/…/secrets/…")
        return f"projects/{self._project_id}/secrets/{path}/versions/latest"
