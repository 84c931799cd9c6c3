provider "sym" {
  org = "healthy-health"
}

resource "sym_secrets" "this" {
  type = "aws_secrets_manager"
  name = "main"
  settings = {
    context_id = sym_integration.context.id
  }
}

resource "sym_integration" "context" {
  type        = "permission_context"
  name        = "context"
  external_id = "123456789012"
  settings = {
    cloud       = "aws"
    region      = "us-east-1"
    role_arn    = "arn:aws:iam::123456789012:role/sym/Runtime"
    external_id = "1478F2AD-6091-41E6-B3D2-766CA2F173CB"
  }
}

resource "sym_secret" "username" {
  path      = "sym/aptible/username"
  source_id = sym_secrets.this.id
}

resource "sym_secret" "password" {
  name      = "password"
  path      = "sym/aptible/password"
  source_id = sym_secrets.this.id
}

resource "sym_integration" "service" {
  type        = "custom"
  name        = "service"
  external_id = "service.acme.example"
  settings = {
    secret_ids_json = jsonencode([sym_secret.username.id, sym_secret.password.id])
  }
}

resource "sym_target" "role" {
  count    = length(var.roles)
  type     = "custom"
  name     = var.roles[count.index]
  settings = { target_id = var.roles[count.index] }
}

variable "roles" {
  default = ["reader", "writer"]
}

resource "sym_strategy" "service" {
  type           = "custom"
  name           = "service"
  integration_id = sym_integration.service.id
  targets        = sym_target.role.*.id
  implementation = "${path.module}/strategy.py"
}

resource "sym_strategy" "onelogin" {
  type           = "onelogin"
  name           = "onelogin"
  integration_id = sym_integration.service.id
  targets        = [sym_target.admin.id]
}

resource "sym_target" "admin" {
  type = "onelogin"
  name = "admin"
  settings = {
    role_id         = 123
    privilege_level = "owner"
  }
}

resource "sym_flow" "service" {
  name           = "service"
  implementation = "${path.module}/impl.py"
  environment_id = sym_environment.main.id
  params {
    strategy_id           = sym_strategy.service.id
    allow_revoke          = false
    schedule_deescalation = false
    allowed_sources       = ["slack", "web"]
    prompt_field {
      name           = "team"
      type           = "string"
      allowed_values = ["Infrastructure", "Everybody who has ever worked with this service, whatever for"]
      default        = "Sales"
      prefetch       = false
    }
    prompt_field {
      name           = "approver"
      type           = "slack_user"
      allowed_values = ["U1", "U2"]
    }
  }
}

resource "sym_environment" "main" {
  name       = "main"
  runtime_id = sym_runtime.missing.id
}

resource "sym_log_destination" "segment" {
  type = "segment"
  settings = {
    stream_name = "audit"
  }
}
