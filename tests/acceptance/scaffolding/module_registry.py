"""A registry of Terraform modules on loopback, in the place of the public one: stubs of the connector modules, with
their inputs and outputs. What it does not have is not found."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_REQUIRED = 'terraform {{\n  required_providers {{\n    {name} = {{\n      source = "{source}"\n    }}\n  }}\n}}\n'
_SYM = _REQUIRED.format(name="sym", source="symopsio/sym")
_AWS = _REQUIRED.format(name="aws", source="hashicorp/aws")
_INSTANCE = 'instance_arn = "arn:aws:sso:::instance/ssoins-0123456789abcdef"'
_CONNECTOR = """
variable "environment" { type = string }
variable "runtime_role_arns" { type = list(string) }
"""


def _settings(role: str, more: str = "") -> str:
    return f"""
data "aws_caller_identity" "current" {{}}
output "settings" {{
  value = {{
    cloud      = "aws"
    region     = "us-east-1"
    role_arn   = "arn:aws:iam::${{data.aws_caller_identity.current.account_id}}:role/sym/{role}-${{var.environment}}"
    account_id = data.aws_caller_identity.current.account_id
    {more}
  }}
}}
"""


MODULES = {
    "symopsio/runtime-connector/aws": ("2.0.1", _SYM + """
variable "environment" { type = string }
variable "sym_account_id" {
  type    = string
  default = "803477428605"
  validation {
    condition     = var.sym_account_id != "803477428605"
    error_message = "The account of the original vendor is trusted."
  }
}
variable "account_id_safelist" {
  type    = list(string)
  default = []
}
resource "sym_integration" "this" {
  type        = "permission_context"
  name        = "${var.environment}-runtime-context"
  external_id = "111122223333"
  settings = {
    cloud       = "aws"
    region      = "us-east-1"
    role_arn    = "arn:aws:iam::111122223333:role/sym/SymRuntime-${var.environment}"
    external_id = "safe:${join(",", var.account_id_safelist)}"
  }
}
resource "sym_runtime" "this" {
  name       = var.environment
  context_id = sym_integration.this.id
}
output "sym_integration" { value = sym_integration.this }
output "sym_runtime" { value = sym_runtime.this }
"""),
    "symopsio/iam-connector/aws": ("3.1.0", _AWS + _CONNECTOR + _settings("SymIAM")),
    "symopsio/sso-connector/aws": (
        "2.0.0", _AWS + _CONNECTOR + _settings("SymSSO", _INSTANCE)),
    "symopsio/lambda-connector/aws": (
        "2.0.0", _AWS + _CONNECTOR + 'variable "lambda_arns" { type = list(string) }\n' + _settings("SymLambda")),
    "terraform-aws-modules/lambda/aws": ("7.2.0", """
variable "function_name" { type = string }
variable "description" { type = string }
variable "handler" { type = string }
variable "runtime" { type = string }
variable "timeout" { type = number }
variable "source_path" {
  type = string
  validation {
    condition     = fileexists("${var.source_path}/handler.py")
    error_message = "There is no handler.py."
  }
}
output "lambda_function_arn" { value = "arn:aws:lambda:us-east-1:111122223333:function:${var.function_name}" }
"""),
}  # fmt: skip


@contextmanager
def module_registry(folder: Path) -> Iterator[str]:
    """Run the registry, its modules in ``folder``; gives the address of its module API."""
    for name, (_, text) in MODULES.items():
        place = folder / name
        place.mkdir(parents=True)
        (place / "main.tf").write_text(text)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name, _, rest = self.path.removeprefix("/v1/modules/").partition("/aws/")
            known = MODULES.get(f"{name}/aws")
            if known is not None and rest == "versions":
                self._answer(200, json.dumps({"modules": [{"versions": [{"version": known[0]}]}]}).encode())
            elif known is not None and rest == f"{known[0]}/download":
                self._answer(204, b"", {"X-Terraform-Get": f"file://{folder / name / 'aws'}"})
            else:
                self._answer(404, b"{}")

        def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for header, value in {"Content-Type": "application/json", **(headers or {})}.items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/modules/"
    finally:
        server.shutdown()
        server.server_close()
