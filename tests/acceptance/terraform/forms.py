"""Every resource in three forms: with nothing but what is required, with everything, and with everything changed."""

from __future__ import annotations

from typing import Any

from tests.acceptance.terraform.author_code import FLOW_CODE, STRATEGY_CODE

NAMES = ("environment", "flow", "integration", "secret", "secrets", "strategy", "target")

IMPORT_IDS = {
    "environment": "Production",
    "flow": "Approval",
    "integration": "custom:Main",
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
            integrations        = { main_id = sym_integration.support.id }
            log_destination_ids = []
        """,
        "changed": """
            name                = "Staging"
            label               = "The other one"
            integrations        = { other_id = sym_integration.support.id }
            log_destination_ids = []
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

DOCUMENTS: dict[str, dict[str, Any]] = {
    "environment": {
        "name": "Production",
        "label": "The real one",
        "runtime_id": None,
        "integrations": {"main_id": "@sym_integration.support"},
        "error_logger_id": None,
        "log_destination_ids": [],
    },
    "flow": {
        "name": "Approval",
        "label": "Ask for it",
        "implementation": FLOW_CODE,
        "vars": {"channel": "#asks"},
        "environment_id": "@sym_environment.support[0]",
        "params": [
            {
                "strategy_id": "@sym_strategy.support",
                "allow_revoke": True,
                "schedule_deescalation": True,
                "include_decision_message": True,
                "allowed_sources": ["slack"],
                "additional_header_text": "Be *brief*.",
                "allow_guest_interaction": False,
                "prompt_field": [
                    {
                        "name": "reason",
                        "type": "string",
                        "required": True,
                        "label": None,
                        "default": None,
                        "visible": True,
                        "allowed_values": None,
                        "prefetch": False,
                        "on_change": None,
                    }
                ],
            }
        ],
    },
    "integration": {
        "type": "custom",
        "name": "Main",
        "external_id": "acme",
        "label": "Main system",
        "settings": {"secret_ids_json": '["@sym_secret.support"]'},
    },
    "secret": {
        "path": "arn:aws:secretsmanager:eu-west-1:1:secret/key",
        "source_id": "@sym_secrets.support",
        "label": "The key",
        "settings": {"note": "of the main system"},
    },
    "secrets": {"type": "env", "name": "Vault", "label": "The vault", "settings": {"prefix": "A"}},
    "strategy": {
        "type": "custom",
        "integration_id": "@sym_integration.support",
        "targets": ["@sym_target.support[0]", "@sym_target.support[1]"],
        "name": "Grants",
        "label": "Membership",
        "settings": {"speed": "slow"},
        "implementation": STRATEGY_CODE,
    },
    "target": {
        "type": "custom",
        "name": "Readers",
        "label": "People who read",
        "field_bindings": ["identifier"],
        "settings": {"identifier": "readers"},
    },
}
"""What the full form of each resource must be stored as; ``@address`` stands for the id of that resource."""
