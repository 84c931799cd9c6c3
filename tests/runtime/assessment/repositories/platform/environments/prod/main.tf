locals {
  environment = "prod"
  tags = {
    Environment = local.environment
    ManagedBy   = "terraform"
  }

  # One target for each permission set in each account.
  assignments = flatten([
    for name, set in var.permission_sets : [
      for account in set.accounts : {
        name    = "${name}-${account}"
        label   = "${coalesce(set.label, name)} in ${account}"
        arn     = set.arn
        account = account
      }
    ]
  ])
}

# Connectors -----------------------------------------------------------------------------------------------------------

module "runtime_connector" {
  source  = "terraform.symops.com/symopsio/runtime-connector/sym"
  version = ">= 1.1.0"

  account_id_safelist = [var.sso_account_id]
  environment         = local.environment
  addons              = ["aws/secretsmgr"]
}

module "sso_connector" {
  source  = "terraform.symops.com/symopsio/sso-connector/sym"
  version = ">= 1.0.0"
  providers = {
    aws = aws.sso
  }

  environment       = local.environment
  runtime_role_arns = [module.runtime_connector.settings["role_arn"]]
}

resource "sym_integration" "runtime_context" {
  type = "permission_context"
  name = "${local.environment}-runtime-context"

  external_id = module.runtime_connector.settings.account_id
  settings    = module.runtime_connector.settings
}

resource "sym_runtime" "this" {
  name       = local.environment
  context_id = sym_integration.runtime_context.id
}

resource "sym_integration" "slack" {
  type        = "slack"
  name        = "${local.environment}-slack"
  external_id = var.slack_workspace_id
}

resource "sym_secrets" "this" {
  type = "aws_secrets_manager"
  name = "${local.environment}-secrets"

  settings = {
    context_id = sym_integration.runtime_context.id
  }
}

resource "aws_secretsmanager_secret" "pagerduty" {
  name        = "sym/${local.environment}/pagerduty"
  description = "API token"
  tags = merge(local.tags, {
    SymEnv = local.environment
  })
}

resource "sym_secret" "pagerduty" {
  path      = aws_secretsmanager_secret.pagerduty.name
  source_id = sym_secrets.this.id

  settings = {
    json_key = "api_token"
  }
}

resource "sym_integration" "pagerduty" {
  type        = "pagerduty"
  name        = "${local.environment}-pagerduty"
  external_id = "acme.pagerduty.com"

  settings = {
    api_token_secret = sym_secret.pagerduty.id
  }
}

resource "sym_error_logger" "slack" {
  integration_id = sym_integration.slack.id
  destination    = "#sym-errors"
}

module "firehose" {
  source  = "terraform.symops.com/symopsio/datadog-connector/sym"
  version = ">= 2.0.0"

  datadog_access_key = data.aws_secretsmanager_secret_version.datadog.secret_string
  environment        = local.environment
}

data "aws_secretsmanager_secret_version" "datadog" {
  secret_id = "datadog/api-key"
}

resource "sym_log_destination" "firehose" {
  type           = "kinesis_firehose"
  integration_id = sym_integration.runtime_context.id

  settings = {
    stream_name = module.firehose.firehose_name
  }
}

resource "sym_environment" "this" {
  name                = local.environment
  label               = title(local.environment)
  runtime_id          = sym_runtime.this.id
  error_logger_id     = sym_error_logger.slack.id
  log_destination_ids = [sym_log_destination.firehose.id]

  integrations = {
    slack_id     = sym_integration.slack.id
    pagerduty_id = sym_integration.pagerduty.id
  }
}

# AWS SSO --------------------------------------------------------------------------------------------------------------

resource "sym_integration" "sso_context" {
  type        = "permission_context"
  name        = "${local.environment}-sso-context"
  external_id = module.sso_connector.settings["instance_arn"]
  settings    = module.sso_connector.settings
}

resource "sym_target" "sso" {
  for_each = { for one in local.assignments : one.name => one }

  type  = "aws_sso_permission_set"
  name  = each.key
  label = each.value.label

  settings = {
    permission_set_arn = each.value.arn
    account_id         = each.value.account
  }
}

resource "sym_strategy" "sso" {
  type           = "aws_sso"
  name           = "${local.environment}-sso"
  integration_id = sym_integration.sso_context.id
  targets        = [for target in sym_target.sso : target.id]

  settings = {
    instance_arn = module.sso_connector.settings["instance_arn"]
  }
}

resource "sym_flow" "sso" {
  name  = "sso_access"
  label = "AWS Access"

  implementation = templatefile("${path.module}/../../flows/aws/impl.py.tftpl", {
    channel   = "#access-${local.environment}"
    approvers = jsonencode(["platform@acme.example", "security@acme.example"])
  })

  environment_id = sym_environment.this.id

  vars = {
    request_channel = "#access-requests"
    schedule_id     = "PABC123"
    max_hours       = 4
    auto_approve    = true
  }

  params {
    strategy_id              = sym_strategy.sso.id
    include_decision_message = true
    additional_header_text   = "Questions? Ask in *#platform*."

    prompt_field {
      name     = "reason"
      label    = "Why do you need access?"
      type     = "string"
      required = true
    }

    prompt_field {
      name           = "duration"
      type           = "duration"
      allowed_values = ["30m", "1h", "4h", "1d"]
    }

    dynamic "prompt_field" {
      for_each = toset(["incident", "change"])
      content {
        name     = "${prompt_field.key}_number"
        label    = "${title(prompt_field.value)} number"
        type     = "string"
        required = false
      }
    }
  }
}

# Break glass, by a module of our own ----------------------------------------------------------------------------------

module "break_glass" {
  for_each = {
    database = { label = "Production database", group = "00g1database", channel = "#db-break-glass" }
    cluster  = { label = "Kubernetes cluster", group = "00g1cluster", channel = "#k8s-break-glass" }
  }
  source = "../../modules/access-flow"

  name           = "${local.environment}-${each.key}"
  label          = each.value.label
  okta_group_id  = each.value.group
  okta_domain    = "acme.okta.com"
  channel        = each.value.channel
  environment_id = sym_environment.this.id
  secret_id      = sym_secrets.this.id
  tags           = local.tags
}

# Off everywhere but in the lab.
resource "sym_target" "boundary" {
  count = var.enable_boundary ? 1 : 0

  type     = "boundary_group"
  name     = "boundary-admins"
  settings = { group_id = "g_1234567890" }
}

output "flows" {
  value = {
    sso         = sym_flow.sso.id
    break_glass = [for key, flow in module.break_glass : flow.flow_id]
  }
}
