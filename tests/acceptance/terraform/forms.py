"""Every resource in three forms: with nothing but what is required, with everything, and with everything changed."""

from __future__ import annotations

NAMES = (
    "environment", "error_logger", "flow", "flows_filter", "integration", "log_destination", "runtime", "secret",
    "secrets", "strategy", "target",
)  # fmt: skip

IMPORT_IDS = {
    "environment": "Production",
    "error_logger": "#errors",
    "flow": "Approval",
    "flows_filter": "sym_flows_filter",
    "integration": "custom:Main",
    "log_destination": "kinesis_firehose:my_stream",
    "runtime": "Cloud",
    "secret": "arn:aws:secretsmanager:eu-west-1:1:secret/key",
    "secrets": "env:Vault",
    "strategy": "custom:Grants",
    "target": "custom:Readers",
}
"""By what ``terraform import`` finds the full form of each resource."""

FORMS: dict[str, dict[str, str]] = {
    "environment": {
        "bare": 'name = "Production"',
        "full": """
            name                = "Production"
            label               = "The real one"
            runtime_id          = sym_runtime.support[0].id
            integrations        = { main_id = sym_integration.support.id }
            error_logger_id     = sym_error_logger.support[0].id
            log_destination_ids = sym_log_destination.support[*].id
        """,
        "changed": """
            name                = "Staging"
            label               = "The other one"
            runtime_id          = sym_runtime.support[1].id
            integrations        = { other_id = sym_integration.support.id }
            error_logger_id     = sym_error_logger.support[1].id
            log_destination_ids = reverse(sym_log_destination.support[*].id)
        """,
    },
    "error_logger": {
        "bare": """
            integration_id = sym_integration.support.id
            destination    = "#errors"
        """,
        "full": """
            integration_id = sym_integration.support.id
            destination    = "#errors"
        """,
        "changed": """
            integration_id = sym_integration.support.id
            destination    = "#other-errors"
        """,
    },
    "flow": {
        "bare": """
            name           = "Approval"
            implementation = local.flow_code
            environment_id = sym_environment.support[0].id
        """,
        "full": """
            name           = "Approval"
            label          = "Ask for it"
            implementation = local.flow_code
            environment_id = sym_environment.support[0].id
            vars           = { channel = "#asks" }
            params {
              strategy_id              = sym_strategy.support.id
              include_decision_message = true
              allowed_sources          = ["slack"]
              additional_header_text   = "Be *brief*."
              prompt_field {
                name = "reason"
                type = "string"
              }
            }
        """,
        "changed": """
            name           = "Granting"
            label          = "Ask again"
            implementation = "${local.flow_code}# changed"
            environment_id = sym_environment.support[1].id
            vars           = { channel = "#asks", size = "3" }
            params {
              allow_revoke            = false
              allow_guest_interaction = true
              prompt_field {
                name     = "number"
                type     = "int"
                required = false
                default  = "5"
              }
            }
        """,
    },
    "flows_filter": {
        "bare": "implementation = local.filter_code",
        "full": """
            implementation = local.filter_code
            vars           = { hidden = "prod" }
            integrations   = { main_id = sym_integration.support.id }
        """,
        "changed": """
            implementation = "${local.filter_code}# changed"
            vars           = { hidden = "staging" }
            integrations   = { other_id = sym_integration.support.id }
        """,
    },
    "integration": {
        "bare": """
            type        = "custom"
            name        = "Main"
            external_id = "acme"
        """,
        "full": """
            type        = "custom"
            name        = "Main"
            external_id = "acme"
            label       = "Main system"
            settings    = { secret_ids_json = jsonencode([sym_secret.support.id]) }
        """,
        "changed": """
            type        = "okta"
            name        = "Second"
            external_id = "acme.okta.com"
            label       = "Second system"
            settings    = { api_token_secret = sym_secret.support.id }
        """,
    },
    "log_destination": {
        "bare": """
            type     = "http"
            settings = { url = "https://logs.example/sym" }
        """,
        "full": """
            type           = "kinesis_firehose"
            integration_id = sym_integration.support.id
            settings       = { stream_name = "my_stream" }
        """,
        "changed": """
            type           = "segment"
            integration_id = sym_integration.support.id
            settings       = { stream_name = "other_stream" }
        """,
    },
    "runtime": {
        "bare": 'name = "Cloud"',
        "full": """
            name       = "Cloud"
            label      = "In the cloud"
            context_id = sym_integration.support.id
        """,
        "changed": """
            name       = "Sky"
            label      = "Above the cloud"
            context_id = sym_integration.support.id
        """,
    },
    "secret": {
        "bare": """
            path      = "arn:aws:secretsmanager:eu-west-1:1:secret/key"
            source_id = sym_secrets.support.id
        """,
        "full": """
            path      = "arn:aws:secretsmanager:eu-west-1:1:secret/key"
            source_id = sym_secrets.support.id
            label     = "The key"
            settings  = { note = "of the main system" }
        """,
        "changed": """
            path      = "SYM_SECRET_OTHER"
            source_id = sym_secrets.support.id
            label     = "The other key"
            settings  = { json_key = "password" }
        """,
    },
    "secrets": {
        "bare": """
            type = "env"
            name = "Vault"
        """,
        "full": """
            type     = "env"
            name     = "Vault"
            label    = "The vault"
            settings = { prefix = "A" }
        """,
        "changed": """
            type     = "file"
            name     = "Folder"
            label    = "The folder"
            settings = { prefix = "B" }
        """,
    },
    "strategy": {
        "bare": """
            type    = "http"
            name    = "Grants"
            targets = []
        """,
        "full": """
            type           = "custom"
            name           = "Grants"
            label          = "Membership"
            integration_id = sym_integration.support.id
            targets        = sym_target.support[*].id
            settings       = { speed = "slow" }
            implementation = local.strategy_code
        """,
        "changed": """
            type           = "custom"
            name           = "Loans"
            label          = "Membership for a while"
            integration_id = sym_integration.support.id
            targets        = reverse(sym_target.support[*].id)
            settings       = { speed = "fast" }
            implementation = "${local.strategy_code}# changed"
        """,
    },
    "target": {
        "bare": """
            type = "custom"
            name = "Readers"
        """,
        "full": """
            type           = "custom"
            name           = "Readers"
            label          = "People who read"
            field_bindings = ["identifier"]
            settings       = { identifier = "readers" }
        """,
        "changed": """
            type           = "okta_group"
            name           = "Writers"
            label          = "People who write"
            field_bindings = ["group_id", "other"]
            settings       = { group_id = "00g1" }
        """,
    },
}
