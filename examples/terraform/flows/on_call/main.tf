# Production access: at once for whoever is on call, otherwise once somebody has approved. See README.md.

terraform {
  required_providers {
    sym = {
      source  = "symopsio/sym"
      version = "~> 3.7"
    }
  }
}

variable "org" {
  description = "Name of your organization, as given to `symflow init-org`."
  type        = string
  default     = "acme"
}

variable "directory_url" {
  description = "Where the directory is."
  type        = string
  default     = "https://directory.example.com"
}

provider "sym" {
  org = var.org
}

resource "sym_secrets" "worker" {
  type = "env"
  name = "worker"
}

resource "sym_secret" "directory_key" {
  source_id = sym_secrets.worker.id
  path      = "SYM_SECRET_DIRECTORY_KEY"
}

resource "sym_secret" "pagerduty_token" {
  source_id = sym_secrets.worker.id
  path      = "SYM_SECRET_PAGERDUTY_TOKEN"
}

resource "sym_integration" "directory" {
  type        = "custom"
  name        = "directory"
  external_id = var.directory_url

  settings = {
    secret_ids_json = jsonencode([sym_secret.directory_key.id])
  }
}

resource "sym_integration" "pagerduty" {
  type        = "pagerduty"
  name        = "pagerduty"
  external_id = "acme.pagerduty.com"

  settings = {
    api_token_secret = sym_secret.pagerduty_token.id
  }
}

resource "sym_integration" "slack" {
  type        = "slack"
  name        = "slack"
  external_id = "T123ABC"
}

resource "sym_target" "production" {
  type  = "custom"
  name  = "production"
  label = "Production"

  settings = {
    identifier = "production"
  }
}

resource "sym_strategy" "directory" {
  type           = "custom"
  name           = "directory"
  integration_id = sym_integration.directory.id
  targets        = [sym_target.production.id]
  implementation = "${path.module}/strategy.py"
}

resource "sym_error_logger" "slack" {
  integration_id = sym_integration.slack.id
  destination    = "#sym-errors"
}

resource "sym_environment" "production" {
  name            = "production"
  error_logger_id = sym_error_logger.slack.id

  integrations = {
    slack_id     = sym_integration.slack.id
    pagerduty_id = sym_integration.pagerduty.id
  }
}

resource "sym_flow" "on_call" {
  name           = "on-call"
  label          = "Production access"
  implementation = file("${path.module}/impl.py")
  environment_id = sym_environment.production.id

  vars = {
    team_channel    = "#platform"
    manager_channel = "#managers"
    schedule        = "Platform"
  }

  params {
    strategy_id = sym_strategy.directory.id

    prompt_field {
      name  = "reason"
      label = "Why do you need it?"
      type  = "string"
    }

    prompt_field {
      name           = "duration"
      type           = "duration"
      allowed_values = ["1h", "8h"]
    }
  }
}
