# A flow that grants something real on your own machine, without any account: membership of a group in a small
# SQLite database, the "target system". See README.md.

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
  default     = "quickstart"
}

variable "target_system" {
  description = "Path of the SQLite file that plays the target system."
  type        = string
}

variable "slack_workspace" {
  description = "Id of the Slack workspace people are told in. The default is the simulator's."
  type        = string
  default     = "T0FTG2CGCX7"
}

provider "sym" {
  org = var.org
}

# Where secrets are kept: in the environment of the process that runs flows. Terraform never sees a value.
resource "sym_secrets" "environment" {
  type = "env"
  name = "worker-environment"
}

resource "sym_secret" "target_system_key" {
  source_id = sym_secrets.environment.id
  path      = "SYM_SECRET_TARGET_SYSTEM_KEY"
  label     = "Key of the target system"
}

# The connection to the target system, and the key it asks for.
resource "sym_integration" "target_system" {
  type        = "custom"
  name        = "target-system"
  external_id = var.target_system
  settings = {
    secret_ids_json = jsonencode([sym_secret.target_system_key.id])
  }
}

# Where people ask, decide and hear what came of it. Tokens are the runtime's, not Terraform's.
resource "sym_integration" "slack" {
  type        = "slack"
  name        = "slack"
  external_id = var.slack_workspace
}

resource "sym_error_logger" "errors" {
  integration_id = sym_integration.slack.id
  destination    = "#sym-errors"
}

# What people can ask for.
resource "sym_target" "group" {
  for_each = {
    readers        = "Readers of the database"
    administrators = "Administrators of the database"
  }

  type  = "custom"
  name  = each.key
  label = each.value
  settings = {
    identifier = each.key
  }
}

# How it is granted and taken away: strategy.py.
resource "sym_strategy" "membership" {
  type           = "custom"
  name           = "membership"
  integration_id = sym_integration.target_system.id
  targets        = [for group in sym_target.group : group.id]
  implementation = "${path.module}/strategy.py"
}

resource "sym_environment" "local" {
  name            = "local"
  label           = "This machine"
  error_logger_id = sym_error_logger.errors.id
  integrations = {
    slack_id         = sym_integration.slack.id
    target_system_id = sym_integration.target_system.id
  }
}

# The flow itself: the form people fill in, and impl.py, which decides who may approve.
resource "sym_flow" "quickstart" {
  name           = "quickstart"
  label          = "Membership of a group"
  implementation = file("${path.module}/impl.py")
  environment_id = sym_environment.local.id

  vars = {
    incident_prefix = "INC-"
    open_incidents  = "INC-7 Reports are slow;INC-12 The nightly export failed;INC-31 Invoices have no number"
  }

  params {
    strategy_id              = sym_strategy.membership.id
    include_decision_message = true

    # Typing searches what open_incidents in impl.py gives; choosing changes the form.
    prompt_field {
      name      = "incident"
      label     = "Incident, if there is one"
      type      = "string"
      required  = false
      prefetch  = true
      on_change = file("${path.module}/on_change.py")
    }

    prompt_field {
      name  = "reason"
      label = "Why do you need it?"
      type  = "string"
    }

    prompt_field {
      name           = "duration"
      type           = "duration"
      allowed_values = ["8s", "10m", "1h"]
    }
  }
}

output "flow" {
  value = "${var.org}:flow:${sym_flow.quickstart.name}:latest"
}
