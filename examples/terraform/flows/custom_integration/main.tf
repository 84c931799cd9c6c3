# A service of your own: an integration with two secrets, and a strategy in Python. See README.md.

terraform {
  required_providers {
    sym = {
      source  = "symopsio/sym"
      version = "~> 3.0"
    }
  }
}

variable "org" {
  description = "Name of your organization, as given to `symflow init-org`."
  type        = string
  default     = "acme"
}

variable "analytics_url" {
  description = "Where the analytics service is."
  type        = string
  default     = "https://analytics.example.com"
}

variable "projects" {
  description = "The projects people may ask for, each with the role they get in it."
  type        = map(object({ label = string, role = string }))
  default = {
    sales   = { label = "Sales figures", role = "reader" }
    finance = { label = "Finance, to write", role = "editor" }
  }
}

provider "sym" {
  org = var.org
}

resource "sym_secrets" "worker" {
  type = "env"
  name = "worker"
}

resource "sym_secret" "client_id" {
  source_id = sym_secrets.worker.id
  path      = "SYM_SECRET_ANALYTICS_CLIENT_ID"
}

resource "sym_secret" "client_secret" {
  source_id = sym_secrets.worker.id
  path      = "SYM_SECRET_ANALYTICS_CLIENT_SECRET"
}

resource "sym_integration" "analytics" {
  type        = "custom"
  name        = "analytics"
  external_id = var.analytics_url

  settings = {
    # The strategy finds them in this order in settings["secrets"].
    secret_ids_json = jsonencode([sym_secret.client_id.id, sym_secret.client_secret.id])
    # Any other setting reaches it as it is.
    workspace = "main"
  }
}

resource "sym_target" "project" {
  for_each = var.projects

  type  = "custom"
  name  = each.key
  label = each.value.label

  settings = {
    identifier = each.key
    role       = each.value.role
  }
}

resource "sym_strategy" "analytics" {
  type           = "custom"
  name           = "analytics"
  integration_id = sym_integration.analytics.id
  targets        = [for target in sym_target.project : target.id]
  implementation = "${path.module}/strategy.py"
}

resource "sym_environment" "main" {
  name = "main"
}

resource "sym_flow" "analytics" {
  name           = "analytics"
  label          = "Analytics"
  implementation = file("${path.module}/impl.py")
  environment_id = sym_environment.main.id

  vars = {
    channel = "#analytics"
  }

  params {
    strategy_id = sym_strategy.analytics.id

    prompt_field {
      name  = "reason"
      label = "What do you want to find out?"
      type  = "string"
    }

    prompt_field {
      name           = "duration"
      type           = "duration"
      allowed_values = ["1h", "1d"]
    }
  }
}
