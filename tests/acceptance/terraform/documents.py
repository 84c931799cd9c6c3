"""What the full form of each resource must be stored as; ``@address`` stands for the id of that resource."""

from __future__ import annotations

from typing import Any

from tests.acceptance.terraform.author_code import FILTER_CODE, FLOW_CODE, STRATEGY_CODE

DOCUMENTS: dict[str, dict[str, Any]] = {
    "environment": {
        "name": "Production",
        "label": "The real one",
        "runtime_id": "@sym_runtime.support[0]",
        "integrations": {"main_id": "@sym_integration.support"},
        "error_logger_id": "@sym_error_logger.support[0]",
        "log_destination_ids": ["@sym_log_destination.support[0]", "@sym_log_destination.support[1]"],
    },
    "error_logger": {"integration_id": "@sym_integration.support", "destination": "#errors"},
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
                "allow_extension": False,
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
    "flows_filter": {
        "implementation": FILTER_CODE,
        "vars": {"hidden": "prod"},
        "integrations": {"main_id": "@sym_integration.support"},
    },
    "integration": {
        "type": "custom",
        "name": "Main",
        "external_id": "acme",
        "label": "Main system",
        "settings": {"secret_ids_json": '["@sym_secret.support"]'},
    },
    "log_destination": {
        "type": "kinesis_firehose",
        "integration_id": "@sym_integration.support",
        "settings": {"stream_name": "my_stream"},
    },
    "runtime": {"name": "Cloud", "label": "In the cloud", "context_id": "@sym_integration.support"},
    "secret": {
        "path": "arn:aws:secretsmanager:eu-west-1:1:secret/key",
        "source_id": "@sym_secrets.support",
        "label": "The key",
        "settings": {"note": "of the main system"},
        "value_wo_version": None,
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
