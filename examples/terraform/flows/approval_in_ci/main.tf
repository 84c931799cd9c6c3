# A deployment that waits in CircleCI until a person has approved it here. See README.md.

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

variable "slack_workspace" {
  description = "Id of the Slack workspace in which people decide."
  type        = string
  default     = "T123ABC"
}

variable "circleci_url" {
  description = "CircleCI's API; a server of your own has another one."
  type        = string
  default     = "https://circleci.com/api/v2"
}

variable "patience" {
  description = "Seconds in which somebody has to decide."
  type        = number
  default     = 3600
}

provider "sym" {
  org = var.org
}

# Where secrets are kept: in the environment of the process that runs flows. Terraform never sees a value.
resource "sym_secrets" "worker" {
  type = "env"
  name = "worker"
}

resource "sym_secret" "circleci_token" {
  source_id = sym_secrets.worker.id
  path      = "SYM_SECRET_CIRCLECI_TOKEN"
}

resource "sym_integration" "slack" {
  type        = "slack"
  name        = "slack"
  external_id = var.slack_workspace
}

resource "sym_integration" "circleci" {
  type        = "custom"
  name        = "circleci"
  external_id = var.circleci_url

  settings = {
    secret_ids_json = jsonencode([sym_secret.circleci_token.id])
  }
}

resource "sym_environment" "ci" {
  name = "ci"

  integrations = {
    slack_id    = sym_integration.slack.id
    circleci_id = sym_integration.circleci.id
  }
}

resource "sym_flow" "deploy" {
  name           = "deploy"
  label          = "Deploy"
  implementation = file("${path.module}/impl.py")
  environment_id = sym_environment.ci.id

  vars = {
    channel  = "#deployments"
    patience = "${var.patience}s"
    hold_job = "hold"
  }

  params {
    allowed_sources = ["api"]

    prompt_field {
      name = "commit"
      type = "string"
    }

    prompt_field {
      name     = "workflow_id"
      label    = "CircleCI workflow"
      type     = "string"
      required = false
    }
  }
}

output "flow" {
  description = "What CI jobs ask for."
  value       = "${var.org}:flow:${sym_flow.deploy.name}:latest"
}
