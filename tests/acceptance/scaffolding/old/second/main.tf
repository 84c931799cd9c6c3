provider "sym" {
  org = "acme"
}

locals {
  impls = "${path.module}/impls"
}

resource "sym_environment" "main" {
  name = "main"
}

resource "sym_integration" "service" {
  type        = "custom"
  name        = "service"
  external_id = "service.acme.example"
}

resource "sym_target" "reader" {
  type     = "custom"
  name     = "reader"
  settings = { identifier = "reader" }
}

resource "sym_strategy" "service" {
  type           = "custom"
  name           = "service"
  integration_id = sym_integration.service.id
  targets        = [sym_target.reader.id]
  implementation = "${path.module}/strategy.py" # a path, then as now
}

resource "sym_flow" "service" {
  name           = "service"
  implementation = "${local.impls}/service.py" // reviewed by security
  environment_id = sym_environment.main.id

  params {
    strategy_id = sym_strategy.service.id

    prompt_field {
      name = "reviewer"
      type = "slack_user"
    }

    prompt_field {
      name           = "duration"
      type           = "duration"
      allowed_values = ["1h"]
    }
  }
}

resource "sym_flow" "approval" {
  name           = "approval"
  implementation = format("%s/%s.py", local.impls, "service")
  environment_id = sym_environment.main.id
}

resource "sym_flow" "modern" {
  name           = "modern"
  implementation = file("${local.impls}/service.py")
  environment_id = sym_environment.main.id
}
