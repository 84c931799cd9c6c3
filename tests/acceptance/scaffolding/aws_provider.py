"""As much of the provider for AWS as generated configurations use, made with our own protocol layer; Terraform refuses
any other resource, data source or attribute. It keeps what it was told in memory."""

from __future__ import annotations

from typing import Any

from sym_provider.framework.interfaces import DataSource, Provider, Resource
from sym_provider.framework.schema import Attribute, Block, NestedBlock, ResourceSchema, State
from sym_provider.framework.values import STRING, ListOf, MapOf, Type

ADDRESS = "registry.terraform.io/hashicorp/aws"
ACCOUNT = "111122223333"
INSTANCE = "arn:aws:sso:::instance/ssoins-0123456789abcdef"


def _required(*names: str) -> tuple[Attribute, ...]:
    return tuple(Attribute(name=name, type=STRING, required=True) for name in names)


def _optional(name: str, kind: Type = STRING) -> Attribute:
    return Attribute(name=name, type=kind, optional=True)


def _computed(name: str, kind: Type = STRING) -> Attribute:
    return Attribute(name=name, type=kind, computed=True)


class _Kept(Resource):
    """Something that is made, and then is as it was planned."""

    def __init__(self, type_name: str, attributes: tuple[Attribute, ...]) -> None:
        self.type_name = type_name
        self.schema = ResourceSchema(attributes=(*attributes, _computed("id"), _computed("arn")))
        self._there: dict[str, State] = {}

    def create(self, planned: State) -> State:
        made = {**planned, "id": planned["name"], "arn": f"arn:aws:{self.type_name}:::{planned['name']}"}
        self._there[made["id"]] = made
        return made

    def read(self, prior: State) -> State | None:
        return self._there.get(prior["id"])

    def update(self, prior: State, planned: State) -> State:
        self._there[prior["id"]] = {**planned, "id": prior["id"], "arn": prior["arn"]}
        return self._there[prior["id"]]

    def delete(self, prior: State) -> None:
        self._there.pop(prior["id"], None)


class _LookedUp(DataSource):
    def __init__(self, type_name: str, schema: ResourceSchema, answer: Any) -> None:
        self.type_name, self.schema, self._answer = type_name, schema, answer

    def read(self, config: State) -> State:
        return {**config, **self._answer(config)}


def _group_of(config: State) -> State:
    (identifier,) = config["alternate_identifier"]
    (unique,) = identifier["unique_attribute"]
    assert unique["attribute_path"] == "DisplayName"
    assert config["identity_store_id"] == "d-1234567890"
    return {"id": "g", "group_id": f"group-{unique['attribute_value']}"}


def _permission_set_of(config: State) -> State:
    assert config["instance_arn"] == INSTANCE
    return {"id": "p", "arn": f"arn:aws:sso:::permissionSet/{config['name']}"}


_UNIQUE = NestedBlock(name="unique_attribute", attributes=_required("attribute_path", "attribute_value"), max_items=1)
_SOURCES = (
    _LookedUp("aws_caller_identity", ResourceSchema(attributes=(_computed("id"), _computed("account_id"))),
              lambda _: {"id": ACCOUNT, "account_id": ACCOUNT}),
    _LookedUp("aws_ssoadmin_instances", ResourceSchema(attributes=(
        _computed("id"), _computed("arns", ListOf(STRING)), _computed("identity_store_ids", ListOf(STRING)))),
        lambda _: {"id": "i", "arns": [INSTANCE], "identity_store_ids": ["d-1234567890"]}),
    _LookedUp("aws_ssoadmin_permission_set", ResourceSchema(attributes=(
        *_required("instance_arn", "name"), _computed("id"), _computed("arn"))), _permission_set_of),
    _LookedUp("aws_identitystore_group", ResourceSchema(
        attributes=(*_required("identity_store_id"), _computed("id"), _computed("group_id")),
        blocks=(NestedBlock(name="alternate_identifier", blocks=(_UNIQUE,), max_items=1),)), _group_of),
)  # fmt: skip


class AwsProvider(Provider):
    """``provider "aws"``."""

    schema = Block(attributes=(*_required("region"), _optional("profile")))

    def __init__(self) -> None:
        kept = (
            _Kept("aws_secretsmanager_secret", (*_required("name"), _optional("description"),
                                                _optional("tags", MapOf(STRING)))),
            _Kept("aws_iam_role_policy", _required("name", "role", "policy")),
        )  # fmt: skip
        self.resources = {one.type_name: one for one in kept}
        self.data_sources = {one.type_name: one for one in _SOURCES}
