terraform {
  required_providers {
    sym = "~> 1.2"
  }
}

provider "sym" {
  version = "~> 1.2"
  org     = "acme"
}

resource "sym_environment" "main" {
  name = "main"
}

resource "sym_secrets" "this" {
  type = "env"
  name = "env"
}

resource "sym_secret" "token" {
  name      = "token"
  source_id = sym_secrets.this.id
  path      = "SYM_SECRET_TOKEN"
}

resource "sym_flow" "this" {
  name           = "this"
  implementation = "flows/impl.py"
  environment    = sym_environment.main.id

  template = "sym:approval:1.0"

  flow_vars = {
    team = "platform"
  }

  params = {
    prompt_fields_json = "[]"
  }
}
