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
  type = "okta_group"
  name = "admins"

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

# A service of your own, by a class in a Python file.
resource "sym_integration" "ledger" {
  type        = "custom"
  name        = "ledger"
  external_id = "ledger.example.com"
}

resource "sym_target" "auditors" {
  type = "custom"
  name = "auditors"

  settings = {
    identifier = "auditors"
  }
}

resource "sym_strategy" "ledger" {
  type           = "custom"
  name           = "ledger"
  integration_id = sym_integration.ledger.id
  targets        = [sym_target.auditors.id]
  implementation = "${path.module}/strategy.py"
}
