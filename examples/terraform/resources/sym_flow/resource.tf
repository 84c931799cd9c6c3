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
  name        = "main"
  external_id = "acme.okta.com"

  settings = {
    api_token_secret = sym_secret.okta_token.id
  }
}

resource "sym_target" "admins" {
  type  = "okta_group"
  name  = "admins"
  label = "Administrators"

  settings = {
    group_id = "00g12345xxx"
  }
}

resource "sym_strategy" "groups" {
  type           = "okta"
  name           = "groups"
  integration_id = sym_integration.okta.id
  targets        = [sym_target.admins.id]
}

resource "sym_environment" "production" {
  name = "production"
}

resource "sym_flow" "access" {
  name           = "access"
  label          = "Access to Okta groups"
  implementation = file("${path.module}/impl.py")
  environment_id = sym_environment.production.id

  vars = {
    urgent = "incident"
  }

  params {
    strategy_id              = sym_strategy.groups.id
    include_decision_message = true

    prompt_field {
      name  = "reason"
      label = "Why do you need it?"
      type  = "string"
    }

    prompt_field {
      name           = "urgency"
      type           = "string"
      required       = false
      allowed_values = ["routine", "incident"]
      default        = "routine"
    }

    prompt_field {
      name           = "duration"
      type           = "duration"
      allowed_values = ["30m", "1h", "1d"]
    }
  }
}
