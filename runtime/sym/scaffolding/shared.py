"""What several flows of a folder share: made with the first that needs it, and used by the others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sym.errors import Invalid
from sym.scaffolding.draft import Draft
from sym.scaffolding.filling import banner, fill
from sym.scaffolding.folder import Source
from sym.scaffolding.hcl import Attribute, Block
from sym.scaffolding.literals import list_items, object_items, plain_text
from sym.scaffolding.surroundings import Surroundings

CONNECTORS, SECRETS = "connectors.tf", "secrets.tf"
_ADVICE = "What several flows share. `symflow generate` adds to it: change what you like, but keep the names."
_RUNTIME = "module.runtime_connector.sym_runtime.id"
_SOURCES = {"aws-secrets-manager": "aws_secrets_manager", "env": "env"}


class Shared:
    """Adds to ``draft`` what is not there yet. ``answers`` are those to the questions."""

    def __init__(self, draft: Draft, around: Surroundings, answers: Mapping[str, str], now: datetime) -> None:
        self._draft, self._around, self._answers = draft, around, answers
        self._banner = banner(now, _ADVICE)
        self.secret_type = ""
        """The type of the source of secrets, once there is one."""

    def secret_source(self, wanted: str) -> str:
        """The name of the ``sym_secrets`` that secrets are of: the one that is there, or a new one."""
        found = sources_in(self._draft)
        if len(found) > 1 and "this" not in found:
            raise Invalid(f"There are several sym_secrets here: {', '.join(found)}.",
                          hint='The one new secrets belong to should be called "this".')  # fmt: skip
        if found:
            name = "this" if "this" in found else next(iter(found))
            self.secret_type = found[name]
            if self.secret_type == "aws_secrets_manager":  # noqa: S105 - the name of a type
                self.providers()
            return name
        self.secret_type = _SOURCES[wanted]
        if self.secret_type == "aws_secrets_manager":  # noqa: S105 - as above
            self.runtime()
        template = "secrets_env.tf.template" if self.secret_type == "env" else "secrets_aws.tf.template"  # noqa: S105
        self._draft.append(SECRETS, fill(template, {}), self._banner)
        return "this"

    def providers(self) -> None:
        """The provider for AWS."""
        self._require_aws()
        if not has_aws_provider(self._draft):
            self._append("provider aws")

    def runtime(self) -> None:
        """The role in AWS that the worker takes on first, and the environment that says so."""
        self.providers()
        if not self._draft.has("module", "runtime_connector"):
            if "worker_account_id" not in self._answers:
                self.add("data aws_caller_identity this")
            self._append("module runtime_connector")
        source, block = self._environment()
        if block.body.attribute("runtime_id") is None:
            self._draft.add_attribute(source, block, "runtime_id", _RUNTIME)

    def add(self, address: str) -> None:
        """A block of ``connectors.tf``, by its words: ``module sso_connector``."""
        if address == "provider aws.sso":
            if not any(alias == "sso" for alias in _aliases(self._draft)):
                self._append(address)
        elif not self._draft.has(*address.split()):
            self._append(address)
        if address == "data aws_caller_identity sso":
            self._trust("data.aws_caller_identity.sso.account_id")

    def integrate(self, key: str, value: str) -> None:
        """An integration that flows of the environment may use. One that is there already stays."""
        source, block = self._environment()
        integrations = block.body.attribute("integrations")
        if integrations is None:
            self._draft.add_attribute(source, block, "integrations", f"{{ {key} = {value} }}")
            return
        items = object_items(source.text, integrations.value) or ()
        if any(getattr(item, "key", "") == key for item in items):
            return
        if not self._draft.add_item(source, integrations, key, value):
            raise Invalid(f"{source.path.name}:{integrations.line}: the integrations are not written out.",
                          hint=f"Add {key} = … there yourself, and leave out --on-call-schedule.")  # fmt: skip

    def _environment(self) -> tuple[Source, Block]:
        found = self._draft.folder().named("resource", *self._around.environment.labels)
        assert found is not None
        return found

    def _append(self, address: str) -> None:
        template = f"{address.replace(' ', '_').replace('.', '_')}.tf.template"
        account = self._answers.get("worker_account_id")
        values = {name: f'"{text}"' for name, text in self._answers.items()}
        values["worker_account"] = f'"{account}"' if account else "data.aws_caller_identity.this.account_id"
        try:
            text = fill(template, values)
        except KeyError as missing:
            flag = "--" + str(missing.args[0]).replace("_", "-")
            raise Invalid(f"{flag} is missing.", code="Config:MISSING") from None
        self._draft.append(CONNECTORS, text, self._banner)

    def _trust(self, account: str) -> None:
        """The runtime's role may take on roles of another account, too."""
        found = self._draft.folder().named("module", "runtime_connector")
        assert found is not None
        source, block = found
        listed = block.body.attribute("account_id_safelist")
        if listed is None:
            last: Attribute = block.body.attributes[-1]
            self._draft.insert_line(source.path, last.span.end, f"\n  account_id_safelist = [{account}]")
        elif account not in listed.value.of(source.text):
            items = list_items(source.text, listed.value)
            if items is None:
                raise Invalid(f"{source.path.name}:{listed.line}: the list of accounts is not written out.",
                              hint=f"Add {account} to it yourself, or write it out.")  # fmt: skip
            inside = source.text[listed.value.start + 1 : listed.value.end - 1].strip().rstrip(",")
            self._draft.replace(source.path, listed.value, f"[{inside}, {account}]" if inside else f"[{account}]")

    def _require_aws(self) -> None:
        """Say where the provider comes from, where others say it; without that Terraform knows by itself."""
        for source, block in self._draft.folder().of_type("terraform"):
            for required in block.body.of_type("required_providers"):
                if required.body.attribute("aws") is not None:
                    return
                last = next(reversed(required.body.attributes), None)
                if last is not None and "\n" in required.inside.of(source.text):
                    text = '    aws = {\n      source  = "hashicorp/aws"\n      version = ">= 4.0"\n    }'
                    self._draft.insert_line(source.path, last.span.end, text)
                    return


def sources_in(draft: Draft) -> dict[str, str]:
    """The sources of secrets of a folder by their names, with their types."""
    found = {}
    for source, block in draft.folder().of_type("resource"):
        if block.labels[:1] == ("sym_secrets",):
            kind = block.body.attribute("type")
            found[block.labels[-1]] = (plain_text(kind.value.of(source.text)) if kind else None) or ""
    return found


def has_aws_provider(draft: Draft) -> bool:
    """Whether AWS is configured, without an alias."""
    return "" in _aliases(draft)


def _aliases(draft: Draft) -> list[str]:
    found = []
    for source, block in draft.folder().of_type("provider"):
        if block.labels == ("aws",):
            alias = block.body.attribute("alias")
            found.append((plain_text(alias.value.of(source.text)) or "?") if alias else "")
    return found
