"""A configuration of 300 resources, of all types, most of which refer to others."""

from __future__ import annotations

from tests.acceptance.terraform.declarations import supported

SIZE = 300

_COUNTS = {
    "secrets": 10, "secret": 40, "integration": 40, "runtime": 20, "error_logger": 20, "log_destination": 20,
    "target": 80, "strategy": 20, "environment": 20, "flow": 29,
}  # fmt: skip
"""With the one flows filter there can be, 300."""

_BODIES = {
    "secrets": """
        type = "env"
        name = "secrets-${count.index}"
    """,
    "secret": """
        source_id = sym_secrets.many[count.index % 10].id
        path      = "SYM_SECRET_${count.index % 20}"
    """,
    "integration": """
        type        = "custom"
        name        = "integration-${count.index}"
        external_id = "${count.index}"
        settings    = { secret_ids_json = jsonencode([sym_secret.many[count.index].id]) }
    """,
    "runtime": """
        name       = "runtime-${count.index}"
        context_id = sym_integration.many[count.index].id
    """,
    "error_logger": """
        integration_id = sym_integration.many[count.index].id
        destination    = "#errors-${count.index}"
    """,
    "log_destination": """
        type     = "http"
        settings = { url = "https://logs.example/${count.index}" }
    """,
    "target": """
        type     = "custom"
        name     = "target-${count.index}"
        settings = { identifier = "group-${count.index}" }
    """,
    "strategy": """
        type           = "custom"
        name           = "strategy-${count.index}"
        integration_id = sym_integration.many[count.index].id
        targets        = slice(sym_target.many[*].id, count.index * 4, count.index * 4 + 4)
        implementation = local.strategy_code
    """,
    "environment": """
        name                = "environment-${count.index}"
        runtime_id          = sym_runtime.many[count.index].id
        integrations        = { main_id = sym_integration.many[count.index].id }
        error_logger_id     = sym_error_logger.many[count.index].id
        log_destination_ids = [sym_log_destination.many[count.index].id]
    """,
    "flow": """
        name           = "flow-${count.index}"
        implementation = local.flow_code
        environment_id = sym_environment.many[count.index % 20].id
        vars           = { channel = "#asks" }
        params {
          strategy_id = sym_strategy.many[count.index % 20].id
          prompt_field {
            name = "reason"
            type = "string"
          }
        }
    """,
}

LARGE = supported(
    'resource "sym_flows_filter" "one" {\nimplementation = local.filter_code\n}\n'
    + "".join(f'resource "sym_{name}" "many" {{\ncount = {_COUNTS[name]}\n{_BODIES[name]}}}\n' for name in _BODIES)
)
