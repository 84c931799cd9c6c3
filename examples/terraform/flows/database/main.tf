# Access to customers' databases, with a form that changes while it is filled in. See README.md.

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

resource "sym_secret" "github_token" {
  source_id = sym_secrets.worker.id
  path      = "SYM_SECRET_GITHUB_TOKEN"
}

resource "sym_integration" "okta" {
  type        = "okta"
  name        = "okta"
  external_id = "acme.okta.com"

  settings = {
    api_token_secret = sym_secret.okta_token.id
  }
}

resource "sym_integration" "github" {
  type        = "github"
  name        = "github"
  external_id = "acme"

  settings = {
    api_token_secret = sym_secret.github_token.id
  }
}

resource "sym_target" "customers" {
  type  = "okta_group"
  name  = "customers"
  label = "Customers"

  settings = {
    group_id = "00g12345xxx"
  }
}

resource "sym_strategy" "groups" {
  type           = "okta"
  name           = "groups"
  integration_id = sym_integration.okta.id
  targets        = [sym_target.customers.id]
}

resource "sym_environment" "production" {
  name = "production"

  integrations = {
    github_id = sym_integration.github.id
  }
}

resource "sym_flow" "database" {
  name           = "database"
  label          = "Customers' databases"
  implementation = file("${path.module}/impl.py")
  environment_id = sym_environment.production.id

  vars = {
    repositories = "shop,billing,attic"
  }

  params {
    strategy_id = sym_strategy.groups.id

    prompt_field {
      name     = "repository"
      label    = "For work on"
      type     = "string"
      prefetch = true
    }

    prompt_field {
      name      = "write"
      label     = "Do you need to write?"
      type      = "bool"
      required  = false
      on_change = file("${path.module}/on_change.py")
    }

    prompt_field {
      name           = "tables"
      type           = "str_list"
      visible        = false
      required       = false
      allowed_values = ["customers", "invoices", "orders"]
    }

    prompt_field {
      name     = "rows"
      type     = "int_list"
      visible  = false
      required = false
    }

    prompt_field {
      name     = "tickets"
      type     = "int"
      required = false
    }

    prompt_field {
      name  = "reviewer"
      label = "Who looks over your shoulder?"
      type  = "slack_user"
    }

    prompt_field {
      name     = "witnesses"
      type     = "slack_user_list"
      required = false
    }

    prompt_field {
      name           = "duration"
      type           = "duration"
      allowed_values = ["30m", "1h"]
    }
  }
}

# Which flows people see is one file for the whole organization.
resource "sym_flows_filter" "this" {
  implementation = file("${path.module}/get_flows.py")

  vars = {
    contractors = "database"
  }
}
