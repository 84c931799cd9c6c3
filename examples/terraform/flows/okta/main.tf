# Membership of Okta groups, approved by those whom Okta says may. See README.md.

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
  description = "Your organization at Okta."
  type        = string
  default     = "acme.okta.com"
}

variable "groups" {
  description = "The groups people may ask for: name in Sym to Okta's id, and what people read."
  type = map(object({
    group_id = string
    label    = string
  }))
  default = {
    production = { group_id = "00g1", label = "Production" }
    support    = { group_id = "00g2", label = "Support tools" }
  }
}

variable "approvers_group" {
  description = "Okta's id of the group whose members approve."
  type        = string
  default     = "00g3"
}

provider "sym" {
  org = var.org
}

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

resource "sym_target" "group" {
  for_each = var.groups

  type  = "okta_group"
  name  = each.key
  label = each.value.label

  settings = {
    group_id = each.value.group_id
  }
}

resource "sym_strategy" "okta" {
  type           = "okta"
  name           = "okta"
  integration_id = sym_integration.okta.id
  targets        = [for target in sym_target.group : target.id]
}

resource "sym_environment" "main" {
  name = "main"

  # So that the flow's code may ask Okta, too.
  integrations = {
    okta_id = sym_integration.okta.id
  }
}

resource "sym_flow" "okta" {
  name           = "okta"
  label          = "Okta groups"
  implementation = file("${path.module}/impl.py")
  environment_id = sym_environment.main.id

  vars = {
    approvers_group = var.approvers_group
    channel         = "#access"
  }

  params {
    strategy_id = sym_strategy.okta.id

    prompt_field {
      name  = "reason"
      label = "Why do you need it?"
      type  = "string"
    }

    prompt_field {
      name           = "duration"
      type           = "duration"
      allowed_values = ["30m", "1h", "8h"]
    }
  }
}
