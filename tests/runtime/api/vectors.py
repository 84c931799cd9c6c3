"""What the original provider sends for every resource, and what it is answered with.

Bodies are bytes as its JSON writer makes them: compact, ``<`` and ``>`` escaped, optional keys left out when they are
empty. ``$name`` stands for the id of an earlier vector's resource, ``$$`` for the resource's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Vector:
    """The life of one resource: ``create`` is answered with ``created``, ``change`` with ``changed``; ``lookup`` is the
    query that finds it after its creation."""

    name: str
    path: str
    create: bytes
    created: dict[str, Any]
    change: bytes
    changed: dict[str, Any]
    lookup: str


CODE = b"ZGVmIG9uX3JlcXVlc3QoZXZlbnQpOgogICAgcGFzcwo="  # def on_request(event): pass
TEXT = CODE.decode()
NO_TEXT: dict[str, Any] = {"label": None}

VECTORS = (
    Vector(
        name="integration",
        path="integrations",
        create=b'{"type":"slack","settings":{},"slug":"Main","external_id":"T12345","label":"Slack \\u0026 co"}',
        created={"type": "slack", "settings": {}, "slug": "main", "name": "Main", "external_id": "T12345",
                 "label": "Slack & co"},
        change=b'{"id":"$$","type":"slack","settings":{"a":"b","c":null},"slug":"other","external_id":"T2"}',
        changed={"type": "slack", "settings": {"a": "b", "c": None}, "slug": "other", "name": "other",
                 "external_id": "T2", "label": None},
        lookup="slug=main&type=slack",
    ),
    Vector(
        name="error_logger",
        path="error-loggers",
        create=b'{"integration_id":"$integration","destination":"#sym-errors"}',
        created={"integration_id": "$integration", "destination": "#sym-errors"},
        change=b'{"id":"$$","integration_id":"$integration","destination":"sym:#other"}',
        changed={"integration_id": "$integration", "destination": "sym:#other"},
        lookup="slug=sym-errors",
    ),
    Vector(
        name="log_destination",
        path="log-destinations",
        create=b'{"type":"http","integration_id":"\\u003cnull\\u003e","settings":{"url":"https://logs.example.com/x"}}',
        created={"type": "http", "integration_id": None, "settings": {"url": "https://logs.example.com/x"}},
        change=b'{"id":"$$","type":"kinesis_firehose","integration_id":"$integration",'
               b'"settings":{"stream_name":"my_stream"}}',
        changed={"type": "kinesis_firehose", "integration_id": "$integration",
                 "settings": {"stream_name": "my_stream"}},
        lookup="slug=https-logs-example-com-x&type=http",
    ),
    Vector(
        name="runtime",
        path="runtimes",
        create=b'{"slug":"prod","label":"Production","context_id":"$integration"}',
        created={"slug": "prod", "name": "prod", "label": "Production", "context_id": "$integration"},
        change=b'{"id":"$$","slug":"prod"}',
        changed={"slug": "prod", "name": "prod", "label": None, "context_id": None},
        lookup="slug=prod",
    ),
    Vector(
        name="secrets",
        path="secret-sources",
        create=b'{"type":"aws_secrets_manager","slug":"vault","settings":{"context_id":"$integration"},"label":"V"}',
        created={"type": "aws_secrets_manager", "slug": "vault", "name": "vault",
                 "settings": {"context_id": "$integration"}, "label": "V"},
        change=b'{"id":"$$","type":"aws_secrets_manager","slug":"vault-2","settings":{"context_id":"$integration"}}',
        changed={"type": "aws_secrets_manager", "slug": "vault-2", "name": "vault-2",
                 "settings": {"context_id": "$integration"}, "label": None},
        lookup="slug=vault&type=aws_secrets_manager",
    ),
    Vector(
        name="secret",
        path="secrets",
        create=b'{"path":"/sym/okta key","source_id":"$secrets","label":"Key","settings":{"json_key":"k"}}',
        created={"path": "/sym/okta key", "source_id": "$secrets", "label": "Key", "settings": {"json_key": "k"}},
        change=b'{"id":"$$","path":"/sym/okta","source_id":"$secrets","settings":{}}',
        changed={"path": "/sym/okta", "source_id": "$secrets", "label": None, "settings": {}},
        lookup="slug=sym-okta-key-k",
    ),
    Vector(
        name="target",
        path="access-targets",
        create=b'{"type":"okta_group","slug":"admins","label":"Admins","field_bindings":["group_id"],"settings":{}}',
        created={"type": "okta_group", "slug": "admins", "name": "admins", "label": "Admins",
                 "field_bindings": ["group_id"], "settings": {}},
        change=b'{"id":"$$","type":"okta_group","slug":"admins","settings":{"group_id":"00g1"}}',
        changed={"type": "okta_group", "slug": "admins", "name": "admins", "label": None, "field_bindings": None,
                 "settings": {"group_id": "00g1"}},
        lookup="slug=admins&type=okta_group",
    ),
    Vector(
        name="strategy",
        path="access-strategies",
        create=b'{"type":"custom","integration_id":"$integration","targets":["$target"],"settings":{"x":"y"},'
               b'"slug":"grants","label":"Grants","implementation":"' + CODE + b'"}',
        created={"type": "custom", "integration_id": "$integration", "targets": ["$target"], "settings": {"x": "y"},
                 "slug": "grants", "name": "grants", "label": "Grants", "implementation": TEXT},
        change=b'{"id":"$$","type":"http","integration_id":"\\u003cnull\\u003e","targets":null,"settings":{},'
               b'"slug":"grants"}',
        changed={"type": "http", "integration_id": None, "targets": [], "settings": {}, "slug": "grants",
                 "name": "grants", "label": None, "implementation": None},
        lookup="slug=grants&type=custom",
    ),
    Vector(
        name="environment",
        path="environments",
        create=b'{"slug":"Prod","label":"Production","runtime_id":"$runtime","integrations":{"slack_id":"$integration"},'
               b'"error_logger_id":"$error_logger","log_destination_ids":["$log_destination"]}',
        created={"slug": "prod", "name": "Prod", "label": "Production", "runtime_id": "$runtime",
                 "integrations": {"slack_id": "$integration"}, "error_logger_id": "$error_logger",
                 "log_destination_ids": ["$log_destination"]},
        change=b'{"id":"$$","slug":"prod","integrations":{}}',
        changed={"slug": "prod", "name": "prod", "label": None, "runtime_id": None, "integrations": {},
                 "error_logger_id": None, "log_destination_ids": None},
        lookup="slug=PROD",
    ),
    Vector(
        name="flow",
        path="flows",
        create=b'{"slug":"Approval","label":"Ask","implementation":"' + CODE + b'","environment_id":"$environment",'
               b'"vars":{"size":"3"},"params":{"strategy_id":"$strategy","allow_revoke":true,'
               b'"schedule_deescalation":true,"include_decision_message":false,"allowed_sources":["api"],'
               b'"additional_header_text":"*Hi*","allow_guest_interaction":false,"prompt_fields":[{"name":"reason",'
               b'"type":"string","required":true,"label":"","default":"","visible":true,"allowed_values":["a","b"],'
               b'"prefetch":false,"on_change":"' + CODE + b'"}]}}',
        created={"slug": "approval", "name": "Approval", "label": "Ask", "implementation": TEXT,
                 "environment_id": "$environment", "vars": {"size": "3"},
                 "params": {"strategy_id": "$strategy", "allow_revoke": True, "schedule_deescalation": True,
                            "include_decision_message": False, "allowed_sources": ["api"],
                            "additional_header_text": "*Hi*", "allow_guest_interaction": False,
                            "prompt_fields": [{"name": "reason", "type": "string", "required": True, "label": "",
                                               "default": "", "visible": True, "allowed_values": ["a", "b"],
                                               "prefetch": False, "on_change": TEXT}]}},
        change=b'{"id":"$$","slug":"approval","implementation":"' + CODE + b'","environment_id":"$environment",'
               b'"vars":{},"params":{"allow_revoke":true,"schedule_deescalation":true,"include_decision_message":false,'
               b'"additional_header_text":"","allow_guest_interaction":false,"prompt_fields":[]}}',
        changed={"slug": "approval", "name": "approval", "label": None, "implementation": TEXT,
                 "environment_id": "$environment", "vars": {},
                 "params": {"strategy_id": None, "allow_revoke": True, "schedule_deescalation": True,
                            "include_decision_message": False, "allowed_sources": None,
                            "additional_header_text": "", "allow_guest_interaction": False, "prompt_fields": []}},
        lookup="slug=approval",
    ),
    Vector(
        name="flows_filter",
        path="flows-filter",
        create=b'{"implementation":"' + CODE + b'","vars":{"a":"b"},"integrations":{"slack_id":"$integration"}}',
        created={"implementation": TEXT, "vars": {"a": "b"}, "integrations": {"slack_id": "$integration"}},
        change=b'{"id":"$$","implementation":"' + CODE + b'","vars":{},"integrations":{}}',
        changed={"implementation": TEXT, "vars": {}, "integrations": {}},
        lookup="",
    ),
)  # fmt: skip
