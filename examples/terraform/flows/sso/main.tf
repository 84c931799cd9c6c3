# Permission sets and groups of AWS IAM Identity Center. See README.md for the roles it needs.

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

variable "runtime" {
  description = "The role that the worker takes on first; or the outputs of a runtime connector."
  type = object({
    account_id  = string
    region      = string
    role_arn    = string
    external_id = string
  })
  default = {
    account_id  = "123456789012"
    region      = "us-east-1"
    role_arn    = "arn:aws:iam::123456789012:role/sym/SymRuntimeMain"
    external_id = "1478F2AD-6091-41E6-B3D2-766CA2F173CB"
  }
}

variable "identity_center" {
  description = "The role that manages IAM Identity Center; or the settings of an SSO connector."
  type = object({
    instance_arn = string
    region       = string
    role_arn     = string
  })
  default = {
    instance_arn = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
    region       = "us-east-1"
    role_arn     = "arn:aws:iam::123456789012:role/sym/SymSSOMain"
  }
}

variable "permission_sets" {
  description = "The permission sets people may ask for, each in one account."
  type = map(object({
    label              = string
    account_id         = string
    permission_set_arn = string
  }))
  default = {
    production-read = {
      label              = "Production: read"
      account_id         = "123456789012"
      permission_set_arn = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1111111111111111"
    }
    production-admin = {
      label              = "Production: administer"
      account_id         = "123456789012"
      permission_set_arn = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-2222222222222222"
    }
  }
}

variable "groups" {
  description = "The groups of the identity store people may ask for."
  type = map(object({
    label    = string
    group_id = string
  }))
  default = {
    data = {
      label    = "Data engineers"
      group_id = "12345678-1234-1234-1234-123456789012"
    }
  }
}

provider "sym" {
  org = var.org
}

# The runtime connector: from this role the worker takes on all others.
resource "sym_integration" "runtime" {
  type        = "permission_context"
  name        = "runtime"
  external_id = var.runtime.account_id

  settings = {
    cloud       = "aws"
    region      = var.runtime.region
    role_arn    = var.runtime.role_arn
    external_id = var.runtime.external_id
  }
}

resource "sym_runtime" "main" {
  name       = "main"
  context_id = sym_integration.runtime.id
}

# The SSO connector. Its external_id is the instance, so that people are found in its identity store.
resource "sym_integration" "identity_center" {
  type        = "permission_context"
  name        = "identity-center"
  external_id = var.identity_center.instance_arn

  settings = {
    cloud    = "aws"
    region   = var.identity_center.region
    role_arn = var.identity_center.role_arn
  }
}

resource "sym_target" "permission_set" {
  for_each = var.permission_sets

  type  = "aws_sso_permission_set"
  name  = each.key
  label = each.value.label

  settings = {
    permission_set_arn = each.value.permission_set_arn
    account_id         = each.value.account_id
  }
}

resource "sym_target" "group" {
  for_each = var.groups

  type  = "aws_sso_group"
  name  = each.key
  label = each.value.label

  settings = {
    group_id = each.value.group_id
  }
}

resource "sym_strategy" "sso" {
  type           = "aws_sso"
  name           = "sso"
  integration_id = sym_integration.identity_center.id

  targets = concat(
    [for target in sym_target.permission_set : target.id],
    [for target in sym_target.group : target.id],
  )

  settings = {
    instance_arn = var.identity_center.instance_arn
  }
}

resource "sym_environment" "main" {
  name       = "main"
  runtime_id = sym_runtime.main.id

  integrations = {
    aws_sso_id = sym_integration.identity_center.id
  }
}

resource "sym_flow" "aws" {
  name           = "aws"
  label          = "AWS access"
  implementation = file("${path.module}/impl.py")
  environment_id = sym_environment.main.id

  vars = {
    on_call_group = "OnCall"
    team_channel  = "#platform"
    admin_channel = "#security"
  }

  params {
    strategy_id = sym_strategy.sso.id

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
