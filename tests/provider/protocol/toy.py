"""A small provider for tests: things kept as JSON files in a folder, on a server with the usual bad habits."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sym_provider.framework.diagnostics import Diagnostic, Failure, error, warning
from sym_provider.framework.interfaces import (
    DataSource,
    Function,
    FunctionFailure,
    MoveSource,
    Outcome,
    Parameter,
    PartialStateError,
    Provider,
    Resource,
    Result,
)
from sym_provider.framework.schema import Attribute, Block, NestedBlock, ResourceSchema, State
from sym_provider.framework.values import BOOL, NUMBER, STRING, ListOf, MapOf, ObjectOf, is_unknown
from sym_provider.protocol.handshake import HandshakeEnvironment, serve

ADDRESS = "registry.terraform.io/example/toy"


def header(folder: Path, extra: str = "") -> str:
    """Return the start of every configuration: where the provider comes from and its block."""
    return (
        'terraform {\nrequired_providers {\ntoy = { source = "example/toy" }\n}\n}\n'
        f'provider "toy" {{\nfolder = "{folder}"\n{extra}\n}}\n'
    )


def one_of(*allowed: str) -> Any:
    def check(value: str) -> Iterable[Diagnostic]:
        if value not in allowed:
            yield error("Invalid value", f"{value!r} is not one of {', '.join(allowed)}.")

    return check


def not_long(value: str) -> Iterable[Diagnostic]:
    if len(value) > 50:
        yield error("Too long", "At most 50 characters.")


PROMPT_FIELD = NestedBlock(
    name="prompt_field",
    attributes=(
        Attribute(name="name", type=STRING, required=True),
        Attribute(name="type", type=STRING, required=True, validators=(one_of("string", "int"),)),
        Attribute(name="label", type=STRING, optional=True),
        Attribute(name="required", type=BOOL, optional=True, default=True),
        Attribute(name="allowed_values", type=ListOf(STRING), optional=True, element_validators=(not_long,)),
    ),
)
PARAMS = NestedBlock(
    name="params",
    max_items=1,
    attributes=(
        Attribute(name="strategy_id", type=STRING, optional=True),
        Attribute(name="allow_revoke", type=BOOL, optional=True, default=True),
    ),
    blocks=(PROMPT_FIELD,),
)
THING = ResourceSchema(
    version=1,
    description="A thing.",
    attributes=(
        Attribute(name="id", type=STRING, computed=True),
        Attribute(name="serial", type=NUMBER, computed=True),
        Attribute(name="name", type=STRING, required=True, equal=lambda a, b: a.lower() == b.lower()),
        Attribute(name="label", type=STRING, optional=True),
        Attribute(name="kind", type=STRING, optional=True, requires_replace=True),
        Attribute(name="size", type=NUMBER, optional=True, default=3),
        Attribute(name="secret", type=STRING, optional=True, sensitive=True),
        Attribute(name="old_label", type=STRING, optional=True, deprecation="Use label."),
        Attribute(
            name="tags", type=MapOf(STRING), optional=True, empty_keys_are_missing=True, element_validators=(not_long,)
        ),
        Attribute(name="steps", type=ListOf(STRING), optional=True),
        Attribute(name="trouble", type=STRING, optional=True),
    ),
    blocks=(PARAMS,),
)


class Folder:
    """The "server". It lower-cases names, and knows no null."""

    path: Path

    def save(self, state: State) -> None:
        document = {key: value for key, value in state.items() if not is_unknown(value)}
        text = json.dumps(document | {"name": state["name"].lower()}, default=float)
        (self.path / f"{state['id']}.json").write_text(text)

    def load(self, identifier: str) -> State | None:
        path = self.path / f"{identifier}.json"
        if not path.exists():
            return None
        state: State = json.loads(path.read_text(), parse_float=Decimal)
        state["label"] = state["label"] or ""
        state["steps"] = state["steps"] or []
        state["tags"] = {"known_to_server": None} | (state["tags"] or {})
        return state

    def find(self, name: str) -> State:
        things = [self.load(path.stem) for path in sorted(self.path.glob("*.json"))]
        found = [thing for thing in things if thing and thing["name"] == name.lower()]
        if len(found) != 1:
            raise Failure(error("Not found", f"Expected one thing named {name}, found {len(found)}.", ("name",)))
        return found[0]


class Thing(Resource):
    type_name = "toy_thing"
    schema = THING

    def __init__(self, folder: Folder) -> None:
        self.folder = folder

    def validate(self, config: State) -> Iterable[Diagnostic]:
        if config["trouble"] == "validate":
            raise RuntimeError("validate went wrong")
        if config["label"] == "warn":
            yield warning("A label to warn about", "Choose another.", ("label",))

    def create(self, planned: State) -> Result:
        state = planned | {"id": uuid.uuid4().hex, "serial": 1}
        trouble = planned["trouble"] or ""
        if trouble == "create":
            raise RuntimeError("create went wrong")
        if trouble == "partial":
            self.folder.save(state)
            raise PartialStateError(state) from RuntimeError("second step went wrong")
        if trouble == "wrong type":
            self.folder.save(state)
            return state | {"label": 5}
        if trouble.startswith("slow "):
            (self.folder.path / "started").touch()
            time.sleep(float(trouble.removeprefix("slow ")))
        self.folder.save(state)
        return Outcome(state, (warning("Made with care"),)) if trouble == "warn" else state

    def read(self, prior: State) -> Result | None:
        if (self.folder.path / "unreadable").exists():
            raise RuntimeError("read went wrong")
        return self.folder.load(prior["id"])

    def update(self, prior: State, planned: State) -> Result:
        if planned["trouble"] == "update":
            raise RuntimeError("update went wrong")
        self.folder.save(planned)
        return planned

    def delete(self, prior: State) -> None:
        if prior["trouble"] == "delete":
            raise RuntimeError("delete went wrong")
        (self.folder.path / f"{prior['id']}.json").unlink(missing_ok=True)

    def import_state(self, identifier: str) -> list[tuple[str, State]]:
        return [(self.type_name, {"id": self.folder.find(identifier)["id"]})]

    def move_state(self, source: MoveSource) -> State | None:
        if source.type_name != "toy_old":
            return None
        return {"id": source.state["id"], "name": source.state["name"]}

    def upgrade_0(self, document: dict[str, Any]) -> dict[str, Any]:
        return document | {"name": document["title"]}


class Old(Thing):
    type_name = "toy_old"
    schema = ResourceSchema(attributes=THING.attributes, blocks=THING.blocks)


class ThingLookup(DataSource):
    type_name = "toy_thing"
    schema = ResourceSchema(
        attributes=(
            Attribute(name="name", type=STRING, required=True),
            Attribute(name="id", type=STRING, computed=True),
            Attribute(name="label", type=STRING, optional=True, computed=True),
        )
    )

    def __init__(self, folder: Folder) -> None:
        self.folder = folder

    def read(self, config: State) -> Result:
        if config["name"] == "crash":
            raise RuntimeError("lookup went wrong")
        found = self.folder.find(config["name"])
        return {"id": found["id"], "label": found["label"]}


class Describe(Function):
    name = "describe"
    summary = "Describe a text."
    parameters = (Parameter(name="text", type=STRING), Parameter(name="fallback", type=STRING, allow_null=True))
    returns = ObjectOf({"text": STRING, "length": NUMBER, "loud": BOOL, "fallback": STRING})

    def call(self, *arguments: Any) -> Any:
        text, fallback = arguments
        if text == "crash":
            raise RuntimeError("describe went wrong")
        if not text:
            raise FunctionFailure("the text must not be empty", 0)
        return {"text": text, "length": len(text), "loud": text.isupper(), "fallback": fallback}


class Total(Function):
    name = "total"
    variadic = Parameter(name="numbers", type=NUMBER)
    returns = NUMBER

    def call(self, *arguments: Any) -> Any:
        return sum(arguments, Decimal(0))


class Toy(Provider):
    schema = Block(
        attributes=(
            Attribute(name="folder", type=STRING, required=True),
            Attribute(name="mood", type=STRING, optional=True, validators=(one_of("good"),)),
        )
    )

    def __init__(self) -> None:
        self.folder = Folder()
        self.resources = {"toy_thing": Thing(self.folder), "toy_old": Old(self.folder)}
        self.data_sources = {"toy_thing": ThingLookup(self.folder)}
        self.functions = {"describe": Describe(), "total": Total()}

    def configure(self, config: State, terraform_version: str) -> Iterable[Diagnostic]:
        self.folder.path = Path(config["folder"])
        if not self.folder.path.is_dir():
            yield error("No such folder", f"{self.folder.path} is not a folder.", ("folder",))
            return
        (self.folder.path / "pid").write_text(str(os.getpid()))
        print("a stray print")
        logging.getLogger("toy").info("configured for %s", terraform_version)

    def stop(self) -> None:
        (self.folder.path / "stopped").touch()


def main() -> None:
    environment = HandshakeEnvironment.from_variables(os.environ)
    debug = ADDRESS if "--debug" in sys.argv else ""
    sys.exit(serve(Toy(), environment, datetime.now(UTC), debug))
