"""The worker's own identity, exchanged for the token of a Google service account by workload identity federation.

Three steps, as Google documents them: a proof of who the worker is (a signed request to AWS, a token in a file or from
an address: google-auth makes it), ``POST token_url`` (Security Token Service, "Method: token"), and ``POST
service_account_impersonation_url`` ("Method: projects.serviceAccounts.generateAccessToken").
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from sym.integrations._tokens import Token
from sym.sdk.connection import Http
from sym.sdk.exceptions.google import GoogleError

LIFETIME = 3600
_ANY_REFUSAL = tuple(range(300, 600))
_PREFIX = "urn:ietf:params:oauth:"


def exchanged(http: Http, settings: Mapping[str, Any], scopes: Sequence[str]) -> Token:
    """A token of the service account that ``settings`` (of a Google integration) name, for ``scopes``.

    Raises GoogleError: ``CREDENTIALS`` for settings that cannot be used, ``IDENTITY`` if the worker cannot prove who it
    is, else what Google refused.
    """
    proof = _proof(http, settings)
    federated = http.send("POST", settings["token_url"], json={
        "grantType": f"{_PREFIX}grant-type:token-exchange",
        "requestedTokenType": f"{_PREFIX}token-type:access_token",
        "audience": settings["audience"],
        "scope": "https://www.googleapis.com/auth/cloud-platform",
        "subjectTokenType": settings["subject_token_type"],
        "subjectToken": proof,
    }).json()  # fmt: skip
    given = http.send("POST", settings["service_account_impersonation_url"],
                      json={"scope": list(scopes), "lifetime": f"{LIFETIME}s"},
                      headers={"Authorization": f"Bearer {federated['access_token']}"}).json()  # fmt: skip
    return Token(value=str(given["accessToken"]), seconds=LIFETIME)


def _proof(http: Http, settings: Mapping[str, Any]) -> str:
    if settings["type"] != "external_account":
        said = f"The integration's type is {settings['type']!r}; only external_account is known"
        hint = "Put in what `gcloud iam workload-identity-pools create-cred-config` writes."
        raise GoogleError("CREDENTIALS", f"{said}. {hint}")
    try:
        errors: Any = importlib.import_module("google.auth.exceptions")
    except ImportError:
        raise GoogleError("CREDENTIALS", "Google is reached with google-auth, which is not installed: install "
                          "symflow[google] where the worker runs.") from None  # fmt: skip
    try:
        credentials = _credentials(settings, json.loads(settings["credential_source"]))
        return str(credentials.retrieve_subject_token(_requests(http)))
    except (errors.GoogleAuthError, ValueError, OSError) as error:
        # Only what google-auth says itself: what follows may be an answer with a token in it.
        said = error.args[0] if error.args and isinstance(error.args[0], str) else type(error).__name__
        raise GoogleError("IDENTITY", f"The worker could not prove who it is: {said.rstrip('.')}. See to its "
                          "identity, and to the integration's credential_source.") from None  # fmt: skip


def _credentials(settings: Mapping[str, Any], source: Mapping[str, Any]) -> Any:
    info = {"audience": settings["audience"], "subject_token_type": settings["subject_token_type"],
            "token_url": settings["token_url"]}  # fmt: skip
    if str(source.get("environment_id", "")).startswith("aws"):
        aws: Any = importlib.import_module("google.auth.aws")
        supplier = _aws_supplier(aws)
        if supplier is not None:
            return aws.Credentials(**info, aws_security_credentials_supplier=supplier)
        return aws.Credentials(**info, credential_source=dict(source))
    if not {"file", "url"} & set(source):
        raise ValueError("credential_source names neither a file, nor a url, nor AWS")
    return importlib.import_module("google.auth.identity_pool").Credentials(**info, credential_source=dict(source))


def _aws_supplier(aws: Any) -> Any:
    """AWS credentials as boto3 finds them (containers' and service accounts' too, which google-auth does not know);
    None without boto3, or if it finds none."""
    try:
        boto3: Any = importlib.import_module("boto3")
    except ImportError:
        return None
    session = boto3.Session()
    found = session.get_credentials()
    if found is None:
        return None

    class Supplier(aws.AwsSecurityCredentialsSupplier):  # type: ignore[misc]
        def get_aws_security_credentials(self, context: Any, request: Any) -> Any:  # noqa: ARG002
            now = found.get_frozen_credentials()
            return aws.AwsSecurityCredentials(now.access_key, now.secret_key, now.token)

        def get_aws_region(self, context: Any, request: Any) -> str:  # noqa: ARG002
            return session.region_name or "us-east-1"

    return Supplier()


def _requests(http: Http) -> Any:
    """Requests as google-auth makes them, over ours."""

    def request(url: str, method: str = "GET", body: Any = None, headers: Any = None, **_: Any) -> SimpleNamespace:
        reply = http.send(method, url, accept=_ANY_REFUSAL, data=body, headers=headers)
        return SimpleNamespace(status=reply.status, headers=reply.headers, data=reply.text.encode())

    return request
