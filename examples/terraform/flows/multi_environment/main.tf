# The same access in several environments, with rules of their own. See README.md.

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

variable "okta_domain" {
  description = "Your organization at Okta, which all environments share."
  type        = string
  default     = "acme.okta.com"
}

variable "slack_workspace" {
  description = "The id of your Slack workspace, which all environments share."
  type        = string
  default     = "T123ABC"
}

locals {
  environments = {
    staging = {
      label             = "Staging"
      group_id          = "00g2"
      channel           = "#staging"
      needs_approval    = false
      allowed_durations = ["1h", "8h", "3d"]
    }
    production = {
      label             = "Production"
      group_id          = "00g1"
      channel           = "#production"
      needs_approval    = true
      allowed_durations = ["30m", "1h"]
    }
  }
}

provider "sym" {
  org = var.org
}

# What all environments share is declared once, here.
resource "sym_secrets" "worker" {
  type = "env"
  name = "worker"
}

resource "sym_secret" "okta_token" {
  source_id = sym_secrets.worker.id
  path      = "SYM_SECRET_OKTA_TOKEN"
}

resource "sym_integration" "okta" {
  type        = "okta"
  name        = "okta"
  external_id = var.okta_domain

  settings = {
    api_token_secret = sym_secret.okta_token.id
  }
}

resource "sym_integration" "slack" {
  type        = "slack"
  name        = "slack"
  external_id = var.slack_workspace
}

# What each has for itself is declared in the module, for each.
module "access" {
  source   = "./modules/access"
  for_each = local.environments

  environment          = each.key
  rules                = each.value
  implementation       = file("${path.module}/impl.py")
  okta_integration_id  = sym_integration.okta.id
  slack_integration_id = sym_integration.slack.id
}

output "flows" {
  description = "The flow of each environment."
  value       = { for environment, its in module.access : environment => its.flow }
}
