"""A strategy and its integration in a package of somebody else's: installed beside the product, and used from Terraform
to the end of access, with nothing changed here."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import sysconfig
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from sym_provider import ADDRESS
from tests.acceptance.types.configuration import OPEN
from tests.acceptance.types.product import ADMIN, Product
from tests.architecture.sources import ROOT
from tests.fakes.services.server import Answer, Request, ServiceVendor, route
from tests.terraform_cli import TerraformCli

pytestmark = pytest.mark.terraform
KEY = "key-of-the-door"
INTEGRATION = '''
"""``type = "acme_door"``: the doors of Acme's offices."""

from sym.sdk.connection import Service
from sym.sdk.exceptions.sym_exception import SymException
from sym.sdk.schema import attribute, schema

external_id = "The office, such as `berlin`."


@schema
class Settings:
    """Settings of a door integration."""

    key_secret: str = attribute("Id of the `sym_secret` with the key.", references="secret")


def connect(host, integration):
    key = str(integration.settings["key_secret"].id)
    service = Service(name="The door", base_url="https://doors.example",
                      error=lambda name, message: SymException("Door", name, message),
                      headers=lambda: {"X-Key": host.secret(key)})
    return Connection(host.http(service))


class Connection:
    def __init__(self, http):
        self.http = http

    def find_identity(self, email):
        return email.partition("@")[0]
'''
STRATEGY = '''
"""``type = "acme_door"``: access by a badge that opens a room."""

from sym.sdk.schema import attribute, schema
from sym.sdk.strategies import AccessStrategy

integration = "acme_door"


@schema
class Settings:
    """A door strategy needs no settings."""


@schema
class Room:
    """A room."""

    number: str = attribute("The number of the room.")


targets = {"acme_room": Room}
multiple = frozenset()


class Strategy(AccessStrategy):
    """A badge, for as long as the access lasts."""

    def fetch_remote_identity(self, user):
        return self.connection.find_identity(user.email)

    def escalate(self, target_id, event):
        self.connection.http.send("PUT", self.path(event))

    def deescalate(self, target_id, event):
        self.connection.http.send("DELETE", self.path(event))

    def path(self, event):
        room = event.payload.fields["target"].settings["number"]
        return f"/rooms/{room}/{self.get_requester_identity(event)}"
'''
ENTRY_POINTS = """[sym.strategies]
acme_door = acme_door.strategy
[sym.integrations]
acme_door = acme_door.integration
"""


class Doors(ServiceVendor):
    """One office, whose room 7 has badges."""

    def __init__(self) -> None:
        super().__init__()
        self.badges: set[str] = set()

    def has_access(self, identity: str, target: str) -> bool:
        return identity in self.badges

    def refuse(self, request: Request) -> Answer | None:
        return None if request.headers.get("x-key") == KEY else (401, None)

    @route("PUT", "/rooms/7/{who}")
    def give(self, request: Request, who: str) -> Answer:
        self.badges.add(who)
        return 204, None

    @route("DELETE", "/rooms/7/{who}")
    def take(self, request: Request, who: str) -> Answer:
        self.badges.discard(who)
        return 204, None


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment of its own with the product in it, as it is here; gives its Python."""
    folder = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=60)
    (site,) = folder.glob("lib/python*/site-packages")
    here = [sysconfig.get_path("purelib"), str(ROOT / "runtime"), str(ROOT / "provider")]
    (site / "product.pth").write_text("\n".join(here) + "\n")
    return folder / "bin" / "python"


def _install(python: Path, folder: Path) -> None:
    (site,) = python.parent.parent.glob("lib/python*/site-packages")
    command = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--quiet", "--target", str(site)]
    subprocess.run([*command, str(_wheel(folder))], check=True, capture_output=True, timeout=120)


@pytest.fixture
def doors() -> Iterator[Doors]:
    double = Doors()
    yield double
    double.close()


def _wheel(folder: Path) -> Path:
    """A wheel of two modules and their entry points, as any build tool makes one."""
    info = "acme_door-1.0.dist-info"
    files = {
        "acme_door/__init__.py": "", "acme_door/integration.py": INTEGRATION, "acme_door/strategy.py": STRATEGY,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: acme-door\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": ENTRY_POINTS,
    }  # fmt: skip
    path = folder / "acme_door-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
        wheel.writestr(f"{info}/RECORD", "\n".join([*map(_recorded, files.items()), f"{info}/RECORD,,"]) + "\n")
    return path


def _recorded(file: tuple[str, str]) -> str:
    content = file[1].encode()
    digest = urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"{file[0]},sha256={digest},{len(content)}"


def _configuration(target: dict[str, str]) -> str:
    """The Terraform of a flow on the type of the package."""
    field = {"name": "duration", "type": "duration", "allowed_values": ["1h"]}
    resources = {
        "sym_secrets": {"env": {"type": "env", "name": "env"}},
        "sym_secret": {"key": {"source_id": "${sym_secrets.env.id}", "path": "SYM_SECRET_DOOR"}},
        "sym_integration": {"door": {"type": "acme_door", "name": "door", "external_id": "berlin",
                                     "settings": {"key_secret": "${sym_secret.key.id}"}}},
        "sym_target": {"room": {"type": "acme_room", "name": "room", "settings": target}},
        "sym_strategy": {"door": {"type": "acme_door", "name": "door", "targets": ["${sym_target.room.id}"],
                                  "integration_id": "${sym_integration.door.id}"}},
        "sym_environment": {"main": {"name": "main"}},
        "sym_flow": {"door": {"name": "door", "label": "Door", "implementation": OPEN,
                              "environment_id": "${sym_environment.main.id}",
                              "params": [{"strategy_id": "${sym_strategy.door.id}", "prompt_field": [field]}]}},
    }  # fmt: skip
    return json.dumps({"terraform": {"required_providers": {"sym": {"source": "symopsio/sym"}}},
                       "provider": {"sym": {"org": "acme"}}, "resource": resources})  # fmt: skip


def _terraform(product: Product) -> TerraformCli:
    """Terraform with the provider of the product's environment."""
    mirror = product.folder / "mirror"
    command = [product.python, "-m", "sym_provider", "install", "--mirror", str(mirror)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    (launcher,) = mirror.rglob("terraform-provider-sym_v*")
    variables = {"SYM_STORE_URL": product.environment["SYM_STORE_URL"]}
    terraform = TerraformCli(product.folder / "terraform", variables)
    terraform.override(ADDRESS, launcher.parent)
    return terraform


def test_a_package_of_somebody_elses_adds_a_type(environment: Path, doors: Doors, tmp_path: Path) -> None:
    variables = {"SYM_SECRET_DOOR": KEY, "SYM_DRIFT_EVERY": "off", "SYM_SERVICE_URLS": f"doors.example={doors.url}"}
    with ExitStack() as stack:
        product = Product(tmp_path, variables, stack, str(environment))
        product.found(("requester@example.com", "approver@example.com"))
        terraform = _terraform(product)
        terraform.write(_configuration({}), "main.tf.json")
        assert "acme_door" in terraform.plan().output, "what is not installed is a warning"
        _install(environment, tmp_path)
        assert "number" in terraform.fail("plan", "-no-color").output, "what is installed is checked"
        terraform.write(_configuration({"number": "7"}), "main.tf.json")
        assert "acme_door" not in terraform.plan().output.partition("Terraform will perform")[0]
        terraform.apply()
        product.serve(tmp_path / "stdout")
        inputs = {"duration": 3600, "target_srn": "acme:access_target:acme_room:room:latest"}
        body = {"flow_srn": "acme:flow:door:latest", "flow_inputs": inputs}
        run_id = product.ask("requester@example.com", "POST", "/events/request", body)["run_id"]
        product.settled(run_id, "requested")
        product.ask("approver@example.com", "POST", "/events/approve", {"run_id": run_id})
        product.settled(run_id, "escalated")
        assert doors.badges == {"requester"}
        product.ask(ADMIN, "POST", "/events/deescalate", {"run_id": run_id})
        product.settled(run_id, "deescalated")
        assert doors.badges == set()
        assert KEY not in product.log()
