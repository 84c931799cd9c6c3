"""The types of flows that can be generated: what each asks, and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sym.scaffolding import questions as q
from sym.scaffolding.questions import Question


@dataclass(frozen=True, kw_only=True)
class Targets:
    """What people can ask for: ``type`` of the ``sym_target``, made of the answers to the question ``asked``.
    ``settings`` maps a setting to its expression, in which ``{value}`` and ``{label}`` are texts of Terraform's
    language, and ``{key}`` is part of a name."""

    asked: str
    type: str
    settings: Mapping[str, str]
    template: str = ""
    label: str = "{label}"


@dataclass(frozen=True, kw_only=True)
class FlowType:
    """``template`` is what comes before targets, strategy and flow; ``secrets`` are the names of secrets it reads;
    ``shared`` the blocks in ``connectors.tf``, each a template named after its address; ``files`` are templates of
    further files by their names, in which ``{flow}`` is the flow's."""

    name: str
    about: str
    questions: tuple[Question, ...] = ()
    strategy: str = ""
    integration: str = ""
    strategy_settings: Mapping[str, str] | None = None
    template: str = ""
    targets: tuple[Targets, ...] = ()
    secrets: tuple[str, ...] = ()
    needs_aws: bool = False
    shared: tuple[str, ...] = ()
    files: Mapping[str, str] | None = None


REGION = Question(
    name="aws_region", asks="AWS region?", help="The region of AWS resources.", check=q.aws_region, default="us-east-1",
    metavar="REGION",
)  # fmt: skip


def _one(name: str, asks: str, help_: str, check: object, metavar: str = "TEXT", **more: object) -> Question:
    return Question(name=name, asks=asks, help=help_, check=check, metavar=metavar, **more)  # type: ignore[arg-type]


def _many(name: str, what: str, check: object, metavar: str, *, required: bool = True) -> Question:
    return _one(name, f"{what}? (NAME=VALUE or VALUE)", f"{what} people can ask for; may be repeated.", check,
                f"[NAME=]{metavar}", is_many=True, required=required)  # fmt: skip


_TYPES = (
    FlowType(name="approval-only", about="An approval, and nothing that is granted."),
    FlowType(
        name="okta", about="Membership of Okta groups.", strategy="okta", integration="sym_integration.{key}_okta.id",
        template="okta.tf.template", secrets=("okta-api-key",),
        questions=(
            _one("okta_domain", "Okta domain?", "The Okta domain, such as acme.okta.com.", q.domain, "DOMAIN"),
            _many("okta_group", "Id of an Okta group", q.okta_group, "ID"),
        ),
        targets=(Targets(asked="okta_group", type="okta_group", settings={"group_id": "{value}"}),),
    ),
    FlowType(
        name="aws-iam", about="Membership of AWS IAM groups.", strategy="aws_iam", needs_aws=True,
        integration="sym_integration.iam_context.id",
        shared=("module iam_connector", "resource sym_integration iam_context"),
        questions=(REGION, _many("iam_group", "AWS IAM group", q.iam_group, "GROUP")),
        targets=(Targets(asked="iam_group", type="aws_iam_group", settings={"iam_group": "{value}"}),),
    ),
    FlowType(
        name="aws-lambda", about="Whatever a Lambda function of yours grants.", strategy="aws_lambda", needs_aws=True,
        integration="sym_integration.{key}_lambda_context.id", template="aws_lambda.tf.template", questions=(REGION,),
        targets=(Targets(asked="", type="aws_lambda_function",
                         settings={"arn": "module.{flow_key}_lambda.lambda_function_arn"}),),
        files={"{flow}_lambda_src/handler.py": "lambda_handler.py.template"},
    ),
    FlowType(
        name="aws-sso", about="Permission sets and groups of AWS IAM Identity Center.", strategy="aws_sso",
        needs_aws=True, integration="sym_integration.sso_context.id",
        strategy_settings={"instance_arn": 'module.sso_connector.settings["instance_arn"]'},
        shared=("provider aws.sso", "data aws_caller_identity sso", "module sso_connector",
                "resource sym_integration sso_context", "data aws_ssoadmin_instances this"),
        questions=(
            REGION,
            _one("sso_profile", "AWS profile of the account that manages IAM Identity Center?",
                 "The AWS profile for the account that IAM Identity Center is managed from.", q.aws_profile, "PROFILE"),
            _one("permission_set", "A permission set and its account? (PERMISSION_SET=ACCOUNT_ID; Enter for none)",
                 "A permission set, by its name, and the account people can ask for it in; may be repeated.",
                 q.aws_account, "PERMISSION_SET=ACCOUNT_ID", is_many=True, needs_label=True, required=False),
            _many("sso_group", "IAM Identity Center group", q.any_text, "GROUP", required=False),
        ),
        targets=(
            Targets(asked="permission_set", type="aws_sso_permission_set", template="permission_set.tf.template",
                    label="{label} in {value}",
                    settings={"permission_set_arn": "data.aws_ssoadmin_permission_set.{flow_key}_{key}.arn",
                              "account_id": "{value}"}),
            Targets(asked="sso_group", type="aws_sso_group", template="sso_group.tf.template",
                    settings={"group_id": "data.aws_identitystore_group.{flow_key}_{key}.group_id"}),
        ),
    ),
    FlowType(
        name="github", about="Collaboration on GitHub repositories.", strategy="github",
        integration="sym_integration.{key}_github.id", template="github.tf.template", secrets=("github-api-key",),
        questions=(
            _one("github_org", "GitHub organization?", "The GitHub organization.", q.github_name, "ORG"),
            _many("github_repo", "GitHub repository", q.github_name, "REPO"),
        ),
        targets=(Targets(asked="github_repo", type="github_repo", settings={"repo_name": "{value}"}),),
    ),
    FlowType(
        name="google-group", about="Membership of Google groups.", strategy="google_group",
        integration="sym_integration.{key}_google.id", template="google.tf.template",
        questions=(
            _one("google_domain", "Domain of the Google organization?", "The domain of the Google organization.",
                 q.domain, "DOMAIN"),
            _one("google_customer_id", "Id of the Google Workspace customer?",
                 "The id of the Google Workspace customer, such as C012abc34.", q.google_customer, "ID"),
            _one("google_credentials", "File with the credential configuration of workload identity federation?",
                 "The credential configuration that Google Cloud generated for workload identity federation. It is "
                 "copied; a file with a key in it is refused.", q.any_text, "FILE"),
            _many("google_group", "Google group", q.email, "EMAIL"),
        ),
        targets=(Targets(asked="google_group", type="google_group",
                         settings={"group_email": "{value}", "role": '"MEMBER"'}),),
    ),
    FlowType(
        name="aptible", about="Roles of an Aptible organization.", strategy="aptible",
        integration="sym_integration.{key}_aptible.id", template="aptible.tf.template",
        secrets=("aptible-username", "aptible-password"),
        questions=(
            _one("aptible_organization", "Id of the Aptible organization?", "The id of the Aptible organization.",
                 q.uuid_text, "UUID"),
            _many("aptible_role", "Id of an Aptible role", q.uuid_text, "UUID"),
        ),
        targets=(Targets(asked="aptible_role", type="aptible_role", settings={"role_id": "{value}"}),),
    ),
    FlowType(
        name="onelogin", about="OneLogin roles.", strategy="onelogin", integration="sym_integration.{key}_onelogin.id",
        template="onelogin.tf.template", secrets=("onelogin-client-secret",),
        questions=(
            _one("onelogin_domain", "OneLogin domain?", "The OneLogin domain, such as acme.onelogin.com.", q.domain,
                 "DOMAIN"),
            _one("onelogin_client_id", "Client id of the API credential pair?",
                 "The client id of the API credential pair, which has the scope Manage All.", q.any_text, "ID"),
            _many("onelogin_role", "Id of a OneLogin role", q.number, "ID"),
        ),
        targets=(Targets(asked="onelogin_role", type="onelogin_role",
                         settings={"role_id": "{value}", "privilege_level": '"member"'}),),
    ),
    FlowType(
        name="tailscale", about="Membership of groups in a tailnet's policy file.", strategy="tailscale",
        integration="sym_integration.{key}_tailscale.id", template="tailscale.tf.template",
        secrets=("tailscale-api-key",),
        questions=(
            _one("tailnet", "Name of the tailnet?", "The name of the tailnet, such as example.com.", q.any_text,
                 "NAME"),
            _many("tailscale_group", "Group of the policy file", q.tailscale_group, "GROUP"),
        ),
        targets=(Targets(asked="tailscale_group", type="tailscale_group", settings={"group_name": "{value}"}),),
    ),
    FlowType(
        name="boundary", about="Membership of Boundary groups.", strategy="boundary",
        integration="sym_integration.{key}_boundary.id", template="boundary.tf.template",
        secrets=("boundary-login-name", "boundary-password"),
        questions=(
            _one("boundary_address", "Address of the Boundary cluster?", "The address of the Boundary cluster.",
                 q.web_address, "URL"),
            _one("boundary_auth_method", "Id of the password auth method?", "The id of the password auth method.",
                 q.boundary_method, "ID"),
            _many("boundary_group", "Id of a Boundary group", q.boundary_group, "ID"),
        ),
        targets=(Targets(asked="boundary_group", type="boundary_group", settings={"group_id": "{value}"}),),
    ),
    FlowType(
        name="custom", about="Whatever a strategy of yours, in Python, grants.", strategy="custom",
        integration="sym_integration.{key}_custom.id", template="custom.tf.template", secrets=("custom-api-key",),
        questions=(
            _one("custom_address", "Address of the service?", "The address of the service the strategy talks to.",
                 q.web_address, "URL"),
            _many("custom_target", "What can be asked for", q.any_text, "IDENTIFIER"),
        ),
        targets=(Targets(asked="custom_target", type="custom", settings={"identifier": "{value}"}),),
        files={"impls/{flow}_strategy.py": "strategy.py.template"},
    ),
    FlowType(
        name="http", about="Whatever a web service of yours grants.", strategy="http", secrets=("http-signing-key",),
        strategy_settings={"url": "{http_url}", "signing_secret": "sym_secret.{key}_http_signing_key.id"},
        questions=(
            _one("http_url", "Address of the service?", "The address that is asked to grant and to take away.",
                 q.web_address, "URL"),
            _many("http_target", "What can be asked for", q.any_text, "IDENTIFIER"),
        ),
        targets=(Targets(asked="http_target", type="http", settings={"identifier": "{value}"}),),
    ),
)  # fmt: skip

TYPES: Mapping[str, FlowType] = {one.name: one for one in _TYPES}
"""By name, those of the original first."""

OPTIONAL = (
    _one("worker_account_id", "", "The AWS account the worker runs in, if it is not the runtime's: it alone may take "
         "on the runtime's role.", q.aws_account, "ACCOUNT_ID", required=False),
    _one("pagerduty_domain", "", "With --on-call-schedule: the PagerDuty domain, such as acme.pagerduty.com.", q.domain,
         "DOMAIN", required=False),
    _one("on_call_schedule", "", "Who is on call on this schedule of PagerDuty does not wait for an approval.",
         q.any_text, "NAME", required=False),
)  # fmt: skip
"""What goes with several types."""


def all_questions() -> tuple[Question, ...]:
    """Every question once."""
    found = {one.name: one for kind in _TYPES for one in kind.questions}
    return (*found.values(), *OPTIONAL)
