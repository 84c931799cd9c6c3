resource "sym_secret" "okta" {
  path      = "sym/${var.name}/okta"
  source_id = var.secret_id
}

resource "sym_integration" "okta" {
  type        = "okta"
  name        = "${var.name}-okta"
  external_id = var.okta_domain
  settings    = { api_token_secret = sym_secret.okta.id }
}

resource "sym_target" "group" {
  type     = "okta_group"
  name     = var.name
  label    = var.label
  settings = { group_id = var.okta_group_id }
}

resource "sym_strategy" "okta" {
  type           = "okta"
  name           = var.name
  integration_id = sym_integration.okta.id
  targets        = [sym_target.group.id]
}

resource "sym_flow" "this" {
  name           = var.name
  label          = format("%s (break glass)", var.label)
  implementation = file("${path.module}/impl.py")
  environment_id = var.environment_id
  vars           = { channel = var.channel }

  params {
    strategy_id           = sym_strategy.okta.id
    allow_revoke          = true
    schedule_deescalation = true

    prompt_field {
      name     = "target_id"
      label    = "What do you need?"
      type     = "string"
      on_change = file("${path.module}/on_change.py")
    }
    prompt_field {
      name           = "duration"
      type           = "duration"
      allowed_values = var.durations
      default        = "10m"
    }
    prompt_field {
      name           = "severity"
      label          = "Severity"
      type           = "int"
      allowed_values = [1, 2, 3]
      default        = 4
    }
    prompt_field {
      name     = "witness"
      type     = "slack_user"
      required = false
    }
  }
}

output "flow_id" {
  value = sym_flow.this.id
}
