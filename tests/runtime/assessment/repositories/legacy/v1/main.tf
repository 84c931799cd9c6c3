terraform {
  required_providers {
    sym = {
      source  = "symopsio/sym"
      version = "1.14.1"
    }
  }
}

provider "sym" {
  org = "healthy-health"
}

resource "sym_integration" "slack" {
  type        = "slack"
  name        = "main-slack"
  external_id = "T123ABC"
}

resource "sym_environment" "main" {
  name         = "main"
  integrations = { slack_id = sym_integration.slack.id }
}

resource "sym_flow" "approval" {
  name           = "approval"
  label          = "Approval"
  template       = "sym:template:approval:1.0.0"
  implementation = "impl.py"
  environment_id = sym_environment.main.id

  vars = {
    channel = "#ops"
  }

  params = {
    allowed_sources_json = jsonencode(["api", "slack"])
    prompt_fields_json = jsonencode([
      {
        name           = "resource"
        label          = "What do you need?"
        type           = "list"
        allowed_values = ["Database", "Cluster"]
        required       = true
      },
      {
        name = "reason"
        type = "string"
      }
    ])
  }
}
