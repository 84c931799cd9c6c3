# One environment: its group, its flow, its errors. Names are unique in an organization, so each has that of the
# environment in it.

terraform {
  required_providers {
    sym = {
      source  = "symopsio/sym"
      version = "~> 3.0"
    }
  }
}

resource "sym_error_logger" "slack" {
  integration_id = var.slack_integration_id
  destination    = "${var.rules.channel}-errors"
}

resource "sym_environment" "this" {
  name            = var.environment
  label           = var.rules.label
  error_logger_id = sym_error_logger.slack.id

  integrations = {
    okta_id  = var.okta_integration_id
    slack_id = var.slack_integration_id
  }
}

resource "sym_target" "this" {
  type  = "okta_group"
  name  = "${var.environment}-engineers"
  label = "${var.rules.label} engineers"

  settings = {
    group_id = var.rules.group_id
  }
}

resource "sym_strategy" "this" {
  type           = "okta"
  name           = "${var.environment}-groups"
  integration_id = var.okta_integration_id
  targets        = [sym_target.this.id]
}

resource "sym_flow" "this" {
  name           = "${var.environment}-access"
  label          = "Access to ${var.rules.label}"
  implementation = var.implementation
  environment_id = sym_environment.this.id

  vars = {
    channel  = var.rules.channel
    approval = var.rules.needs_approval ? "required" : "none"
  }

  params {
    strategy_id = sym_strategy.this.id

    prompt_field {
      name     = "reason"
      label    = "Why do you need it?"
      type     = "string"
      required = var.rules.needs_approval
    }

    prompt_field {
      name           = "duration"
      type           = "duration"
      allowed_values = var.rules.allowed_durations
    }
  }
}
